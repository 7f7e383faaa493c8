"""The price of a line and why, and its amounts with tax. Pure.

Which rule gives a price: the kind decides first (contract, customer, promotion, grade, list), then how closely the rule
names the product, then the larger minimum quantity, then the later start, then the lower price. A discount is taken
off the list price of the same quantity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sellwell.kernel.values import Rounding, State, T, split, to_cents, to_micro

RoundingAt = Literal["line", "document"]


class RuleKind(State):
    """What a price rule speaks for, strongest first: the kind decides before the price does."""

    CONTRACT = "contract", T("合同价", "Contract price")
    CUSTOMER = "customer", T("客户价", "Customer price")
    PROMOTION = "promotion", T("促销价", "Promotion")
    GRADE = "grade", T("等级价", "Grade price")
    LIST = "list", T("目录价", "List price")


LABELS = {kind.value: kind.label for kind in RuleKind}

# --- which price -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rule:
    """A price rule that applies to the customer, contract and day at hand. Either `price` or `discount` is set."""

    id: UUID
    kind: str
    name: str
    product_id: UUID | None
    product_line: str  # with no product: of this line; both empty: of every product
    min_quantity: Decimal
    price: Decimal | None
    discount: Decimal | None  # 0.05 = 5 % off the list price
    since: date

    def speaks_for(self, product_id: UUID, product_line: str, quantity: Decimal) -> bool:
        """Whether it is about this product in this quantity."""
        if quantity < self.min_quantity:
            return False
        if self.product_id is not None:
            return self.product_id == product_id
        return self.product_line in ("", product_line)

    @property
    def closeness(self) -> int:
        """How closely it names the product: 2 the product, 1 its line, 0 everything."""
        return 2 if self.product_id is not None else int(bool(self.product_line))


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen price, the list price beside it, the rule that gave it, and the sentence that says why."""

    unit_price: Decimal
    list_price: Decimal
    rule: Rule
    why: T


WHY_PRICE = T("{kind}{name} {amount}{least}，自 {since} 起", "{kind}{name} {amount}{least}, since {since}")
WHY_DISCOUNT = T(
    "{kind}{name}：目录价 {list_price} 减 {percent}%{least}，自 {since} 起",
    "{kind}{name}: list price {list_price} less {percent} %{least}, since {since}",
)
LEAST = T("，{quantity} 起订", ", from quantity {quantity}")
STRONGER_THAN = T("{why}；优先于{others}", "{why}; comes before {others}")


def choose(rules: Iterable[Rule], product_id: UUID, product_line: str, quantity: Decimal) -> Choice | None:
    """The price of a quantity of a product; None where no rule gives one.

    A rule that is a discount needs a list price to take it off; without one it is passed over.
    """
    fitting = [rule for rule in rules if rule.speaks_for(product_id, product_line, quantity)]
    listed = [rule for rule in fitting if rule.kind == RuleKind.LIST and rule.price is not None]
    list_rule = min(listed, key=lambda rule: _rank(rule, rule.price), default=None)
    list_price = list_rule.price if list_rule is not None else None
    priced = [(rule, price) for rule in fitting if (price := _price(rule, list_price)) is not None]
    if not priced:
        return None
    priced.sort(key=lambda pair: _rank(*pair))
    rule, price = priced[0]
    shown_list = list_price if list_price is not None else price
    return Choice(price, shown_list, rule, _why(rule, price, shown_list, [other for other, _ in priced[1:]]))


_STRENGTH = {kind: index for index, kind in enumerate(RuleKind.values())}


def _rank(rule: Rule, price: Decimal | None) -> tuple[object, ...]:
    """Smaller is stronger."""
    return (
        _STRENGTH[rule.kind],
        -rule.closeness,
        -rule.min_quantity,
        -rule.since.toordinal(),
        price,
        rule.id,
    )


def _price(rule: Rule, list_price: Decimal | None) -> Decimal | None:
    if rule.price is not None:
        return rule.price
    if rule.discount is None or list_price is None:
        return None
    return to_micro(list_price * (1 - rule.discount))


