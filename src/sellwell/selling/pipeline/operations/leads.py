"""Leads: from a first contact to a customer with an opportunity, or not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from sellwell.foundation.company.queries import department, scope_columns
from sellwell.foundation.customers import duplicates, identity
from sellwell.foundation.customers.queries import Customer, PartyKind, holders
from sellwell.kernel import access, directory, door, drafting, personal
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Amount, Code, Input, Name, Ref, ShortText, Text, field
from sellwell.kernel.models import User
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.personal_values import mask_name
from sellwell.kernel.values import Objection, Reason, Refusal, T
from sellwell.selling.pipeline import queries, splitting
from sellwell.selling.pipeline.models import Lead, LeadSource, LeadState, Opportunity

OPEN_LEAD = Reason(
    "pipeline.open_lead",
    T(
        "此{key}已有未了结的线索“{lead}”，负责人：{owner}。",
        "There is an open lead “{lead}” with this {key}, owner {owner}.",
    ),
)
IS_CUSTOMER = Reason(
    "pipeline.lead_is_customer",
    T(
        "此{key}属于客户“{customer}”，负责人：{owner}。",
        "This {key} belongs to the customer “{customer}”, owner {owner}.",
    ),
)
NO_WAY_TO_REACH = Reason(
    "pipeline.lead_unreachable",
    T("请至少填写电话或邮箱中的一项。", "Enter a phone number or an e-mail address."),
)
NAME_TAKEN = Reason(
    "pipeline.choose_customer",
    T("请选择已有客户，或填写新客户的名称。", "Choose a customer, or enter the name of the new one."),
)
NOT_IN_COMPANY = Reason(
    "pipeline.assignee",
    T(
        "此人今天在公司没有任职。请选择在职同事。",
        "This person has no post in the company today. Choose somebody else.",
    ),
)

NOBODY_QUALIFIES = Reason(
    "pipeline.nobody_qualifies",
    T(
        "“{department}”没有可承接线索的人员（{roles}）。请选择其他部门，或先设置岗位。",
        "Nobody in “{department}” can take the lead over ({roles}). Choose another department, or set up the posts first.",
    ),
)

Text40 = Annotated[ShortText, Field(max_length=40)]
Text80 = Annotated[ShortText, Field(max_length=80)]


class AddLead(Input):
    """Somebody who may become a customer."""

    name: Name = field(T("名称", "Name"), help=T("单位或个人", "Organisation or person"))
    contact_name: Text80 = field(T("联系人", "Contact"), "")
    phone: Text40 = field(T("电话", "Phone"), "")
    email: ShortText = field(T("邮箱", "E-mail"), "")
    source: LeadSource = field(T("来源", "Source"), LeadSource.ENTRY)
    need: Text = field(T("需求", "Need"), "")


def assess_add(row: None, given: AddLead, ctx: Context) -> Assessment:
    """Phone and e-mail in their one form; an open lead with the same refuses, a customer with the same is told.

    A stranger at the web form is told nothing of what we know; the duplicate shows on the lead instead.
    """
    keys, found = identity.read(given)
    if not given.phone and not given.email:
        found.append(NO_WAY_TO_REACH.refuse(path="phone"))
    if not ctx.actor.is_system:
        found += _known(ctx, keys)
    path = drafting.scope_of_actor(ctx)["department_path"]
    where = _step(splitting.LeadStep.COLLECT, path, given.source.value)
    return Assessment(content={"source": given.source}, context=where, carry=keys, objections=tuple(found))


def _step(step: splitting.LeadStep, path: str, source: str) -> dict[str, str]:
    """What the split of leads asks about (guard `pipeline.lead_split`); kept with the act, for evidence and replay."""
    return {"lead_step": step.value, "department_path": path, "source": source}


def _known(ctx: Context, keys: identity.Keys) -> list[Objection]:
    phone = personal.blind(keys.phone, "phone") if keys.phone else ""
    email = personal.blind(keys.email, "email") if keys.email else ""
    found = []
    for lead in queries.open_leads(ctx.company_id, phone, email):
        key = "phone" if phone and lead.phone_blind == phone else "email"
        visible = access.cell_for(ctx.actor, "pipeline.leads", lead) is not None
        name = lead.name if visible else mask_name(lead.name)
        found.append(
            OPEN_LEAD.refuse(path=key, key=duplicates.KEY_NAMES[key], lead=name, owner=lead.owner.name)
        )
    for match in holders(ctx.company_id, keys):
        about = duplicates.who(ctx, match.customer)
        found.append(IS_CUSTOMER.warn(path=match.key, key=duplicates.KEY_NAMES[match.key], **about))
    return found


@operation(
    "pipeline.add_lead",
    T("新建线索", "Add lead"),
    Lead,
    help=T(
        "登记一条销售线索；电话或邮箱相同的未了结线索不重复登记。",
        "Enters a lead; an open one with the same phone or e-mail is not entered twice.",
    ),
    input=AddLead,
    creates=True,
    assess=assess_add,
    clauses=["1.4.3", "1.4.2"],
)
def add_lead(row: None, given: AddLead, ctx: Context, assessment: Assessment) -> Effects:
    """The lead, with the task to make contact within a working day; leads of the web form go to who has fewest."""
    effects, keys = Effects(), assessment.carry
    identity.claim(ctx.company_id, keys)
    if not ctx.actor.is_system and (late := [o for o in _known(ctx, keys) if o.kind == "refuse"]):
        raise Refusal(late)  # entered by somebody else since the assessment
    lead = drafting.document(
        Lead, ctx, "LD", LeadState.NEW, name=given.name, contact_name=given.contact_name, need=given.need,
        source=given.source.value, **(_scope_of(receiver(ctx), ctx) if ctx.actor.is_system else {}),
    )  # fmt: skip
    phone = identity.sealed_phone(lead.pk, keys.phone)
    lead.phone, lead.phone_blind = phone["phone"], phone["phone_blind"]
    email = identity.sealed_email(lead.pk, keys.email)
    lead.email, lead.email_blind = email["email"], email["email_blind"]
    effects.insert(lead)
    effects.search.append(lead)
    effects.tasks.append(NewTask("pipeline.contact_lead", lead, working_hours=Decimal(8)))
    effects.result = lead
    return effects


# Who gets what strangers send in: whose step it is by the split; where nobody holds that, whoever there is.
RECEIVERS = ("marketing", "rep", "sales_manager", "executive", "administrator")
NOBODY = Reason(
    "pipeline.no_receiver",
    T(
        "公司没有能接收线索的人员。请先设置岗位。",
        "Nobody in the company can receive leads. Set up the roles first.",
    ),
)


def receiver(ctx: Context) -> UUID:
    """The person with the fewest open leads among the holders of the first role that anybody holds."""
    party = splitting.party_of(splitting.LeadStep.COLLECT, "", LeadSource.WEB.value, ctx)
    for role in dict.fromkeys((*party.roles, *RECEIVERS)):
        people = directory.current().holders(role, ctx.company_id, "", ctx.today)
        if people:
            loads = queries.open_lead_counts(people)
            return min(people, key=lambda user: (loads.get(user, 0), user))
    raise Refusal(NOBODY.refuse())


def _scope_of(user_id: UUID, ctx: Context) -> dict[str, Any]:
    """Owner and scope columns for a person's post in the company."""
    found = scope_columns(user_id, ctx.company_id, ctx.today)
    if found is None:
        raise Refusal(NOT_IN_COMPANY.refuse(path="owner"))
    return found


