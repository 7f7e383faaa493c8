"""Money to the cent: parts of invoices, matching, ageing, credit - by example and for every case that can be thought up."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.kernel.values import ZERO
from sellwell.selling.receivables.rules import (
    BUCKETS,
    Debt,
    Exposure,
    OpenLine,
    Sofar,
    apply_money,
    credit_part,
    due_between,
    due_date,
    invoice_parts,
    judge_credit,
    next_part,
    paid_shares,
    share,
)
from sellwell.testing.marks import clause

D = Decimal
cents = st.integers(0, 10**9).map(lambda n: D(n) / 100)
units = st.integers(1, 500).map(D)


def partitions(total: int) -> st.SearchStrategy[list[int]]:
    """Ways to divide so many units into parts."""
    return st.lists(st.integers(1, max(1, total)), max_size=12).map(lambda cuts: _fit(total, cuts))


def _fit(total: int, cuts: list[int]) -> list[int]:
    parts, left = [], total
    for cut in cuts:
        if left > cut:
            parts.append(cut)
            left -= cut
    return [*parts, left]


# --- parts of invoices ---------------------------------------------------------------------------------------------


@clause("5.3.2")
def test_three_thirds_of_a_hundred() -> None:
    amounts, sofar = [], ZERO
    for invoiced in (1, 2, 3):
        amounts.append(next_part(D("100.00"), D(3), D(invoiced), sofar))
        sofar += amounts[-1]
    assert amounts == [D("33.33"), D("33.34"), D("33.33")]


@given(amount=cents, data=st.data(), quantity=st.integers(1, 500))
def test_partial_invoices_add_up_whatever_the_partition(
    amount: Decimal, data: st.DataObject, quantity: int
) -> None:
    sofar, done = ZERO, 0
    for part in data.draw(partitions(quantity)):
        done += part
        step = next_part(amount, D(quantity), D(done), sofar)
        assert step >= 0
        sofar += step
    assert sofar == amount


@given(amount=cents, quantity=st.integers(2, 60), data=st.data())
def test_reversing_and_invoicing_again_still_adds_up(
    amount: Decimal, quantity: int, data: st.DataObject
) -> None:
    """Any of the invoices is reversed whole; what is invoiced afterwards brings the sum back to the line's amount."""
    invoices, done, sofar = [], 0, ZERO
    for part in data.draw(partitions(quantity)):
        done += part
        invoices.append((part, next_part(amount, D(quantity), D(done), sofar)))
        sofar += invoices[-1][1]
    for index in sorted(data.draw(st.sets(st.integers(0, len(invoices) - 1))), reverse=True):
        part, value = invoices.pop(index)
        done, sofar = done - part, sofar - value
    while done < quantity:
        part = data.draw(st.integers(1, quantity - done))
        done += part
        step = next_part(amount, D(quantity), D(done), sofar)
        assert step >= 0
        sofar += step
    assert sofar == amount


@given(amount=cents, quantity=st.integers(1, 500), data=st.data())
def test_credits_of_a_line_add_up_to_it(amount: Decimal, quantity: int, data: st.DataObject) -> None:
    credited, total = 0, ZERO
    for part in data.draw(partitions(quantity)):
        value = credit_part(amount, D(quantity), D(credited), D(part))
        assert value <= 0
        credited, total = credited + part, total + value
    assert total == -amount


@given(net=cents, tax=cents, quantity=st.integers(1, 200), data=st.data())
def test_invoices_over_several_shipments_add_up(
    net: Decimal, tax: Decimal, quantity: int, data: st.DataObject
) -> None:
    """One order line, shipped in parts and invoiced in one or more documents: net and tax both come out exactly."""
    parts = data.draw(partitions(quantity))
    lines = [OpenLine(f"s{i}", "line", D(part), D(quantity), net, tax) for i, part in enumerate(parts)]
    cut = data.draw(st.integers(0, len(lines)))
    sofar: dict[str, Sofar] = {}
    found = []
    for chosen in filter(None, (lines[:cut], lines[cut:])):
        made, objections = invoice_parts(chosen, dict(sofar), [])
        assert not objections
        found += made
        sofar["line"] = Sofar(
            sum((q for _, q, _, _ in found), D(0)), *(sum((m[i] for m in found), ZERO) for i in (2, 3))
        )
    assert sofar["line"] == Sofar(D(quantity), net, tax)


def test_an_invoice_says_everything_that_is_wrong_at_once() -> None:
    line = OpenLine("a", "line", D(2), D(5), D("10.00"), D("1.30"))
    _, objections = invoice_parts([line], {}, [("a", D(3)), ("a", D(1)), ("x", D(1))])
    assert [(o.code, o.path) for o in objections] == [
        ("receivables.more_than_accepted", "lines.0.quantity"),
        ("receivables.line_twice", "lines.1.line"),
        ("receivables.not_its_line", "lines.2.line"),
    ]
    assert invoice_parts([], {}, [])[1][0].code == "receivables.nothing_to_invoice"


# --- paying ----------------------------------------------------------------------------------------------------------


