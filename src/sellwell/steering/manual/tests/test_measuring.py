"""When conformance is measured by itself, and which months."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sellwell.kernel import chores, clock, evidence
from sellwell.kernel.evidence import Collector, Evidence
from sellwell.kernel.values import Period, Refusal, T
from sellwell.selling.orders.tests.builders import a_confirmed_order
from sellwell.steering.manual import conformance
from sellwell.steering.manual.models import Conformance, Run
from sellwell.steering.manual.operations import measuring
from sellwell.steering.manual.rules import months_back
from sellwell.steering.manual.tests.builders import the_edition
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def noon(world: World) -> datetime:
    """A moment of today from which an hour leads to no other day."""
    return clock.day_begins(world.today) + timedelta(hours=12)


def worked(world: World, moment: datetime) -> list[date]:
    """The months that the worker measures at a moment, pass after pass; the newest first."""
    known = set(Run.objects.values_list("pk", flat=True))
    with clock.at(moment):
        for _ in range(measuring.MONTHS + 3):
            chores.do_due([world.company.pk])
    world.see()
    runs = Run.objects.exclude(pk__in=known)
    assert all(len(run.measured) == 1 for run in runs)
    return sorted((run.measured[0] for run in runs), reverse=True)


def test_the_worker_measures_one_month_at_a_time_and_every_hour_what_may_have_changed(world: World) -> None:
    months = months_back(world.today, measuring.MONTHS)[::-1]
    world.run("hr", "manual.ask_readers", the_edition(world))  # else the worker does, and the ledger grows
    with clock.at(noon(world)):
        chores.do_due([world.company.pk])
    world.see()
    assert [run.measured for run in Run.objects.all()] == [months[:1]]
    assert worked(world, noon(world)) == months[1:]
    assert worked(world, noon(world) + timedelta(minutes=61)) == []
    a_confirmed_order(world)
    assert worked(world, noon(world) + timedelta(minutes=59)) == []
    fresh = months[: conformance.FRESH]
    assert worked(world, noon(world) + timedelta(minutes=61)) == fresh
    assert worked(world, noon(world) + timedelta(minutes=125)) == []


def test_an_earlier_month_is_measured_until_every_evidence_has_answered_for_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An evidence that is new, or that failed, is not left out for good."""
    company, today = world.company.pk, world.today
    earlier, *fresh = months_back(today, conformance.FRESH + 1)
    count = conformance.FRESH + 1
    conformance.measure(company, [earlier], today)
    assert conformance.months_to_measure(company, today, count) == fresh

    is_broken = True

    def added_later(company_id: Any, period: Period) -> Evidence:
        if is_broken:
            raise ValueError
        return Evidence(1, 1)

    monkeypatch.setattr(
        evidence, "COLLECTORS", [*evidence.COLLECTORS, Collector("5.2.2", T("新", "new"), added_later)]
    )
    assert conformance.months_to_measure(company, today, count) == [earlier, *fresh]
    conformance.measure(company, [earlier], today)
    assert conformance.months_to_measure(company, today, count) == [earlier, *fresh]
    is_broken = False
    conformance.measure(company, [earlier], today)
    assert conformance.months_to_measure(company, today, count) == fresh


def test_one_month_is_measured_when_asked_for_but_none_that_has_not_begun(world: World) -> None:
    month = months_back(world.today, 5)[0]
    for _ in range(2):
        run = world.run("auditor", "manual.measure", data={"only": str(month + timedelta(days=9))}).result
        assert run.measured == [month] and run.figures
    assert set(Conformance.objects.values_list("month", flat=True)) == {month}
    with pytest.raises(Refusal) as refusal:
        world.run("auditor", "manual.measure", data={"only": str(world.today + timedelta(days=32))})
    assert [(o.code, o.path) for o in refusal.value.objections] == [("manual.month_ahead", "only")]
