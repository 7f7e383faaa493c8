"""Promises: never more than there is, in the right order, with one day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sellwell.foundation.stock.rules import Incoming, Level, Want, less_waiting, spread

D = Decimal
TODAY = date(2026, 6, 1)
PRODUCT, OTHER = UUID(int=1), UUID(int=2)
EAST, WEST = UUID(int=10), UUID(int=11)


def days_on(day: date, count: int) -> date:
    """Every day is worked: enough for these tests."""
    return day + timedelta(days=count)


quantities = st.decimals(min_value="0.5", max_value=500, places=1)
products = st.sampled_from([PRODUCT, OTHER])
wants = st.lists(st.tuples(products, quantities, st.integers(0, 30)), min_size=1, max_size=8)
levels = st.lists(
    st.tuples(st.integers(10, 14), products, quantities), max_size=8, unique_by=lambda row: (row[0], row[1])
)
supplies = st.lists(st.tuples(products, st.integers(-5, 40), quantities), max_size=6)


def ask(wanted: list, there: list, coming: list) -> tuple[list[Want], dict]:
    """Spread drawn wants over drawn levels and supplies."""
    asked = [Want(i, product, quantity, lead) for i, (product, quantity, lead) in enumerate(wanted)]
    stock = [Level(UUID(int=w), product, free) for w, product, free in there]
    incoming = [
        Incoming(UUID(int=100 + i), product, TODAY + timedelta(days=d), free)
        for i, (product, d, free) in enumerate(coming)
    ]
    return asked, spread(asked, stock, incoming, TODAY, days_on)


@given(wants, levels, supplies)
def test_never_more_than_is_available(wanted: list, there: list, coming: list) -> None:
    asked, promises = ask(wanted, there, coming)
    taken: dict[tuple[UUID, UUID], D] = {}
    for want in asked:
        for warehouse, quantity in promises[want.key].reserve:
            assert quantity > 0
            place = (warehouse, want.product_id)
            taken[place] = taken.get(place, D(0)) + quantity
    free = {(UUID(int=w), product): quantity for w, product, quantity in there}
    assert all(quantity <= free[place] for place, quantity in taken.items())


@given(wants, levels, supplies)
def test_every_want_is_answered_whole(wanted: list, there: list, coming: list) -> None:
    asked, promises = ask(wanted, there, coming)
    for want in asked:
        promise = promises[want.key]
        assert promise.reserved + promise.short == want.quantity
        assert promise.short >= 0
        assert TODAY <= promise.promised_on <= days_on(TODAY, want.lead_days)
        if promise.short == 0:
            assert promise.promised_on == TODAY


@given(wants, levels, supplies)
def test_nothing_is_short_while_something_is_free(wanted: list, there: list, coming: list) -> None:
    asked, promises = ask(wanted, there, coming)
    for product in (PRODUCT, OTHER):
        wanted_all = sum((w.quantity for w in asked if w.product_id == product), D(0))
        free = sum((quantity for _, p, quantity in there if p == product), D(0))
        reserved = sum((promises[w.key].reserved for w in asked if w.product_id == product), D(0))
        assert reserved == min(wanted_all, free)


def test_the_fullest_warehouse_first() -> None:
    stock = [Level(EAST, PRODUCT, D(3)), Level(WEST, PRODUCT, D(8))]
    promise = spread([Want("a", PRODUCT, D(10), 5)], stock, [], TODAY, days_on)["a"]
    assert promise.reserve == [(WEST, D(8)), (EAST, D(2))]
    assert (promise.short, promise.promised_on) == (0, TODAY)


def test_the_short_part_is_dated_by_supply_then_by_lead_time() -> None:
    soon = [Incoming(UUID(int=1), PRODUCT, TODAY + timedelta(days=3), D(5))]
    wants_ = [Want("a", PRODUCT, D(4), 14), Want("b", PRODUCT, D(4), 14)]
    promises = spread(wants_, [], soon, TODAY, days_on)
    assert promises["a"].promised_on == TODAY + timedelta(days=3)
    assert promises["b"].promised_on == TODAY + timedelta(days=14)
    assert promises["b"].short == 4


def test_a_supply_later_than_the_lead_time_is_left_alone() -> None:
    late = [Incoming(UUID(int=1), PRODUCT, TODAY + timedelta(days=90), D(5))]
    assert spread([Want("a", PRODUCT, D(4), 7)], [], late, TODAY, days_on)[
        "a"
    ].promised_on == TODAY + timedelta(days=7)


def test_an_overdue_supply_counts_as_coming_tomorrow() -> None:
    overdue = [Incoming(UUID(int=1), PRODUCT, TODAY - timedelta(days=9), D(5))]
    promise = spread([Want("a", PRODUCT, D(4), 7)], [], overdue, TODAY, days_on)["a"]
    assert promise.promised_on == TODAY + timedelta(days=1)


def test_services_reserve_nothing() -> None:
    promise = spread(
        [Want("a", PRODUCT, D(1), 5, stocked=False)], [Level(EAST, PRODUCT, D(3))], [], TODAY, days_on
    )["a"]
    assert (promise.reserve, promise.short, promise.promised_on) == ([], 0, TODAY + timedelta(days=5))


def test_back_orders_are_served_before_new_promises() -> None:
    coming = [
        Incoming(UUID(int=1), PRODUCT, TODAY, D(5)),
        Incoming(UUID(int=2), PRODUCT, date(2026, 7, 1), D(5)),
    ]
    free = less_waiting(coming, {PRODUCT: D(7), OTHER: D(9)})
    assert [(item.supply_id, item.free) for item in free] == [(UUID(int=2), D(3))]


@given(supplies, st.dictionaries(products, quantities))
def test_what_waits_is_taken_off_once(coming: list, waiting: dict) -> None:
    incoming = [Incoming(UUID(int=i), p, TODAY, free) for i, (p, _, free) in enumerate(coming, 1)]
    free = less_waiting(incoming, waiting)
    for product in (PRODUCT, OTHER):
        before = sum((i.free for i in incoming if i.product_id == product), D(0))
        after = sum((i.free for i in free if i.product_id == product), D(0))
        assert after == max(before - waiting.get(product, D(0)), D(0))
