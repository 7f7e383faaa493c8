"""Orders for tests, made by the operations themselves, and how each operation succeeds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sellwell.foundation.stock.tests.builders import stock_of
from sellwell.kernel.effects import Effects
from sellwell.kernel.testing import Case, builder
from sellwell.selling.contracts.tests.builders import ONE_LINE, Lines, a_buyer, a_contract, goods, line_data
from sellwell.selling.orders import queries
from sellwell.selling.orders.models import Order, OrderLine
from sellwell.selling.orders.moves import count

if TYPE_CHECKING:
    from sellwell.selling.contracts.models import Contract
    from sellwell.testing.world import World


def an_order(
    world: World, lines: Lines = ONE_LINE, state: str = "draft", by: str = "rep", **values: Any
) -> Order:
    """An order of the rep in a state."""
    data = {"customer": str(a_buyer(world).pk), "lines": line_data(world, lines), **values}
    order: Order = world.run(by, "orders.create", data=data).result
    if state in ("confirmed", "closed"):
        world.run(by, "orders.confirm", order)
    if state == "closed":
        all_through(world, order)
        world.run(by, "orders.close", order)
    if state == "cancelled":
        world.run(by, "orders.cancel", order, {"reason": "客户撤回"})
    order.refresh_from_db()
    return order


def a_confirmed_order(world: World, lines: Lines = ONE_LINE, **values: Any) -> Order:
    """A confirmed order of the rep."""
    return an_order(world, lines, "confirmed", **values)


def an_order_from(world: World, contract: Contract, lines: Lines = ()) -> Order:
    """A draft from a signed contract: of what it has left, or of the lines named."""
    data = {"contract": str(contract.pk), "lines": line_data(world, lines)}
    order: Order = world.run("rep", "orders.create", data=data).result
    return order


def moved(world: World, order: Order, position: int = 1, **counters: str) -> None:
    """Move the counters of a line, as delivery and receivables would: `moved(world, order, planned="1")`."""
    line = OrderLine.objects.get(order=order, position=position, is_void=False)
    count(Effects(), world.ctx("warehouse"), [(line.pk, {name: Decimal(v) for name, v in counters.items()})])


def all_through(world: World, order: Order) -> None:
    """Everything shipped, accepted, invoiced and paid, as far as the counters of the order go."""
    for line in queries.live_lines(order.pk):
        quantity, total = str(line.quantity), str(line.total)
        moved(
            world, order, line.position, planned=quantity, shipped=quantity, accepted=quantity, invoiced=quantity,
            invoiced_amount=total, paid_amount=total,
        )  # fmt: skip


def _in_state(world: World) -> Any:
    """Orders in other states; product and customer are there before, since the suite undoes what each state made."""
    goods(world)
    a_buyer(world)
    return lambda state: an_order(world, state=state)


@builder("orders.create")
def _create(world: World) -> Case:
    data = {"customer": str(a_buyer(world).pk), "lines": line_data(world, ONE_LINE), "note": "请尽快"}
    return Case("rep", data=data)


@builder("orders.change")
def _change(world: World) -> Case:
    data = {"lines": line_data(world, (("P-001", "5"),)), "note": "改为五台"}
    return Case("rep", an_order(world), data, in_state=_in_state(world))


@builder("orders.confirm")
def _confirm(world: World) -> Case:
    return Case("rep", an_order(world), in_state=_in_state(world))


@builder("orders.promise_again")
def _promise_again(world: World) -> Case:
    scarce = goods(world, "P-009", stock="0")
    order = a_confirmed_order(world, (("P-009", "3"),))
    stock_of(world, scarce, "10")
    return Case("rep", order, in_state=_in_state(world))


@builder("orders.cancel")
def _cancel(world: World) -> Case:
    return Case("rep", a_confirmed_order(world), {"reason": "客户取消项目"}, in_state=_in_state(world))


@builder("orders.cancel_rest")
def _cancel_rest(world: World) -> Case:
    order = a_confirmed_order(world, (("P-001", "5"),))
    moved(world, order, planned="2")
    return Case("rep", order, {"reason": "客户只要两台"}, in_state=_in_state(world))


@builder("orders.close")
def _close(world: World) -> Case:
    order = a_confirmed_order(world)
    all_through(world, order)
    return Case("rep", order, in_state=_in_state(world))


@builder("orders.comment")
def _comment(world: World) -> Case:
    return Case("rep", an_order(world), {"text": "客户催货"})


__all__ = ["a_confirmed_order", "a_contract", "all_through", "an_order", "an_order_from", "moved"]
