"""How leads, opportunities, visits and quotations are read."""

from __future__ import annotations

from sellwell.kernel import clock
from sellwell.kernel.personal_values import mask_email, mask_phone
from sellwell.kernel.values import State, T
from sellwell.kernel.views import Column, view
from sellwell.selling.pipeline import rules
from sellwell.selling.pipeline.models import (
    Lead,
    LeadSource,
    LeadState,
    Opportunity,
    OpportunityProduct,
    Quotation,
    QuotationLine,
    QuotationState,
    Stage,
    Visit,
    VisitState,
)


class PriceSource(State):
    """Where a line's price is from."""

    CONTRACT = "contract", T("合同价", "Contract")
    CUSTOMER = "customer", T("客户价", "Customer")
    PROMOTION = "promotion", T("促销价", "Promotion")
    GRADE = "grade", T("等级价", "Grade")
    LIST = "list", T("目录价", "List")
    MANUAL = "manual", T("手工", "Manual")
    IMPORT = "import", T("导入", "Imported")


NUMBER = Column("number", T("编号", "Number"), "code", path="number", sortable=True, filterable=True)
OWNER = Column("owner", T("负责人", "Owner"), "person", path="owner", filterable=True)
REGION = Column("region", T("区域", "Region"), path="region", filterable=True)
DATE = Column(
    "business_date", T("日期", "Date"), "date", path="business_date", sortable=True, filterable=True
)


CUSTOMER = Column(
    "customer", T("客户", "Customer"), "ref", path="customer__party__name", ref="customers.customer", ref_path="customer_id",
    filterable=True,
)  # fmt: skip

LEADS = view(
    "pipeline.leads",
    T("线索", "Leads"),
    Lead,
    [
        NUMBER,
        Column("name", T("名称", "Name"), path="name", sortable=True),
        Column("contact_name", T("联系人", "Contact"), path="contact_name"),
        Column(
            "state",
            T("状态", "State"),
            "state",
            path="state",
            states=LeadState,
            sortable=True,
            filterable=True,
        ),
        Column("source", T("来源", "Source"), "state", path="source", states=LeadSource, filterable=True),
        Column("need", T("需求", "Need"), path="need", in_list=False),
        Column("outcome", T("联系结果", "Outcome"), path="outcome", in_list=False),
        Column(
            "phone_masked",
            T("电话（脱敏）", "Phone (masked)"),
            envelope=lambda r: r.phone,
            mask=mask_phone,
            in_list=False,
        ),
        Column(
            "email_masked",
            T("邮箱（脱敏）", "E-mail (masked)"),
            envelope=lambda r: r.email,
            mask=mask_email,
            in_list=False,
        ),
        Column(
            "phone",
            T("电话", "Phone"),
            envelope=lambda r: r.phone,
            group="personal",
            in_list=False,
        ),
        Column(
            "email",
            T("邮箱", "E-mail"),
            envelope=lambda r: r.email,
            group="personal",
            in_list=False,
        ),
        CUSTOMER,
        OWNER,
        REGION,
        DATE,
    ],
    url="leads",
    help=T("可能成为客户的单位和个人。", "Organisations and people who may become customers."),
    groups={"personal": T("电话与邮箱", "Phone and e-mail")},
    related=("owner", "customer__party"),
    search=lambda r: (r.number, r.name, r.contact_name),
    found_by=("customer",),
    label=lambda r: r.name or r.number,
    clauses=("1.4.2", "1.4.3"),
    states=LeadState,
)

