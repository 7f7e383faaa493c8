"""People who speak for a customer, and the addresses where goods and invoices go."""

from __future__ import annotations

from typing import Any

from sellwell.foundation.customers import duplicates, identity, queries
from sellwell.foundation.customers.models import (
    Address,
    AddressKind,
    Contact,
    ContactWay,
    Customer,
    Influence,
    PurchaseRole,
)
from sellwell.foundation.customers.operations.inputs import Text40, Text80
from sellwell.kernel import personal
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.personal_values import read_phone
from sellwell.kernel.values import Objection, T


class OfCustomer(Input):
    """Whose it is. Stands first in the form."""

    customer: Ref("customers.customer") = field(T("客户", "Customer"))


# --- contacts ----------------------------------------------------------------------------------------------------------


class ContactData(Input):
    """What is known of a contact. When one is changed, an empty phone or e-mail keeps the one there is."""

    name: Text80 = field(T("姓名", "Name"), min_length=1)
    title: Text80 = field(T("职务", "Position"), "")
    phone: Text40 = field(T("电话", "Phone"), "")
    email: ShortText = field(T("邮箱", "E-mail"), "")
    is_primary: bool = field(T("主要联系人", "Primary contact"), False)
    purchase_role: PurchaseRole = field(T("采购中的角色", "Part in the purchase"), PurchaseRole.UNKNOWN)
    influence: Influence = field(T("影响力", "Influence"), Influence.UNKNOWN)
    prefers: ContactWay = field(T("偏好的联系方式", "Prefers to be reached by"), ContactWay.UNKNOWN)
    note: Text = field(T("备注", "Note"), "")


class AddContact(ContactData, OfCustomer):
    """A new contact of a customer."""


def _customer(row: Contact | Address | None, given: ContactData | AddressData) -> Customer:
    """The customer of the row at hand, or the one that a new row is for."""
    if row is not None:
        return row.customer
    return queries.customer(given.customer)  # type: ignore[union-attr]  # creations name the customer


def assess_contact(row: Contact | None, given: ContactData | None, ctx: Context) -> Assessment:
    """Phone and e-mail in their one form; the same ones elsewhere are told."""
    if given is None:
        return Assessment()
    keys, found = identity.read(given)
    customer = _customer(row, given)
    found += [o for o in duplicates.objections(ctx, keys, but=customer) if o.kind == "warn"]
    return Assessment(content={"customer": str(customer.pk)}, carry=(keys, customer), objections=tuple(found))


@operation(
    "customers.add_contact",
    T("添加联系人", "Add contact"),
    Contact,
    help=T(
        "登记客户方的联系人；电话与邮箱加密保存。",
        "Enters somebody who speaks for the customer; phone and e-mail are encrypted.",
    ),
    input=AddContact,
    creates=True,
    parent="customer",
    assess=assess_contact,
    clauses=["1.4.2"],
)
def add_contact(row: None, given: AddContact, ctx: Context, assessment: Assessment) -> Effects:
    """The contact; the first one of a customer is the primary one."""
    effects = Effects()
    keys, customer = assessment.carry
    is_first = not Contact.objects.filter(customer=customer).exists()
    contact_id = new_id()
    contact = Contact(
        id=contact_id,
        company_id=customer.company_id,
        customer=customer,
        name=given.name,
        title=given.title,
        note=given.note,
        purchase_role=given.purchase_role.value,
        influence=given.influence.value,
        prefers=given.prefers.value,
        is_primary=given.is_primary or is_first,
        **identity.sealed_phone(contact_id, keys.phone),
        **identity.sealed_email(contact_id, keys.email),
    )
    if contact.is_primary:
        _no_other_primary(effects, contact)
    effects.insert(contact)
    effects.search.append(contact)
    effects.result = contact
    return effects


