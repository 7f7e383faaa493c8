"""Personal data of customers: shown for a reason, erased on demand; each leaves a ledger entry."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sellwell.foundation.customers import queries
from sellwell.foundation.customers.extensions import open_business
from sellwell.foundation.customers.models import LIVE, Contact, Customer
from sellwell.kernel import personal, takings
from sellwell.kernel.effects import Effects
from sellwell.kernel.inputs import Code, Input, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, State, T

OPEN_BUSINESS = Reason(
    "customers.open_business",
    T(
        "还有 {count} 笔未了结的{what}。请先办结，再删除个人信息。",
        "There are {count} open {what}. Finish them before personal data is erased.",
    ),
)


REVEALED = T("客户号码", "Numbers of a customer")


class RevealReason(State):
    """What a number is needed for."""

    CALL = "call", T("业务联系", "Business call")
    DELIVERY = "delivery", T("送货联系", "Delivery")
    COLLECTION = "collection", T("催收货款", "Collection")
    REQUEST = "request", T("客户本人要求", "The customer's own request")


class Reveal(Input):
    """Why the numbers are needed."""

    purpose: RevealReason = field(T("用途", "Purpose"))
    reason: Text = field(T("说明", "Reason"), min_length=2)


@operation(
    "customers.reveal",
    T("查看完整号码", "Reveal numbers"),
    Customer,
    help=T(
        "查看客户及联系人的完整电话与邮箱，须说明用途；每次查看都记入台账，15 分钟内有效。",
        "Shows phone numbers and e-mail addresses in full for 15 minutes. Say why: each time is kept in the ledger.",
    ),
    input=Reveal,
    from_states=LIVE,
    while_held=True,
    clauses=["1.4.2"],
)
def reveal(customer: Customer, given: Reveal, ctx: Context, assessment: Assessment) -> Effects:
    """The ledger entry is the permission (see `queries.revealed_to`); `customer.revealed` carries the numbers."""
    contacts = list(Contact.objects.filter(customer=customer).order_by("-is_primary", "-id"))
    phones = personal.open_many([customer.party.phone, *(c.phone for c in contacts)])
    emails = personal.open_many([customer.party.email, *(c.email for c in contacts)])
    names = [customer.party.name, *(c.name for c in contacts)]
    takings.revealed(ctx, REVEALED, customer.pk, given.purpose.label, len(names))
    customer.revealed = [  # type: ignore[attr-defined]
        {"name": name, "phone": phone or "", "email": email or ""}
        for name, phone, email in zip(names, phones, emails, strict=True)
    ]
    return Effects(result=customer)


class ErasureGround(State):
    """Why personal data is erased (personal information protection law, article 47)."""

    REQUEST = "request", T("本人要求", "The person's request")
    WITHDRAWN = "withdrawn", T("撤回同意", "Consent withdrawn")
    PURPOSE_MET = "purpose_met", T("目的已实现", "Purpose met")


class Erase(Input):
    """Why, and under which file number the request is kept. No free text: it would be erased with the rest."""

    ground: ErasureGround = field(T("依据", "Ground"))
    reference: Annotated[Code, Field(min_length=1)] = field(
        T("申请编号", "Request number"), help=T("不要填写姓名或电话", "No names or numbers of people")
    )


def assess_erase(customer: Customer, given: Erase | None, ctx: Context) -> Assessment:
    """Open business must be finished first: its documents need the names."""
    found = []
    for _, count_open in open_business:
        what, count = count_open(customer)
        if count:
            found.append(OPEN_BUSINESS.refuse(what=what, count=count))
    return Assessment(content={"customer": str(customer.pk)}, objections=tuple(found))


@operation(
    "customers.erase",
    T("删除个人信息", "Erase personal data"),
    Customer,
    help=T(
        "永久删除客户的名称、联系人、电话、邮箱、地址等个人信息，无法恢复；依法须保存的单据和金额保留。",
        "Erases names, contacts, numbers and addresses for good. Documents and amounts that the law asks for stay.",
    ),
    input=Erase,
    from_states=LIVE,
    assess=assess_erase,
    danger=True,
    clauses=["1.4.2"],
)
def erase(customer: Customer, given: Erase, ctx: Context, assessment: Assessment) -> Effects:
    """The erasers of all rooms blank what stands in clear; then the keys of the party and of its contacts are destroyed.
    So it is for all that were merged into this customer: they are the same person."""
    effects = Effects(result=customer)
    for one in [customer, *queries.customers(set(queries.lineage(customer.pk)) - {customer.pk}).values()]:
        effects.update(one.party, erased_at=ctx.now, uscc=None)
        personal.erase(one.party_id)
    customer.party.refresh_from_db()
    return effects


@operation(
    "customers.erase_contact",
    T("删除联系人的个人信息", "Erase a contact's personal data"),
    Contact,
    help=T(
        "永久删除一位联系人的姓名、职务、电话、邮箱等个人信息，无法恢复；客户及其单据保留。",
        "Erases one contact's name, position and numbers for good. The customer and its documents stay.",
    ),
    input=Erase,
    danger=True,
    clauses=["4.3.4"],
)
def erase_contact(contact: Contact, given: Erase, ctx: Context, assessment: Assessment) -> Effects:
    """The contact is its own subject: its columns are blanked in all rooms and its key is destroyed."""
    effects = Effects(result=contact)
    if contact.is_primary:
        effects.update(contact, is_primary=False)
    personal.erase(contact.pk)
    contact.refresh_from_db()
    return effects
