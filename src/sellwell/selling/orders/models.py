"""Orders and their lines with the counters that delivery and receivables move."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from sellwell.foundation.pricing.lines import PricedLine, amount_field, quantity_field
from sellwell.kernel.models import Document
from sellwell.kernel.models.base import document_constraints, document_indexes
from sellwell.kernel.values import State, T


class OrderState(State):
    """What the header stores; how far it is shipped, accepted, invoiced and paid is computed from the lines."""

    DRAFT = "draft", T("草稿", "Draft")
    CONFIRMED = "confirmed", T("已确认", "Confirmed")
    CLOSED = "closed", T("已完结", "Closed")
    CANCELLED = "cancelled", T("已取消", "Cancelled")


class Channel(State):
    """The way by which an order came."""

    DIRECT = "direct", T("直销", "Direct")
    ONLINE = "online", T("线上", "Online")
    DISTRIBUTOR = "distributor", T("经销", "Distributor")


class Order(Document):
    """A customer's order."""

    noun = T("订单", "Order")
    personal = ("consignee", "ship_to", "note")
    read_along = ("customer",)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, null=True, related_name="+")
    quotation = models.ForeignKey("pipeline.Quotation", on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=20, default="direct")
    customer_reference = models.CharField(
        max_length=60, default="", blank=True
    )  # the customer's own order number
    requested_on = models.DateField(null=True)
    consignee = models.CharField(max_length=80, default="", blank=True)
    ship_to = models.CharField(max_length=300, default="", blank=True)
    payment_days = models.PositiveSmallIntegerField(default=30)
    tax_inside = models.BooleanField(default=True)
    currency = models.CharField(max_length=3, default="CNY")
    net = amount_field(default=0)
    tax = amount_field(default=0)
    total = amount_field(default=0)
    confirmed_at = models.DateTimeField(null=True)
    note = models.TextField(default="", blank=True)
    source_name = models.CharField(
        max_length=40, default="", blank=True
    )  # imports: the source and its own number
    source_number = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            *document_constraints("order", OrderState),
            models.UniqueConstraint(
                fields=["company_id", "source_name", "source_number"],
                condition=~Q(source_name=""),
                name="order_source_once",
            ),
        ]
        indexes = [
            *document_indexes("order", amount="total"),
            models.Index(fields=["customer", "-business_date", "-id"], name="order_customer"),
        ]

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id


# A line that still waits for goods.
WAITS = Q(quantity__gt=F("shipped") + F("reserved") + F("cancelled"))
# What promises are at risk for: so few of all lines that they have an index of their own.
SHORT = Q(is_void=False, promised_on__isnull=False) & WAITS


class OrderLine(PricedLine):
    """A line of an order. Its counters equal the sums of their movements; the checks are the database's own word."""

    noun = T("订单明细", "Order line")
    scope_through = "order"
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    contract_line = models.ForeignKey(
        "contracts.ContractLine", on_delete=models.PROTECT, null=True, related_name="+"
    )
    promised_on = models.DateField(null=True)
    unit_cost = quantity_field(null=True)  # the cost of the day it was confirmed: field group `margin`
    reserved = quantity_field(default=0)
    planned = quantity_field(default=0)  # in shipments that are not cancelled, shipped ones included
    shipped = quantity_field(default=0)
    accepted = quantity_field(default=0)
    returned = quantity_field(default=0)
    cancelled = quantity_field(default=0)
    invoiced = quantity_field(default=0)
    invoiced_amount = amount_field(default=0)  # incl. tax
    paid_amount = amount_field(default=0)
    is_void = models.BooleanField(default=False)  # replaced while the order was a draft

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    reserved__gte=0, shipped__gte=0, accepted__gte=0, returned__gte=0, cancelled__gte=0
                ),
                name="orderline_not_negative",
            ),
            models.CheckConstraint(condition=Q(shipped__lte=F("planned")), name="orderline_shipped_planned"),
            models.CheckConstraint(
                condition=Q(planned__lte=F("quantity") - F("cancelled")), name="orderline_planned_ordered"
            ),
            models.CheckConstraint(
                condition=Q(accepted__lte=F("shipped")), name="orderline_accepted_shipped"
            ),
            models.CheckConstraint(
                condition=Q(returned__lte=F("shipped")), name="orderline_returned_shipped"
            ),
            models.CheckConstraint(
                condition=Q(invoiced__gte=0, invoiced__lte=F("quantity")), name="orderline_invoiced"
            ),
        ]
        indexes = [
            models.Index(fields=["product"], name="orderline_product"),
            models.Index(fields=["company_id", "promised_on"], name="orderline_short", condition=SHORT),
        ]
