"""Registering a deal: protected at once where nobody else is on it, else ruled upon (clause 1.3.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from sellwell.foundation.customers import identity
from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.customers.queries import customer as customer_of
from sellwell.kernel import clock, drafting, personal
from sellwell.kernel.effects import Effects, NewDeadline, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Amount, Code, Input, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, Refusal, T
from sellwell.selling.deals import policies, queries
from sellwell.selling.deals.models import Conflict, Registration, RegistrationState
from sellwell.selling.deals.rules import Deal

WHO = Reason(
    "deals.who",
    T("请选择客户，或填写尚未建档的客户名称。", "Choose a customer, or enter the name of one to be."),
)
MINE = Reason(
    "deals.mine",
    T(
        "您已报备过这笔生意：{number}。请在那里续期或补充进展。",
        "You registered this deal already: {number}. Renew it or add progress there.",
    ),
)
TAKEN = Reason(
    "deals.taken",
    T(
        "已有{what}{name}，由{holder}持有。提交后由无关的经理裁定归属。",
        "There is a {what} {name} held by {holder}. Once sent, a manager who is no party rules on it.",
    ),
)

Text40 = Annotated[ShortText, Field(max_length=40)]
Text120 = Annotated[ShortText, Field(max_length=120)]
Sum = Annotated[Amount, Field(gt=0)]


class Register(Input):
    """Which deal, and what shows that one works on it."""

    customer: Ref("customers.customer") | None = field(T("客户", "Customer"), None)
    name: Text120 = field(
        T("客户名称", "Name"), "", help=T("尚未建档的客户填写全称", "In full, where it is no customer yet")
    )
    uscc: Code = field(T("统一社会信用代码", "Social credit code"), "", max_length=18)
    phone: Text40 = field(T("客户电话", "Customer's phone"), "")
    product_line: Code = field(
        T("产品线", "Product line"),
        "",
        max_length=40,
        help=T("不填即整个客户", "The whole customer if empty"),
    )
    expected_amount: Sum = field(T("预计金额", "Expected amount"))
    evidence: Text = field(
        T("依据", "Evidence"),
        min_length=5,
        help=T("已做的工作：拜访、方案、客户需求", "What was done: visits, proposals, the customer's needs"),
    )
    proof: Ref("kernel.storedfile") | None = field(T("凭证", "Proof"), None)


@dataclass
class Reach:
    """How to reach the customer, as `identity.read` takes it: deals are not compared by e-mail."""

    phone: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """The deal as it is compared, with its keys and its customer."""

    deal: Deal
    keys: identity.Keys
    customer: Customer | None
    name: str


def assess_register(row: None, given: Register, ctx: Context) -> Assessment:
    """Keys in their one form; one's own registration refuses, claims of others are told, masked where one may not see."""
    keys, found = identity.read(Reach(given.phone), given.uscc)
    if (given.customer is None) == (not given.name):
        found.append(WHO.refuse(path="customer" if given.name else "name"))
        return Assessment(objections=tuple(found))
    customer = customer_of(given.customer) if given.customer is not None else None
    read = Read(
        queries.read_deal(customer, given.name, keys, given.product_line), keys, customer,
        customer.party.name if customer is not None else given.name,
    )  # fmt: skip
    found += _claims(read, ctx)
    content = {
        "customer": str(given.customer or ""), "product_line": given.product_line, "amount": given.expected_amount,
    }  # fmt: skip
    return Assessment(content=content, carry=read, objections=tuple(found))


def _claims(read: Read, ctx: Context) -> list[Objection]:
    found = []
    for overlap in queries.overlaps(ctx.company_id, read.deal, read.keys, read.name):
        if overlap.holder_id != ctx.user_id:
            found.append(TAKEN.warn(path="customer" if read.customer else "name", **overlap.words(ctx)))
        elif isinstance(overlap.row, Registration):
            found.append(MINE.refuse(path="customer" if read.customer else "name", number=overlap.row.number))
    return found


@operation(
    "deals.register",
    T("报备商机", "Register deal"),
    Registration,
    help=T(
        "报备正在跟进的生意，保护期内归报备人；与他人撞单的由经理裁定。",
        "Registers a deal that you work on: it is yours while protected. Where others claim it, a manager rules.",
    ),
    input=Register,
    creates=True,
    parent="customer",
    assess=assess_register,
    clauses=["1.3.2", "1.3.1"],
)
def register(row: None, given: Register, ctx: Context, assessment: Assessment) -> Effects:
    """Looked at again under the claim of its keys, so that of two at once one is protected and the other disputed."""
    effects, read = Effects(), assessment.carry
    queries.claim(ctx.company_id, read.deal)
    if late := [o for o in _claims(read, ctx) if o.kind == "refuse"]:
        raise Refusal(late)
    others = [
        o
        for o in queries.overlaps(ctx.company_id, read.deal, read.keys, read.name)
        if o.holder_id != ctx.user_id
    ]
    scope = {**drafting.scope_of_actor(ctx), "product_line": given.product_line}
    made = drafting.document(
        Registration, ctx, "RG", RegistrationState.DISPUTED, customer=read.customer, name=read.name, stem=read.deal.stem,
        area=read.deal.area, uscc=read.deal.uscc, phone_blind=read.deal.phone_blind,
        expected_amount=given.expected_amount, evidence=given.evidence, proof_id=given.proof, **scope,
    )  # fmt: skip
    if read.keys.phone:
        made.phone = personal.seal(made.subject(), read.keys.phone)
    if not others:
        made.state, made.protected_until = RegistrationState.PROTECTED.value, _end(made, ctx)
        effects.deadlines += deadlines_of(made, ctx)
    effects.insert(made)
    effects.search.append(made)
    if others:
        effects.insert(*(_conflict(made, overlap) for overlap in others))
        role = _ruler({o.row.region for o in others} | {made.region})
        effects.tasks.append(NewTask("deals.rule", made, role=role, working_hours=Decimal(16)))
    effects.result = made
    return effects


