"""Whose data an input is about: a customer, or one of its contacts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sellwell.foundation.customers import queries as customers
from sellwell.foundation.customers.people import Somebody, people_of
from sellwell.kernel.inputs import Input, Ref, field
from sellwell.kernel.values import Objection, Reason, T

OTHER_CUSTOMER = Reason(
    "privacy.other_customer",
    T("此联系人不属于该客户，请重新选择。", "This contact is of another customer. Choose again."),
)
ORGANISATION = Reason(
    "privacy.organisation",
    T(
        "单位本身不是个人信息主体。请选择联系人。",
        "An organisation is no person: choose one of its contacts.",
    ),
)
FORGOTTEN = Reason(
    "privacy.forgotten", T("此人的个人信息已删除。", "The personal data of this person was erased.")
)


class OfWhom(Input):
    """The person. Stands first in the form."""

    customer: Ref("customers.customer") = field(T("客户", "Customer"))
    contact: Ref("customers.contact") | None = field(
        T("联系人", "Contact"), None, help=T("客户是单位时填写；客户本人是个人时不填", "Who speaks for an organisation; empty for a customer who is a person")
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """The person that an input names, with the customer row for its scope."""

    somebody: Somebody
    customer: customers.Customer


def find(customer_id: UUID, contact_id: UUID | None) -> tuple[Found | None, list[Objection]]:
    """The person, and what speaks against it."""
    customer = customers.customer(customer_id)
    wanted = contact_id or customer.party_id
    somebody = next((one for one in people_of(customer_id) if one.subject_id == wanted), None)
    if somebody is None:
        return None, [OTHER_CUSTOMER.refuse(path="contact")]
    if somebody.is_organisation:
        return None, [ORGANISATION.refuse(path="contact")]
    if somebody.is_erased:
        return None, [FORGOTTEN.refuse(path="contact" if contact_id else "customer")]
    return Found(somebody, customer), []
