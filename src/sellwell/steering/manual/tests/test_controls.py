"""Which controls nobody has needed: told by what each guard answered, not by who else declared a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.kernel import clock
from sellwell.kernel.values import Refusal
from sellwell.selling.contracts.tests.builders import a_contract, signing
from sellwell.selling.orders.tests.builders import an_order
from sellwell.selling.receivables.tests.builders import an_account
from sellwell.steering.improvement.tests.builders import a_course, a_rule
from sellwell.steering.manual import controls
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
