"""How an order's lines come about: from a contract, from an accepted quotation, or as entered. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.foundation.catalog.queries import ids_by_code
from sellwell.foundation.customers import queries as customers
from sellwell.kernel.operations import Assessment, Context
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.contracts.lines import Agreed, Priced, Want, content_of, price_lines
from sellwell.selling.contracts.queries import AgreedLine, agreed_lines
from sellwell.selling.orders.models import Order, OrderLine

NO_CUSTOMER = Reason(
    "orders.no_customer",
    T("请选择客户，或选择合同、报价单。", "Choose a customer, or a contract or quotation."),
)
NO_LINES = Reason(
    "orders.no_lines", T("订单没有明细行。请至少添加一行。", "The order has no lines. Add at least one.")
)
NOT_SIGNED = Reason(
    "orders.contract_not_signed",
    T(
        "合同 {number} 还没有签署，不能下单。",
        "Contract {number} is not signed; nothing can be ordered from it.",
    ),
)
NOT_ACCEPTED = Reason(
    "orders.quotation_not_accepted",
    T(
        "报价单 {number} 还没有被客户接受，不能下单。",
        "Quotation {number} has not been accepted by the customer yet.",
    ),
)
OTHER_CUSTOMER = Reason(
    "orders.other_customer",
    T("{number} 属于另一位客户。请核对。", "{number} belongs to another customer. Check it."),
)
NOT_IN_CONTRACT = Reason(
    "orders.not_in_contract",
    T(
        "第 {row} 行：合同中没有这个产品。请另建订单，或先变更合同。",
        "Line {row}: the contract does not hold this product. Make another order, or change the contract.",
    ),
)
NOT_LEFT = Reason(
    "orders.contract_left",
    T(
        "第 {row} 行：合同只剩 {left}，本单需要 {wanted}。请减少数量。",
        "Line {row}: the contract has {left} left, the order wants {wanted}. Order less.",
    ),
)
FROM_CONTRACT = T("合同约定的单价", "The price that the contract says")
FROM_QUOTATION = T("报价单 {number} 的价格", "The price of quotation {number}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A line as it was asked for, whoever asked."""

    product_id: UUID | None
    quantity: Decimal
    unit_price: Decimal | None = None
    code: str = ""


@dataclass(slots=True)
class Plan:
    """What an order is going to be: its customer, sources and priced lines."""

    customer: Any
    contract: Any
    quotation: Any
    priced: Priced = field(default_factory=Priced)
    contract_lines: dict[int, AgreedLine] = field(default_factory=dict)  # by the line's place

    @property
    def source(self) -> Any:
        """What the order follows from, for its owner, scope and terms."""
        return self.contract or self.quotation or self.customer

    def lines(self, order: Order) -> list[OrderLine]:
        """The lines to write, numbered from 1."""
        return [
            OrderLine(
                company_id=order.company_id, order=order,
                contract_line_id=self.contract_lines[place].id if place in self.contract_lines else None,
                **line.columns(position),
            )
            for position, (place, line) in enumerate(sorted(self.priced.lines.items()), start=1)
        ]  # fmt: skip


def plan(
    ctx: Context,
    customer_id: UUID | None,
    contract_id: UUID | None,
    quotation_id: UUID | None,
    lines: Sequence[Asked],
) -> tuple[Plan | None, list[Objection]]:
    """The plan of an order, and everything that is wrong with what was given, each line by its place (clause 5.2.1)."""
    contract = Order(contract_id=contract_id).contract if contract_id else None
    quotation = Order(quotation_id=quotation_id).quotation if quotation_id else None
    source = contract or quotation
    customer_id = customer_id or (source.customer_id if source else None)
    if customer_id is None:
        return None, [NO_CUSTOMER.refuse(path="customer")]
    planned = Plan(customers.customer(customer_id), contract, quotation)
    objections = source_objections(planned)
    agreed = agreed_lines(contract.pk) if contract is not None else {}
    offered = offers(quotation) if contract is None and quotation is not None else []
    asked = list(lines) or [Asked(line.product_id, line.left) for line in agreed.values() if line.left > 0]
    asked = asked or [Asked(product_id, quantity) for product_id, quantity, _ in offered]
    if not asked:
        return planned, [*objections, NO_LINES.refuse(path="lines")]
    asked = _by_code(asked)
    if contract is not None:
        planned.contract_lines, bound = bind(asked, agreed.values())
        objections += bound
    wants = _wants(asked, planned.contract_lines, {product_id: price for product_id, _, price in offered})
    planned.priced = price_lines(
        ctx,
        planned.customer,
        wants,
        contract_id=contract_id,
        tax_inside=source.tax_inside if source else None,
    )
    return planned, [*objections, *planned.priced.objections]


