"""How each operation of the manual succeeds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sellwell.kernel.models import ApprovalRequest
from sellwell.kernel.testing import Case, builder
from sellwell.steering.manual import queries
from sellwell.steering.manual.models import Basis, Edition, EditionState, Reading, Variation, VariationState

if TYPE_CHECKING:
    from sellwell.testing.world import World

NEW_WORDING = "经本人确认的订单才能发货。"


def the_edition(world: World) -> Edition:
    """The edition in force today."""
    edition = queries.edition_on(world.today)
    assert edition is not None
    return edition


def a_draft(world: World, *, changed: bool = False, by: str = "administrator") -> Edition:
    """A draft of the next edition, with one clause changed if asked for."""
    draft: Edition = world.run(by, "manual.draft_edition", data={"title": "修订稿"}).result
    if changed:
        world.run(by, "manual.change_passage", draft, {"number": "5.2.2", "zh": NEW_WORDING})
    return Edition.objects.get(pk=draft.pk)


def agree(world: World, *roles: str) -> None:
    """Each of these agrees to the request that was made last."""
    for role in roles:
        request = ApprovalRequest.objects.filter(state="open").latest("created_at")
        world.run(role, "approvals.approve", request, {"note": "同意"})


def publish(world: World, draft: Edition, since: Any = None, by: str = "administrator") -> Edition:
    """Submit a draft and have it approved."""
    outcome = world.run(by, "manual.publish_edition", draft, {"since": str(since or world.today)})
    assert outcome.hold is not None
    agree(world, "legal", "executive")
    return Edition.objects.get(pk=draft.pk)


def an_edition_in(world: World, state: str) -> Edition:
    """An edition in a state, by the room's own acts."""
    if state == EditionState.PUBLISHED:
        return the_edition(world)
    draft = Edition.objects.filter(state="draft").first() or a_draft(world, changed=True)
    if state == EditionState.DISCARDED:
        world.run("administrator", "manual.discard_edition", draft)
    return Edition.objects.get(pk=draft.pk)


def a_basis(world: World) -> Basis:
    """A basis of the company's own."""
    data = {
        "code": "test-policy",
        "kind": "policy",
        "zh": "订单复核办法",
        "state": "checked",
        "since": "2020-01-01",
    }
    made: Basis = world.run("legal", "manual.add_basis", data=data).result
    return made


def a_reading(world: World, role: str = "rep") -> Reading:
    """What somebody is asked to confirm."""
    if not Reading.objects.exists():
        world.run("hr", "manual.ask_readers", the_edition(world))
    return Reading.objects.get(user=world.user(role), role=role)


def a_variation_of(world: World, **changed: Any) -> dict[str, Any]:
    """The input that proposes one."""
    data = {
        "process": "orders.order", "department": str(world.department("EAST").pk), "title": "华东预付款订单",
        "text": "预付款订单先收款后确认。", "reason": "区域客户习惯", "since": str(world.today),
        "until": str(world.today + timedelta(days=90)),
    }  # fmt: skip
    return {**data, **changed}


def a_variation(world: World, state: str = "draft") -> Variation:
    """A variation in a state, by the room's own acts."""
    row: Variation = world.run(
        "regional_manager", "manual.propose_variation", data=a_variation_of(world)
    ).result
    if state == VariationState.CANCELLED:
        world.run("regional_manager", "manual.cancel_variation", row)
    if state == VariationState.APPROVED:
        assert world.run("regional_manager", "manual.approve_variation", row).hold is not None
        agree(world, "sales_manager")
    return Variation.objects.get(pk=row.pk)


@builder("manual.draft_edition")
def _draft_edition(world: World) -> Case:
    return Case("legal", data={"title": "2027 年修订", "note": "订单一章"})


@builder("manual.change_passage")
def _change_passage(world: World) -> Case:
    data = {"number": "5.2.2", "zh": NEW_WORDING, "bases": ["civil-code-contracts"]}
    return Case("legal", row=a_draft(world), data=data, in_state=lambda state: an_edition_in(world, state))


@builder("manual.add_clause")
def _add_clause(world: World) -> Case:
    data = {"number": "5.2.6", "zh": "加急订单须经区域经理同意。", "bases": ["price-law"]}
    return Case("legal", row=a_draft(world), data=data, in_state=lambda state: an_edition_in(world, state))


@builder("manual.publish_edition")
def _publish_edition(world: World) -> Case:
    return Case(
        "administrator", row=a_draft(world, changed=True), data={"since": str(world.today)}, held=True,
        in_state=lambda state: an_edition_in(world, state),
    )  # fmt: skip


@builder("manual.discard_edition")
def _discard_edition(world: World) -> Case:
    return Case("legal", row=a_draft(world), in_state=lambda state: an_edition_in(world, state))


@builder("manual.add_basis")
def _add_basis(world: World) -> Case:
    data = {"code": "sample-law", "kind": "law", "zh": "示例法", "state": "checked", "since": "2020-01-01"}
    return Case("legal", data=data)


@builder("manual.change_basis")
def _change_basis(world: World) -> Case:
    return Case(
        "legal", row=a_basis(world), data={"kind": "policy", "zh": "订单复核办法（修订）", "state": "checked"}
    )


@builder("manual.repeal_basis")
def _repeal_basis(world: World) -> Case:
    successor = Basis.objects.get(code="civil-code-contracts")
    return Case("legal", row=a_basis(world), data={"until": str(world.today), "successor": str(successor.pk)})


@builder("manual.ask_readers")
def _ask_readers(world: World) -> Case:
    return Case("hr", row=the_edition(world), in_state=lambda state: an_edition_in(world, state))


@builder("manual.remind_readers")
def _remind_readers(world: World) -> Case:
    a_reading(world)
    Reading.objects.update(due_on=world.today)
    return Case("hr", row=the_edition(world), in_state=lambda state: an_edition_in(world, state))


@builder("manual.acknowledge")
def _acknowledge(world: World) -> Case:
    return Case("rep", row=a_reading(world))


@builder("manual.propose_variation")
def _propose_variation(world: World) -> Case:
    return Case("regional_manager", data=a_variation_of(world))


@builder("manual.approve_variation")
def _approve_variation(world: World) -> Case:
    return Case("regional_manager", row=a_variation(world), held=True)


@builder("manual.cancel_variation")
def _cancel_variation(world: World) -> Case:
    return Case("regional_manager", row=a_variation(world))


@builder("manual.end_variation")
def _end_variation(world: World) -> Case:
    return Case(
        "regional_manager",
        row=a_variation(world, "approved"),
        data={"until": str(world.today + timedelta(days=1))},
    )


@builder("manual.measure")
def _measure(world: World) -> Case:
    return Case("auditor", data={"months": 2})
