"""What people read of products, tax classes and costs."""

from __future__ import annotations

from typing import Any

from sellwell.foundation.catalog.models import (
    Product,
    ProductCost,
    ProductKind,
    ProductState,
    TaxClass,
    TaxRate,
)
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view


def current_cost(row: Product) -> Any:
    """The cost that the manager read with the row; rows just made have none."""
    return getattr(row, "current_cost", None)


PRODUCTS = view(
    "catalog.view",
    T("产品", "Products"),
    Product,
    [
        Column("code", T("产品编码", "Code"), "code", "code", sortable=True, filterable=True),
        Column("name", T("名称", "Name"), "text", "name", sortable=True, filterable=True),
        Column("name_en", T("英文名称", "English name"), "text", "name_en", in_list=False),
        Column("specification", T("规格型号", "Specification"), "text", "specification", filterable=True),
        Column("kind", T("类别", "Kind"), "state", "kind", states=ProductKind, filterable=True),
        Column("unit", T("单位", "Unit"), "text", "unit"),
        Column(
            "product_line",
            T("产品线", "Product line"),
            "text",
            "product_line",
            sortable=True,
            filterable=True,
        ),
        Column(
            "tax_class",
            T("税类", "Tax class"),
            "ref",
            "tax_class__name",
            ref="catalog.taxclass",
            filterable=True,
        ),
        Column(
            "lead_days", T("备货工作日", "Lead time, working days"), "quantity", "lead_days", in_list=False
        ),
        Column("cost", T("成本", "Cost"), "price", value=current_cost, group="cost"),
        Column("state", T("状态", "State"), "state", "state", states=ProductState, filterable=True),
    ],
    url="products",
    help=T("公司销售的货物和服务。", "The goods and services that are sold."),
    groups={"cost": T("成本", "Cost")},
    related=("tax_class",),
    order=("code", "id"),
    search=lambda p: (p.code, p.name, p.name_en, p.specification),
    label=lambda p: f"{p.code} {p.name}",
    clauses=("5.2.1",),
    states=ProductState,
)

TAX_CLASSES = view(
    "catalog.tax_classes",
    T("税类", "Tax classes"),
    TaxClass,
    [
        Column("code", T("编码", "Code"), "code", "code", sortable=True, filterable=True),
        Column("name", T("名称", "Name"), "text", "name", sortable=True, filterable=True),
        Column("name_en", T("英文名称", "English name"), "text", "name_en"),
    ],
    url="tax-classes",
    help=T("税法上同样对待的货物和服务。", "Kinds of supply that the tax law treats alike."),
    order=("code", "id"),
    search=lambda c: (c.code, c.name, c.name_en),
)

TAX_RATES = view(
    "catalog.tax_rates",
    T("税率", "Tax rates"),
    TaxRate,
    [
        Column(
            "tax_class",
            T("税类", "Tax class"),
            "ref",
            "tax_class__name",
            ref="catalog.taxclass",
            filterable=True,
        ),
        Column("rate", T("税率", "Rate"), "rate", "rate"),
        Column("since", T("自", "Since"), "date", "since", sortable=True),
        Column("until", T("至（不含）", "Until (excluded)"), "date", "until"),
    ],
    url="tax-rates",
    help=T("各税类的税率，按日期生效。", "The rates of tax classes, from day to day."),
    related=("tax_class",),
    order=("-since", "-id"),
    label=lambda r: f"{r.tax_class.name} {r.rate:%}",
)

COSTS = view(
    "catalog.costs",
    T("产品成本", "Product costs"),
    ProductCost,
    [
        Column(
            "product", T("产品", "Product"), "ref", "product__name", ref="catalog.product", filterable=True
        ),
        Column("cost", T("成本", "Cost"), "price", "cost"),
        Column("since", T("自", "Since"), "date", "since", sortable=True),
    ],
    url="product-costs",
    help=T("产品的单位成本，按日期生效。", "What a unit of a product costs, from day to day."),
    related=("product",),
    order=("-since", "-id"),
    label=lambda c: f"{c.product.code} {c.since:%Y-%m-%d}",
)