def source_objections(planned: Plan) -> list[Objection]:
    """Whether the contract and the quotation may be ordered from, and are this customer's."""
    found = []
    contract, quotation, customer = planned.contract, planned.quotation, planned.customer
    if contract is not None and contract.state != "signed":
        found.append(NOT_SIGNED.refuse(path="contract", number=contract.number))
    if quotation is not None and quotation.state != "accepted":
        found.append(NOT_ACCEPTED.refuse(path="quotation", number=quotation.number))
    for path, source in (("contract", contract), ("quotation", quotation)):
        if source is not None and source.customer_id != customer.pk:
            found.append(OTHER_CUSTOMER.refuse(path=path, number=source.number))
    return found


def offers(quotation: Any) -> list[tuple[UUID, Decimal, Agreed]]:
    """The lines of a quotation: product, quantity, and the price that the customer accepted."""
    why = FROM_QUOTATION.format(number=quotation.number)
    return [
        (line.product_id, line.quantity, Agreed(line.unit_price, line.list_price, "quotation", why))
        for line in quotation.lines.filter(is_void=False).order_by("position")
    ]


def _by_code(asked: Sequence[Asked]) -> list[Asked]:
    """Lines that name a product by its code get its identifier; an unknown code stays without one."""
    codes = [line.code for line in asked if line.product_id is None and line.code]
    known = ids_by_code(codes) if codes else {}
    return [
        line if line.product_id else Asked(known.get(line.code), line.quantity, line.unit_price, line.code)
        for line in asked
    ]


def bind(
    asked: Sequence[Asked], agreed: Iterable[AgreedLine]
) -> tuple[dict[int, AgreedLine], list[Objection]]:
    """Which contract line each line calls off, by product; and what the contract does not hold, or has not left.

    A product that stands in several contract lines is taken from the first that still has enough, else from the first.
    """
    by_product: dict[UUID, list[AgreedLine]] = {}
    left: dict[UUID, Decimal] = {}
    for held in agreed:
        by_product.setdefault(held.product_id, []).append(held)
        left[held.id] = held.left
    found: dict[int, AgreedLine] = {}
    objections = []
    for place, line in enumerate(asked):
        candidates = by_product.get(line.product_id, []) if line.product_id else []
        if not candidates:
            if line.product_id:
                objections.append(NOT_IN_CONTRACT.refuse(path=f"lines.{place}.product", row=place + 1))
            continue
        chosen = next((c for c in candidates if left[c.id] >= line.quantity), candidates[0])
        if left[chosen.id] < line.quantity:
            path = f"lines.{place}.quantity"
            objections.append(
                NOT_LEFT.refuse(path=path, row=place + 1, left=left[chosen.id], wanted=line.quantity)
            )
        left[chosen.id] = max(left[chosen.id] - line.quantity, Decimal(0))
        found[place] = chosen
    return found, objections


def _wants(
    asked: Sequence[Asked], called: Mapping[int, AgreedLine], offered: Mapping[UUID, Agreed]
) -> dict[int, Want]:
    """The lines to price, each with what was agreed for it."""
    wants = {}
    for place, line in enumerate(asked):
        agreed = offered.get(line.product_id) if line.product_id else None
        if place in called:
            agreed = contract_price(called[place])
        wants[place] = Want(line.product_id, line.quantity, line.unit_price, agreed, line.code)
    return wants


def with_prices(wants: Mapping[int, Want], prices: Mapping[int, Agreed]) -> dict[int, Want]:
    """The wants with what was agreed for those that `prices` names by their place."""
    return {place: replace(want, agreed=prices.get(place)) for place, want in wants.items()}


def contract_price(line: AgreedLine) -> Agreed:
    """The price that a contract line binds an order to."""
    return Agreed(line.unit_price, line.list_price, "contract", FROM_CONTRACT, binding=True)


def creation(planned: Plan | None, objections: Sequence[Objection]) -> Assessment:
    """The assessment of an order that is being made or changed."""
    if planned is None:
        return Assessment(objections=tuple(objections))
    totals = planned.priced.totals
    return Assessment(
        content={"customer": str(planned.customer.pk), "amount": totals["total"]},
        carry=planned,
        objections=tuple(objections),
    )


def content(order: Order, lines: Sequence[OrderLine]) -> dict[str, Any]:
    """The order's own terms as guards and approvals read them."""
    return content_of(order, lines) | {
        "from_contract": order.contract_id is not None,
        "requested_on": order.requested_on,
    }
