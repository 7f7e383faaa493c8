"""What people see of products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models import Q

from sellwell.foundation.catalog.models import Product, ProductState, TaxClass
from sellwell.foundation.catalog.views import COSTS, PRODUCTS, TAX_CLASSES, TAX_RATES
from sellwell.foundation.profiles.queries import allowed, offered
from sellwell.kernel import search
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T, named
from sellwell.web.registry import (
    Choice,
    choices,
    family,
    list_page,
    new_button,
    picker,
    record_page,
    related,
    section,
)

section("goods", T("产品与库存", "Products and stock"), order=40)
family("/products/", "/tax-classes/")

list_page(
    PRODUCTS,
    section="goods",
    icon="box",
    order=10,
    new=["catalog.add_product"],
    bulk=["catalog.retire_product"],
    columns=["code", "name", "specification", "kind", "product_line", "unit", "tax_class", "state"],
    saved=[
        ("active", T("在售", "On sale"), {"state": "active"}),
        ("retired", T("停售", "Retired"), {"state": "retired"}),
    ],
    empty=T("还没有产品。新建产品后才能报价和下单。", "No products yet. Add one to quote and order it."),
)
record_page(
    PRODUCTS,
    path=[ProductState.ACTIVE, ProductState.RETIRED],
    facts=[
        "code",
        "name_en",
        "specification",
        "kind",
        "unit",
        "product_line",
        "tax_class",
        "lead_days",
        "cost",
    ],
)
related(
    "catalog.product", COSTS, by="product_id", title=T("成本", "Costs"), order=80, columns=["cost", "since"]
)

list_page(
    TAX_CLASSES,
    section="goods",
    icon="scale",
    order=90,
    new=["catalog.add_tax_class"],
    empty=T("还没有税类。", "No tax classes yet."),
)
record_page(TAX_CLASSES, facts=["code", "name_en"])
related("catalog.taxclass", TAX_RATES, by="tax_class_id", place="main", columns=["rate", "since", "until"])
related("catalog.taxclass", PRODUCTS, by="tax_class_id")
list_page(TAX_RATES)
list_page(COSTS)

new_button("catalog.add_product")


# --- forms offer what the industry profiles allow (clause 1.1.4) -----------------------------------------------------


def tax_classes(row: Product | None, ctx: Context) -> list[tuple[str, T | str]]:
    """The tax classes that may be used today, and the product's own."""
    codes = allowed(ctx.company_id, "catalog.tax_class", ctx.today)
    wanted = Q(code__in=codes) if row is None else Q(code__in=codes) | Q(pk=row.tax_class_id)
    return [(str(one.pk), named(one)) for one in TaxClass.objects.filter(wanted).order_by("code")]


def units(row: Product | None, ctx: Context) -> list[tuple[str, T | str]]:
    """The units that may be used today, and the product's own."""
    found: list[tuple[str, T | str]] = list(offered(ctx.company_id, "catalog.unit", ctx.today))
    if row is not None and row.unit not in [code for code, _ in found]:
        found.append((row.unit, row.unit))
    return found


choices("catalog.add_product", "kind", lambda row, ctx: offered(ctx.company_id, "catalog.kind", ctx.today))
for _verb in ("catalog.add_product", "catalog.change_product"):
    choices(_verb, "unit", units)
    choices(_verb, "tax_class", tax_classes)

RETIRED = T("停售", "Retired")


def choice(product: Product) -> Choice:
    """A product as people choose it: retired ones say so."""
    note = str(RETIRED) if product.state == ProductState.RETIRED else product.specification
    return Choice(
        product.pk, f"{product.code} {product.name}", note, {"unit": product.unit, "code": product.code}
    )


def find(q: str, ctx: Context, params: Mapping[str, str]) -> Sequence[Choice]:
    """Products by number, name, pinyin or initials; those on sale first."""
    rows = PRODUCTS.rows(ctx.actor)
    if q:
        rows = search.filter(rows, PRODUCTS.row_type, q, ctx.actor)
    return [choice(product) for product in rows.order_by("state", "code")[:20]]


def by_code(codes: Sequence[str], ctx: Context, params: Mapping[str, str]) -> Mapping[str, Choice]:
    """Products by exact code or name, as pasted from a spreadsheet; codes win, a name of two products names none."""
    rows = PRODUCTS.rows(ctx.actor)
    named = list(rows.filter(name__in=codes))
    count = Counter(product.name for product in named)
    found = {product.name: choice(product) for product in named if count[product.name] == 1}
    return found | {product.code: choice(product) for product in rows.filter(code__in=codes)}


picker("catalog.product", find, by_code)