@clause("5.3.3")
def test_money_settles_costs_then_interest_then_the_earlier_debt() -> None:
    """W39."""
    debts = [
        Debt("INV-2", D("60000"), date(2026, 5, 1)),
        Debt("INV-1", D("50000"), date(2026, 4, 1)),
        Debt("interest", D("8000"), date(2026, 6, 1), "interest"),
        Debt("costs", D("2000"), date(2026, 6, 1), "cost"),
    ]
    applied, left = apply_money(D("100000"), debts)
    assert applied == [("costs", D(2000)), ("interest", D(8000)), ("INV-1", D(50000)), ("INV-2", D(40000))]
    assert left == 0


@given(amount=cents, opens=st.lists(cents, max_size=8))
def test_matching_never_loses_or_makes_a_cent(amount: Decimal, opens: list[Decimal]) -> None:
    debts = [Debt(i, value, date(2026, 1, 1) + timedelta(days=i % 3)) for i, value in enumerate(opens)]
    applied, left = apply_money(amount, debts)
    assert sum((part for _, part in applied), ZERO) + left == amount
    assert all(0 < part <= opens[key] for key, part in applied)
    assert left == 0 or sum((part for _, part in applied), ZERO) == sum(opens, ZERO)


@given(totals=st.lists(cents, min_size=1, max_size=8), data=st.data())
def test_paid_shares_add_up_and_a_settled_invoice_pays_each_line(
    totals: list[Decimal], data: st.DataObject
) -> None:
    total = sum(totals, ZERO)
    settled = D(data.draw(st.integers(0, int(total * 100)))) / 100
    assert sum(paid_shares(settled, totals), ZERO) == settled
    assert paid_shares(total, totals) == totals or total == 0
    assert paid_shares(-total, [-t for t in totals]) == [-t for t in totals] or total == 0


def test_due_dates() -> None:
    assert due_date(date(2026, 3, 1), date(2026, 2, 20), 30) == date(2026, 3, 31)
    assert due_date(date(2026, 3, 1), date(2026, 3, 10), 30) == date(2026, 4, 9)
    assert due_date(date(2026, 3, 1), None, 0) == date(2026, 3, 1)


# --- ageing ----------------------------------------------------------------------------------------------------------


def bucket_of(due_on: date, as_of: date) -> str:
    """The one bucket whose due days hold this one."""
    bounds = {b.code: due_between(b, as_of) for b in BUCKETS}
    (code,) = [
        code for code, (first, last) in bounds.items() if (first or due_on) <= due_on <= (last or due_on)
    ]
    return code


@clause("5.3.3")
def test_ageing_by_due_date() -> None:
    """W31."""
    debts = [
        (date(2026, 7, 15), D(120000)),
        (date(2026, 6, 30), D(80000)),
        (date(2026, 5, 31), D(50000)),
        (date(2026, 4, 30), D(40000)),
        (date(2026, 3, 31), D(30000)),
        (date(2025, 12, 31), D(20000)),
        (date(2025, 6, 29), D(10000)),
    ]
    found = dict.fromkeys((b.code for b in BUCKETS), ZERO)
    for due_on, amount in debts:
        found[bucket_of(due_on, date(2026, 6, 30))] += amount
    assert list(found.values()) == [D(n) for n in (200000, 50000, 0, 40000, 30000, 20000, 10000)]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_every_due_day_is_in_one_bucket(due_on: date) -> None:
    assert bucket_of(due_on, date(2026, 6, 30))


@pytest.mark.parametrize(
    ("days", "code"), [(0, "current"), (1, "d30"), (30, "d30"), (31, "d60"), (365, "d365"), (366, "older")]
)
def test_edges_of_buckets(days: int, code: str) -> None:
    assert bucket_of(date(2026, 6, 30) - timedelta(days=days), date(2026, 6, 30)) == code
    assert BUCKETS[-1].most is None


# --- credit ----------------------------------------------------------------------------------------------------------

W35 = Exposure(D(300000), D(80000), D(120000), D(20000), limit=D(500000), max_overdue_days=30)


@clause("5.2.2")
def test_exposure_and_excess() -> None:
    """W35."""
    assert W35.available == D(20000)
    assert W35.with_order(D(60000)) == D(540000)
    (objection,) = judge_credit(W35, D(60000), "limit", "overdue")
    assert (objection.kind, objection.measure, objection.route) == ("hold", D(40000), "limit")
    assert judge_credit(W35, D(20000), "limit", "overdue") == []


def test_old_debts_hold_an_order_too() -> None:
    late = Exposure(limit=D(1000), overdue_days=31, max_overdue_days=30)
    (objection,) = judge_credit(late, D(10), "limit", "overdue")
    assert (objection.code, objection.measure, objection.route) == ("receivables.overdue", D(31), "overdue")
    assert judge_credit(Exposure(limit=D(1000), overdue_days=30, max_overdue_days=30), D(10), "l", "o") == []


@given(amount=cents, quantity=units, part=units)
def test_a_share_is_never_more_than_the_whole(amount: Decimal, quantity: Decimal, part: Decimal) -> None:
    assert 0 <= share(amount, min(part, quantity), quantity) <= amount
