"""What pricing demands of selling: nothing goes below its floor price without somebody's leave."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.foundation.catalog.queries import products
from sellwell.foundation.pricing.queries import Floor, floors
from sellwell.foundation.pricing.rules import shortfall
from sellwell.kernel import policy
from sellwell.kernel.operations import Assessment, Context, guard
from sellwell.kernel.values import Objection, Reason, T, to_micro

BELOW_FLOOR = Reason(
    "pricing.floor",
    T(
        "{code} 的单价 {price} 低于底价 {floor}（低 {percent}%），需要审批。",
        "The price {price} of {code} is below its floor of {floor} (by {percent} %) and needs approval.",
    ),
)

ROUTE = "pricing.floor_approval"
policy.default(
    ROUTE,
    policy.table(
        inputs={"measure": ("number", T("低于底价的比例", "Below the floor by"))},
        outputs={"approvers": ("text", T("审批人", "Approvers"))},
        rows=[
            ["<= 5%", "regional_manager"],
            ["(5% .. 15%]", "regional_manager, sales_manager"],
            ["> 15%", "sales_manager, finance, executive"],
        ],
        examples=[
            ({"measure": "0.05"}, {"approvers": "regional_manager"}),
            ({"measure": "0.2"}, {"approvers": "sales_manager, finance, executive"}),
        ],
    ),
    T("低于底价的审批", "Approval of prices below the floor"),
)


@guard(
    "pricing.floor",
    T("底价", "Floor price"),
    on=["orders.confirm", "pipeline.send_quotation", "contracts.approve"],
    clauses=["5.2.1", "5.2.2"],
)
def floor(assessments: list[Assessment], ctx: Context) -> Mapping[int, list[Objection]]:
    """Every line priced below the floor of the day holds its document; the measure is the largest shortfall."""
    product_ids = {UUID(str(line["product"])) for a in assessments for line in _lines(a)}
    known = floors(ctx.company_id, product_ids, ctx.today)
    if not known:
        return {}
    return {
        index: [
            objection
            for position, line in enumerate(_lines(assessment))
            if (objection := _below(assessment, position, line, known, ctx)) is not None
        ]
        for index, assessment in enumerate(assessments)
    }


def _lines(assessment: Assessment) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = assessment.content.get("lines", [])
    return found


def _below(
    assessment: Assessment, position: int, line: Mapping[str, Any], known: Mapping[UUID, Floor], ctx: Context
) -> Objection | None:
    """The hold for one line, if its price is too low."""
    product_id = UUID(str(line["product"]))
    found = known.get(product_id)
    if found is None:
        return None
    lowest = found.price
    if found.tax_inside != assessment.content.get("tax_inside", True):
        rate = products([product_id], ctx.company_id, ctx.today)[product_id].tax_rate
        lowest = to_micro(lowest / (1 + rate) if found.tax_inside else lowest * (1 + rate))
    price = Decimal(line["unit_price"])
    measure = shortfall(price, lowest)
    if measure == 0:
        return None
    return BELOW_FLOOR.hold(
        ROUTE, measure=measure, path=f"lines.{position}.unit_price", code=found.code, price=price, floor=lowest,
        percent=(measure * 100).quantize(Decimal("0.01")),
    )  # fmt: skip
