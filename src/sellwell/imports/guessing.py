"""Which column is probably which field, by the names that files have. A person confirms it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

NAMES: dict[str, tuple[str, ...]] = {
    "invoice": ("invoiceno", "invoice", "orderno", "ordernumber", "单号", "订单号", "发票号", "订单编号"),
    "product": (
        "stockcode",
        "sku",
        "productcode",
        "itemcode",
        "product",
        "产品",
        "产品编码",
        "商品编码",
        "物料编码",
    ),
    "quantity": ("quantity", "qty", "数量"),
    "day": ("invoicedate", "orderdate", "date", "日期", "订单日期", "单据日期", "开票日期"),
    "price": ("unitprice", "price", "单价", "含税单价"),
    "customer": ("customerid", "customerno", "customercode", "customer", "客户", "客户编号", "客户编码"),
    "name": ("description", "productname", "itemname", "名称", "产品名称", "商品名称"),
    "customer_name": ("customername", "客户名称"),
    "region": ("country", "region", "地区", "区域", "国家"),
}


def guess(headers: Sequence[str]) -> dict[str, str]:
    """Field -> column, for the fields whose column is named as such columns are."""
    plain = {"".join(c for c in header.casefold() if c.isalnum()): header for header in headers}
    return {field: plain[name] for field, names in NAMES.items() for name in names[::-1] if name in plain}
