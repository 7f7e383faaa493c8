"""Columns that several views of voice share."""

from __future__ import annotations

from sellwell.kernel.values import T
from sellwell.kernel.views import Column

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
CONTACT = Column("contact", T("联系人", "Contact"), path="contact__name")
FORM = Column(
    "questionnaire", T("问卷", "Questionnaire"), "ref", path="questionnaire__title", ref="voice.questionnaire",
    ref_path="questionnaire_id", filterable=True,
)  # fmt: skip
