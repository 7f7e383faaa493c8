"""What the pipeline demands of its own offers: a margin that pays (clause 2.2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from sellwell.foundation.catalog.queries import products
from sellwell.kernel import policies as judges
from sellwell.kernel.operations import Assessment, Context, guard
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.pipeline import policies, rules

LOW_MARGIN = Reason(
    "pipeline.low_margin",
    T(
        "毛利率低于制度下限，发出前需要审批。",
        "The margin is below what the policy asks for: approval is needed before it is sent.",
    ),
)


@guard(
    "pipeline.margin",
    T("毛利下限", "Lowest margin"),
    on=["pipeline.send_quotation"],
    clauses=["2.2.4"],
)
def margin(assessments: list[Assessment], ctx: Context) -> Mapping[int, Objection | list[Objection]]:
    """A margin that the policy does not let through holds. The text tells no cost; products without a cost are left out."""
    ids = {UUID(str(line["product"])) for a in assessments for line in a.content.get("lines", [])}
    costs = {p.id: p.cost for p in products(ids, ctx.company_id, ctx.today).values()} if ids else {}
    found = {}
    for index, assessment in enumerate(assessments):
        known = rules.margin_of(
            Decimal(assessment.content.get("net", 0)),
            Decimal(assessment.content.get("amount", 0)),
            [
                (line["quantity"], line["total"], costs.get(UUID(str(line["product"]))))
                for line in assessment.content.get("lines", [])
            ],
        )
        if known is None:
            continue
        approvers = judges.judge(policies.MARGIN_APPROVAL, ctx, {"measure": -known}).outputs.get("approvers")
        if approvers:
            found[index] = LOW_MARGIN.hold(policies.MARGIN_APPROVAL, measure=-known)
    return found
