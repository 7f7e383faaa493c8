"""What rooms tell privacy: which personal data they hold, for what and how long, and how they used it; and what privacy
adds to lower rooms: erasure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q, QuerySet

from sellwell.foundation.customers.queries import lineage
from sellwell.foundation.privacy.rules.words import Group, Purpose, Source
from sellwell.kernel import personal
from sellwell.kernel.extensions import Extension
from sellwell.kernel.values import Period, T


@dataclass(frozen=True, slots=True)
class Whom:
    """A person whose data are looked for: a customer's party itself, or a contact who speaks for a customer."""

    company_id: UUID
    subject_id: UUID
    customer_id: UUID
    party_id: UUID
    contact_id: UUID | None


@dataclass(frozen=True)
class Holding:
    """A table with personal data: what it is for, where it comes from, which rows are about somebody.

    `of` gives the condition for one person's rows, or None where the table holds none of theirs; without it the table is
    about our own people, or about several at once, and stands in no customer's copy. `day` is the ORM path of the day that keeping counts from.
    `groups` names field groups that differ from the usual ones for a column's name (`fields.USUAL`).
    """

    title: T
    model: Any
    purposes: tuple[Purpose, ...]
    sources: tuple[Source, ...]
    rows: Callable[[UUID], QuerySet[Any]]
    of: Callable[[Whom], Q | None] | None = None
    day: str = ""
    recipients: tuple[T, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """The model's label, by which policies name the table."""
        return str(self.model._meta.label_lower)


@dataclass(frozen=True, slots=True)
class Use:
    """Somebody's data was used for a purpose on a day, by a record that the evidence can name.

    `at`: the moment, where it is known: what somebody said later that day does not make the use wrong. Else the day's end.
    """

    subject_id: UUID
    purpose: Purpose
    day: date
    row_type: str
    row_id: UUID
    name: str
    department: str = ""
    at: datetime | None = None


# By the table's label: () -> Holding. Called when asked for, so that rooms may import their models lazily.
holdings: Extension[Callable[[], Holding]] = Extension(
    "privacy.holdings", "tables with personal data: purposes, sources, whose rows, how long"
)

# By the room's name: (company_id, period) -> uses. The evidence judges each by the basis of its day.
uses: Extension[Callable[[UUID, Period], Iterable[Use]]] = Extension(
    "privacy.uses", "uses of personal data that need a basis (campaign sends, surveys)"
)


def all_holdings() -> dict[str, Holding]:
    """Every table with personal data, by its label, in the order of its name."""
    return {label: function() for label, function in sorted(holdings)}


# --- to whom data goes out ---------------------------------------------------------------------------------------------

# Cards about approvals go through the vendor that a company is connected to; without one nothing leaves the house.
MESSENGERS = T(
    "已接入的消息服务商（企业微信、钉钉、飞书、邮件、短信）",
    "the connected message vendor (WeCom, DingTalk, Feishu, mail, SMS)",
)
TAX_PLATFORM = T("税务数字账户（电子发票）", "the tax platform (electronic invoices)")
CARRIERS = T("承运人（仅送货所需）", "carriers (only what delivery needs)")


# --- what privacy and the rooms below it hold --------------------------------------------------------------------------

_SELLING = (Purpose.CONTRACT, Purpose.SERVICE)
_ENTERED = (Source.REGISTRATION, Source.ORDER, Source.WEB_FORM)


def _of_party(whom: Whom) -> Q | None:
    return Q(pk=whom.party_id) if whom.contact_id is None else None


def _of_customer(whom: Whom) -> Q | None:
    return Q(pk=whom.customer_id) if whom.contact_id is None else None


def _through_customer(whom: Whom) -> Q | None:
    return Q(customer_id=whom.customer_id) if whom.contact_id is None else None


def _of_contact(whom: Whom) -> Q | None:
    return Q(pk=whom.contact_id) if whom.contact_id is not None else Q(customer_id=whom.customer_id)


def _of_subject(whom: Whom) -> Q | None:
    return Q(subject_id=whom.subject_id)


def of_customers_documents(whom: Whom) -> Q | None:
    """For documents with a `customer`: those of a customer who is a person. A contact's documents are its customer's."""
    return _through_customer(whom)


def of_all_that_went_in(whom: Whom) -> Q | None:
    """For rows that keep the customer they were written for: those of a customer and of all that were merged into it."""
    return Q(customer_id__in=lineage(whom.customer_id)) if whom.contact_id is None else None


def hold(label: str, title: T, **options: Any) -> None:
    """Register a table by its label; `options` are those of Holding."""

    def declared() -> Holding:
        model = apps.get_model(label)

        def rows(company_id: UUID) -> QuerySet[Any]:
            is_ours = any(f.name == "company_id" for f in model._meta.fields)
            ours: Any = model._default_manager.all()
            return ours.filter(company_id=company_id) if is_ours else ours

        return Holding(title, model, rows=rows, **options)

    holdings.register(label)(declared)


hold(
    "customers.party",
    T("客户主体", "Parties"),
    purposes=(*_SELLING, Purpose.LEGAL_DUTY),
    sources=_ENTERED,
    of=_of_party,
)
hold("customers.customer", T("客户档案", "Customers"), purposes=_SELLING, sources=_ENTERED, of=_of_customer)
hold("customers.contact", T("联系人", "Contacts"), purposes=_SELLING, sources=(*_ENTERED, Source.CARD, Source.IMPORT), of=_of_contact,
      groups={"title": Group.IDENTITY})  # fmt: skip
hold(
    "customers.address",
    T("地址", "Addresses"),
    purposes=(Purpose.CONTRACT, Purpose.LEGAL_DUTY),
    sources=_ENTERED,
    of=_through_customer,
)
hold("customers.taxtitle", T("开票抬头", "Tax titles"), purposes=(Purpose.CONTRACT, Purpose.LEGAL_DUTY), sources=_ENTERED,
     of=_through_customer, groups=dict.fromkeys(("bank", "account_last4"), Group.FINANCIAL), recipients=(TAX_PLATFORM,))  # fmt: skip
hold("customers.bankaccount", T("银行账户", "Bank accounts"), purposes=(Purpose.CONTRACT, Purpose.LEGAL_DUTY), sources=_ENTERED,
     of=_through_customer,
     groups={"holder": Group.IDENTITY} | dict.fromkeys(("bank", "account_last4", "account_blind"), Group.FINANCIAL))  # fmt: skip
# Why two customers were taken for one names both, so it stands in the copy of neither.
hold("customers.merge", T("客户合并", "Merges"), purposes=_SELLING, sources=_ENTERED, day="business_date",
     groups={"undone_reason": Group.BEHAVIOUR})  # fmt: skip
hold("customers.matchpair", T("疑似重复", "Possible duplicates"), purposes=_SELLING, sources=_ENTERED, day="found_on",
     groups={"decision": Group.BEHAVIOUR})  # fmt: skip
hold(
    "privacy.datasubject",
    T("信息主体", "People"),
    purposes=(Purpose.LEGAL_DUTY,),
    sources=(Source.REGISTRATION,),
    of=_of_subject,
)
hold("privacy.consent", T("同意记录", "Consents"), purposes=(Purpose.LEGAL_DUTY,), sources=(Source.REGISTRATION, Source.WEB_FORM), of=_of_subject,
      day="said_at__date")  # fmt: skip
hold("privacy.request", T("个人信息请求", "Privacy requests"), purposes=(Purpose.LEGAL_DUTY,), sources=(Source.REGISTRATION,), of=_of_subject,
      day="received_on")  # fmt: skip

# Our own people: no customer's copy holds them; what they are for is employment.
for _label, _title, _to in (
    ("kernel.user", T("员工账号", "Accounts of staff"), (MESSENGERS,)),
    ("kernel.messagechoice", T("消息设置", "Message settings"), (MESSENGERS,)),
    ("kernel.approvalrequest", T("审批", "Approvals"), (MESSENGERS,)),
    ("kernel.delegation", T("代办", "Deputies"), ()),
    ("kernel.storedfile", T("文件", "Files"), ()),
    ("company.person", T("人员", "People who work here"), ()),
    ("company.dutywaiver", T("职责豁免", "Duty waivers"), ()),
    ("company.absence", T("请假", "Absences"), ()),
):
    hold(_label, _title, purposes=(Purpose.EMPLOYMENT,), sources=(Source.REGISTRATION,), recipients=_to)


# --- erasure -----------------------------------------------------------------------------------------------------------


def _erase_consents(subject: UUID) -> int:
    return personal.blank_columns(apps.get_model("privacy.consent"), Q(subject_id=subject))


def _erase_requests(subject: UUID) -> int:
    return personal.blank_columns(apps.get_model("privacy.request"), Q(subject_id=subject))


personal.register_eraser("privacy.consent", _erase_consents)
personal.register_eraser("privacy.request", _erase_requests)
