"""Stories of procedures: written by one, published by another, shown where the step is done, reviewed in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sellwell.foundation.procedures import paper, queries
from sellwell.foundation.procedures.install import defaults, install
from sellwell.foundation.procedures.models import Procedure
from sellwell.foundation.procedures.tests.builders import WORDS, a_procedure, a_review
from sellwell.foundation.procedures.views import PROCEDURES
from sellwell.kernel import clock, search
from sellwell.kernel.evidence import for_clause
from sellwell.kernel.values import Period, Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World, world

__all__ = ["world"]


def refused(
    world: World, role: str, operation: str, row: Any = None, data: Any = None
) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as found:
        world.run(role, operation, row, data)
    return [(o.code, o.path) for o in found.value.objections]


def broken(world: World, number: str) -> list[str]:
    (collector,) = for_clause(number)
    return [one.name for one in collector.collect(world.company.pk, Period(world.today)).broken]


@clause("1.3.4", breaks=True)
def test_the_evidence_names_a_step_without_a_procedure_until_one_is_in_force(world: World) -> None:
    assert "确认订单" in broken(world, "1.3.4")
    row = a_procedure(world, operation="orders.confirm")
    assert "确认订单" in broken(world, "1.3.4")
    world.run("sales_manager", "procedures.publish", row)
    assert "确认订单" not in broken(world, "1.3.4")
    world.run("sales_manager", "procedures.retire", row)
    assert "确认订单" in broken(world, "1.3.4")


@clause("1.3.4", "1.4.3")
def test_every_step_of_the_sale_has_a_shipped_procedure_in_both_languages(world: World) -> None:
    shipped = {one["operation"]: one for one in defaults()}
    missing = [op.name for op in queries.steps() if op.name not in shipped]
    assert not missing
    for one in shipped.values():
        assert len(one["steps"]) == len(one["steps_en"])
        assert len(one["checks"]) == len(one["checks_en"])
    assert install(world.company.pk) == len(shipped)
    assert install(world.company.pk) == 0
    assert broken(world, "1.3.4") == []


@clause("1.3.4")
def test_the_procedure_stands_above_the_form_of_its_step(world: World, client: Client) -> None:
    a_procedure(world, "in_force", "company.hire")
    client.force_login(world.user("hr"))
    page = client.get("/do/company.hire/").content.decode()
    assert "当天有人跟进" in page
    assert "指定负责人" in page


def test_who_wrote_it_does_not_publish_it_and_who_changes_it_becomes_its_writer(world: World) -> None:
    row = world.run("sales_manager", "procedures.write", data={"operation": "company.hire", **WORDS}).result
    assert refused(world, "sales_manager", "procedures.publish", row) == [("procedures.own_draft", "")]
    world.run("hr", "procedures.change", row, {**WORDS, "hours": "8"})
    world.run("sales_manager", "procedures.publish", row)


def test_a_new_version_replaces_the_one_before_and_the_past_stays_readable(world: World) -> None:
    first = a_procedure(world, "in_force")
    second = a_procedure(world, "in_force", steps=["先核对证件", "再录入"])
    first.refresh_from_db()
    assert (first.state, first.until, first.steps) == ("replaced", world.today, WORDS["steps"])
    assert (second.state, second.number) == ("in_force", 2)


def test_one_draft_at_a_time_and_only_for_a_verb_that_exists(world: World) -> None:
    a_procedure(world)
    assert refused(world, "hr", "procedures.write", data={"operation": "company.hire", **WORDS}) == [
        ("procedures.has_draft", "operation")
    ]
    assert refused(world, "hr", "procedures.write", data={"operation": "no.such", **WORDS}) == [
        ("procedures.no_verb", "operation")
    ]


@clause("1.3.5", breaks=True)
def test_an_overdue_review_is_named_until_it_is_held(world: World) -> None:
    with clock.at(clock.now() - timedelta(days=400)):
        row = a_procedure(world, "in_force")
    assert broken(world, "1.3.5") == ["录用 v1"]
    made = a_review(world, row)
    assert broken(world, "1.3.5") == []
    row.refresh_from_db()
    assert row.next_review_on is not None
    assert row.next_review_on > world.today
    assert (made.cases, made.median_hours) == (0, None)


@clause("1.3.5")
def test_a_past_month_is_judged_by_the_reviews_held_by_then(world: World) -> None:
    with clock.at(clock.now() - timedelta(days=400)):
        row = a_procedure(world, "in_force")
    late = world.today - timedelta(days=5)
    a_review(world, row)
    (collector,) = for_clause("1.3.5")
    month = Period(late - timedelta(days=30), late)
    found = collector.collect(world.company.pk, month)
    assert [one.name for one in found.broken] == ["录用 v1"]
    world.run("sales_manager", "procedures.retire", row)
    assert collector.collect(world.company.pk, month) == found
    assert broken(world, "1.3.5") == []


def test_a_draft_is_found_by_what_it_says_now(world: World) -> None:
    def shown(typed: str) -> list[int]:
        rows = search.filter(
            PROCEDURES.rows(world.ctx("hr").actor), PROCEDURES.row_type, typed, world.ctx("hr").actor
        )
        return sorted(rows.values_list("number", flat=True))

    row = a_procedure(world)
    world.run("hr", "procedures.change", row, {**WORDS, "purpose": "新人当天入职"})
    assert shown("新人当天入职") == [1]
    world.run("sales_manager", "procedures.publish", row)
    row.refresh_from_db()
    a_review(world, row, "revise")
    assert shown("新人当天入职") == [1, 2]


@clause("1.3.5")
def test_a_review_shows_how_the_step_went_and_may_end_in_a_new_version(world: World) -> None:
    from sellwell.selling.pipeline.tests.builders import a_lead

    with clock.at(clock.now() - timedelta(days=10)):
        row = a_procedure(world, "in_force", "pipeline.contact_lead")
        lead = a_lead(world)
    with clock.at(clock.now() - timedelta(days=9)):
        world.run("rep", "pipeline.contact_lead", lead, {"outcome": "已电话沟通。"})
    made = a_review(world, row, "revise")
    assert made.cases == 1
    assert made.median_hours is not None
    assert 23 <= made.median_hours <= 25
    draft = Procedure.objects.get(operation="pipeline.contact_lead", state="draft")
    assert (draft.number, draft.steps) == (2, row.steps)


@clause("2.2.4")
def test_the_steps_of_all_processes_are_one_paper(world: World) -> None:
    install(world.company.pk)
    assert paper.handbook(world.company.pk, world.today).startswith(b"%PDF")
