"""Entering and changing customers: identity keys proved, duplicates refused (clause 1.4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sellwell.foundation.company.queries import scope_columns
from sellwell.foundation.customers import choosing, duplicates, identity, policies, queries, rules
from sellwell.foundation.customers.models import (
    LIVE,
    Address,
    Contact,
    Customer,
    CustomerState,
    Grade,
    Party,
    PartyKind,
    SalesChannel,
    WhereFrom,
)
from sellwell.foundation.customers.operations.inputs import Industry, Text40, Text60, Text80, Uscc
from sellwell.kernel import drafting, numbering
from sellwell.kernel import policies as judges
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Name, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.personal_values import read_phone
from sellwell.kernel.values import Objection, Reason, Refusal, State, T

MISSING = Reason(
    "customers.required",
    T("客户制度要求填写{field}。请尽快补充。", "The customer policy asks for the {field}. Add it soon."),
)
FIELD_NAMES = {**duplicates.KEY_NAMES, "contact_name": T("联系人", "contact")}


class AddCustomer(Input):
    """A new customer, with its first contact and delivery address if they are known."""

    name: Name = field(
        T("客户名称", "Name"), help=T("营业执照上的全称，个人填姓名", "In full, as on the licence")
    )
    kind: PartyKind = field(T("主体", "Party"), PartyKind.ORGANISATION)
    uscc: Uscc = field(T("统一社会信用代码", "Social credit code"), "")
    phone: Text40 = field(T("电话", "Phone"), "")
    email: ShortText = field(T("邮箱", "E-mail"), "")
    short_name: Text60 = field(T("简称", "Short name"), "")
    industry: Industry = field(T("行业", "Industry"), "")
    channel: SalesChannel = field(T("渠道", "Channel"), SalesChannel.DIRECT)
    contact_name: Text80 = field(T("联系人", "Contact"), "")
    contact_title: Text80 = field(T("联系人职务", "Contact's position"), "")
    contact_phone: Text40 = field(T("联系人电话", "Contact's phone"), "")
    province: Text40 = field(T("省", "Province"), "")
    city: Text40 = field(T("市", "City"), "")
    address: ShortText = field(T("收货地址", "Delivery address"), "")
    note: Text = field(T("备注", "Note"), "")
    owner: Ref("kernel.user") | None = field(
        T("负责人", "Owner"), None, help=T("不填即为本人", "Yourself if empty")
    )


@dataclass(frozen=True, slots=True)
class Read:
    """The keys of a new customer in their one form."""

    keys: identity.Keys
    contact_phone: str = ""


def assess_add(row: None, given: AddCustomer, ctx: Context) -> Assessment:
    """Keys, duplicates and what the customer policy requires."""
    keys, found = identity.read(given, given.uscc, given.kind)
    contact_phone = ""
    if given.contact_phone:
        read = read_phone(given.contact_phone)
        if isinstance(read, Objection):
            found.append(read.at("contact_phone"))
        else:
            contact_phone = read
    found += duplicates.objections(ctx, keys, given.name)
    found += [
        MISSING.warn(path=name, field=FIELD_NAMES.get(name, T(name, name)))
        for name in _missing(given, keys, ctx)
    ]
    content = {"kind": given.kind, "channel": given.channel, "keys": ",".join(keys.named)}
    return Assessment(content=content, carry=Read(keys, contact_phone), objections=tuple(found))


def _missing(given: AddCustomer, keys: identity.Keys, ctx: Context) -> list[str]:
    facts = {"kind": str(given.kind), "channel": str(given.channel)}
    required = str(judges.judge(policies.REQUIRED, ctx, facts).outputs.get("fields") or "")
    return rules.missing_fields(required, [*keys.named, *(["contact_name"] if given.contact_name else [])])


@operation(
    "customers.add",
    T("新建客户", "Add customer"),
    Customer,
    help=T(
        "登记一个客户。信用代码、电话、邮箱相同的客户不会登记两次；名称相近时提醒。",
        "Enters a customer. The same social credit code, phone or e-mail is never entered twice; similar names are told.",
    ),
    input=AddCustomer,
    creates=True,
    assess=assess_add,
    clauses=["1.4.2", "1.3.2"],
)
def add(row: None, given: AddCustomer, ctx: Context, assessment: Assessment) -> Effects:
    """The party (found again by its code where the group knows it), the customer, its first contact and address."""
    effects, read = Effects(), assessment.carry
    identity.claim(ctx.company_id, read.keys)
    if late := duplicates.exact(ctx, read.keys):  # entered by somebody else since the assessment
        raise Refusal(late)
    party = _party(given, read.keys, effects)
    customer = Customer(
        id=new_id(),
        company_id=ctx.company_id,
        party=party,
        state=CustomerState.ACTIVE.value,
        grade=Grade.C.value,
        industry=given.industry,
        channel=given.channel.value,
        note=given.note,
        origin="import" if ctx.channel == "import" else "entry",
        business_date=ctx.today,
        created_at=ctx.now,
        number=numbering.draw(ctx.company_id, "CU", ctx.today.year)[0],
        **scope_of(ctx, given.owner),
    )
    effects.insert(customer)
    if given.contact_name:
        effects.insert(_contact(given, read, customer))
    if given.address:
        effects.insert(_address(given, customer))
    choosing.note_sources(effects, ctx, customer, choosing.filled(customer), choosing.way_of(ctx))
    effects.search.append(customer)
    effects.result = customer
    return effects


def scope_of(ctx: Context, owner_id: UUID | None) -> dict[str, Any]:
    """Owner and scope columns: those of the named owner's post, or the actor's own."""
    if owner_id is None or owner_id == ctx.user_id:
        return drafting.scope_of_actor(ctx)
    found = drafting.scope_of_actor(ctx, owner_id)
    found |= scope_columns(owner_id, ctx.company_id, ctx.today) or {}
    return found


def _party(given: AddCustomer, keys: identity.Keys, effects: Effects) -> Party:
    if (known := queries.known_party(keys.uscc)) is not None:
        return known
    party_id = new_id()
    party = Party(
        id=party_id,
        kind=given.kind.value,
        name=given.name,
        short_name=given.short_name,
        uscc=keys.uscc or None,
        **identity.sealed_phone(party_id, keys.phone),
        **identity.sealed_email(party_id, keys.email),
    )
    effects.insert(party)
    return party


def _contact(given: AddCustomer, read: Read, customer: Customer) -> Contact:
    contact_id = new_id()
    return Contact(
        id=contact_id,
        company_id=customer.company_id,
        customer=customer,
        name=given.contact_name,
        title=given.contact_title,
        is_primary=True,
        **identity.sealed_phone(contact_id, read.contact_phone),
    )


def _address(given: AddCustomer, customer: Customer) -> Address:
    return Address(
        id=new_id(),
        company_id=customer.company_id,
        customer=customer,
        consignee=given.contact_name or given.name[:80],
        province=given.province,
        city=given.city,
        line=given.address,
        is_default=True,
    )


# --- changing ----------------------------------------------------------------------------------------------------------


class Clearable(State):
    """Keys that can be taken away from a customer."""

    USCC = "uscc", T("统一社会信用代码", "Social credit code")
    PHONE = "phone", T("电话", "Phone")
    EMAIL = "email", T("邮箱", "E-mail")


class ChangeCustomer(Input):
    """A customer's own data. An empty phone or e-mail leaves the one there is: to take one away, tick it."""

    name: Name = field(T("客户名称", "Name"))
    short_name: Text60 = field(T("简称", "Short name"), "")
    uscc: Uscc = field(T("统一社会信用代码", "Social credit code"), "")
    phone: Text40 = field(
        T("新电话", "New phone"), "", help=T("不填即保持不变", "Empty keeps the one there is")
    )
    email: ShortText = field(
        T("新邮箱", "New e-mail"), "", help=T("不填即保持不变", "Empty keeps the one there is")
    )
    remove: list[Clearable] = field(T("清除", "Take away"), default_factory=list)
    industry: Industry = field(T("行业", "Industry"), "")
    channel: SalesChannel = field(T("渠道", "Channel"), SalesChannel.DIRECT)
    note: Text = field(T("备注", "Note"), "")
    source: WhereFrom | None = field(
        T("新内容来自", "The new values are from"), None, help=T("不填即手工录入", "Typed by you if empty")
    )


