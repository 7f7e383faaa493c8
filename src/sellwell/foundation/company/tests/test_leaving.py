"""Who heads departments hands them over before leaving; closed departments stay as they were."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.foundation.company import structure
from sellwell.foundation.company.models import Department, Person
from sellwell.foundation.company.tests.builders import a_draft_change, a_leaver, a_person
from sellwell.kernel import clock
from sellwell.kernel.values import Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def a_closed_department(world: World, head: Person) -> Department:
    """A department under the east that was closed today, with its head."""
    data = {
        "code": "EAST2",
        "name": "华东二部",
        "parent": str(world.department("EAST").pk),
        "head": str(head.user_id),
    }
    made: Department = world.run("hr", "company.add_department", data=data).result
    into = str(world.department("EAST").pk)
    draft = a_draft_change(world, {"action": "close", "department": str(made.pk), "into": into})
    world.run("executive", "company.schedule_reorganisation", draft)
    world.run("executive", "company.apply_reorganisation", draft)
    return made


@clause("1.3.2")
def test_whoever_headed_a_closed_department_may_leave(world: World) -> None:
    leaver = a_leaver(world)
    closed = a_closed_department(world, leaver)
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.hand_over", leaver, {"to": str(world.user("rep").pk)})
    assert refusal.value.code == "company.nothing_open"
    world.run("hr", "company.leave", leaver)
    closed.refresh_from_db()
    assert closed.head_id == leaver.user_id


@clause("1.3.2")
def test_a_hand_over_leaves_the_past_of_a_department_as_it_was(world: World) -> None:
    day, former = world.today, a_person(world, "regional_manager")
    with clock.at(clock.now() + timedelta(days=30)):
        world.run("hr", "company.hand_over", former, {"to": str(world.user("account_manager").pk)})
        then, now = (structure.as_of(world.company.pk, on).nodes for on in (day, world.today))
    heads = [next(n.head for n in nodes if n.code == "EAST") for nodes in (then, now)]
    assert heads == [str(former.user_id), str(world.user("account_manager").pk)]
