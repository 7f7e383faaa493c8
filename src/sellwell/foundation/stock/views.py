"""What people read of stock."""

from __future__ import annotations

from sellwell.foundation.stock.models import (
    Movement,
    MovementKind,
    ReservationMove,
    StockLevel,
    Supply,
    Warehouse,
    WarehouseKind,
)
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view

PRODUCT = Column(
    "product", T("产品", "Product"), "ref", "product__name", ref="catalog.product", filterable=True
)
PRODUCT_CODE = Column("code", T("产品编码", "Code"), "code", "product__code", sortable=True, filterable=True)
WAREHOUSE = Column(
    "warehouse", T("仓库", "Warehouse"), "ref", "warehouse__name", ref="stock.warehouse", filterable=True
)

LEVELS = view(
    "stock.view",
    T("库存", "Stock"),
    StockLevel,
    [
        PRODUCT_CODE,
        PRODUCT,
        Column("unit", T("单位", "Unit"), "text", "product__unit"),
        WAREHOUSE,
        # Every order writes these counters: an index to sort by would cost each of them, so they are not sorted by.
        Column("on_hand", T("在库", "On hand"), "quantity", "on_hand"),
        Column("reserved", T("已预留", "Reserved"), "quantity", "reserved"),
        Column(
            "available",
            T("可用", "Available"),
            "quantity",
            value=lambda level: level.on_hand - level.reserved,
        ),
        Column("safety", T("安全库存", "Safety stock"), "quantity", "safety"),
    ],
    url="stock",
    help=T("各仓库的在库、预留和可用数量。", "What is on hand, reserved and available in each warehouse."),
    related=("product", "warehouse"),
    order=("product__code", "id"),
    search=lambda level: (level.product.code, level.product.name, level.warehouse.name),
    label=lambda level: f"{level.product.code} · {level.warehouse.name}",
    clauses=("5.2.2",),
)

WAREHOUSES = view(
    "stock.warehouses",
    T("仓库", "Warehouses"),
    Warehouse,
    [
        Column("code", T("编码", "Code"), "code", "code", sortable=True, filterable=True),
        Column("name", T("名称", "Name"), "text", "name", sortable=True, filterable=True),
        Column("kind", T("类别", "Kind"), "state", "kind", states=WarehouseKind, filterable=True),
    ],
    url="warehouses",
    help=T("存放货物的地点。", "The places where goods lie."),
    order=("code", "id"),
    search=lambda w: (w.code, w.name),
)

MOVEMENTS = view(
    "stock.movements",
    T("出入库", "Stock movements"),
    Movement,
    [
        Column("business_date", T("日期", "Date"), "date", "business_date", sortable=True, filterable=True),
        Column("kind", T("类别", "Kind"), "state", "kind", states=MovementKind, filterable=True),
        PRODUCT_CODE,
        PRODUCT,
        WAREHOUSE,
        Column("quantity", T("数量（入为正）", "Quantity (in > 0)"), "quantity", "quantity"),
        Column("at", T("时间", "Time"), "datetime", "at"),
    ],
    url="movements",
    help=T(
        "每一笔入库和出库；更正以反向记录办理。",
        "Everything that came or went; a correction is a movement back.",
    ),
    related=("product", "warehouse"),
    label=lambda m: f"{m.product.code} {m.quantity.normalize():f}",
    clauses=("5.2.2",),
)

RESERVATIONS = view(
    "stock.reservations",
    T("预留变动", "Reservations"),
    ReservationMove,
    [
        Column("at", T("时间", "Time"), "datetime", "at"),  # the list's own order
        PRODUCT_CODE,
        PRODUCT,
        WAREHOUSE,
        Column("quantity", T("数量（释放为负）", "Quantity (released < 0)"), "quantity", "quantity"),
    ],
    url="reservations",
    help=T("为订单预留和释放的数量。", "What was set aside for orders and let go."),
    related=("product", "warehouse"),
    order=("-id",),
    label=lambda m: f"{m.product.code} {m.quantity.normalize():f}",
    clauses=("5.2.2",),
)

SUPPLY = view(
    "stock.supply",
    T("到货计划", "Expected supply"),
    Supply,
    [
        Column("due_on", T("预计到货", "Expected"), "date", "due_on", sortable=True, filterable=True),
        PRODUCT_CODE,
        PRODUCT,
        WAREHOUSE,
        Column("quantity", T("数量", "Quantity"), "quantity", "quantity"),
        Column("received", T("已到货", "Received"), "quantity", "received"),
        Column("open", T("未到货", "Still to come"), "quantity", value=lambda s: s.quantity - s.received),
    ],
    url="supply",
    help=T(
        "预计到货的数量和日期；欠货据此承诺交期。", "What is expected when: back-orders are promised from it."
    ),
    related=("product", "warehouse"),
    order=("-due_on", "-id"),
    search=lambda s: (s.product.code, s.product.name),
    label=lambda s: f"{s.product.code} {s.due_on:%Y-%m-%d}",
    clauses=("5.2.2",),
)
