"""Rules of the pipeline: what each stage asks for (1.4.3), minutes in time and prices of quotations (2.2.4). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sellwell.kernel.values import Objection, Reason, T

# --- stages ------------------------------------------------------------------------------------------------------------

NEEDS_TEXT = Reason(
    "pipeline.needs_missing",
    T(
        "还没有客户需求。请写明客户要解决什么问题。",
        "The needs are not written down. Say what the customer wants solved.",
    ),
)
NO_PRODUCT = Reason(
    "pipeline.no_product",
    T("还没有匹配的产品。请至少添加一个产品。", "No product is matched yet. Add at least one."),
)
NOT_QUOTED = Reason(
    "pipeline.not_quoted",
    T("还没有发出的报价单。请先报价并发出。", "No quotation was sent yet. Write one and send it."),
)
NOT_AGREED = Reason(
    "pipeline.not_agreed",
    T(
        "客户还没有接受报价，也没有合同或订单。请先登记客户接受报价，或签订合同。",
        "No quotation is accepted and there is no contract or order. Record the acceptance, or make the contract.",
    ),
)
TOO_EARLY = Reason(
    "pipeline.too_early",
    T(
        "商机还在“{stage}”阶段，先完成需求分析和产品匹配再报价。",
        "The opportunity is at “{stage}”: analyse needs and match products before quoting.",
    ),
)

# A trial stands where it may take place; it is no condition of an offer.
ORDER = ("develop", "needs", "match", "trial", "offer", "won")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of an opportunity when it should move."""

    has_needs: bool
    products: int
    quoted: int  # quotations that were sent
    agreed: int  # accepted quotations, contracts and orders


def entry_objections(stage: str, standing: Standing) -> list[Objection]:
    """What is missing for entering `stage`: the conditions of every stage up to it (clause 1.4.3)."""
    wanted = ORDER[: ORDER.index(stage) + 1]
    found = []
    if "needs" in wanted and not standing.has_needs:
        found.append(NEEDS_TEXT.refuse(path="needs"))
    if "match" in wanted and standing.products == 0:
        found.append(NO_PRODUCT.refuse(path="products"))
    if "offer" in wanted and standing.quoted + standing.agreed == 0:
        found.append(NOT_QUOTED.refuse())
    if "won" in wanted and standing.agreed == 0:
        found.append(NOT_AGREED.refuse())
    return found


TRIAL_PAST = Reason(
    "pipeline.trial_past",
    T(
        "试用截止日 {day} 已过。请填写今天或以后的日期。",
        "{day} is over. Enter today or a later day for the end of the trial.",
    ),
)


def trial_objections(until: date, today: date) -> list[Objection]:
    """A trial ends today or later."""
    return [TRIAL_PAST.refuse(path="until", day=until)] if until < today else []


# --- visits ------------------------------------------------------------------------------------------------------------


def minutes_are_late(due_at: datetime | None, written_at: datetime | None, now: datetime) -> bool:
    """Whether the minutes came after their time, or are still missing after it (clause 2.2.4)."""
    return due_at is not None and (written_at or now) > due_at


# --- quotations --------------------------------------------------------------------------------------------------------

RETIRED = Reason(
    "pipeline.product_retired", T("产品 {code} 已停售，不能报价。", "Product {code} is no longer sold.")
)
VALID_PAST = Reason(
    "pipeline.valid_until_past",
    T("有效期 {day} 已过。请填写今天或以后的日期。", "{day} is over. Enter today or a later day."),
)
EXPIRED = Reason(
    "pipeline.expired",
    T(
        "报价已于 {day} 到期，不能接受。请修订报价后重新发出。",
        "The quotation expired on {day}. Revise it and send the new version.",
    ),
)
STILL_VALID = Reason(
    "pipeline.still_valid", T("报价有效至 {day}，尚未到期。", "The quotation is good until {day}.")
)
OTHER_CUSTOMER = Reason(
    "pipeline.other_customer",
    T(
        "商机属于另一个客户。请选择该客户的商机。",
        "The opportunity is another customer's. Choose one of this customer.",
    ),
)
NO_LINES = Reason(
    "pipeline.no_lines",
    T("报价单没有明细行。请至少添加一行。", "The quotation has no lines. Add at least one."),
)
BELOW_FLOOR = Reason(
    "pipeline.below_floor",
    T(
        "单价 {price} 低于底价，发出前需要审批。",
        "The price {price} is below the floor: sending will need approval.",
    ),
)


def discount_of(unit_price: Decimal, list_price: Decimal) -> Decimal:
    """How far a price lies below the list price, 0 to 1; 0 where there is no list price or the price is higher."""
    if list_price <= 0 or unit_price >= list_price:
        return Decimal(0)
    return ((list_price - unit_price) / list_price).quantize(Decimal("0.000001"))


def largest_discount(prices: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """The largest discount of (unit price, list price) pairs; 0 for none."""
    return max((discount_of(unit, listed) for unit, listed in prices), default=Decimal(0))


def validity_objections(valid_until: date, today: date) -> list[Objection]:
    """A quotation cannot be sent when its time is over."""
    return [VALID_PAST.refuse(path="valid_until", day=valid_until)] if valid_until < today else []


def acceptance_objections(valid_until: date, today: date) -> list[Objection]:
    """An expired quotation cannot be accepted."""
    return [EXPIRED.refuse(day=valid_until)] if valid_until < today else []


def next_number(number: str, revision: int) -> str:
    """The number of a revision: QT-2026-000012 -> QT-2026-000012-2."""
    base = number.rsplit("-", 1)[0] if number.count("-") == 3 else number
    return f"{base}-{revision}"


def margin_of(
    net: Decimal, total: Decimal, lines: Sequence[tuple[Decimal, Decimal, Decimal | None]]
) -> Decimal | None:
    """The margin of an offer, (net - cost) / net, over its lines (quantity, total, cost per unit) with a known cost.

    Lines' totals contain tax; their net is their share of the document's. None where no cost is known or net is 0.
    """
    known = [(quantity, line_total, cost) for quantity, line_total, cost in lines if cost is not None]
    gross = sum((line_total for _, line_total, _ in known), Decimal(0))
    if not known or total <= 0 or gross <= 0:
        return None
    net_of_known = net * gross / total
    cost_of_known = sum((quantity * cost for quantity, _, cost in known), Decimal(0))
    return ((net_of_known - cost_of_known) / net_of_known).quantize(Decimal("0.0001"))


def coarse(degrees: Decimal | None) -> Decimal | None:
    """A position as it is kept: to three decimals, about a hundred metres."""
    return None if degrees is None else degrees.quantize(Decimal("0.001"))
