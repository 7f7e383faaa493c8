"""What people see of stock: lists, the product's stock, goods in, counting, and the warehouse's warnings."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F

from sellwell.foundation.stock.models import StockLevel, Supply, Warehouse
from sellwell.foundation.stock.operations import Direction
from sellwell.foundation.stock.queries import available
from sellwell.foundation.stock.views import LEVELS, MOVEMENTS, RESERVATIONS, SUPPLY, WAREHOUSES
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.grids import Grid, GridColumn, Quote, QuotedLine, quote_url
from sellwell.web.registry import (
    Number,
    Warning_,
    entry_page,
    family,
    figure,
    form,
    list_page,
    new_button,
    panel,
    record_page,
    related,
    section,
    warnings,
)

section("goods", T("产品与库存", "Products and stock"), order=40)
family("/stock/", "/movements/", "/supply/", "/warehouses/")

# --- lists and records -----------------------------------------------------------------------------------------------

list_page(
    LEVELS,
    section="goods",
    icon="layers",
    order=20,
    columns=["code", "product", "unit", "warehouse", "on_hand", "reserved", "available"],
    empty=T("还没有库存。在仓库页面办理入库。", "No stock yet. Receive goods on a warehouse's page."),
)
record_page(
    LEVELS, amount="available", facts=["product", "warehouse", "unit", "on_hand", "reserved", "safety"]
)

list_page(
    MOVEMENTS,
    section="goods",
    icon="log",
    order=30,
    columns=["business_date", "kind", "code", "product", "warehouse", "quantity"],
    empty=T("还没有出入库。", "Nothing came or went yet."),
)
record_page(MOVEMENTS, amount="quantity")

list_page(
    SUPPLY,
    section="goods",
    icon="calendar",
    order=40,
    new=["stock.expect_supply"],
    empty=T(
        "没有到货计划。登记后欠货可据此承诺交期。",
        "Nothing is expected. Enter supply so that back-orders can be dated.",
    ),
)
record_page(SUPPLY, amount="open")

list_page(
    WAREHOUSES,
    section="goods",
    icon="building",
    order=50,
    new=["stock.add_warehouse"],
    empty=T("还没有仓库。", "No warehouses yet."),
)
record_page(WAREHOUSES, facts=["code", "kind"])
list_page(RESERVATIONS)

related("stock.warehouse", LEVELS, by="warehouse_id", place="main", order=10)
related("stock.warehouse", SUPPLY, by="warehouse_id", order=20)
related("stock.warehouse", MOVEMENTS, by="warehouse_id", order=30)

related(
    "catalog.product", LEVELS, by="product_id", place="main", order=10,
    columns=["warehouse", "on_hand", "reserved", "available"],
)  # fmt: skip
related(
    "catalog.product", SUPPLY, by="product_id", order=30, columns=["due_on", "warehouse", "quantity", "open"]
)
related("catalog.product", MOVEMENTS, by="product_id", order=40)

new_button("stock.expect_supply")


def summary(product: Any, ctx: Context) -> dict[str, Any] | None:
    """What of a product can be promised now, and what comes next."""
    if product.kind != "goods":
        return None
    coming = Supply.objects.filter(company_id=ctx.company_id, product=product, quantity__gt=F("received"))
    return {
        "free": available(ctx.company_id, [product.pk])[product.pk],
        "next": coming.order_by("due_on").first(),
    }


panel(
    "catalog.product", "availability", T("可承诺", "Available to promise"), "stock/availability.html",
    context=summary, place="side", right="stock.view", order=10,
)  # fmt: skip


# --- goods in and counting -------------------------------------------------------------------------------------------


def uuid_or_none(text: Any) -> UUID | None:
    """An identifier as a browser sends it, or None while the cell is empty or half typed."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def quote(head: dict[str, Any], lines: list[dict[str, Any]], ctx: Context) -> Quote:
    """What is available of each line's product, over all warehouses."""
    products = {
        place: found for place, line in enumerate(lines) if (found := uuid_or_none(line.get("product")))
    }
    free = available(ctx.company_id, products.values())
    return Quote(
        lines={place: QuotedLine({"available": free[product]}) for place, product in products.items()}
    )


QUOTE = quote_url("stock", quote)
PRODUCT = GridColumn(
    "product", T("产品", "Product"), "pick", pick="catalog.product", grow=True, paste="code", required=True
)
AVAILABLE = GridColumn("available", T("现可用", "Available now"), "info")

