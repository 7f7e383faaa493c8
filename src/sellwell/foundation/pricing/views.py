"""What people read of prices."""

from __future__ import annotations

from sellwell.foundation.pricing.models import FloorPrice, PriceList, PriceRule, RuleKind
from sellwell.foundation.pricing.rules import LABELS
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view

# Sorted by what an index serves: the day since when. Prices of different products do not compare, and a rule may be about
# a whole product line; the filters by product, kind and day find what belongs together.
RULE_CODE = Column("code", T("产品编码", "Code"), "code", "product__code", filterable=True)
FLOOR_CODE = Column("code", T("产品编码", "Code"), "code", "product__code", sortable=True, filterable=True)
PRODUCT = Column(
    "product", T("产品", "Product"), "ref", "product__name", ref="catalog.product", filterable=True
)
SINCE = Column("since", T("自", "Since"), "date", "since", sortable=True, filterable=True)
UNTIL = Column("until", T("至（不含）", "Until (excluded)"), "date", "until", filterable=True)


def about(rule: PriceRule) -> str:
    """What a rule is about, in a few words."""
    if rule.product is not None:
        return rule.product.code
    return rule.product_line or str(T("全部产品", "all products"))


RULES = view(
    "pricing.view",
    T("价格规则", "Price rules"),
    PriceRule,
    [
        Column("kind", T("类别", "Kind"), "state", "kind", states=RuleKind, filterable=True),
        Column("name", T("名称", "Name"), "text", "name", filterable=True),
        RULE_CODE,
        PRODUCT,
        Column("product_line", T("产品线", "Product line"), "text", "product_line", filterable=True),
        Column("grade", T("客户等级", "Grade"), "code", "grade", filterable=True),
        Column(
            "customer", T("客户", "Customer"), "ref", "customer__party__name", group="customer", filterable=True,
            ref="customers.customer", ref_path="customer_id",
        ),
        Column("min_quantity", T("起订量", "From quantity"), "quantity", "min_quantity"),
        Column("price", T("单价", "Price"), "price", "price"),
        Column("discount", T("折扣", "Discount"), "rate", "discount"),
        SINCE,
        UNTIL,
        Column("price_list", T("价目表", "Price list"), "ref", "price_list__name", ref="pricing.pricelist", in_list=False),
    ],
    url="prices",
    help=T(
        "合同价、客户价、促销价、等级价、目录价，强者先用。",
        "Contract, customer, promotion, grade and list prices; the stronger one comes first.",
    ),
    groups={"customer": T("专价的客户", "Customers of special prices")},
    related=("product", "price_list", "customer__party"),
    order=("-since", "-id"),
    search=lambda r: (r.name, r.product.code if r.product else "", r.product.name if r.product else r.product_line),
    found_by=("customer",),
    label=lambda r: f"{LABELS[r.kind]} · {about(r)}",
    clauses=("5.2.1",),
)  # fmt: skip

LISTS = view(
    "pricing.lists",
    T("价目表", "Price lists"),
    PriceList,
    [
        Column("code", T("编码", "Code"), "code", "code", sortable=True, filterable=True),
        Column("name", T("名称", "Name"), "text", "name", sortable=True),
        Column("currency", T("币种", "Currency"), "code", "currency"),
        Column("tax_inside", T("含税", "Tax inside"), "bool", "tax_inside"),
        Column("is_default", T("默认", "Default"), "bool", "is_default"),
    ],
    url="price-lists",
    help=T(
        "价目表规定币种以及单价是否含税。",
        "A list says the currency, and whether its prices contain the tax.",
    ),
    order=("code", "id"),
    search=lambda p: (p.code, p.name),
)

FLOORS = view(
    "pricing.floors",
    T("底价", "Floor prices"),
    FloorPrice,
    [
        FLOOR_CODE,
        PRODUCT,
        Column("price", T("底价", "Floor"), "price", "price"),
        SINCE,
        UNTIL,
    ],
    url="floors",
    help=T("低于底价的报价和订单须经审批。", "Quotations and orders below these prices need approval."),
    related=("product",),
    order=("-since", "-id"),
    label=lambda f: f"{f.product.code} {f.since:%Y-%m-%d}",
    clauses=("5.2.1",),
)
