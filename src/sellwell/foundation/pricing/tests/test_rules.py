"""Prices and amounts: worked examples, public cases, and what must hold for any line."""

from __future__ import annotations

import csv
import json
import os
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.foundation.pricing.rules import (
    LineTerms,
    Rule,
    RuleKind,
    choose,
    document_amounts,
    line_amounts,
    shortfall,
    sum_of,
    with_tax,
)
from sellwell.kernel.values import split, to_cents

D = Decimal
DAY = date(2026, 6, 1)
PRODUCT, OTHER = UUID(int=1), UUID(int=2)

CHECKOUT = Path(__file__).resolve().parents[5]
CASES = Path(os.environ.get("SELLWELL_SHARED", CHECKOUT.parent / "shared")) / "data" / "commission_tax"
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="SELLWELL_SHARED is missing")

quantities = st.decimals(min_value="0.000001", max_value="99999", places=6)
prices = st.decimals(min_value=0, max_value="99999", places=6)
rates = st.sampled_from([D("0"), D("0.03"), D("0.06"), D("0.09"), D("0.13")])
roundings = st.sampled_from(["half_up", "half_even"])
lines = st.lists(st.builds(LineTerms, quantities, prices, rates), min_size=1, max_size=12)


# --- amounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "rate", "net", "tax"),
    [
        ("113000", "0.13", "100000.00", "13000.00"),
        ("106", "0.06", "100.00", "6.00"),
        ("10300", "0.03", "10000.00", "300.00"),
    ],
)
def test_tax_inside_is_taken_out(amount: str, rate: str, net: str, tax: str) -> None:
    """W30."""
    found = line_amounts(D(1), D(amount), D(rate), tax_inside=True)
    assert (found.net, found.tax, found.total) == (D(net), D(tax), D(amount))


def test_three_lines_keep_their_own_rounding() -> None:
    """W30: three lines of 33.33 at 13 % give 88.50 and 11.49; on the total it would be 88.49 and 11.50."""
    three = [LineTerms(D(1), D("33.33"), D("0.13"))] * 3
    by_line = sum_of(document_amounts(three, tax_inside=True))
    by_document = sum_of(document_amounts(three, tax_inside=True, at="document"))
    assert (by_line.net, by_line.tax) == (D("88.50"), D("11.49"))
    assert (by_document.net, by_document.tax) == (D("88.49"), D("11.50"))
    assert by_line.total == by_document.total == D("99.99")


def test_tax_on_top() -> None:
    found = line_amounts(D(3), D("9.99"), D("0.13"), tax_inside=False)
    assert (found.net, found.tax, found.total) == (D("29.97"), D("3.90"), D("33.87"))


@given(quantities, prices, rates, st.booleans(), roundings)
def test_net_and_tax_make_the_total(quantity: D, price: D, rate: D, inside: bool, rounding: str) -> None:
    found = line_amounts(quantity, price, rate, inside, rounding)
    assert found.net + found.tax == found.total
    assert found.tax >= 0
    assert all(value == value.quantize(D("0.01")) for value in (found.net, found.tax, found.total))
    exact = found.total * rate / (1 + rate) if inside else found.net * rate
    assert abs(found.tax - exact) <= D("0.005")


@given(lines, st.booleans(), roundings, st.sampled_from(["line", "document"]))
def test_documents_are_the_sums_of_their_lines(
    terms: list[LineTerms], inside: bool, rounding: str, at: str
) -> None:
    amounts = document_amounts(terms, inside, rounding, at)
    whole = sum_of(amounts)
    assert len(amounts) == len(terms)
    assert all(a.net + a.tax == a.total for a in amounts)
    assert all(a.tax >= 0 and a.net >= 0 for a in amounts)
    assert whole.net + whole.tax == whole.total
    given_ = sum((to_cents(t.quantity * t.unit_price, rounding) for t in terms), D(0))
    assert (whole.total if inside else whole.net) == given_


@given(lines, st.booleans(), roundings)
def test_document_rounding_rounds_the_tax_of_a_rate_once(
    terms: list[LineTerms], inside: bool, rounding: str
) -> None:
    amounts = document_amounts(terms, inside, rounding, "document")
    for rate in {t.tax_rate for t in terms}:
        own = [a for a, t in zip(amounts, terms, strict=True) if t.tax_rate == rate]
        base = sum(((a.total if inside else a.net) for a in own), D(0))
        assert sum((a.tax for a in own), D(0)) == with_tax(base, rate, inside, rounding).tax
        exact = [(a.total * rate / (1 + rate) if inside else a.net * rate) for a in own]
        assert all(abs(a.tax - e) < D("0.02") for a, e in zip(own, exact, strict=True))


@needs_cases
def test_rounding_modes() -> None:
    for row in csv.DictReader((CASES / "rounding_modes.csv").open()):
        assert to_cents(D(row["value"])) == D(row["half_up_required"])
        assert to_cents(D(row["value"]), "half_even") == D(row["half_even"])