def _why(rule: Rule, price: Decimal, list_price: Decimal, others: Sequence[Rule]) -> T:
    """The rule in words, and which weaker kinds it beat."""
    common = {
        "kind": LABELS[rule.kind],
        "name": T(f"“{rule.name}”", f" “{rule.name}”") if rule.name else "",
        "least": LEAST.format(quantity=rule.min_quantity) if rule.min_quantity else "",
        "since": rule.since,
    }
    if rule.price is not None:
        why = WHY_PRICE.format(amount=price, **common)
    else:
        percent = ((rule.discount or Decimal(0)) * 100).normalize()
        why = WHY_DISCOUNT.format(list_price=list_price, percent=percent, **common)
    beaten = [LABELS[kind] for kind in dict.fromkeys(other.kind for other in others) if kind != rule.kind]
    if not beaten:
        return why
    return STRONGER_THAN.format(
        why=why, others=T("、".join(t.zh for t in beaten), ", ".join(t.en.lower() for t in beaten))
    )


def shortfall(unit_price: Decimal, floor: Decimal) -> Decimal:
    """How far a price lies below its floor, as a fraction of the floor; 0 at or above it."""
    return to_micro((floor - unit_price) / floor) if unit_price < floor else Decimal(0)


# --- amounts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Amounts:
    """Money of a line or document: `total` = `net` + `tax`, to the cent."""

    net: Decimal
    tax: Decimal
    total: Decimal

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.net + other.net, self.tax + other.tax, self.total + other.total)


NOTHING = Amounts(Decimal("0.00"), Decimal("0.00"), Decimal("0.00"))


def line_amounts(
    quantity: Decimal,
    unit_price: Decimal,
    tax_rate: Decimal,
    tax_inside: bool,
    rounding: Rounding = "half_up",
) -> Amounts:
    """Net, tax and total of a line, rounded on the line. `tax_inside`: the price contains the tax."""
    return with_tax(to_cents(quantity * unit_price, rounding), tax_rate, tax_inside, rounding)


def with_tax(amount: Decimal, tax_rate: Decimal, tax_inside: bool, rounding: Rounding = "half_up") -> Amounts:
    """An amount that contains tax (`tax_inside`), or that tax comes on top of, in its three parts."""
    if tax_inside:
        net = to_cents(amount / (1 + tax_rate), rounding)
        return Amounts(net, amount - net, amount)
    tax = to_cents(amount * tax_rate, rounding)
    return Amounts(amount, tax, amount + tax)


@dataclass(frozen=True, slots=True)
class LineTerms:
    """What the amounts of a line come from."""

    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal


def document_amounts(
    lines: Sequence[LineTerms], tax_inside: bool, rounding: Rounding = "half_up", at: RoundingAt = "line"
) -> list[Amounts]:
    """The amounts of every line of a document. The document's amounts are always their sums.

    `at` 'document': the tax of each rate is rounded once, on the sum of its lines, and given back to the lines by
    largest remainder, ties to the earlier line. Quantities and prices are not negative.
    """
    amounts = [line_amounts(t.quantity, t.unit_price, t.tax_rate, tax_inside, rounding) for t in lines]
    if at == "line":
        return amounts
    for rate in dict.fromkeys(t.tax_rate for t in lines):
        members = [i for i, t in enumerate(lines) if t.tax_rate == rate]
        given = [amounts[i].total if tax_inside else amounts[i].net for i in members]
        whole = with_tax(sum(given, Decimal("0.00")), rate, tax_inside, rounding)
        for i, part, tax in zip(members, given, split(whole.tax, given), strict=True):
            amounts[i] = Amounts(part - tax, tax, part) if tax_inside else Amounts(part, tax, part + tax)
    return amounts


def sum_of(amounts: Iterable[Amounts]) -> Amounts:
    """A document's amounts: the sums of its lines, never computed anew."""
    total = NOTHING
    for item in amounts:
        total = total + item
    return total
