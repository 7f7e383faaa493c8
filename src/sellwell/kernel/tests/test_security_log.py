"""What the security log keeps of an attempt that was refused or held."""

from __future__ import annotations

import pytest

from sellwell.kernel import door
from sellwell.kernel.models import SecurityLog
from sellwell.kernel.operations import Assessment, Context, guard
from sellwell.kernel.tests.sample import BROKEN, CHECK, MAIL, SEND, Sample
from sellwell.kernel.tests.test_approvals import code_of, held
from sellwell.kernel.values import Objection, T
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def answers(operation: str) -> list[dict[str, list[str]]]:
    """What each guard said in each entry of an operation, as codes."""
    rows = SecurityLog.objects.filter(operation=operation).order_by("at", "id")
    return [{a["guard"]: [o["code"] for o in a["said"]] for a in row.answers} for row in rows]


def test_it_keeps_what_each_guard_answered_to_what_was_held(world: World, sample: Sample) -> None:
    held(sample)
    assert answers(SEND) == [{"tests.limit": ["tests.over"], "tests.risk": []}]
    large = sample.paper("rep", "150.00")
    assert world.run("rep", MAIL, sample.paper("rep"), {"paper": str(large.pk)}).hold is not None
    assert answers(MAIL) == [{"tests.limit": ["tests.over"], "tests.risk": []}]


def test_it_keeps_what_each_guard_answered_to_what_was_refused(world: World, sample: Sample) -> None:
    @guard("tests.never", T("从不", "Never"), on=[CHECK])
    def never(assessments: list[Assessment], ctx: Context) -> dict[int, Objection]:
        return {i: BROKEN.refuse() for i, _ in enumerate(assessments)}

    paper = sample.paper("rep")
    assert code_of(world.run, "rep", CHECK, paper) == "tests.broken"
    assert code_of(door.run_all, CHECK, world.ctx("rep"), [(paper.pk, {})]) == "tests.broken"
    assert answers(CHECK) == [{"tests.never": ["tests.broken"]}] * 2