RECEIPT = Grid(
    "lines",
    [
        PRODUCT,
        GridColumn("quantity", T("数量", "Quantity"), "quantity", paste="number", required=True),
        GridColumn("supply", T("到货计划", "Expected supply"), "pick", pick="stock.supply"),
        AVAILABLE,
    ],
    quote=QUOTE,
)
COUNT = Grid(
    "lines",
    [
        PRODUCT,
        GridColumn(
            "direction", T("盘盈 / 盘亏", "Gain or loss"), "select",
            choices=[(d.value, d.label) for d in Direction], default=Direction.LOSS.value, required=True,
        ),
        GridColumn("quantity", T("差异数量", "Difference"), "quantity", paste="number", required=True),
        AVAILABLE,
    ],
    quote=QUOTE,
)  # fmt: skip


def empty_lines(row: Warehouse, ctx: Context, params: Mapping[str, str]) -> Mapping[str, Any]:
    """A blank sheet; `?supply=` starts with what is still to come of an expected supply."""
    supply_id = uuid_or_none(params.get("supply"))
    supply = SUPPLY.rows(ctx.actor).filter(pk=supply_id).first() if supply_id else None
    if supply is None:
        return {"lines": []}
    open_ = supply.quantity - supply.received
    return {"lines": [{"product": str(supply.product_id), "quantity": open_, "supply": str(supply.pk)}]}


entry_page("stock.receive", "warehouses/<uuid:row_id>/receive", RECEIPT, initial=empty_lines)
entry_page("stock.adjust", "warehouses/<uuid:row_id>/count", COUNT, initial=empty_lines)
form("stock.set_safety", initial=lambda row, ctx: {"safety": row.safety})
form("stock.change_supply", initial=lambda row, ctx: {"quantity": row.quantity, "due_on": row.due_on})


# --- the warehouse's workbench ---------------------------------------------------------------------------------------

MOST_WARNINGS = 5


def low_levels(ctx: Context) -> Any:
    """Levels whose available quantity is under their safety stock."""
    rows = LEVELS.rows(ctx.actor).filter(company_id=ctx.company_id, safety__gt=0)
    return rows.filter(on_hand__lt=F("reserved") + F("safety"))


def overdue_supply(ctx: Context) -> Any:
    """Supplies whose day has passed and that have not come whole."""
    rows = SUPPLY.rows(ctx.actor).filter(company_id=ctx.company_id, due_on__lt=ctx.today)
    return rows.filter(quantity__gt=F("received")).order_by("due_on")


def count_low(ctx: Context) -> Number:
    """How many levels are low."""
    return Number(
        low_levels(ctx).count(),
        unit="",
        note=T("低于安全库存的品项", "Items below safety stock"),
        url="/stock/",
    )


def count_coming(ctx: Context) -> Number:
    """How many supplies are still to come."""
    rows = SUPPLY.rows(ctx.actor).filter(company_id=ctx.company_id, quantity__gt=F("received"))
    return Number(rows.count(), unit="", note=T("笔未到货", "supplies still to come"), url="/supply/")


def warn(ctx: Context) -> list[Warning_]:
    """Overdue supply first, then low stock; a few of each."""
    found = [
        Warning_(
            T("{product} 到货已逾期", "{product}: supply is overdue").format(product=str(supply.product)),
            f"/supply/{supply.pk}/",
            "late",
            T("预计 {day}，未到 {open}", "expected {day}, {open} still to come").format(
                day=supply.due_on, open=supply.quantity - supply.received
            ),
        )
        for supply in overdue_supply(ctx)[:MOST_WARNINGS]
    ]
    return found + [low_warning(level) for level in low_levels(ctx)[:MOST_WARNINGS]]


def low_warning(level: StockLevel) -> Warning_:
    """One level that is low, with its numbers."""
    free: Decimal = level.on_hand - level.reserved
    return Warning_(
        T("{product} 低于安全库存", "{product} is below its safety stock").format(product=str(level.product)),
        f"/stock/{level.pk}/",
        "late" if free <= 0 else "near",
        T("可用 {free}，安全库存 {safety}", "{free} available, safety stock {safety}").format(
            free=free, safety=level.safety
        ),
    )


figure("warehouse", T("低库存", "Low stock"), count_low, order=30)
figure("warehouse", T("待到货", "Expected supply"), count_coming, order=40)
warnings("warehouse", warn)
