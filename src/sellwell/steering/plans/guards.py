"""What plans demands of verbs: every side signs, nobody signs an own draft or for two sides (clause 2.2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sellwell.kernel.approval import apart, barring
from sellwell.kernel.models import ApprovalDecision, ApprovalRequest
from sellwell.kernel.operations import Assessment, Context, guard
from sellwell.kernel.values import Objection, Reason, T
from sellwell.steering.plans import policies, queries
from sellwell.steering.plans.models import SignOff
from sellwell.steering.plans.rules import Side

SIDE_SIGNS = {
    Side.SALES: Reason(queries.guard_of(Side.SALES), T("须销售方签署。", "Sales must sign.")),
    Side.FINANCE: Reason(queries.guard_of(Side.FINANCE), T("须财务方签署。", "Finance must sign.")),
    Side.MARKETING: Reason(queries.guard_of(Side.MARKETING), T("须市场方签署。", "Marketing must sign.")),
}
AUTHOR = Reason(
    "plans.author_signs",
    T(
        "您起草或修改过这一版，不能签署。请由该方的其他同事签署。",
        "You drafted or changed this version and do not sign it. A colleague of that side does.",
    ),
)
TWO_SIDES = Reason(
    "plans.two_sides",
    T(
        "一人不能代表两方签署。请由另一方的其他同事签署。",
        "Nobody signs for two sides. Let a colleague of the other side sign.",
    ),
)


@guard("plans.sides", T("会签各方", "Sides that sign"), on=[queries.PUT_IN_FORCE], clauses=["2.2.5"])
def sides(assessments: list[Assessment], ctx: Context) -> Mapping[int, list[Objection]]:
    """A hold for each side that must sign: the routes run beside each other."""
    return {
        place: [SIDE_SIGNS[side].hold(policies.SIGNERS[side]) for side in one.carry]
        for place, one in enumerate(assessments)
    }


# Each side is asked of other people: the fall-back of one must not be the signer of another.
apart.add(queries.PUT_IN_FORCE)


@barring.register(queries.PUT_IN_FORCE)
def authors_of(request: ApprovalRequest) -> list[UUID]:
    """Who drafted or changed it is not asked: the request goes to a colleague, or to whoever stands above."""
    return list(
        SignOff.objects.filter(pk__in=[request.row_id]).values_list("authors", flat=True).first() or []
    )


@guard("plans.signing", T("起草人不签，一人不签两方", "Authors do not sign, nobody for two sides"), on=["approvals.approve"], clauses=["2.2.5"])  # fmt: skip
def signing(assessments: list[Assessment], ctx: Context) -> Mapping[int, list[Objection]]:
    """Of requests for signatures only: the hand that signs, and those for whom it signs."""
    found: dict[int, list[Objection]] = {}
    for place, one in enumerate(assessments):
        request: ApprovalRequest = one.row
        if request.operation == queries.PUT_IN_FORCE and (said := _objections(request, one.carry[1], ctx)):
            found[place] = said
    return found


def _objections(request: ApprovalRequest, mine: Any, ctx: Context) -> list[Objection]:
    people: set[UUID] = {
        ctx.user_id,
        *(lender for _, voices in mine for lender in voices if lender is not None),
    }
    if people & set(authors_of(request)):
        return [AUTHOR.refuse()]
    now = {step.guard for step, _ in mine}
    given = ApprovalDecision.objects.filter(step__request=request, agrees=True).select_related("step")
    before = {
        d.step.guard
        for d in given
        if d.round == d.step.round and people & {d.user_id, d.on_behalf_of_id or d.user_id}
    }
    return [TWO_SIDES.refuse()] if len(now | before) > 1 else []