class AssignLead(Input):
    """Who takes the lead over."""

    owner: Ref("kernel.user") = field(T("负责人", "Owner"))


def assess_assign(lead: Lead, given: Any, ctx: Context) -> Assessment:
    """Whose step it is, the guard says."""
    where = _step(splitting.LeadStep.HAND_OVER, lead.department_path, lead.source)
    return Assessment(context=where)


@operation(
    "pipeline.assign_lead",
    T("分派线索", "Assign lead"),
    Lead,
    help=T("把线索交给负责跟进的同事。", "Gives the lead to the colleague who follows it up."),
    input=AssignLead,
    from_states=[LeadState.NEW, LeadState.CONTACTED],
    assess=assess_assign,
    clauses=["1.3.2"],
)
def assign_lead(lead: Lead, given: AssignLead, ctx: Context, assessment: Assessment) -> Effects:
    """New owner and scope; the open task moves with the lead."""
    return _passed_on(lead, given.owner, ctx)


def _passed_on(lead: Lead, owner_id: UUID, ctx: Context, **also: Any) -> Effects:
    """New owner and scope, and the next step as the owner's task."""
    effects = Effects(result=lead)
    effects.update(lead, **_scope_of(owner_id, ctx), **also)
    lead.owner = User.objects.get(pk=owner_id)
    verb = "contact_lead" if lead.state == LeadState.NEW.value else "qualify_lead"
    effects.drop_tasks.append(lead.pk)
    effects.tasks.append(NewTask(f"pipeline.{verb}", lead, owner_id=owner_id, working_hours=Decimal(8)))
    return effects