@needs_cases
def test_prices_with_tax_inside_and_a_discount() -> None:
    """Public cases: the discount is spread by largest remainder, the tax taken out of what is left, line by line."""
    for case in json.loads((CASES / "vat_inclusive_discount.json").read_text()):
        terms = [LineTerms(D(n["qty"]), D(n["price_incl"]), D(n["rate"])) for n in case["lines"]]
        gross = [a.total for a in document_amounts(terms, tax_inside=True)]
        assert gross == [D(n["gross"]) for n in case["lines"]]
        discounts = split(D(case["order_discount"]), gross)
        assert discounts == [D(n["discount"]) for n in case["lines"]]
        left = [
            with_tax(g - d, t.tax_rate, tax_inside=True)
            for g, d, t in zip(gross, discounts, terms, strict=True)
        ]
        assert [a.net for a in left] == [D(n["net"]) for n in case["lines"]]
        assert [a.tax for a in left] == [D(n["tax"]) for n in case["lines"]]
        whole = sum_of(left)
        assert (whole.total, whole.net) == (D(case["total_incl"]), D(case["total_net_line_rounding"]))
        for rate, tax in case["tax_by_rate_if_rounded_on_totals"].items():
            base = sum((a.total for a, t in zip(left, terms, strict=True) if t.tax_rate == D(rate)), D(0))
            assert with_tax(base, D(rate), tax_inside=True).tax == D(tax)


# --- which price -----------------------------------------------------------------------------------------------------


def rule(kind: str, number: int = 1, **values: object) -> Rule:
    """A rule for PRODUCT, of 100, from quantity 0 on, unless said otherwise."""
    fields: dict = {
        "id": UUID(int=number), "kind": kind, "name": "", "product_id": PRODUCT, "product_line": "",
        "min_quantity": D(0), "price": D(100), "discount": None, "since": DAY,
    }  # fmt: skip
    return Rule(**{**fields, **values})


rules = st.lists(
    st.builds(
        rule,
        st.sampled_from(RuleKind.values()),
        st.integers(1, 10**6),
        product_id=st.sampled_from([PRODUCT, PRODUCT, OTHER, None]),
        product_line=st.sampled_from(["", "泵", "阀"]),
        min_quantity=st.sampled_from([D(0), D(10), D(100)]),
        price=prices,
        since=st.dates(DAY - timedelta(days=90), DAY),
    ),
    max_size=10,
    unique_by=lambda r: r.id,
)


@given(rules, st.sampled_from([D(1), D(10), D(150)]))
def test_the_strongest_kind_wins_whatever_it_costs(known: list[Rule], quantity: D) -> None:
    choice = choose(known, PRODUCT, "泵", quantity)
    fitting = [r for r in known if r.speaks_for(PRODUCT, "泵", quantity)]
    if not fitting:
        assert choice is None
        return
    order = RuleKind.values()
    strongest = min(order.index(r.kind) for r in fitting)
    assert order.index(choice.rule.kind) == strongest
    rivals = [r for r in fitting if r.kind == choice.rule.kind]
    assert choice.rule.closeness == max(r.closeness for r in rivals)
    assert choice.unit_price == choice.rule.price
    assert RuleKind(choice.rule.kind).label.zh in choice.why.zh
    for weaker in {r.kind for r in fitting} - {choice.rule.kind}:
        assert RuleKind(weaker).label.zh in choice.why.zh.split("优先于")[1]


@given(rules, st.randoms())
def test_the_order_of_rules_does_not_matter(known: list[Rule], random: object) -> None:
    shuffled = list(known)
    random.shuffle(shuffled)
    first, second = choose(known, PRODUCT, "泵", D(150)), choose(shuffled, PRODUCT, "泵", D(150))
    assert (first and first.rule) == (second and second.rule)


def test_a_promotion_is_taken_off_the_list_price() -> None:
    off = rule("promotion", 2, name="双十一", product_id=None, price=None, discount=D("0.1"))
    choice = choose([rule("list", price=D(113)), off], PRODUCT, "", D(1))
    assert (choice.unit_price, choice.list_price) == (D("101.700000"), D(113))
    assert choice.why.zh == "促销价“双十一”：目录价 113 减 10%，自 2026-06-01 起；优先于目录价"
    assert (
        choice.why.en
        == "Promotion “双十一”: list price 113 less 10 %, since 2026-06-01; comes before list price"
    )


def test_a_discount_without_a_list_price_is_passed_over() -> None:
    assert choose([rule("grade", price=None, discount=D("0.1"))], PRODUCT, "", D(1)) is None


def test_larger_quantities_have_their_own_price() -> None:
    steps = [rule("list", 1, price=D(100)), rule("list", 2, price=D(90), min_quantity=D(10))]
    assert choose(steps, PRODUCT, "", D(9)).unit_price == 100
    assert choose(steps, PRODUCT, "", D(10)).unit_price == 90
    assert "10 起订" in choose(steps, PRODUCT, "", D(10)).why.zh


def test_shortfall_is_a_fraction_of_the_floor() -> None:
    assert shortfall(D(95), D(100)) == D("0.05")
    assert shortfall(D(100), D(100)) == 0
    assert shortfall(D(0), D("0.01")) == 1