OPPORTUNITIES = view(
    "pipeline.view",
    T("商机", "Opportunities"),
    Opportunity,
    [
        NUMBER,
        Column("title", T("商机", "Opportunity"), path="title", sortable=True),
        CUSTOMER,
        Column(
            "state", T("阶段", "Stage"), "state", path="state", states=Stage, sortable=True, filterable=True
        ),
        Column(
            "expected_amount",
            T("预计金额", "Expected amount"),
            "amount",
            path="expected_amount",
            sortable=True,
        ),
        Column("probability", T("概率", "Probability"), "rate", path="probability", sortable=True),
        Column(
            "expected_close",
            T("预计成交日", "Expected close"),
            "date",
            path="expected_close",
            sortable=True,
            filterable=True,
        ),
        Column("stage_since", T("进入阶段", "In stage since"), "datetime", path="stage_since", sortable=True),
        Column("needs", T("客户需求", "Needs"), path="needs", in_list=False),
        Column("trial", T("试用内容", "What is tried"), path="trial", in_list=False),
        Column("trial_until", T("试用截止日", "Trial until"), "date", path="trial_until", in_list=False),
        Column("lost_reason", T("输单原因", "Lost because"), path="lost_reason", in_list=False),
        OWNER,
        REGION,
        DATE,
    ],
    url="opportunities",
    help=T("可能成交的生意，按阶段推进。", "Possible sales, stage by stage."),
    related=("owner", "customer__party"),
    search=lambda r: (r.number, r.title),
    found_by=("customer",),
    label=lambda r: r.title or r.number,
    clauses=("1.4.3",),
    states=Stage,
)

PRODUCTS = view(
    "pipeline.products",
    T("匹配产品", "Matched products"),
    OpportunityProduct,
    [
        Column(
            "product",
            T("产品", "Product"),
            "ref",
            path="product__name",
            ref="catalog.product",
            ref_path="product_id",
        ),
        Column("quantity", T("数量", "Quantity"), "quantity", path="quantity"),
        Column("fit", T("匹配度", "Fit"), "quantity", path="fit"),
        Column("why", T("理由", "Why"), path="why"),
        Column("is_void", T("已替换", "Replaced"), "bool", path="is_void", filterable=True, in_list=False),
        Column(
            "opportunity",
            T("商机", "Opportunity"),
            "ref",
            path="opportunity__title",
            ref="pipeline.opportunity",
            ref_path="opportunity_id",
            in_list=False,
        ),
    ],
    url="opportunity-products",
    help=T("商机中匹配客户需求的产品。", "Products that match the needs of an opportunity."),
    related=("product", "opportunity"),
    order=("-fit", "id"),
    label=lambda r: str(r.product),
    clauses=("1.4.3",),
)


def _lateness(visit: Visit) -> T | str:
    """Whether the minutes are late, in words; empty when they are not due or came in time."""
    if not rules.minutes_are_late(visit.minutes_due_at, visit.minutes_at, clock.now()):
        return ""
    return T("纪要迟交", "Minutes were late") if visit.minutes_at else T("纪要逾期未写", "Minutes overdue")


VISITS = view(
    "pipeline.visits",
    T("拜访", "Visits"),
    Visit,
    [
        NUMBER,
        CUSTOMER,
        Column("purpose", T("目的", "Purpose"), path="purpose"),
        Column(
            "state",
            T("状态", "State"),
            "state",
            path="state",
            states=VisitState,
            sortable=True,
            filterable=True,
        ),
        Column("planned_at", T("计划时间", "Planned for"), "datetime", path="planned_at", sortable=True),
        Column("checked_in_at", T("签到时间", "Checked in"), "datetime", path="checked_in_at", sortable=True),
        Column(
            "minutes_due_at", T("纪要时限", "Minutes due"), "datetime", path="minutes_due_at", sortable=True
        ),
        Column("lateness", T("及时性", "In time"), value=_lateness),
        Column("place", T("地点", "Place"), path="place", in_list=False),
        Column("minutes", T("纪要", "Minutes"), path="minutes", in_list=False),
        Column("minutes_at", T("纪要完成", "Minutes written"), "datetime", path="minutes_at", in_list=False),
        Column("next_step", T("下一步", "Next step"), path="next_step", in_list=False),
        Column("next_step_on", T("下一步日期", "Next step on"), "date", path="next_step_on", in_list=False),
        Column(
            "opportunity",
            T("商机", "Opportunity"),
            "ref",
            path="opportunity__title",
            ref="pipeline.opportunity",
            ref_path="opportunity_id",
            in_list=False,
        ),
        OWNER,
        DATE,
    ],
    url="visits",
    help=T("客户拜访：计划、签到、纪要和下一步。", "Visits: plan, check-in, minutes, next step."),
    related=("owner", "customer__party", "opportunity"),
    order=("-planned_at", "-id"),
    search=lambda r: (r.number,),
    found_by=("customer",),
    clauses=("2.2.4",),
    states=VisitState,
)