@operation(
    "customers.change_contact",
    T("修改联系人", "Change contact"),
    Contact,
    help=T("修改联系人的姓名、职务、电话和邮箱。", "Changes a contact's name, position, phone and e-mail."),
    input=ContactData,
    assess=assess_contact,
    clauses=["1.4.2"],
)
def change_contact(contact: Contact, given: ContactData, ctx: Context, assessment: Assessment) -> Effects:
    """The contact's columns; at most one contact of a customer is the primary one."""
    effects = Effects()
    keys, _ = assessment.carry
    values: dict[str, Any] = {
        "name": given.name,
        "title": given.title,
        "note": given.note,
        "purchase_role": given.purchase_role.value,
        "influence": given.influence.value,
        "prefers": given.prefers.value,
        "is_primary": given.is_primary or contact.is_primary,
    }
    if keys.phone:
        values |= identity.sealed_phone(contact.pk, keys.phone)
    if keys.email:
        values |= identity.sealed_email(contact.pk, keys.email)
    if given.is_primary and not contact.is_primary:
        _no_other_primary(effects, contact)
    effects.update(contact, **values)
    effects.search.append(contact)
    return effects


def _no_other_primary(effects: Effects, contact: Contact) -> None:
    for other in Contact.objects.filter(customer=contact.customer, is_primary=True).exclude(pk=contact.pk):
        effects.update(other, is_primary=False)


# --- addresses ---------------------------------------------------------------------------------------------------------


class AddressData(Input):
    """An address. When one is changed, an empty phone keeps the one there is."""

    kind: AddressKind = field(T("用途", "Use"), AddressKind.DELIVERY)
    consignee: Text80 = field(T("收件人", "Consignee"), "")
    phone: Text40 = field(T("电话", "Phone"), "")
    province: Text40 = field(T("省", "Province"), "")
    city: Text40 = field(T("市", "City"), "")
    line: ShortText = field(T("详细地址", "Address"), min_length=1)
    is_default: bool = field(T("默认地址", "Default"), False)


class AddAddress(AddressData, OfCustomer):
    """A new address of a customer."""


def assess_address(row: Address | None, given: AddressData | None, ctx: Context) -> Assessment:
    """The consignee's phone in its one form."""
    if given is None:
        return Assessment()
    customer = _customer(row, given)
    phone = read_phone(given.phone) if given.phone else ""
    wrong = (phone.at("phone"),) if isinstance(phone, Objection) else ()
    return Assessment(content={"customer": str(customer.pk)}, carry=(phone, customer), objections=wrong)


@operation(
    "customers.add_address",
    T("添加地址", "Add address"),
    Address,
    help=T("登记收货或收票地址。", "Enters an address for goods or invoices."),
    input=AddAddress,
    creates=True,
    parent="customer",
    assess=assess_address,
    clauses=["1.4.2"],
)
def add_address(row: None, given: AddAddress, ctx: Context, assessment: Assessment) -> Effects:
    """The address; the first one of its kind is the default."""
    effects = Effects()
    phone, customer = assessment.carry
    is_first = not Address.objects.filter(customer=customer, kind=given.kind.value).exists()
    address = Address(
        id=new_id(),
        company_id=customer.company_id,
        customer=customer,
        phone=personal.seal(customer.party_id, phone) if phone else None,
        **_columns(given, given.is_default or is_first),
    )
    if address.is_default:
        _no_other_default(effects, address)
    effects.insert(address)
    effects.result = address
    return effects


@operation(
    "customers.change_address",
    T("修改地址", "Change address"),
    Address,
    help=T("修改收货或收票地址。", "Changes an address for goods or invoices."),
    input=AddressData,
    assess=assess_address,
    clauses=["1.4.2"],
)
def change_address(address: Address, given: AddressData, ctx: Context, assessment: Assessment) -> Effects:
    """The address's columns; at most one address of a kind is the default."""
    effects = Effects()
    phone, customer = assessment.carry
    values = _columns(given, given.is_default or (address.is_default and given.kind.value == address.kind))
    if phone:
        values["phone"] = personal.seal(customer.party_id, phone)
    effects.update(address, **values)
    if address.is_default:
        _no_other_default(effects, address)
    return effects


def _columns(given: AddressData, is_default: bool) -> dict[str, Any]:
    return {
        "kind": given.kind.value,
        "consignee": given.consignee,
        "province": given.province,
        "city": given.city,
        "line": given.line,
        "is_default": is_default,
    }


def _no_other_default(effects: Effects, address: Address) -> None:
    others = Address.objects.filter(customer_id=address.customer_id, kind=address.kind, is_default=True)
    for other in others.exclude(pk=address.pk):
        effects.update(other, is_default=False)