def _end(made: Registration, ctx: Context) -> Any:
    return ctx.today + timedelta(days=policies.protection(made.product_line, ctx).days)


def _conflict(made: Registration, overlap: queries.Overlap) -> Conflict:
    row: Any = overlap.row
    return Conflict(
        id=new_id(), company_id=made.company_id, registration=made, matched_by=overlap.matched_by,
        other=row if overlap.what is queries.REGISTRATION else None,
        customer=row if overlap.what is queries.CUSTOMER else None,
        opportunity=row if overlap.what is queries.OPPORTUNITY else None,
        holder_id=row.owner_id, department_path=row.department_path, region=row.region,
    )  # fmt: skip


def _ruler(regions: set[str]) -> str:
    """Within one region its manager rules; across regions only the sales manager stands above both."""
    return "regional_manager" if len(regions) == 1 and "" not in regions else "sales_manager"


def deadlines_of(made: Registration, ctx: Context) -> list[NewDeadline]:
    """The end of the protection, and the word before it."""
    if made.protected_until is None:
        return []
    warn = timedelta(days=policies.protection(made.product_line, ctx).warn_days)
    return [
        NewDeadline("deals.remind", made.pk, clock.day_begins(made.protected_until - warn)),
        NewDeadline("deals.expire", made.pk, clock.day_begins(made.protected_until)),
    ]


class LinkCustomer(Input):
    """Which customer the name has become."""

    customer: Ref("customers.customer") = field(T("客户", "Customer"))


TAKEN_NOW = Reason(
    "deals.taken_now",
    T(
        "这个客户已有{what}{name}，由{holder}持有。请撤回本报备后按该客户重新报备，由经理裁定。",
        "This customer has a {what} {name} held by {holder}. Withdraw this one and register the customer: a manager rules.",
    ),
)
LINKED = Reason("deals.linked", T("已关联客户。", "It is linked to a customer already."))
OTHER_NAME = Reason(
    "deals.other_name",
    T(
        "这个客户与报备的名称、电话和信用代码都不一致。请选择正确的客户。",
        "This customer has another name, phone and credit code than the registration. Choose the right one.",
    ),
)


def assess_link(row: Registration, given: LinkCustomer | None, ctx: Context) -> Assessment:
    """It has none yet, and the customer is the one that was registered."""
    if row.customer_id is not None:
        return Assessment(objections=(LINKED.refuse(),))
    if given is None:
        return Assessment()
    customer = customer_of(given.customer)
    mine = replace(queries.deal_of(row), product_line="")
    theirs = queries.read_deal(customer, "", identity.Keys(), row.product_line)
    if queries.rules.matched_by(mine, theirs) is None:
        return Assessment(objections=(OTHER_NAME.refuse(path="customer"),))
    if row.state == RegistrationState.PROTECTED.value and (rival := _rival(row, theirs, ctx)) is not None:
        return Assessment(objections=(TAKEN_NOW.refuse(path="customer", **rival.words(ctx)),))
    return Assessment(content={"customer": str(given.customer)}, carry=customer)


def _rival(row: Registration, deal: Deal, ctx: Context) -> queries.Overlap | None:
    """A registration of the customer by somebody else, with whom no ruling has shared this one."""
    shared = set(row.shares.values_list("user_id", flat=True))
    for overlap in queries.registered(ctx.company_id, deal, row.pk):
        if overlap.holder_id != row.owner_id and overlap.holder_id not in shared:
            return overlap
    return None


@operation(
    "deals.link_customer",
    T("关联客户", "Link customer"),
    Registration,
    help=T(
        "报备的单位建档后，把报备关联到该客户。", "Once the name is a customer, ties the registration to it."
    ),
    input=LinkCustomer,
    from_states=[RegistrationState.PROTECTED, RegistrationState.DISPUTED],
    assess=assess_link,
    clauses=["1.3.2"],
)
def link_customer(row: Registration, given: LinkCustomer, ctx: Context, assessment: Assessment) -> Effects:
    """From now on the party is the subject."""
    effects = Effects(result=row)
    effects.update(row, customer=assessment.carry)
    effects.search.append(row)
    return effects
