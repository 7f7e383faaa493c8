"""How customers, their contacts and addresses are read. Phone and e-mail are masked for those without the right."""

from __future__ import annotations

from sellwell.foundation.customers.lineage import survivors
from sellwell.foundation.customers.models import (
    Address,
    AddressKind,
    Contact,
    ContactWay,
    Customer,
    CustomerState,
    Grade,
    Influence,
    PurchaseRole,
    SalesChannel,
)
from sellwell.kernel.personal_values import mask_email, mask_phone
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view

PERSONAL = {"personal": T("电话与邮箱", "Phone and e-mail")}


CUSTOMERS = view(
    "customers.view",
    T("客户", "Customers"),
    Customer,
    [
        Column("number", T("编号", "Number"), "code", path="number", sortable=True, filterable=True),
        Column("name", T("名称", "Name"), path="party__name", sortable=True),
        Column("short_name", T("简称", "Short name"), path="party__short_name", in_list=False),
        Column(
            "state",
            T("状态", "State"),
            "state",
            path="state",
            states=CustomerState,
            sortable=True,
            filterable=True,
        ),
        Column(
            "grade", T("等级", "Grade"), "state", path="grade", states=Grade, sortable=True, filterable=True
        ),
        Column(
            "channel", T("渠道", "Channel"), "state", path="channel", states=SalesChannel, filterable=True
        ),
        Column("industry", T("行业", "Industry"), path="industry", sortable=True, filterable=True),
        Column("owner", T("负责人", "Owner"), "person", path="owner", filterable=True),
        Column("region", T("区域", "Region"), path="region", filterable=True),
        Column("uscc", T("统一社会信用代码", "Social credit code"), path="party__uscc", in_list=False),
        Column(
            "phone_masked",
            T("电话（脱敏）", "Phone (masked)"),
            envelope=lambda c: c.party.phone,
            mask=mask_phone,
            in_list=False,
        ),
        Column(
            "email_masked",
            T("邮箱（脱敏）", "E-mail (masked)"),
            envelope=lambda c: c.party.email,
            mask=mask_email,
            in_list=False,
        ),
        Column(
            "phone",
            T("电话", "Phone"),
            envelope=lambda c: c.party.phone,
            group="personal",
            in_list=False,
        ),
        Column(
            "email",
            T("邮箱", "E-mail"),
            envelope=lambda c: c.party.email,
            group="personal",
            in_list=False,
        ),
        Column(
            "payment_days", T("账期（天）", "Payment days"), "quantity", path="payment_days", sortable=True
        ),
        Column("note", T("备注", "Note"), path="note", in_list=False),
        Column(
            "business_date",
            T("建档日期", "Since"),
            "date",
            path="business_date",
            sortable=True,
            filterable=True,
        ),
    ],
    url="customers",
    help=T("与我们有业务往来的单位和个人。", "Organisations and people we do business with."),
    groups=PERSONAL,
    related=("party", "owner"),
    search=lambda c: (c.number, c.party.name, c.party.short_name),
    label=lambda c: c.party.name or c.number,
    clauses=("1.4.2",),
    states=CustomerState,
    set_aside=(CustomerState.MERGED.value,),
    leads_on=lambda c: survivors([c.pk])[c.pk] if c.merged_into_id else None,
)

CONTACTS = view(
    "customers.contacts",
    T("联系人", "Contacts"),
    Contact,
    [
        Column("name", T("姓名", "Name"), path="name", sortable=True),
        Column(
            "customer",
            T("客户", "Customer"),
            "ref",
            path="customer__party__name",
            ref="customers.customer",
            ref_path="customer_id",
            filterable=True,
        ),
        Column("title", T("职务", "Position"), path="title"),
        Column("is_primary", T("主要联系人", "Primary"), "bool", path="is_primary", filterable=True),
        Column(
            "purchase_role",
            T("采购中的角色", "Part in the purchase"),
            "state",
            path="purchase_role",
            states=PurchaseRole,
            filterable=True,
        ),
        Column(
            "influence",
            T("影响力", "Influence"),
            "state",
            path="influence",
            states=Influence,
            filterable=True,
        ),
        Column(
            "prefers",
            T("偏好的联系方式", "Prefers"),
            "state",
            path="prefers",
            states=ContactWay,
            in_list=False,
        ),
        Column(
            "phone_masked", T("电话（脱敏）", "Phone (masked)"), envelope=lambda c: c.phone, mask=mask_phone
        ),
        Column(
            "email_masked",
            T("邮箱（脱敏）", "E-mail (masked)"),
            envelope=lambda c: c.email,
            mask=mask_email,
            in_list=False,
        ),
        Column("phone", T("电话", "Phone"), envelope=lambda c: c.phone, group="personal", in_list=False),
        Column("email", T("邮箱", "E-mail"), envelope=lambda c: c.email, group="personal", in_list=False),
        Column("note", T("备注", "Note"), path="note", in_list=False),
    ],
    url="contacts",
    help=T("客户方的联系人。", "People who speak for customers."),
    groups=PERSONAL,
    related=("customer__party",),
    order=("-id",),
    search=lambda c: (c.name,),
    found_by=("customer",),
    label=lambda c: c.name or "—",
    clauses=("1.4.2",),
)

ADDRESSES = view(
    "customers.addresses",
    T("地址", "Addresses"),
    Address,
    [
        Column("line", T("地址", "Address"), value=str, personal=True),
        Column(
            "customer",
            T("客户", "Customer"),
            "ref",
            path="customer__party__name",
            ref="customers.customer",
            ref_path="customer_id",
            filterable=True,
        ),
        Column("kind", T("用途", "Use"), "state", path="kind", states=AddressKind, filterable=True),
        Column("consignee", T("收件人", "Consignee"), path="consignee"),
        Column("province", T("省", "Province"), path="province", filterable=True),
        Column("city", T("市", "City"), path="city", filterable=True),
        Column("is_default", T("默认", "Default"), "bool", path="is_default"),
        Column(
            "phone_masked", T("电话（脱敏）", "Phone (masked)"), envelope=lambda a: a.phone, mask=mask_phone
        ),
        Column("phone", T("电话", "Phone"), envelope=lambda a: a.phone, group="personal", in_list=False),
    ],
    url="addresses",
    help=T("送货与寄发票的地址。", "Where goods and invoices go."),
    groups=PERSONAL,
    related=("customer__party",),
    order=("-id",),
    search=lambda a: (),
    found_by=("customer",),
    label=lambda a: str(a) or "—",
    clauses=("1.4.2",),
)
