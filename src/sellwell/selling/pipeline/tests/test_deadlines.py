"""What the system does by itself once its time has come: quotations expire, whatever moved on is left alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sellwell.kernel import checks as kernel_checks
from sellwell.kernel import clock, deadlines, door, system
from sellwell.kernel.models import Deadline, LedgerEntry, SecurityLog, Task
from sellwell.selling.pipeline.models import Quotation
from sellwell.selling.pipeline.tests.builders import a_quotation
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
EXPIRE = "pipeline.expire_quotation"


def act_at(world: World, moment: Any) -> int:
    with clock.at(moment):
        return deadlines.act([world.company.pk])


def end_of(quotation: Quotation) -> Any:
    return clock.day_begins(quotation.valid_until + timedelta(days=1))


@clause("2.2.4")
def test_a_quotation_without_an_answer_expires_by_itself(world: World) -> None:
    quotation = a_quotation(world, state="sent")
    assert act_at(world, end_of(quotation) - timedelta(seconds=1)) == 0
    assert act_at(world, end_of(quotation)) == 1
    quotation.refresh_from_db()
    assert quotation.state == "expired"
    entry = LedgerEntry.objects.get(operation=EXPIRE, row_id=quotation.pk)
    assert (entry.actor_id, entry.channel) == (system.user("deadlines").pk, "job")
    assert not Task.objects.filter(row_id=quotation.pk, state="open").exists()
    assert act_at(world, end_of(quotation) + timedelta(days=1)) == 0
    assert LedgerEntry.objects.filter(operation=EXPIRE).count() == 1


@clause("2.2.4")
def test_what_was_answered_in_time_is_left_alone(world: World) -> None:
    quotation = a_quotation(world, state="accepted")
    assert act_at(world, end_of(quotation)) == 1
    quotation.refresh_from_db()
    assert quotation.state == "accepted"
    assert Deadline.objects.get(row_id=quotation.pk).state == "past"


def test_a_deadline_that_is_refused_stands_in_the_security_log(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    quotation = a_quotation(world, state="sent")
    monkeypatch.setattr(
        door, "standing", lambda operation, row, ctx: door.IS_HELD.refuse(verb=operation.title)
    )
    assert act_at(world, end_of(quotation)) == 1
    due = Deadline.objects.get(row_id=quotation.pk)
    assert (due.state, due.error) == ("past", "held")
    assert SecurityLog.objects.filter(operation=EXPIRE, row_id=quotation.pk).count() == 1


def test_a_row_that_waits_for_approval_is_looked_at_later(world: World) -> None:
    quotation = a_quotation(world, state="sent")
    Quotation.objects.filter(pk=quotation.pk).update(held_by=quotation.pk)
    assert act_at(world, end_of(quotation)) == 1
    due = Deadline.objects.get(row_id=quotation.pk)
    assert (due.state, due.due_at) == ("due", end_of(quotation) + deadlines.WHILE_HELD)


def test_an_error_is_tried_again_and_in_the_end_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    quotation = a_quotation(world, state="sent")

    def broken(*args: Any, **options: Any) -> None:
        raise RuntimeError("the customer wrote this")

    monkeypatch.setattr(deadlines, "run", broken)
    moment = end_of(quotation)
    for _ in range(8):
        assert act_at(world, moment) == 1
        assert act_at(world, moment) == 0
        moment += timedelta(minutes=10)
    due = Deadline.objects.get(row_id=quotation.pk)
    assert (due.state, due.error, due.attempts) == ("failed", "RuntimeError", 8)
    assert [f.record for f in kernel_checks.run_all(["deadlines.failed"])] == [str(quotation.pk)]


def test_a_deadline_of_a_refused_act_is_not_kept(world: World) -> None:
    quotation = a_quotation(world)
    with pytest.raises(door.Refusal):
        world.run("warehouse", "pipeline.send_quotation", quotation)
    assert not Deadline.objects.exists()
