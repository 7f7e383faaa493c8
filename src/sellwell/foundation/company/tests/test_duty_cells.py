"""The cells of the duty matrix, one after the other and by many hands at once; and positions that are held."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from sellwell.foundation.company import proving
from sellwell.foundation.company.models import Assignment, Duty, DutyEntry, Position
from sellwell.foundation.company.tests.builders import duty, position
from sellwell.kernel import door
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def a_cell(
    world: World, letter: str, start: int, until: int | None = None, code: str = "campaigns"
) -> DutyEntry:
    """The part of sellers in a duty, so many days from today on."""
    made: DutyEntry = world.run(
        "hr", "company.set_duty", data=cell_data(world, letter, start, until, code)
    ).result
    return made


def cell_data(
    world: World, letter: str, start: int, until: int | None = None, code: str = "campaigns"
) -> dict[str, Any]:
    end = None if until is None else str(world.today + timedelta(days=until))
    return {
        "duty": str(duty(code).pk), "position": str(position("warehouse").pk), "letter": letter,
        "since": str(world.today + timedelta(days=start)), "until": end,
    }  # fmt: skip


def cells(world: World, code: str = "campaigns") -> list[tuple[str, date, date | None]]:
    rows = DutyEntry.objects.filter(duty__code=code, position__code="warehouse").order_by("since")
    return list(rows.values_list("letter", "since", "until"))


@clause("2.1.4")
def test_a_cell_holds_up_to_the_day_on_which_it_is_set_anew(world: World) -> None:
    later = a_cell(world, "C", 30)
    a_cell(world, "I", 0)
    assert cells(world) == [("I", world.today, later.since), ("C", later.since, None)]
    a_cell(world, "R", 0, 10)
    assert cells(world) == [("R", world.today, world.today + timedelta(days=10)), ("C", later.since, None)]


def test_what_would_stand_twice_in_a_cell_is_refused(world: World) -> None:
    later = a_cell(world, "C", 30)
    with pytest.raises(Refusal) as refusal:
        a_cell(world, "I", 0, 31)
    assert [(o.code, o.path) for o in refusal.value.objections] == [("company.duty_set_later", "until")]
    first = a_cell(world, "I", 0)
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.end_duty", first, {"until": str(later.since + timedelta(days=1))})
    assert [(o.code, o.path) for o in refusal.value.objections] == [("company.duty_ends_before", "until")]
    with pytest.raises(IntegrityError, match="dutyentry_once"), transaction.atomic():
        DutyEntry.objects.create(duty=first.duty, position=first.position, letter="R", since=later.since)


def test_somebody_may_answer_up_to_the_day_on_which_another_begins(world: World) -> None:
    made = Duty.objects.create(code="channel_care", name_zh="渠道维护", name_en="Care of channels")
    a_cell(world, "I", 30, code=made.code)
    other = cell_data(world, "A", 30, code=made.code) | {"position": str(position("rep").pk)}
    world.run("hr", "company.set_duty", data=other)
    assert a_cell(world, "A", 0, code=made.code).until == world.today + timedelta(days=30)


HANDS = ["rep", "warehouse", "finance", "service"]


def answer_for(ctx: Context, data: dict[str, Any]) -> str:
    """Make a position accountable; gives what came of it."""
    try:
        door.run("company.set_duty", ctx, None, data)
    except Refusal as refusal:
        return refusal.code
    finally:
        connection.close()
    return "set"


@clause("2.1.4")
@pytest.mark.django_db(transaction=True)
def test_of_many_positions_set_at_once_one_is_accountable(world: World) -> None:
    made = Duty.objects.create(code="channel_care", name_zh="渠道维护", name_en="Care of channels")
    contexts = [world.ctx("hr") for _ in HANDS]
    asked = [cell_data(world, "A", 0, code=made.code) | {"position": str(position(p).pk)} for p in HANDS]
    with ThreadPoolExecutor(len(HANDS)) as pool:
        answers = list(pool.map(answer_for, contexts, asked))
    world.see()
    assert sorted(answers) == ["company.two_accountable"] * (len(HANDS) - 1) + ["set"]
    assert DutyEntry.objects.filter(duty=made).count() == 1


# --- positions -----------------------------------------------------------------------------------------------------------


def position_data(world: World, code: str, role: str = "rep", **values: Any) -> dict[str, Any]:
    names = {"name_zh": "销售代表", "name_en": "Sales representative"}
    return {"code": code, "role": role, "layer": "3", "statement_since": str(world.today), **names, **values}


@clause("2.1.1")
def test_a_position_that_people_hold_by_their_role_is_not_retired(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.define_position", data=position_data(world, "rep", is_active=False))
    (held,) = refusal.value.objections
    assert (held.code, held.path, held.args["count"]) == ("company.position_held", "is_active", 1)
    post = Assignment.objects.get(user=world.user("rep"))
    world.run("hr", "company.end_assignment", post, {"until": str(world.today)})
    world.run("hr", "company.define_position", data=position_data(world, "rep", is_active=False))


def test_the_proof_knows_the_position_of_a_role_as_the_composition_does(world: World) -> None:
    Position.objects.filter(code="rep").update(is_active=False)
    for code, layer in (("rep_lead", "2"), ("rep_field", "3")):
        world.run("hr", "company.define_position", data=position_data(world, code, layer=layer))
    shown = proving.organisation(world.company.pk, world.today, world.today + timedelta(days=1))
    assert {h.position for h in shown.held if h.role == "rep"} == {"rep_lead"}
