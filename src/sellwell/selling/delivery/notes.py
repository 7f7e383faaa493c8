"""The delivery note (交付单) as a document (clause 5.2.5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sellwell.foundation.company.queries import company
from sellwell.kernel import documents
from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.kernel.values import T
from sellwell.selling.delivery import queries
from sellwell.selling.delivery.models import Shipment, ShipmentLine, ShipmentState


def pdf(shipment: Shipment) -> bytes:
    """The note as PDF; once accepted it shows what was taken over, and a cancelled one says so across the page."""
    return documents.render("delivery_note", data(shipment))


def data(shipment: Shipment) -> dict[str, Any]:
    """What the note says."""
    seller = company(shipment.company_id)
    party: Any = shipment.customer.party
    note: dict[str, Any] = {
        "number": shipment.number,
        "date": shipment.business_date,
        "seller": {
            "name": seller.name,
            "name_en": seller.name_en,
            "address": seller.address,
            "phone": seller.phone,
        },
        "buyer": {"name": party.name, "tax_number": party.uscc or ""},
        "order_number": shipment.order.number,
        "customer_reference": shipment.order.customer_reference,
        "consignee": shipment.consignee,
        "address": shipment.ship_to,
        "carrier": shipment.carrier,
        "tracking": shipment.tracking,
        "warehouse": shipment.warehouse.name,
        "lines": [_line(line, shipment) for line in queries.lines_of(shipment)],
        "notes": _notes(shipment),
    }
    if shipment.expected_on is not None:
        note["expected_on"] = shipment.expected_on
    if shipment.state == ShipmentState.CANCELLED.value:
        note["mark"] = str(ShipmentState.CANCELLED.label)
    return note


def _line(line: ShipmentLine, shipment: Shipment) -> dict[str, Any]:
    product: Any = line.product
    received: Decimal | None = line.accepted if shipment.state == ShipmentState.ACCEPTED.value else None
    return {
        "name": product.name,
        "code": product.code,
        "specification": product.specification,
        "unit": product.unit,
        "quantity": line.quantity,
        "ordered": line.order_line.quantity,
        "received": received,
    }


def _notes(shipment: Shipment) -> list[str]:
    if shipment.delivered_at is None:
        return []
    at = shipment.delivered_at.astimezone(BUSINESS_ZONE)
    return [f"{T('签收人', 'Signed by')}: {shipment.signed_by}, {at:%Y-%m-%d %H:%M}"]