QUOTATIONS = view(
    "pipeline.quotations",
    T("报价单", "Quotations"),
    Quotation,
    [
        NUMBER,
        CUSTOMER,
        Column(
            "state",
            T("状态", "State"),
            "state",
            path="state",
            states=QuotationState,
            sortable=True,
            filterable=True,
        ),
        Column("total", T("价税合计", "Total"), "amount", path="total", sortable=True),
        Column("net", T("不含税", "Net"), "amount", path="net", in_list=False),
        Column("tax", T("税额", "Tax"), "amount", path="tax", in_list=False),
        Column("currency", T("币种", "Currency"), path="currency", in_list=False),
        Column("tax_inside", T("单价含税", "Prices include tax"), "bool", path="tax_inside", in_list=False),
        Column(
            "valid_until",
            T("有效期至", "Valid until"),
            "date",
            path="valid_until",
            sortable=True,
            filterable=True,
        ),
        Column(
            "payment_days", T("账期（天）", "Payment days"), "quantity", path="payment_days", in_list=False
        ),
        Column("revision", T("版本", "Version"), "quantity", path="revision"),
        Column(
            "opportunity",
            T("商机", "Opportunity"),
            "ref",
            path="opportunity__title",
            ref="pipeline.opportunity",
            ref_path="opportunity_id",
            in_list=False,
        ),
        Column(
            "replaces",
            T("替代", "Replaces"),
            "ref",
            path="replaces__number",
            ref="pipeline.quotation",
            ref_path="replaces_id",
            in_list=False,
        ),
        Column("note", T("备注", "Note"), path="note", in_list=False),
        OWNER,
        REGION,
        DATE,
    ],
    url="quotations",
    help=T("给客户的报价，按版本管理。", "Prices offered to customers, in versions."),
    related=("owner", "customer__party", "opportunity", "replaces"),
    search=lambda r: (r.number,),
    found_by=("customer",),
    clauses=("2.2.4",),
    states=QuotationState,
)

QUOTATION_LINES = view(
    "pipeline.quotation_lines",
    T("报价明细", "Quotation lines"),
    QuotationLine,
    [
        Column("position", T("行", "Line"), "quantity", path="position"),
        Column(
            "product",
            T("产品", "Product"),
            "ref",
            path="product__name",
            ref="catalog.product",
            ref_path="product_id",
        ),
        Column("quantity", T("数量", "Quantity"), "quantity", path="quantity"),
        Column("unit_price", T("单价", "Price"), "price", path="unit_price"),
        Column("list_price", T("目录价", "List price"), "price", path="list_price", in_list=False),
        Column("price_source", T("价格来源", "Price from"), "state", path="price_source", states=PriceSource),
        Column("tax_rate", T("税率", "Tax rate"), "rate", path="tax_rate"),
        Column("total", T("价税合计", "Total"), "amount", path="total"),
        Column("is_void", T("已替换", "Replaced"), "bool", path="is_void", filterable=True, in_list=False),
        Column(
            "quotation",
            T("报价单", "Quotation"),
            "ref",
            path="quotation__number",
            ref="pipeline.quotation",
            ref_path="quotation_id",
            in_list=False,
        ),
    ],
    url="quotation-lines",
    help=T("报价单的明细行。", "Lines of quotations."),
    related=("product", "quotation"),
    order=("quotation", "position"),
    label=lambda r: str(r.product),
    clauses=("2.2.4",),
)
