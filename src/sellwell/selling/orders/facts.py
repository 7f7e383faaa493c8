"""What orders post: `booked`, net of tax, per line, on the day of confirmation; reversed by what is cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Max

from sellwell.foundation.catalog.queries import ProductFacts
from sellwell.kernel.effects import Posting
from sellwell.kernel.models import Fact
from sellwell.selling.contracts.facts import reversals
from sellwell.selling.orders import rules
from sellwell.selling.orders.models import Order, OrderLine

__all__ = ["BOOKED", "booked", "cancelled", "reversals"]

BOOKED = "booked"


def booked(
    order: Order, lines: Iterable[OrderLine], products: Mapping[UUID, ProductFacts], on: date
) -> list[Posting]:
    """The postings of a confirmation."""
    return [
        _posting(order, line, line.net, line.quantity, on, products[line.product_id].product_line)
        for line in lines
    ]


def cancelled(
    order: Order, rests: Iterable[tuple[OrderLine, Decimal]], products: Mapping[UUID, ProductFacts], on: date
) -> list[Posting]:
    """The postings of quantities that are cancelled later: negative, the line's next in order."""
    found = list(rests)
    sources = [line.pk for line, _ in found]
    posted = (
        Fact.objects.filter(measure=BOOKED, source__in=sources).values("source").annotate(last=Max("seq"))
    )
    last = {row["source"]: row["last"] for row in posted}
    postings = []
    for line, rest in found:
        amount = rules.net_cancelled(line.net, line.quantity, line.cancelled, line.cancelled + rest)
        product_line = products[line.product_id].product_line
        postings.append(_posting(order, line, -amount, -rest, on, product_line, last.get(line.pk, 0) + 1))
    return postings


def _posting(
    order: Order,
    line: OrderLine,
    amount: Decimal,
    quantity: Decimal,
    on: date,
    product_line: str,
    seq: int = 1,
) -> Posting:
    return Posting(
        BOOKED, amount, line.pk, on, order, quantity=quantity, customer_id=order.customer_id,
        product_id=line.product_id, product_line=product_line, channel=order.channel, currency=order.currency, seq=seq,
    )  # fmt: skip
