"""How registrations of deals are read."""

from __future__ import annotations

from sellwell.kernel.personal_values import mask_phone
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view
from sellwell.selling.deals.models import Registration, RegistrationState, Ruling

REGISTRATIONS = view(
    "deals.view",
    T("报备", "Deal registrations"),
    Registration,
    [
        Column("number", T("编号", "Number"), "code", path="number", sortable=True, filterable=True),
        Column("name", T("名称", "Name"), path="name", sortable=True),
        Column(
            "customer",
            T("客户", "Customer"),
            "ref",
            path="customer__party__name",
            ref="customers.customer",
            ref_path="customer_id",
            filterable=True,
            in_list=False,
        ),
        Column(
            "state",
            T("状态", "State"),
            "state",
            path="state",
            states=RegistrationState,
            sortable=True,
            filterable=True,
        ),
        Column("product_line", T("产品线", "Product line"), path="product_line", filterable=True),
        Column(
            "expected_amount",
            T("预计金额", "Expected amount"),
            "amount",
            path="expected_amount",
            sortable=True,
        ),
        Column(
            "protected_until",
            T("保护期至", "Protected until"),
            "date",
            path="protected_until",
            sortable=True,
            filterable=True,
        ),
        Column("renewals", T("已续期", "Renewed"), "quantity", path="renewals", in_list=False),
        Column("evidence", T("依据", "Evidence"), path="evidence", in_list=False),
        Column("proof", T("凭证", "Proof"), "file", path="proof", in_list=False),
        Column("progress", T("进展", "Progress"), path="progress", in_list=False),
        Column("uscc", T("统一社会信用代码", "Social credit code"), "code", path="uscc", in_list=False),
        Column(
            "phone_masked",
            T("电话（脱敏）", "Phone (masked)"),
            envelope=lambda r: r.phone,
            mask=mask_phone,
            in_list=False,
        ),
        Column("ruling", T("裁定", "Ruling"), "state", path="ruling", states=Ruling, in_list=False),
        Column("ruling_reason", T("裁定理由", "Reason of the ruling"), path="ruling_reason", in_list=False),
        Column("ruled_by", T("裁定人", "Ruled by"), "person", path="ruled_by", in_list=False),
        Column("ruled_at", T("裁定时间", "Ruled"), "datetime", path="ruled_at", in_list=False),
        Column("outcome", T("结果", "Outcome"), path="outcome", in_list=False),
        Column("owner", T("报备人", "Registered by"), "person", path="owner", filterable=True),
        Column("region", T("区域", "Region"), path="region", filterable=True),
        Column(
            "business_date",
            T("报备日期", "Registered on"),
            "date",
            path="business_date",
            sortable=True,
            filterable=True,
        ),
    ],
    url="deals",
    help=T(
        "谁在跟进哪笔生意：保护期内归报备人，撞单由经理裁定。",
        "Who works on which deal: theirs while protected; conflicts are ruled upon.",
    ),
    related=("owner", "customer__party", "proof", "ruled_by"),
    search=lambda r: (r.number, r.name),
    found_by=("customer",),
    label=lambda r: r.name or r.number,
    clauses=("1.3.2",),
    states=RegistrationState,
)
