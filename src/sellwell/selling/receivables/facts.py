"""The measures that receivables posts: `invoiced` net of tax by line and product, `collected` money that came in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sellwell.kernel.effects import Posting
from sellwell.kernel.models import Fact
from sellwell.selling.receivables.models import Invoice, InvoiceLine, Receipt

INVOICED, COLLECTED = "invoiced", "collected"


def invoiced(invoice: Invoice, lines: Iterable[InvoiceLine], day: date) -> list[Posting]:
    """What an invoice bills, net of tax; a credit posts negative amounts."""
    order: Any = invoice.order
    return [
        Posting(
            measure=INVOICED,
            amount=line.net,
            source=line.pk,
            happened_on=day,
            document=invoice,
            quantity=line.quantity,
            customer_id=invoice.customer_id,
            product_id=line.product_id,
            product_line=line.product.product_line,
            channel=order.channel,
            currency=invoice.currency,
        )
        for line in lines
    ]


def collected(receipt: Receipt) -> Posting:
    """Money that came in, on the day it was received."""
    return Posting(
        measure=COLLECTED,
        amount=receipt.total,
        source=receipt.pk,
        happened_on=receipt.received_on,
        document=receipt,
        customer_id=receipt.customer_id,
        currency=receipt.currency,
    )


def gone_again(receipt: Receipt, day: date) -> Posting:
    """The reverse of a receipt's fact, on the day it was reversed."""
    posted = (
        Fact.objects.filter(source=receipt.pk, measure=COLLECTED, seq=1).values_list("id", flat=True).first()
    )
    return Posting(
        measure=COLLECTED,
        amount=-receipt.total,
        source=receipt.pk,
        happened_on=day,
        document=receipt,
        customer_id=receipt.customer_id,
        currency=receipt.currency,
        seq=2,
        reverses=posted,
    )