class HandOverLead(Input):
    """To which department a lead goes; who takes it there follows from the split and from what each has in hand."""

    department: Ref("company.department") = field(
        T("承接部门", "Department"),
        help=T("由分工中负责转化的人员承接。", "Whoever qualifies leads there takes it."),
    )
    note: Text = field(T("交接说明", "Note"), "")


def assess_hand_over(lead: Lead, given: HandOverLead | None, ctx: Context) -> Assessment:
    """Somebody of the roles that qualify leads in that department: the one with the fewest open leads."""
    where = _step(splitting.LeadStep.HAND_OVER, lead.department_path, lead.source)
    if given is None:
        return Assessment(context=where)
    target = department(given.department)
    party = splitting.party_of(splitting.LeadStep.QUALIFY, target.path, lead.source, ctx)
    people = sorted(_holders(party.roles, target.path, ctx) - {lead.owner_id})
    if not people or target.company_id != ctx.company_id:
        objection = NOBODY_QUALIFIES.refuse(path="department", department=target.name, roles=party.words)
        return Assessment(context=where, objections=(objection,))
    loads = queries.open_lead_counts(people)
    return Assessment(context=where, carry=min(people, key=lambda user: (loads.get(user, 0), user)))


def _holders(roles: Iterable[str], path: str, ctx: Context) -> set[UUID]:
    """Who holds one of these roles in a department or below it."""
    people = directory.current()
    return {
        user
        for role in roles
        for user in people.holders(role, ctx.company_id, "", ctx.today)
        if any(
            p.role == role and p.company_id == ctx.company_id and p.department_path.startswith(path)
            for p in people.posts(user, ctx.today)
        )
    }


@operation(
    "pipeline.hand_over_lead",
    T("移交线索", "Hand lead over"),
    Lead,
    help=T(
        "把线索移交给某部门；按线索分工由负责转化的人员承接，并得到下一步待办。",
        "Hands a lead to a department: by the split of leads whoever qualifies there takes it, with the next step as a task.",
    ),
    input=HandOverLead,
    from_states=[LeadState.NEW, LeadState.CONTACTED],
    assess=assess_hand_over,
    clauses=["1.3.2"],
)
def hand_over_lead(lead: Lead, given: HandOverLead, ctx: Context, assessment: Assessment) -> Effects:
    """The receiving side owns it from now on."""
    said = {"outcome": given.note} if given.note else {}
    return _passed_on(lead, assessment.carry, ctx, **said)


class ContactLead(Input):
    """What came of the contact."""

    outcome: Text = field(T("联系结果", "Outcome"), min_length=2)


@operation(
    "pipeline.contact_lead",
    T("记录联系", "Record contact"),
    Lead,
    help=T("记录与线索的联系结果。", "Records what came of contacting the lead."),
    input=ContactLead,
    from_states=[LeadState.NEW, LeadState.CONTACTED],
    clauses=["1.4.3"],
)
def contact_lead(lead: Lead, given: ContactLead, ctx: Context, assessment: Assessment) -> Effects:
    """Contacted; next it is qualified or given up."""
    effects = Effects(result=lead)
    effects.update(lead, state=LeadState.CONTACTED.value, outcome=given.outcome)
    effects.tasks.append(NewTask("pipeline.qualify_lead", lead, working_hours=Decimal(24)))
    return effects


