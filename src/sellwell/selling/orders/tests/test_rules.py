"""How far an order has come and what of it is open: worked cases and properties."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sellwell.kernel import policy
from sellwell.selling.contracts.queries import AgreedLine
from sellwell.selling.orders import building, policies, rules
from sellwell.selling.orders.rules import Line, Reach

D = Decimal
QUANTITIES = st.integers(0, 20).map(Decimal)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """A line as the database's checks allow it."""
    quantity = draw(st.integers(1, 20))
    cancelled = draw(st.integers(0, quantity))
    planned = draw(st.integers(0, quantity - cancelled))
    shipped = draw(st.integers(0, planned))
    accepted = draw(st.integers(0, shipped))
    returned = draw(st.integers(0, shipped))
    reserved = draw(st.integers(planned - shipped, quantity - cancelled - shipped))
    return Line(
        D(quantity), D(cancelled), D(reserved), D(planned), D(shipped), D(accepted), D(returned), D(accepted)
    )


@given(lines())
def test_ordered_is_open_plus_in_shipments_plus_cancelled(line: Line) -> None:
    assert line.quantity == line.rest + line.planned + line.cancelled
    assert line.due == line.waiting + line.reserved + line.shipped
    assert 0 <= line.free_reserved <= line.rest


@given(lines())
def test_the_words_only_go_forward(line: Line) -> None:
    said = [line.is_shipped(), line.is_accepted(), line.is_invoiced(), line.is_through()]
    assert said == sorted(said, reverse=True)


@given(st.lists(lines(), max_size=5))
def test_reach_is_all_only_when_every_line_is_done(found: list[Line]) -> None:
    progress = rules.progress(found)
    assert (progress.shipped == Reach.ALL) == (
        any(n.shipped for n in found) and all(n.is_shipped() for n in found)
    )
    assert progress.paid != Reach.ALL or progress.shipped == Reach.ALL


def test_a_partly_cancelled_order_counts_as_shipped_when_the_rest_is() -> None:
    some = Line(D(5), cancelled=D(3), planned=D(2), shipped=D(2))
    gone = Line(D(4), cancelled=D(4))
    assert rules.progress([some, gone]).shipped == Reach.ALL
    assert rules.progress([gone]).shipped == Reach.NOTHING


@given(
    st.decimals("0.01", "99999.99", places=2),
    st.integers(1, 50),
    st.lists(st.integers(0, 10), min_size=1, max_size=6),
)
def test_cancelling_in_steps_takes_exactly_the_whole(net: Decimal, quantity: int, steps: list[int]) -> None:
    before, taken = D(0), D(0)
    for step in [*steps, quantity]:
        after = min(before + step, D(quantity))
        taken += rules.net_cancelled(net, D(quantity), before, after)
        before = after
    assert taken == net


def test_a_promise_is_not_before_it_is_wanted() -> None:
    early, late = date(2026, 11, 1), date(2026, 12, 1)
    assert rules.promised_on(early, late) == late
    assert rules.promised_on(late, early) == late
    assert rules.promised_on(early, None) == early


# --- calling off a contract ----------------------------------------------------------------------------------------------


def agreed(product: int, left: int, line: int) -> AgreedLine:
    return AgreedLine(_id(line), _id(99), _id(product), D(1), D(1), D(left))


def _id(number: int) -> building.UUID:
    return building.UUID(int=number)


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 9)), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 30)), max_size=4),
)
def test_what_is_bound_without_objection_is_never_more_than_left(
    wanted: list[tuple[int, int]], held: list[tuple[int, int]]
) -> None:
    contract = [agreed(product, left, 100 + n) for n, (product, left) in enumerate(held)]
    asked = [building.Asked(_id(product), D(quantity)) for product, quantity in wanted]
    bound, objections = building.bind(asked, contract)
    told = {int(o.path.split(".")[1]) for o in objections}
    taken: dict[building.UUID, Decimal] = {}
    for place, line in bound.items():
        assert line.product_id == asked[place].product_id
        if place not in told:
            taken[line.id] = taken.get(line.id, D(0)) + asked[place].quantity
    assert all(
        quantity <= next(a.left for a in contract if a.id == line_id) for line_id, quantity in taken.items()
    )
    assert set(range(len(asked))) == set(bound) | told


def test_the_policy_lets_contract_orders_pass() -> None:
    table = policy.DEFAULTS[policies.ROUTE].table
    large = {"amount": D(9_000_000), "payment_days": 120}
    assert policy.decide(table, {**large, "from_contract": True}).outputs["approvers"] is None
    assert policy.decide(table, {**large, "from_contract": False}).outputs["approvers"]
