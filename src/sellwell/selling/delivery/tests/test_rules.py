"""How much goes out, comes back and counts: every objection at once, no cent lost."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sellwell.selling.delivery.rules import (
    Plannable,
    choose_warehouse,
    judge_acceptance,
    judge_return,
    kept,
    plan,
    share,
)
from sellwell.testing.marks import clause

D = Decimal


def test_all_that_can_go_goes_when_nothing_is_named() -> None:
    assert plan({"a": D(2), "b": D(0)}, []) == ([("a", D(2))], [])
    assert plan({}, [])[1][0].code == "delivery.nothing_to_plan"


@clause("5.2.5")
def test_only_what_is_reserved_goes_out() -> None:
    lines, objections = plan({"a": D(2)}, [("a", D(3)), ("a", D(1)), ("b", D(1))])
    assert [(o.code, o.path) for o in objections] == [
        ("delivery.more_than_reserved", "lines.0.quantity"),
        ("delivery.line_twice", "lines.1.line"),
        ("delivery.more_than_reserved", "lines.2.quantity"),
    ]
    assert len(lines) == 3


def test_the_fullest_warehouse_is_chosen() -> None:
    free = [
        Plannable(1, "W1", D(2)),
        Plannable(2, "W2", D(5)),
        Plannable(3, None, D(9)),
        Plannable(4, "W1", D(2)),
    ]
    assert choose_warehouse(free) == "W2"
    assert choose_warehouse([Plannable(1, None, D(1))]) is None


@clause("5.3.1")
def test_what_is_not_rejected_is_accepted() -> None:
    judged, objections = judge_acceptance({"a": D(10), "b": D(3)}, [("a", D(4))])
    assert (judged, objections) == ({"a": (D(6), D(4)), "b": (D(3), D(0))}, [])
    _, objections = judge_acceptance({"a": D(1)}, [("a", D(2)), ("x", D(1))])
    assert [o.code for o in objections] == ["delivery.rejects_too_much", "delivery.not_its_line"]


def test_no_more_comes_back_than_went_out() -> None:
    found = judge_return({"a": (D(10), D(7))}, [("a", D(4)), ("x", D(1)), ("a", D(1))])
    assert [o.code for o in found] == [
        "delivery.more_than_delivered",
        "delivery.not_its_line",
        "delivery.line_twice",
    ]
    assert judge_return({"a": (D(10), D(7))}, [("a", D(3))]) == []


def test_refused_goods_come_back_before_accepted_ones() -> None:
    assert kept(D(10), D(6), D(4)) == D(6)
    assert kept(D(10), D(6), D(5)) == D(5)
    assert kept(D(10), D(6), D(10)) == D(0)


@given(
    net=st.integers(0, 10**8).map(lambda n: D(n) / 100),
    steps=st.lists(st.integers(-20, 20), max_size=20),
    quantity=st.integers(1, 40),
)
def test_steps_there_and_back_cost_nothing(net: Decimal, steps: list[int], quantity: int) -> None:
    """Revenue steps are differences of shares: any way to a number of units gives the same sum."""
    at, total = 0, D(0)
    for step in steps:
        to = min(max(at + step, 0), quantity)
        total += share(net, D(to), D(quantity)) - share(net, D(at), D(quantity))
        at = to
    assert total == share(net, D(at), D(quantity))
