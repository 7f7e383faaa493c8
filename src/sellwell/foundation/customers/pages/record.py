"""What people see of customers: list, record at a glance, contacts with masked numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sellwell.foundation.customers import queries
from sellwell.foundation.customers.extensions import open_business
from sellwell.foundation.customers.models import Address, Contact, Customer, CustomerState
from sellwell.foundation.customers.views import ADDRESSES, CONTACTS, CUSTOMERS
from sellwell.kernel import access, personal, search
from sellwell.kernel.operations import Context
from sellwell.kernel.personal_values import mask_email, mask_phone
from sellwell.kernel.values import T
from sellwell.web.registry import Choice, form, list_page, new_button, panel, picker, record_page, section

section("sales", T("销售", "Sales"), order=20)

list_page(
    CUSTOMERS,
    section="sales",
    icon="users",
    order=10,
    new=["customers.add"],
    columns=["name", "number", "grade", "state", "industry", "region", "owner", "business_date"],
    card=["name", "grade", "state", "owner"],
    saved=[
        ("mine", T("我的", "Mine"), {"owner": "me"}),
        ("a", T("A 级", "Grade A"), {"grade": "A"}),
        ("blocked", T("停止往来", "Blocked"), {"state": "blocked"}),
        ("merged", T("已合并", "Merged"), {"state": "merged"}),
    ],
    links=[
        (T("联系人", "Contacts"), "/contacts/", "customers.contacts"),
        (T("疑似重复", "Possible duplicates"), "/customers/duplicates/", "customers.pairs"),
        (T("合并记录", "Merges"), "/customers/merges/", "customers.merges"),
    ],
    empty=T(
        "还没有客户。登记第一个客户，或从线索转入。",
        "No customers yet. Enter the first one, or qualify a lead.",
    ),
)
record_page(
    CUSTOMERS,
    path=[CustomerState.ACTIVE],
    facts=[
        "short_name",
        "uscc",
        "grade",
        "payment_days",
        "channel",
        "industry",
        "region",
        "owner",
        "business_date",
        "note",
    ],
)
new_button("customers.add")

list_page(
    CONTACTS,
    columns=["name", "customer", "title", "phone_masked", "is_primary"],
    empty=T("还没有联系人。在客户页添加。", "No contacts yet. Add them on a customer's page."),
)
record_page(
    CONTACTS,
    facts=["customer", "title", "purchase_role", "influence", "prefers", "phone_masked", "email_masked", "is_primary",
           "note"],
)  # fmt: skip
list_page(
    ADDRESSES, empty=T("还没有地址。在客户页添加。", "No addresses yet. Add them on a customer's page.")
)
record_page(ADDRESSES, facts=["customer", "kind", "consignee", "phone_masked", "is_default"])


# --- forms -------------------------------------------------------------------------------------------------------------


def _change_initial(row: Customer, ctx: Context) -> Mapping[str, Any]:
    party = row.party
    return {
        "name": party.name,
        "short_name": party.short_name,
        "uscc": party.uscc or "",
        "industry": row.industry,
        "channel": row.channel,
        "note": row.note,
    }


def _contact_initial(row: Contact, ctx: Context) -> Mapping[str, Any]:
    names = ("name", "title", "is_primary", "purchase_role", "influence", "prefers", "note")
    return {name: getattr(row, name) for name in names}


def _address_initial(row: Address, ctx: Context) -> Mapping[str, Any]:
    return {
        name: getattr(row, name) for name in ("kind", "consignee", "province", "city", "line", "is_default")
    }


def _terms_initial(row: Customer, ctx: Context) -> Mapping[str, Any]:
    return {"grade": row.grade, "payment_days": row.payment_days}


form("customers.add", wide=True)
form("customers.change", wide=True, initial=_change_initial)
form("customers.change_contact", initial=_contact_initial)
form("customers.change_address", initial=_address_initial)
form("customers.set_terms", initial=_terms_initial)
for _verb in ("add_contact", "add_address"):
    form(f"customers.{_verb}", after=lambda outcome, ctx: f"/customers/{outcome.result.customer_id}/")
for _verb in ("change_contact", "change_address"):
    form(f"customers.{_verb}", after=lambda outcome, ctx: f"/customers/{outcome.result.customer_id}/")


# --- the record at a glance --------------------------------------------------------------------------------------------


def people(row: Customer, ctx: Context) -> dict[str, Any]:
    """The customer's own numbers and its contacts; in full for those with the right or a reason of a moment ago."""
    in_full = access.cell_for(ctx.actor, "customers.view:personal", row) is not None
    is_revealed = not in_full and queries.revealed_to(ctx.user_id, row.pk, ctx.now)
    contacts = list(CONTACTS.rows(ctx.actor).filter(customer_id=row.pk).order_by("-is_primary", "-id")[:30])
    phones = personal.open_many([row.party.phone, *(c.phone for c in contacts)])
    emails = personal.open_many([row.party.email, *(c.email for c in contacts)])
    show = in_full or is_revealed
    shown_columns = ("purchase_role", "influence", "prefers")
    known = [c for c in (CONTACTS.column(name, ctx.actor) for name in shown_columns) if c is not None]
    numbers = [_numbers(phone, email, show) for phone, email in zip(phones, emails, strict=True)]
    return {
        "own": numbers[0],
        "people": [
            (
                contact,
                found,
                [(c.label, c.read(contact)) for c in known if getattr(contact, c.name) != "unknown"],
            )
            for contact, found in zip(contacts, numbers[1:], strict=True)
        ],
        "in_full": in_full,
        "is_revealed": is_revealed,
        "minutes": int(queries.REVEALED_FOR.total_seconds() // 60),
        "has_numbers": any(phones) or any(emails),
    }


def _numbers(phone: str | None, email: str | None, in_full: bool) -> dict[str, Any]:
    if in_full:
        return {
            "phone": phone or "",
            "email": email or "",
            "call": "".join(c for c in phone or "" if c.isdigit() or c == "+"),
        }
    return {"phone": mask_phone(phone or ""), "email": mask_email(email) if email else "", "call": ""}


def places(row: Customer, ctx: Context) -> dict[str, Any]:
    """The addresses, defaults first."""
    found = list(
        ADDRESSES.rows(ctx.actor).filter(customer_id=row.pk).order_by("kind", "-is_default", "-id")[:20]
    )
    return {"addresses": [(address, ADDRESSES.column("kind", ctx.actor)) for address in found]}


def under_way(row: Customer, ctx: Context) -> dict[str, Any] | None:
    """What is open with this customer, over all rooms."""
    counted = [count_open(row) for _, count_open in open_business]
    found = [(what, count) for what, count in counted if count]
    return {"open": found} if found else None


def duplicates_of(row: Customer, ctx: Context) -> dict[str, Any] | None:
    """Customers with a like name, those that the reader may see; none: no block."""
    near = [c.pk for c in queries.similar(row.company_id, row.party.name, row.pk)]
    found = list(CUSTOMERS.rows(ctx.actor).filter(pk__in=near)) if near else []
    return {"similar": found} if found else None


TYPE = CUSTOMERS.row_type
panel(
    TYPE,
    "people",
    T("联系方式", "Contacts"),
    "customers/_people.html",
    context=people,
    place="main",
    right=CONTACTS.name,
    order=2,
)
panel(
    TYPE,
    "places",
    T("地址", "Addresses"),
    "customers/_places.html",
    context=places,
    place="tab",
    right=ADDRESSES.name,
    order=80,
)
panel(
    TYPE,
    "under-way",
    T("进行中", "Under way"),
    "customers/_open.html",
    context=under_way,
    place="side",
    order=5,
)
panel(
    TYPE,
    "similar",
    T("名称相近", "Similar names"),
    "customers/_similar.html",
    context=duplicates_of,
    place="side",
    order=60,
)


# --- finding a customer ------------------------------------------------------------------------------------------------


def find(q: str, ctx: Context, params: Mapping[str, str]) -> Sequence[Choice]:
    """By name, pinyin, number, and by phone or its last four digits."""
    rows = CUSTOMERS.at_hand(CUSTOMERS.rows(ctx.actor), ())
    if q:
        # A number finds its owner only for those who may see numbers.
        sees_numbers = ctx.actor.may(f"{CUSTOMERS.name}:personal")
        by_phone = queries.by_phone(ctx.company_id, q) if sees_numbers else None
        named = search.filter(rows, CUSTOMERS.row_type, q, ctx.actor)
        rows = named | rows.filter(by_phone) if by_phone is not None else named
    return [_choice(c) for c in rows.order_by(*CUSTOMERS.order)[:20]]


def resolve(codes: Sequence[str], ctx: Context, params: Mapping[str, str]) -> Mapping[str, Choice]:
    """By exact number or name, as spreadsheets hold them; a name that two customers share names none."""
    rows = CUSTOMERS.at_hand(CUSTOMERS.rows(ctx.actor), ())
    found = {c.number: _choice(c) for c in rows.filter(number__in=codes)}
    named = list(rows.filter(party__name__in=[name for name in codes if name not in found]))
    count = Counter(c.party.name for c in named)
    return found | {c.party.name: _choice(c) for c in named if count[c.party.name] == 1}


def _choice(customer: Customer) -> Choice:
    extra = {"grade": customer.grade, "payment_days": customer.payment_days}
    return Choice(customer.pk, customer.party.name or customer.number, customer.number, extra)


picker(TYPE, find, resolve)
