"""What receivables does after events of the sale: credits for goods that came back, orders that are through."""

from __future__ import annotations

from uuid import UUID

from sellwell.kernel import system
from sellwell.kernel.door import run
from sellwell.kernel.models import Event
from sellwell.kernel.operations import Context
from sellwell.kernel.outbox import reaction
from sellwell.kernel.values import Refusal
from sellwell.selling.delivery.queries import billable_of_return, return_row
from sellwell.selling.receivables import queries
from sellwell.selling.receivables.models import Invoice, InvoiceState


@reaction("receivables.credit_return", on=["delivery.return_received"])
def credit_return(event: Event) -> None:
    """Requests that billed the returned goods are void; what was issued gets its credit note."""
    ctx = _context(event)
    returned = return_row(UUID(event.payload["return"]))
    if returned.state != "received":
        return
    for invoice_id in _requests_to_void(returned.pk):
        run("receivables.void_request", ctx, invoice_id)
    run("receivables.credit_return", ctx, returned.pk)


def _requests_to_void(return_id: UUID) -> list[UUID]:
    """Invoice requests that hold more than the customer kept."""
    too_much = [b.shipment_line_id for b in billable_of_return(return_id) if b.open < 0]
    rows = Invoice.objects.filter(
        kind="invoice", state=InvoiceState.REQUESTED.value, lines__shipment_line_id__in=too_much
    )
    return list(rows.order_by("id").distinct().values_list("id", flat=True))


@reaction(
    "receivables.close_order", on=["receivables.applied", "delivery.return_received", "receivables.issued"]
)
def close_order(event: Event) -> None:
    """An order that is shipped, accepted, invoiced and paid is closed; one that is not stays as it is."""
    order_id = UUID(event.payload["order"])
    if not queries.is_through(order_id):
        return
    try:
        run("orders.close", _context(event), order_id)
    except Refusal:
        return  # something else keeps it open (a hold, a person who closed it meanwhile)


def _context(event: Event) -> Context:
    """The system's, in the company where it happened."""
    company_id: UUID = event.company_id  # type: ignore[assignment]  # events of rooms always have a company
    return system.context(company_id)
