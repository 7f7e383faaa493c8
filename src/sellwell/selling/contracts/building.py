"""How a contract's lines come about: from an accepted quotation, or as entered. Reads only; handlers write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sellwell.foundation.customers import queries as customers
from sellwell.kernel.operations import Assessment, Context
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.contracts.lines import Agreed, Priced, Want, content_of, price_lines
from sellwell.selling.contracts.models import Contract, ContractLine

NO_CUSTOMER = Reason(
    "contracts.no_customer", T("请选择客户或已接受的报价单。", "Choose a customer or an accepted quotation.")
)
NOT_ACCEPTED = Reason(
    "contracts.quotation_not_accepted",
    T(
        "报价单 {number} 还没有被客户接受，不能生成合同。",
        "Quotation {number} has not been accepted by the customer yet.",
    ),
)
OTHER_CUSTOMER = Reason(
    "contracts.other_customer",
    T("报价单 {number} 属于另一位客户。", "Quotation {number} belongs to another customer."),
)
FROM_QUOTATION = T("报价单 {number} 的价格", "The price of quotation {number}")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a contract is going to be: its parties, source and priced lines."""

    customer: Any
    quotation: Any
    priced: Priced

    def lines(self, contract: Contract) -> list[ContractLine]:
        """The lines to write, numbered from 1."""
        return [
            ContractLine(company_id=contract.company_id, contract=contract, **line.columns(position))
            for position, (_, line) in enumerate(sorted(self.priced.lines.items()), start=1)
        ]


def plan(
    ctx: Context, customer_id: UUID | None, quotation_id: UUID | None, lines: Sequence[Any] | None
) -> tuple[Plan | None, list[Objection]]:
    """The plan of a contract, and everything that is wrong with what was given."""
    quotation = Contract(quotation_id=quotation_id).quotation if quotation_id else None
    customer_id = customer_id or (quotation.customer_id if quotation else None)
    if customer_id is None:
        return None, [NO_CUSTOMER.refuse(path="customer")]
    buyer = customers.customer(customer_id)
    objections = _source_objections(buyer, quotation)
    offered = _offered(quotation)
    wants = _wants(lines, offered) if lines else _all_offered(offered)
    basis = quotation.tax_inside if quotation is not None else None
    priced = price_lines(ctx, buyer, dict(enumerate(wants)), tax_inside=basis)
    return Plan(buyer, quotation, priced), [*objections, *priced.objections]


def preview(ctx: Context, customer: Any, quotation: Any, wants: Mapping[int, Want]) -> Priced:
    """Lines priced while somebody types them: the same as `plan`, but incomplete ones are left out."""
    by_product = {want.product_id: agreed for want, agreed in _offered(quotation)}
    agreed_wants = {
        place: replace(want, agreed=by_product.get(want.product_id)) for place, want in wants.items()
    }
    basis = quotation.tax_inside if quotation is not None else None
    return price_lines(ctx, customer, agreed_wants, tax_inside=basis)


def _source_objections(customer: Any, quotation: Any) -> list[Objection]:
    if quotation is None:
        return []
    found = []
    if quotation.state != "accepted":
        found.append(NOT_ACCEPTED.refuse(path="quotation", number=quotation.number))
    if quotation.customer_id != customer.pk:
        found.append(OTHER_CUSTOMER.refuse(path="quotation", number=quotation.number))
    return found


def _offered(quotation: Any) -> list[tuple[Want, Agreed]]:
    """The quotation's lines, each with the price that the customer accepted."""
    if quotation is None:
        return []
    why = FROM_QUOTATION.format(number=quotation.number)
    return [
        (Want(line.product_id, line.quantity), Agreed(line.unit_price, line.list_price, "quotation", why))
        for line in quotation.lines.filter(is_void=False).order_by("position")
    ]


def _all_offered(offered: list[tuple[Want, Agreed]]) -> list[Want]:
    return [Want(want.product_id, want.quantity, agreed=agreed) for want, agreed in offered]


def _wants(lines: Sequence[Any], offered: list[tuple[Want, Agreed]]) -> list[Want]:
    """Entered lines; a product that the quotation offers has the quotation's price unless another is typed."""
    by_product = {want.product_id: agreed for want, agreed in offered}
    return [
        Want(line.product, line.quantity, line.unit_price, by_product.get(line.product)) for line in lines
    ]


def content(contract: Contract, lines: Sequence[ContractLine], **also: Any) -> dict[str, Any]:
    """The contract's own terms as guards and approvals read them."""
    return content_of(contract, lines) | {"delivery_on": contract.delivery_on, **also}


def creation(planned: Plan | None, objections: Sequence[Objection]) -> Assessment:
    """The assessment of a contract that is being made or changed."""
    if planned is None:
        return Assessment(objections=tuple(objections))
    totals = planned.priced.totals
    return Assessment(
        content={"customer": str(planned.customer.pk), "amount": totals["total"]},
        carry=planned,
        objections=tuple(objections),
    )
