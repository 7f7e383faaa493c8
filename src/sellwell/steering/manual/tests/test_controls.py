"""Which controls nobody has needed: told by what each guard answered, not by who else declared a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.kernel import clock
from sellwell.kernel.models import Task
from sellwell.kernel.values import Refusal
from sellwell.selling.contracts.tests.builders import a_contract, signing
from sellwell.selling.orders.tests.builders import an_order
from sellwell.selling.receivables.tests.builders import an_account
from sellwell.steering.improvement.tests.builders import a_course, a_rule
from sellwell.steering.manual import controls
from sellwell.steering.manual.tests.builders import a_reading
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def silent_guards(world: World) -> set[str]:
    """The guards that did not object in the last hour."""
    found = controls.never_fired(world.company.pk, clock.now() - timedelta(hours=1))
    return {control.name for control, _ in found if control.kind == "guard"}


@clause("1.1.1")
def test_a_guard_that_held_or_refused_is_no_longer_called_silent(world: World) -> None:
    before = silent_guards(world)
    assert {"receivables.credit", "improvement.course.contracts.sign"} <= before
    an_account(world, "100.00")
    assert world.run("rep", "orders.confirm", an_order(world)).hold is not None
    assert silent_guards(world) == before - {"receivables.credit"}
    contract = a_contract(world, state="approved")
    a_rule(world, a_course(world), "rep", "contracts.sign")
    with pytest.raises(Refusal):
        world.run("rep", "contracts.sign", contract, signing(world))
    # The guards of the other verbs are declared by the same lines and said nothing.
    after = before - {"receivables.credit", "improvement.course.contracts.sign"}
    assert silent_guards(world) == after


def test_what_was_done_lately_is_told_by_the_day_it_was_done(world: World) -> None:
    reading = a_reading(world)
    world.run("rep", "manual.acknowledge", reading)
    world.see()
    now = clock.now()
    Task.objects.filter(row_id=reading.pk).update(created_at=now - timedelta(days=100))

    def done(since: timedelta) -> int:
        (found,) = controls.deadlines_for("1.2.2", world.company.pk, now, now - since)
        return found.done

    assert done(timedelta(days=90)) == 1
    Task.objects.filter(row_id=reading.pk).update(done_at=now - timedelta(days=95))
    assert done(timedelta(days=90)) == 0
