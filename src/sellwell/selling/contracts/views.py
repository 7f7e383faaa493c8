"""What people read of contracts."""

from __future__ import annotations

from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view
from sellwell.selling.contracts.models import Contract, ContractLine, ContractState

CONTRACTS = view(
    "contracts.view",
    T("合同", "Contracts"),
    Contract,
    [
        Column("number", T("合同编号", "Number"), "code", "number", sortable=True, filterable=True),
        Column("title", T("名称", "Title"), "text", "title"),
        Column("customer", T("客户", "Customer"), "ref", "customer__party__name", ref="customers.customer",
               ref_path="customer_id", filterable=True),
        Column("total", T("价税合计", "Total"), "amount", "total", sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", "state", states=ContractState, filterable=True),
        Column("signed_on", T("签署日期", "Signed on"), "date", "signed_on", sortable=True, filterable=True),
        Column("delivery_on", T("交付日期", "Delivery by"), "date", "delivery_on", sortable=True, filterable=True),
        Column("business_date", T("日期", "Date"), "date", "business_date", sortable=True, filterable=True),
        Column("owner", T("负责人", "Owner"), "person", "owner", filterable=True),
        Column("quotation", T("报价单", "Quotation"), "ref", "quotation__number", ref="pipeline.quotation",
               ref_path="quotation_id", filterable=True, in_list=False),
        Column("template", T("模板", "Template"), "text", "template__name", in_list=False),
        Column("net", T("不含税金额", "Net"), "amount", "net", in_list=False),
        Column("tax", T("税额", "Tax"), "amount", "tax", in_list=False),
        Column("currency", T("币种", "Currency"), "code", "currency", in_list=False),
        Column("payment_days", T("付款期限（天）", "Payment term (days)"), "quantity", "payment_days", in_list=False),
        Column("acceptance_days", T("验收期限（天）", "Acceptance term (days)"), "quantity", "acceptance_days",
               in_list=False),
        Column("valid_from", T("生效日期", "Valid from"), "date", "valid_from", in_list=False),
        Column("valid_until", T("终止日期", "Valid until"), "date", "valid_until", filterable=True, in_list=False),
        Column("signatory", T("我方签署人", "Signed for us by"), "text", "signatory", in_list=False),
        Column("customer_signatory", T("对方签署人", "Signed for the customer by"), "text", "customer_signatory",
               in_list=False),
        Column("scan", T("签署件", "Signed copy"), "file", "scan", in_list=False),
    ],
    url="contracts",
    help=T(
        "与客户订立的合同：条款、明细、审批与签署。",
        "Contracts with customers: terms, lines, approval and signing.",
    ),
    related=("customer__party", "owner"),
    related_if_shown=("quotation", "template", "scan"),
    search=lambda contract: (contract.number, contract.title),
    found_by=("customer",),
    states=ContractState,
    clauses=("5.1.1", "5.1.2"),
)  # fmt: skip

LINES = view(
    "contracts.lines",
    T("合同明细", "Contract lines"),
    ContractLine,
    [
        Column("contract", T("合同", "Contract"), "ref", "contract__number", ref="contracts.contract",
               ref_path="contract_id", filterable=True),
        Column("position", T("行", "Line"), "quantity", "position"),
        Column("product", T("产品", "Product"), "ref", "product", ref="catalog.product", ref_path="product_id",
               filterable=True),
        Column("quantity", T("数量", "Quantity"), "quantity", "quantity"),
        Column("ordered", T("已下单", "Ordered"), "quantity", "ordered"),
        Column("left", T("未下单", "Left"), "quantity", value=lambda line: line.quantity - line.ordered),
        Column("unit_price", T("单价", "Unit price"), "price", "unit_price"),
        Column("list_price", T("目录价", "List price"), "price", "list_price", in_list=False),
        Column("tax_rate", T("税率", "Tax rate"), "rate", "tax_rate"),
        Column("net", T("不含税金额", "Net"), "amount", "net", in_list=False),
        Column("tax", T("税额", "Tax"), "amount", "tax", in_list=False),
        Column("total", T("价税合计", "Total"), "amount", "total"),
    ],
    url="contract-lines",
    help=T("合同的产品、数量和价格，以及还可下单的数量。", "Products, quantities and prices of contracts, and what is left to order."),
    related=("contract", "product"),
    order=("contract_id", "position"),
    label=lambda line: f"{line.contract.number} · {line.position}",
)  # fmt: skip
