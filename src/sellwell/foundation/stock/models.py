"""How much there is, where, for whom it is reserved, and what will come."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from sellwell.kernel.models import CompanyRow
from sellwell.kernel.values import State, T


class WarehouseKind(State):
    """Only physical warehouses count for what is available."""

    PHYSICAL = "physical", T("实体仓", "Physical")
    HISTORIC = "historic", T("历史平衡", "Historic")


class MovementKind(State):
    """Why goods came or went."""

    RECEIPT = "receipt", T("入库", "Receipt")
    SHIPMENT = "shipment", T("出库", "Shipment")
    RETURN = "return", T("退货", "Return")
    ADJUSTMENT = "adjustment", T("盘点调整", "Adjustment")
    HISTORIC = "historic", T("历史", "Historic")


class Warehouse(CompanyRow):
    """A place where goods lie. `historic` ones only balance imported movements of the past."""

    noun = T("仓库", "Warehouse")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, default="physical")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "code"], name="warehouse_code_unique"),
            models.CheckConstraint(condition=Q(kind__in=WarehouseKind.values()), name="warehouse_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class StockLevel(CompanyRow):
    """Stock of a product in a warehouse. `on_hand` and `reserved` equal the sums of their movements, always."""

    noun = T("库存", "Stock")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="levels")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="levels")
    on_hand = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    reserved = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    safety = models.DecimalField(max_digits=18, decimal_places=6, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "product"], name="stocklevel_once"),
            # The database's own word against overselling: nothing is reserved that is not there.
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("on_hand")), name="stocklevel_no_oversell"
            ),
        ]
        indexes = [models.Index(fields=["product", "company_id"], name="stocklevel_product")]


class Movement(CompanyRow):
    """Goods that came or went. Append-only; a correction is a movement back."""

    noun = T("出入库", "Stock movement")
    append_only = True
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)  # in > 0, out < 0
    kind = models.CharField(max_length=12)
    document_id = models.UUIDField()
    line_id = models.UUIDField()
    business_date = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="movement_not_zero")]
        indexes = [
            models.Index(fields=["product", "warehouse"], name="movement_product"),
            models.Index(fields=["line_id"], name="movement_line"),
            models.Index(fields=["company_id", "-business_date", "-id"], name="movement_newest"),
        ]


class ReservationMove(CompanyRow):
    """Stock set aside for an order line (> 0) or let go (< 0). Append-only."""

    noun = T("预留变动", "Reservation")
    append_only = True
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    line_id = models.UUIDField()
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="reservationmove_not_zero")]
        indexes = [
            models.Index(fields=["line_id"], name="reservationmove_line"),
            models.Index(fields=["product", "warehouse"], name="reservationmove_product"),
        ]


class Supply(CompanyRow):
    """Goods expected on a day: what back-orders are promised from."""

    noun = T("到货计划", "Expected supply")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    received = models.DecimalField(max_digits=18, decimal_places=6, default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(received__gte=0, received__lte=F("quantity")), name="supply_within"
            )
        ]
        indexes = [
            models.Index(fields=["product", "due_on"], name="supply_product"),
            models.Index(fields=["company_id", "-due_on", "-id"], name="supply_latest"),
        ]
