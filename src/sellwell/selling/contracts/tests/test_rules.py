"""The checker of contracts: what is missing, what contradicts, and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sellwell.kernel import policy, rmb
from sellwell.kernel.values import split
from sellwell.selling.contracts import policies, rules
from sellwell.selling.contracts.texts import read_capitals
from sellwell.selling.contracts.wording import GOODS, SERVICE, TEMPLATES
from sellwell.testing.marks import clause

TOTAL = Decimal("1409.50")
VALUES = dict.fromkeys(rules.VARIABLES, "某") | {
    "total": f"{TOTAL:,.2f}",
    "total_capitals": rmb.capitals(TOTAL),
    "net": "1,247.35",
    "tax": "162.15",
}
GOOD = rules.Draft(
    kind="goods", terms=GOODS, values=VALUES, net=Decimal("1247.35"), tax=Decimal("162.15"), total=TOTAL,
    lines=[(Decimal("1247.35"), Decimal("162.15"), TOTAL)], valid_from=date(2026, 11, 1), valid_until=date(2027, 10, 31),
    delivery_on=date(2026, 12, 1),
)  # fmt: skip


def found(draft: rules.Draft) -> list[tuple[str, str]]:
    return [(o.code, o.path) for o in rules.check(draft, read_capitals)]


def with_text(key: str, text: str) -> rules.Draft:
    return replace(GOOD, terms=[{**t, "text": text} if t["key"] == key else t for t in GOODS])


@clause("5.1.1")
@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_the_shipped_templates_pass_their_own_check(kind: str) -> None:
    assert found(replace(GOOD, kind=kind, terms=TEMPLATES[kind][2])) == []


@clause("5.1.1")
def test_every_term_that_the_law_names_is_asked_for() -> None:
    for kind, terms in (("goods", GOODS), ("service", SERVICE)):
        for key in rules.REQUIRED[kind]:
            left = [term for term in terms if term["key"] != key]
            assert ("contracts.term_missing", "terms") in found(replace(GOOD, kind=kind, terms=left)), (
                kind,
                key,
            )


@clause("5.1.1")
@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("quality", "", "contracts.term_empty"),
        ("quality", "按____标准", "contracts.blank_left"),
        ("quality", "标准待定", "contracts.blank_left"),
        ("quality", "按 {standard} 执行", "contracts.variable_unknown"),
        ("price", "合同价款 ¥1,000.00。", "contracts.total_absent"),
        ("price", "合同价款 ¥1,409.50（人民币壹仟肆佰元整）。", "contracts.words_differ"),
        (
            "price",
            "合同价款 ¥1,409.50（{total_capitals}），定金 ¥100.00（壹仟元整）。",
            "contracts.words_differ",
        ),
        ("disputes", "提交云川仲裁委员会仲裁，或者向人民法院起诉。", "contracts.either_or"),
        ("settlement", "买方先付订金。", "contracts.deposit_word"),
    ],
)
def test_defects_are_found_in_their_term(key: str, text: str, code: str) -> None:
    place = next(i for i, term in enumerate(GOODS) if term["key"] == key)
    assert found(with_text(key, text)) == [(code, f"terms.{place}.text")]


def test_a_variable_that_the_contract_does_not_state_is_named() -> None:
    said = rules.check(replace(GOOD, values={**VALUES, "seller_bank": ""}), read_capitals)
    assert [o.code for o in said] == ["contracts.value_missing"]
    assert "卖方开户行" in said[0].text.zh


def test_figures_and_dates_that_contradict() -> None:
    assert found(replace(GOOD, lines=[])) == [("contracts.no_lines", "lines")]
    assert found(replace(GOOD, net=Decimal("1247.34"))) == [("contracts.sums_differ", "total")]
    dates = replace(GOOD, valid_until=date(2026, 10, 1), delivery_on=date(2026, 10, 15))
    assert [path for _, path in found(dates)] == ["valid_until", "delivery_on", "valid_until"]


@given(
    st.lists(st.decimals("0.01", "9999.99", places=2), min_size=1, max_size=8),
    st.integers(0, 7),
    st.integers(1, 500),
)
def test_totals_agree_exactly_or_are_refused(nets: list[Decimal], which: int, cents: int) -> None:
    lines = [(net, Decimal(0), net) for net in nets]
    total = sum(nets, Decimal(0))
    draft = replace(GOOD, lines=lines, net=total, tax=Decimal(0), total=total)
    assert rules._figures(draft) == []
    wrong = list(lines)
    net = wrong[which % len(wrong)][0] + Decimal(cents).scaleb(-2)
    wrong[which % len(wrong)] = (net, Decimal(0), net)
    assert rules._figures(replace(draft, lines=wrong))


@given(st.text(max_size=60), st.dictionaries(st.sampled_from(sorted(rules.VARIABLES)), st.text(max_size=20)))
def test_filling_never_fails_and_never_fills_twice(text: str, values: dict[str, str]) -> None:
    assert rules.fill("{customer}", {"customer": "{total}", "total": "1"}) == "{total}"
    assert "{unknown}" in rules.fill(text + "{unknown}", values)


@given(st.decimals("0.01", "100000", places=2), st.decimals("0.01", "100000", places=2))
@example(Decimal("0.01"), Decimal("20000.00"))
def test_discounts_lie_between_nothing_and_all(unit: Decimal, listed: Decimal) -> None:
    assert 0 <= rules.discount(unit, listed) < 1
    assert rules.discount(listed, listed) == 0
    assert rules.discount(Decimal(0), listed) == 1


@given(st.decimals("0.01", "99999999.99", places=2), st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_capitals_of_any_total_are_read_back(total: Decimal, weights: list[int]) -> None:
    assert read_capitals(rmb.capitals(total)) == total
    assert sum(split(total, [Decimal(w) for w in weights])) == total


# W55 (domain 10): the boundary belongs to the lower tier.
@clause("5.1.3")
@pytest.mark.parametrize(
    ("amount", "discount", "days", "tier"),
    [
        ("100000", "0", 30, "L1"), ("100000.01", "0", 30, "L2"), ("500000", "0", 30, "L2"), ("500000.01", "0", 30, "L3"),
        ("2000000", "0", 30, "L3"), ("2000000.01", "0", 30, "L4"), ("1", "0.05", 30, "L1"), ("1", "0.050001", 30, "L2"),
        ("1", "0.15", 30, "L3"), ("1", "0.150001", 0, "L4"), ("1", "0", 31, "L2"), ("1", "0", 60, "L2"),
        ("1", "0", 61, "L3"), ("1", "0", 90, "L3"), ("1", "0", 91, "L4"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("standard", [True, False])
def test_approval_tiers(amount: str, discount: str, days: int, tier: str, standard: bool) -> None:
    facts = {
        "amount": Decimal(amount),
        "discount": Decimal(discount),
        "payment_days": days,
        "standard_text": standard,
    }
    decision = policy.decide(policy.DEFAULTS[policies.ROUTE].table, facts)
    assert decision.outputs["tier"] == tier
    assert standard or "legal" in decision.outputs["approvers"]
