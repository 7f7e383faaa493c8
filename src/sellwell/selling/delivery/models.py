"""Shipments with their lines, and returns."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from sellwell.foundation.pricing.lines import quantity_field
from sellwell.kernel.models import CompanyRow, Document
from sellwell.kernel.models.base import document_constraints, document_indexes
from sellwell.kernel.values import State, T


class ShipmentState(State):
    """Planned by the sales desk, picked and shipped by the warehouse, delivered, accepted by the customer."""

    PLANNED = "planned", T("待拣货", "Planned")
    PICKED = "picked", T("已拣货", "Picked")
    SHIPPED = "shipped", T("已发货", "Shipped")
    DELIVERED = "delivered", T("已签收", "Delivered")
    ACCEPTED = "accepted", T("已验收", "Accepted")
    CANCELLED = "cancelled", T("已取消", "Cancelled")


class AcceptanceKind(State):
    """How the customer takes over: what counts as acceptance differs from trade to trade (clause 1.1.4)."""

    INSPECTION = "inspection", T("验货验收", "Inspection")
    CONFIRMATION = "confirmation", T("服务确认", "Confirmation of service")
    RECEIPT = "receipt", T("签收即验收", "On receipt")
    ONLINE = "online", T("线上确认", "Confirmed online")


class Shipment(Document):
    """Goods on their way for an order. Its number is the number of the delivery note (clause 5.2.5)."""

    noun = T("发货单", "Shipment")
    personal = ("consignee", "ship_to", "signed_by", "accepted_by", "note")
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey("stock.Warehouse", on_delete=models.PROTECT, related_name="+")
    carrier = models.CharField(max_length=60, default="", blank=True)
    tracking = models.CharField(max_length=60, default="", blank=True)
    expected_on = models.DateField(null=True)
    consignee = models.CharField(max_length=80, default="", blank=True)
    ship_to = models.CharField(max_length=300, default="", blank=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=80, default="", blank=True)  # who received the goods
    proof = models.ForeignKey("kernel.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    accepted_on = models.DateField(null=True)
    accepted_by = models.CharField(max_length=80, default="", blank=True)
    accepted_how = models.CharField(
        max_length=20, default="", blank=True
    )  # an AcceptanceKind; empty: not yet
    note = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            *document_constraints("shipment", ShipmentState),
            models.CheckConstraint(
                condition=~Q(state__in=["delivered", "accepted"]) | Q(delivered_at__isnull=False),
                name="shipment_delivered_when",
            ),
            models.CheckConstraint(
                condition=Q(accepted_how__in=["", *AcceptanceKind.values()]), name="shipment_accepted_how"
            ),
        ]
        indexes = [*document_indexes("shipment"), models.Index(fields=["order"], name="shipment_order")]

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id


class ShipmentLine(CompanyRow):
    """So many of an order line in this shipment; how many were accepted, rejected, returned, invoiced."""

    noun = T("发货明细", "Shipment line")
    scope_through = "shipment"
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, related_name="shipment_lines"
    )
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    quantity = quantity_field()
    accepted = quantity_field(default=0)
    rejected = quantity_field(default=0)
    returned = quantity_field(default=0)
    invoiced = quantity_field(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipmentline_positive"),
            models.CheckConstraint(
                condition=Q(accepted__gte=0, rejected__gte=0, accepted__lte=F("quantity") - F("rejected")),
                name="shipmentline_accepted",
            ),
            models.CheckConstraint(
                condition=Q(returned__gte=0, returned__lte=F("quantity")), name="shipmentline_returned"
            ),
            models.CheckConstraint(
                condition=Q(invoiced__gte=0, invoiced__lte=F("quantity")), name="shipmentline_invoiced"
            ),
        ]
        indexes = [
            models.Index(fields=["order_line"], name="shipmentline_order_line"),
            models.Index(
                fields=["shipment"], name="shipmentline_to_invoice", condition=Q(invoiced__lt=F("accepted"))
            ),
        ]


class ReturnState(State):
    """Asked for, goods back in the warehouse, credited."""

    REQUESTED = "requested", T("待收货", "Requested")
    RECEIVED = "received", T("已收货", "Received")
    CREDITED = "credited", T("已冲账", "Credited")
    CANCELLED = "cancelled", T("已取消", "Cancelled")


class Return(Document):
    """Goods that come back: a reversal of what was shipped."""

    noun = T("退货单", "Return")
    personal = ("reason",)
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, null=True, related_name="returns")
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey("stock.Warehouse", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, default="", blank=True)
    received_at = models.DateTimeField(null=True)
    total = models.DecimalField(max_digits=18, decimal_places=2, default=0)

    class Meta:
        constraints = [
            *document_constraints("return", ReturnState),
            # Only sources of the past may leave open which sale a return undoes.
            models.CheckConstraint(
                condition=Q(origin="import") | Q(shipment__isnull=False, order__isnull=False),
                name="return_of_something",
            ),
        ]
        indexes = [
            *document_indexes("return", amount="total"),
            models.Index(fields=["order"], name="return_order"),
        ]

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id


class ReturnLine(CompanyRow):
    """So many of a shipment line come back."""

    noun = T("退货明细", "Return line")
    scope_through = "return_order"
    return_order = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    shipment_line = models.ForeignKey(ShipmentLine, on_delete=models.PROTECT, null=True, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    quantity = quantity_field()
    restock = models.BooleanField(default=True)
