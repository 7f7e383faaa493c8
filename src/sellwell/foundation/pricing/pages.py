"""What people see of prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sellwell.foundation.pricing.queries import prices
from sellwell.foundation.pricing.views import FLOORS, LISTS, RULES
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.registry import family, form, list_page, new_button, panel, record_page, related, section

section("goods", T("产品与库存", "Products and stock"), order=40)
family("/prices/", "/floors/", "/price-lists/")

list_page(
    RULES,
    section="goods",
    icon="coin",
    order=60,
    new=["pricing.set_rule"],
    bulk=["pricing.end_rule"],
    columns=["kind", "name", "code", "product", "product_line", "grade", "min_quantity", "price", "discount", "since", "until"],
    saved=[
        ("list", T("目录价", "List prices"), {"kind": "list"}),
        ("promotion", T("促销", "Promotions"), {"kind": "promotion"}),
        ("customer", T("客户专价", "Customer prices"), {"kind": "customer"}),
    ],
    empty=T("还没有价格。设定目录价后，单据会自动取价。", "No prices yet. Set list prices and documents take them."),
)  # fmt: skip
record_page(RULES, amount="price")

list_page(
    FLOORS,
    section="goods",
    icon="flag",
    order=70,
    new=["pricing.set_floor"],
    empty=T(
        "还没有底价。低于底价的单据须经审批。", "No floor prices yet. Documents below a floor need approval."
    ),
)
record_page(FLOORS, amount="price")

list_page(
    LISTS, section="goods", icon="list", order=80, new=["pricing.add_list"],
    empty=T("还没有价目表。新建一张，再为产品定价。", "No price lists yet. Make one, then set prices of products."),
)  # fmt: skip
record_page(LISTS)

related("pricing.pricelist", RULES, by="price_list_id", place="main")
related(
    "catalog.product", RULES, by="product_id", title=T("价格", "Prices"), place="main", order=20,
    columns=["kind", "name", "grade", "customer", "min_quantity", "price", "discount", "since", "until"],
)  # fmt: skip
related("catalog.product", FLOORS, by="product_id", order=60, columns=["price", "since", "until"])
related("customers.customer", RULES, by="customer_id", title=T("专价", "Special prices"), order=70)

form("pricing.set_rule", wide=True, initial=lambda row, ctx: {"since": ctx.today})
form("pricing.set_floor", initial=lambda row, ctx: {"since": ctx.today})
form("pricing.end_rule", initial=lambda row, ctx: {"until": ctx.today})

new_button("pricing.set_rule")


def price_now(product: Any, ctx: Context) -> dict[str, Any]:
    """What one of a product costs a customer without terms of their own today, and why."""
    price = prices(ctx.company_id, None, None, [(product.pk, Decimal(1))], ctx.today)[0]
    return {"price": price, "floor": price.floor if ctx.actor.may(FLOORS.name) else None}


panel(
    "catalog.product", "price", T("现价", "Price today"), "pricing/price_now.html",
    context=price_now, place="side", right=RULES.name, order=20,
)  # fmt: skip