class QualifyLead(Input):
    """The customer that the lead becomes, chosen or new, and the opportunity."""

    customer: Ref("customers.customer") | None = field(T("已有客户", "Existing customer"), None)
    name: Annotated[ShortText, Field(max_length=120)] = field(T("新客户名称", "New customer's name"), "")
    kind: PartyKind = field(T("主体", "Party"), PartyKind.ORGANISATION)
    uscc: Annotated[Code, Field(max_length=30)] = field(T("统一社会信用代码", "Social credit code"), "")
    title: Annotated[ShortText, Field(min_length=1, max_length=120)] = field(T("商机名称", "Opportunity"))
    expected_amount: Annotated[Amount, Field(ge=0)] = field(T("预计金额", "Expected amount"), Decimal(0))
    expected_close: date | None = field(T("预计成交日", "Expected close"), None)


def assess_qualify(lead: Lead, given: QualifyLead | None, ctx: Context) -> Assessment:
    """Either a customer that is there, or the name of a new one. Whose step it is, the guard says."""
    where = _step(splitting.LeadStep.QUALIFY, lead.department_path, lead.source)
    if given is None:
        return Assessment(context=where)
    wrong = () if given.customer or given.name else (NAME_TAKEN.refuse(path="name"),)
    content = {
        "customer": str(given.customer) if given.customer else "",
        "expected_amount": given.expected_amount,
    }
    return Assessment(content=content, context=where, objections=wrong)


@operation(
    "pipeline.qualify_lead",
    T("转为客户与商机", "Qualify lead"),
    Lead,
    help=T(
        "把线索转为客户和商机：选择已有客户，或登记新客户（同样查重）。",
        "Makes the lead a customer with an opportunity: an existing customer, or a new one (checked for duplicates).",
    ),
    input=QualifyLead,
    from_states=[LeadState.NEW, LeadState.CONTACTED],
    assess=assess_qualify,
    nested=["customers.add", "pipeline.add_opportunity"],
    clauses=["1.4.3", "1.4.2", "1.1.5"],
)
def qualify_lead(lead: Lead, given: QualifyLead, ctx: Context, assessment: Assessment) -> Effects:
    """The customer (new ones through `customers.add`), the opportunity, and the link between lead and opportunity."""
    effects = Effects()
    customer_id = given.customer or _new_customer(lead, given, ctx).pk
    opportunity: Opportunity = door.run(
        "pipeline.add_opportunity", ctx, None,
        {
            "customer": customer_id, "title": given.title, "needs": lead.need,
            "expected_amount": given.expected_amount, "expected_close": given.expected_close,
        },
    ).result  # fmt: skip
    effects.update(lead, state=LeadState.QUALIFIED.value, customer_id=customer_id)
    effects.links.append((lead, opportunity))
    effects.drop_tasks.append(lead.pk)
    effects.result = opportunity
    return effects


def _new_customer(lead: Lead, given: QualifyLead, ctx: Context) -> Customer:
    phone, email = personal.open_many([lead.phone, lead.email])
    data = {
        "name": given.name,
        "kind": given.kind.value,
        "uscc": given.uscc,
        "phone": phone or "",
        "email": email or "",
        "contact_name": lead.contact_name,
        "contact_phone": phone or "" if lead.contact_name else "",
        "owner": lead.owner_id,
    }
    customer: Customer = door.run("customers.add", ctx, None, data).result
    return customer


class Discard(Input):
    """Why it leads nowhere."""

    reason: Text = field(T("原因", "Reason"), min_length=2)


@operation(
    "pipeline.discard_lead",
    T("放弃线索", "Discard lead"),
    Lead,
    help=T(
        "线索无效或客户没有意向，说明原因后了结。",
        "The lead is void or there is no interest: closed with its reason.",
    ),
    input=Discard,
    from_states=[LeadState.NEW, LeadState.CONTACTED],
    danger=True,
    clauses=["1.4.3"],
)
def discard_lead(lead: Lead, given: Discard, ctx: Context, assessment: Assessment) -> Effects:
    """Discarded; its tasks are dropped."""
    effects = Effects(result=lead)
    effects.update(lead, state=LeadState.DISCARDED.value, outcome=given.reason)
    effects.drop_tasks.append(lead.pk)
    return effects
