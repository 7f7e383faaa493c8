"""Editions, bases, readings and measuring, told as they happen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sellwell.foundation.company.tests.builders import a_person
from sellwell.kernel import checks as kernel_checks
from sellwell.kernel import chores, clock, evidence
from sellwell.kernel.evidence import Collector
from sellwell.kernel.models import Event, LedgerChange, Task
from sellwell.kernel.values import Period, T
from sellwell.selling.orders.tests.builders import a_confirmed_order
from sellwell.steering.manual import conformance, queries
from sellwell.steering.manual.models import Conformance, Edition, Passage, Reading, Run
from sellwell.steering.manual.tests.builders import (
    NEW_WORDING,
    a_draft,
    a_reading,
    agree,
    publish,
    the_edition,
)
from sellwell.testing.marks import clause
from sellwell.testing.refusals import refused
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


# --- editions -----------------------------------------------------------------------------------------------------------


@clause("1.1.3")
def test_an_edition_goes_from_draft_over_approval_into_force(world: World) -> None:
    before = the_edition(world)
    draft = a_draft(world, changed=True)
    assert draft.passages.count() == before.passages.count() == 176
    assert refused(world, "legal", "manual.draft_edition", data={"title": "另一稿"}) == {"manual.other_draft"}
    tomorrow = world.today + timedelta(days=1)
    outcome = world.run("administrator", "manual.publish_edition", draft, {"since": str(tomorrow)})
    assert outcome.hold is not None
    change = {"number": "5.2.2", "zh": "偷改"}
    assert refused(world, "legal", "manual.change_passage", draft, change) == {"held"}
    own = refused(world, "administrator", "approvals.approve", outcome.hold, {})
    assert own == {"approval.own_request"}
    agree(world, "legal", "executive")
    assert queries.edition_on(world.today) == before
    assert queries.edition_on(tomorrow) == draft
    assert Passage.objects.get(edition=before, number="5.2.2").zh != NEW_WORDING


def test_an_edition_that_changes_nothing_or_begins_too_early_is_refused(world: World) -> None:
    draft = a_draft(world)
    since = {"since": str(world.today)}
    assert refused(world, "legal", "manual.publish_edition", draft, since) == {"manual.nothing_changed"}
    world.run("legal", "manual.change_passage", draft, {"number": "5.2.2", "en": "Changed."})
    Edition.objects.filter(number=1).update(since=world.today)
    assert refused(world, "legal", "manual.publish_edition", draft, since) == {"manual.edition_not_after"}
    assert refused(world, "legal", "manual.change_passage", draft, {"number": "9.9.9", "bases": ["none"]}) == {
        "manual.unknown_passage", "manual.unknown_basis",
    }  # fmt: skip


def test_an_approval_that_comes_late_puts_it_in_force_from_its_own_day(world: World) -> None:
    draft = a_draft(world, changed=True)
    world.run(
        "administrator", "manual.publish_edition", draft, {"since": str(world.today + timedelta(days=2))}
    )
    with clock.at(clock.now() + timedelta(days=5)):
        agree(world, "legal", "executive")
        later = clock.business_day(clock.now())
    draft.refresh_from_db()
    assert (draft.state, draft.since) == ("published", later)
    assert Edition.objects.get(number=1).until == later


@clause("1.1.3")
def test_what_was_agreed_holds_for_these_words_and_this_day_only(world: World) -> None:
    """It was agreed and could not be done; the words were changed afterwards: they are asked for again."""
    draft = a_draft(world, changed=True)
    since = {"since": str(world.today)}
    begun = the_edition(world).since
    assert world.run("administrator", "manual.publish_edition", draft, since).hold is not None
    Edition.objects.filter(number=1).update(since=world.today)
    agree(world, "legal", "executive")  # it fails: the edition before begins on the same day
    Edition.objects.filter(number=1).update(since=begun)
    world.run("administrator", "manual.change_passage", draft, {"number": "5.2.2", "zh": "偷改"})
    again = world.run("administrator", "manual.publish_edition", draft, since)
    assert again.hold is not None
    draft.refresh_from_db()
    assert draft.state == "draft"
    world.run("administrator", "approvals.withdraw", again.hold)
    world.run("administrator", "manual.change_passage", draft, {"number": "5.2.2", "zh": NEW_WORDING})
    later = {"since": str(world.today + timedelta(days=1))}
    assert world.run("administrator", "manual.publish_edition", draft, later).hold is not None


def test_a_clause_of_ones_own_stands_in_its_section(world: World) -> None:
    draft = a_draft(world)
    clause_data = {"number": "5.2.6", "zh": "加急订单须经区域经理同意。", "bases": ["price-law"]}
    world.run("legal", "manual.add_clause", draft, clause_data)
    assert refused(world, "legal", "manual.add_clause", draft, clause_data) == {"manual.number_taken"}
    for number in ("5.9.1", "5.2", "x.y.z", "5.2.6.1", "5.2.06", "05.2.7", "5.2.0"):
        assert refused(world, "legal", "manual.add_clause", draft, {**clause_data, "number": number}) == {
            "manual.number_form"
        }


def test_clauses_of_ones_own_stand_in_the_order_of_the_book(world: World) -> None:
    draft = a_draft(world)
    for number in ("5.2.10", "5.2.6", "5.2.11"):
        world.run("legal", "manual.add_clause", draft, {"number": number, "zh": "公司自己的条款。"})
    passages = Passage.objects.filter(edition=draft).order_by("position")
    numbers = list(passages.values_list("number", flat=True))
    assert numbers == queries.sorted_numbers(numbers)
    assert len(set(passages.values_list("position", flat=True))) == len(numbers) == 179


# --- readings -----------------------------------------------------------------------------------------------------------


@clause("1.2.2")
def test_everybody_is_asked_once_and_a_new_edition_asks_again(world: World) -> None:
    reading = a_reading(world)
    assert Reading.objects.count() == 14
    task = Task.objects.get(row_id=reading.pk)
    assert (task.owner_id, task.state) == (world.user("rep").pk, "open")
    assert reading.due_on == world.today + timedelta(days=30)  # all are new to it
    world.run("hr", "manual.ask_readers", the_edition(world))
    assert Reading.objects.count() == 14
    world.run("rep", "manual.acknowledge", reading)
    assert Task.objects.get(pk=task.pk).state == "done"
    published = publish(world, a_draft(world, changed=True))
    world.run("hr", "manual.ask_readers", published)
    again = Reading.objects.get(edition=published, user=world.user("rep"))
    assert (again.state, again.due_on) == ("waiting", world.today + timedelta(days=14))
    old = Reading.objects.exclude(edition=published)
    assert {r.state for r in old} == {"read", "dropped"}
    assert not Task.objects.filter(row_id__in=old.values("pk"), state="open").exists()


@clause("1.2.2")
def test_newcomers_are_asked_by_themselves_and_leavers_no_more(world: World) -> None:
    chores.do_due([world.company.pk])
    world.see()
    world.add("newcomer", "rep")
    chores.do_due([world.company.pk])
    world.see()
    newcomer = Reading.objects.get(user=world.user("newcomer"))
    assert newcomer.due_on == world.today + timedelta(days=30)
    from sellwell.foundation.company.models import Person

    world.run("hr", "company.leave", Person.objects.get(user=world.user("newcomer")))
    assert Task.objects.get(row_id=newcomer.pk).state == "dropped"
    chores.do_due([world.company.pk])
    world.see()
    newcomer.refresh_from_db()
    assert newcomer.state == "dropped"


@clause("1.2.2")
def test_those_who_are_late_are_reminded_every_week(world: World) -> None:
    reading = a_reading(world)
    with clock.at(clock.now() + timedelta(days=28)):
        chores.do_due([world.company.pk])
        chores.do_due([world.company.pk])
        world.see()
        reading.refresh_from_db()
        assert reading.reminders == 1
        assert Event.objects.filter(name="manual.reading_due").count() == 14
    with clock.at(clock.now() + timedelta(days=36)):
        chores.do_due([world.company.pk])
        world.see()
        reading.refresh_from_db()
        assert reading.reminders == 2


def test_a_reading_is_nobody_elses_to_confirm_or_to_hand_over(world: World) -> None:
    reading = a_reading(world)
    assert refused(world, "administrator", "manual.acknowledge", reading) == {"not_permitted"}
    data = {"to": str(world.user("account_manager").pk)}
    assert refused(world, "regional_manager", "company.hand_over", a_person(world, "rep"), data)
    assert Task.objects.get(row_id=reading.pk).owner_id == world.user("rep").pk


# --- measuring ----------------------------------------------------------------------------------------------------------


@clause("1.1.1")
def test_figures_are_kept_by_department_and_as_of_each_day(world: World) -> None:
    a_confirmed_order(world, (("P-001", "1"), ("P-001", "1", "105.00")))
    world.run("auditor", "manual.measure", data={"months": 1})
    rows = Conformance.objects.filter(evidence="orders.priced_by_rule")
    assert {(r.department_path, r.concerned, r.kept) for r in rows} == {("", 2, 1), ("HQ.EAST.", 2, 1)}
    run = Run.objects.get()
    assert run.failures == 0 and run.figures == Conformance.objects.count()
    assert not LedgerChange.objects.filter(table="manual.conformance").exists()
    again = world.run("auditor", "manual.measure", data={"months": 1})
    assert [o.code for o in again.warnings] == ["manual.nothing_new"] and again.result.figures == 0
    with clock.at(clock.now() + timedelta(days=1)):
        a_confirmed_order(world)
        world.run("auditor", "manual.measure", data={"months": 1})
    if (world.today + timedelta(days=1)).month == world.today.month:
        days = rows.filter(department_path="").order_by("as_of").values_list("concerned", flat=True)
        assert list(days) == [2, 3]


@clause("1.1.1")
def test_an_evidence_that_fails_is_unknown_and_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    def fails(company_id: Any, period: Period) -> Any:
        connection.cursor().execute("SELECT 1 / 0")

    monkeypatch.setattr(
        evidence, "COLLECTORS", [*evidence.COLLECTORS, Collector("5.2.2", T("坏", "bad"), fails)]
    )
    world.run("auditor", "manual.measure", data={"months": 1})
    bad = Conformance.objects.get(evidence__endswith=".fails")
    assert (bad.concerned, bad.kept, bad.failed) == (None, None, "DataError")
    assert Conformance.objects.filter(evidence="orders.dated", failed="").exists()
    from sellwell.steering.manual import figures

    month = world.today.replace(day=1)
    rates = figures.by_clause(conformance.latest(world.company.pk, [month]))
    assert rates["5.2.2", month].share is None and rates["5.2.2", month].failed


def test_every_evidence_divides_into_its_departments(world: World) -> None:
    a_confirmed_order(world)
    period = Period(world.today - timedelta(days=30), world.today + timedelta(days=1))
    for one in evidence.COLLECTORS:
        found = one.collect(world.company.pk, period)
        if found.departments:
            assert sum(t.concerned for t in found.departments.values()) == found.concerned, one.name
            assert sum(t.kept for t in found.departments.values()) == found.kept, one.name


def test_the_checks_find_what_is_broken_on_purpose(world: World) -> None:
    ours = ["manual.citations", "manual.in_force"]
    assert kernel_checks.run_all(ours) == []
    Passage.objects.filter(number="5.2.2").update(bases=["nowhere"])
    Edition.objects.filter(number=1).update(until=world.today)
    found = kernel_checks.run_all(ours)
    assert {(f.check, f.record) for f in found} == {
        ("manual.citations", "5.2.2"),
        ("manual.in_force", "today"),
    }
