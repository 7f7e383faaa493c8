"""How far an order has come, what of a line is open, and what a promise is worth. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sellwell.kernel.values import State, T, to_cents

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """The counters of a line, as `OrderLine` keeps them."""

    quantity: Decimal
    cancelled: Decimal = NONE
    reserved: Decimal = NONE  # set aside and not shipped yet, planned shipments included
    planned: Decimal = NONE  # in shipments, shipped ones included
    shipped: Decimal = NONE
    accepted: Decimal = NONE
    returned: Decimal = NONE
    invoiced: Decimal = NONE
    invoiced_amount: Decimal = NONE
    paid_amount: Decimal = NONE

    @property
    def due(self) -> Decimal:
        """What is to be delivered in all: ordered less cancelled."""
        return self.quantity - self.cancelled

    @property
    def rest(self) -> Decimal:
        """What is in no shipment: it can still be cancelled (ordered = open + shipped + cancelled, domain 5.2)."""
        return self.due - self.planned

    @property
    def waiting(self) -> Decimal:
        """What waits for goods: neither set aside nor shipped. Services wait for nothing."""
        return max(self.due - self.shipped - self.reserved, NONE)

    @property
    def free_reserved(self) -> Decimal:
        """What is set aside and in no shipment: let go when the rest is cancelled."""
        return max(self.reserved - (self.planned - self.shipped), NONE)

    @property
    def kept(self) -> Decimal:
        """What the customer keeps and owes: accepted less returned."""
        return max(self.accepted - self.returned, NONE)

    def is_shipped(self) -> bool:
        """Everything due has left."""
        return self.shipped >= self.due

    def is_accepted(self) -> bool:
        """Everything that left was accepted or came back."""
        return self.is_shipped() and self.accepted + self.returned >= self.shipped

    def is_invoiced(self) -> bool:
        """Everything kept is on invoices."""
        return self.is_accepted() and self.invoiced >= self.kept

    def is_through(self) -> bool:
        """Delivered, accepted, invoiced and paid: nothing is left to do."""
        return self.is_invoiced() and self.paid_amount >= self.invoiced_amount


class Reach(State):
    """How much of an order something has reached."""

    NOTHING = "nothing", T("未", "not")
    PART = "part", T("部分", "partly")
    ALL = "all", T("全部", "fully")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order has come, in the four words that headers do not store (clause 1.1.5)."""

    shipped: Reach
    accepted: Reach
    invoiced: Reach
    paid: Reach

    @property
    def words(self) -> dict[str, T]:
        """Each word as people read it."""
        return {
            "shipped": SHIPPED[self.shipped],
            "accepted": ACCEPTED[self.accepted],
            "invoiced": INVOICED[self.invoiced],
            "paid": PAID[self.paid],
        }


SHIPPED = {
    Reach.NOTHING: T("未发货", "Not shipped"),
    Reach.PART: T("部分发货", "Partly shipped"),
    Reach.ALL: T("已发货", "Shipped"),
}
ACCEPTED = {
    Reach.NOTHING: T("未验收", "Not accepted"),
    Reach.PART: T("部分验收", "Partly accepted"),
    Reach.ALL: T("已验收", "Accepted"),
}
INVOICED = {
    Reach.NOTHING: T("未开票", "Not invoiced"),
    Reach.PART: T("部分开票", "Partly invoiced"),
    Reach.ALL: T("已开票", "Invoiced"),
}
PAID = {
    Reach.NOTHING: T("未收款", "Not paid"),
    Reach.PART: T("部分收款", "Partly paid"),
    Reach.ALL: T("已收款", "Paid"),
}


def progress(lines: Iterable[Line]) -> Progress:
    """The words for an order from its lines; an order without lines has come nowhere."""
    found = list(lines)
    return Progress(
        shipped=reach([line.shipped > 0 for line in found], [line.is_shipped() for line in found]),
        accepted=reach([line.accepted > 0 for line in found], [line.is_accepted() for line in found]),
        invoiced=reach([line.invoiced > 0 for line in found], [line.is_invoiced() for line in found]),
        paid=reach([line.paid_amount > 0 for line in found], [line.is_through() for line in found]),
    )


def reach(begun: Sequence[bool], done: Sequence[bool]) -> Reach:
    """Nothing, part or all, from whether each line was begun and done. A line fully cancelled before anything happened
    is done without having been begun: it alone does not make an order shipped."""
    if not any(begun):
        return Reach.NOTHING
    return Reach.ALL if all(done) else Reach.PART


def promised_on(available_on: date, requested_on: date | None) -> date:
    """The day that is promised: when the goods are there, not before the customer wants them."""
    return max(available_on, requested_on) if requested_on is not None else available_on


def net_of(net: Decimal, quantity: Decimal, part: Decimal) -> Decimal:
    """The net amount of a part of a line, to the cent. The whole line gives the line's own amount."""
    return to_cents(net * part / quantity)


def net_cancelled(net: Decimal, quantity: Decimal, before: Decimal, after: Decimal) -> Decimal:
    """The net amount that goes when `cancelled` rises from `before` to `after`: however it is cut into steps, the steps
    add up to the whole."""
    return net_of(net, quantity, quantity - before) - net_of(net, quantity, quantity - after)