def assess_change(customer: Customer, given: ChangeCustomer | None, ctx: Context) -> Assessment:
    """New keys and the customers that may hold them already."""
    if given is None:
        return Assessment()
    keys, found = identity.read(given, given.uscc, customer.party.kind)
    renamed = given.name if given.name != customer.party.name else ""
    found += duplicates.objections(ctx, keys, renamed, but=customer)
    content = {"customer": str(customer.pk), "channel": given.channel, "keys": ",".join(keys.named)}
    return Assessment(content=content, carry=keys, objections=tuple(found))


# A change of the party alone is a change of the customer too: whoever edits an older version is told.
_RAISE = (
    "UPDATE customers_customer SET version = version + 1 WHERE id = %s"
    " RETURNING new.id, to_jsonb(old), to_jsonb(new)"
)


@operation(
    "customers.change",
    T("修改客户", "Change customer"),
    Customer,
    help=T(
        "修改名称、信用代码、电话、邮箱、行业和备注。",
        "Changes name, social credit code, phone, e-mail, industry and note.",
    ),
    input=ChangeCustomer,
    from_states=LIVE,
    assess=assess_change,
    clauses=["1.4.2"],
)
def change(customer: Customer, given: ChangeCustomer, ctx: Context, assessment: Assessment) -> Effects:
    """The party's and the customer's columns; keys are claimed so that two changes cannot give one key twice."""
    effects, keys = Effects(), assessment.carry
    identity.claim(ctx.company_id, keys)
    if late := duplicates.exact(ctx, keys, customer.party_id):
        raise Refusal(late)
    values: dict[str, Any] = {"name": given.name, "short_name": given.short_name}
    if keys.uscc or Clearable.USCC in given.remove:
        values["uscc"] = None if Clearable.USCC in given.remove else keys.uscc
    if keys.phone or Clearable.PHONE in given.remove:
        values |= identity.sealed_phone(
            customer.party_id, "" if Clearable.PHONE in given.remove else keys.phone
        )
    if keys.email or Clearable.EMAIL in given.remove:
        values |= identity.sealed_email(
            customer.party_id, "" if Clearable.EMAIL in given.remove else keys.email
        )
    differing = choosing.differing(
        customer, values | {"industry": given.industry, "channel": given.channel.value, "note": given.note}
    )
    effects.update(customer.party, **values)
    before = customer.version
    effects.update(customer, industry=given.industry, channel=given.channel.value, note=given.note)
    if effects.changes and customer.version == before:
        effects.execute(Customer, _RAISE, [customer.pk])
        customer.version += 1
    source = given.source.value if given.source is not None else choosing.way_of(ctx)
    choosing.note_sources(effects, ctx, customer, differing, source)
    effects.search.append(customer)
    return effects


class Comment(Input):
    """A note on the record."""

    text: Text = field(T("备注", "Note"), min_length=1)


@operation(
    "customers.comment",
    T("写备注", "Add a note"),
    Customer,
    help=T("在时间线上写一条备注，不改变客户。", "Writes a note on the timeline; nothing else changes."),
    input=Comment,
    while_held=True,
    menu=False,
    clauses=["1.4.2"],
)
def comment(customer: Customer, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """The ledger entry is the note."""
    return Effects(result=customer)
