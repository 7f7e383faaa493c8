"""Groups of companies: which party belongs to which, since when (clause 1.4.2)."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from sellwell.foundation.customers import queries
from sellwell.foundation.customers.models import LIVE, Customer, GroupMembership
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Ref, field
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import Reason, T

ITS_OWN = Reason(
    "customers.group_itself", T("客户不能是自己的上级。", "A customer cannot be its own parent.")
)
CYCLE = Reason(
    "customers.group_cycle",
    T(
        "“{parent}”本身是它的下级，不能反过来做上级。",
        "“{parent}” belongs to this customer itself and cannot be its parent.",
    ),
)
PERSON = Reason("customers.group_person", T("个人不属于集团。", "A person belongs to no group of companies."))
TOO_EARLY = Reason(
    "customers.group_since",
    T(
        "开始日期须晚于现有关系的开始日期 {since}。",
        "It must begin after the present membership, which began on {since}.",
    ),
)
NO_PARENT = Reason("customers.group_none", T("该客户没有上级单位。", "This customer has no parent."))
MERGED_PARENT = Reason(
    "customers.group_merged",
    T(
        "所选上级单位已并入其他客户，请选择保留下来的那一个。",
        "That parent was merged into another customer. Choose the one that stayed.",
    ),
)
ENDS_EARLY = Reason(
    "customers.group_until", T("结束日期须晚于开始日期 {since}。", "It must end after it began on {since}.")
)


class SetParent(Input):
    """The parent and the first day of the membership."""

    parent: Ref("customers.customer") = field(T("上级单位", "Parent"))
    since: date | None = field(T("自", "Since"), None, help=T("不填即今天", "Today if empty"))


def present(customer: Customer, day: date) -> GroupMembership | None:
    """The membership of a customer's party that holds on a day, or begins later: the last one."""
    ends_later = Q(until__isnull=True) | Q(until__gt=day)
    return GroupMembership.objects.filter(ends_later, child_id=customer.party_id).order_by("since").last()


def lock_group(row: Customer, given: SetParent | None, ctx: Context) -> list[Lock]:
    """Both customers, so that two people cannot close a circle at once."""
    return [lock("document", Customer, [row.pk, *([given.parent] if given else [])])]


def assess_parent(customer: Customer, given: SetParent | None, ctx: Context) -> Assessment:
    """No circle, no person, and nothing that begins before what is there."""
    if given is None:
        return Assessment()
    since = given.since or ctx.today
    parent, now = queries.customer(given.parent), present(customer, since)
    found = []
    if parent.party_id == customer.party_id:
        found.append(ITS_OWN.refuse(path="parent"))
    elif customer.party_id in queries.above(parent.party_id, since):
        found.append(CYCLE.refuse(path="parent", parent=parent.party.name))
    if "person" in (parent.party.kind, customer.party.kind):
        found.append(PERSON.refuse(path="parent"))
    if parent.merged_into_id:
        found.append(MERGED_PARENT.refuse(path="parent"))
    if now is not None and since <= now.since:
        found.append(TOO_EARLY.refuse(path="since", since=now.since))
    content = {"customer": str(customer.pk), "parent": str(parent.pk), "since": since}
    return Assessment(content=content, carry=(parent, now, since), objections=tuple(found))


@operation(
    "customers.set_parent",
    T("设定上级单位", "Set the parent"),
    Customer,
    help=T(
        "登记客户属于哪家上级单位，自哪天起；集团的往来据此汇总。",
        "Says which parent a customer belongs to and since when; business rolls up along it.",
    ),
    input=SetParent,
    from_states=LIVE,
    assess=assess_parent,
    lock_keys=lock_group,
    menu=False,  # offered where the group is shown
    clauses=["1.4.2"],
)
def set_parent(customer: Customer, given: SetParent, ctx: Context, assessment: Assessment) -> Effects:
    """The earlier membership ends on the day that the new one begins."""
    effects = Effects(result=customer)
    parent, now, since = assessment.carry
    if now is not None:
        effects.update(now, until=since)
    effects.insert(GroupMembership(id=new_id(), parent=parent.party, child=customer.party, since=since))
    return effects


class LeaveGroup(Input):
    """The first day on which the customer no longer belongs to its parent."""

    until: date | None = field(
        T("至（不含）", "Until (exclusive)"), None, help=T("不填即今天", "Today if empty")
    )


def assess_leave(customer: Customer, given: LeaveGroup | None, ctx: Context) -> Assessment:
    """There is something to end, and it began before."""
    now = present(customer, ctx.today)
    if now is None:
        return Assessment(objections=(NO_PARENT.refuse(),))
    until = (given.until if given else None) or ctx.today
    found = (ENDS_EARLY.refuse(path="until", since=now.since),) if given and until <= now.since else ()
    return Assessment(
        content={"customer": str(customer.pk), "until": until}, carry=(now, until), objections=found
    )


@operation(
    "customers.leave_group",
    T("脱离上级单位", "Leave the parent"),
    Customer,
    help=T(
        "登记客户自哪天起不再属于上级单位。", "Says since when a customer no longer belongs to its parent."
    ),
    input=LeaveGroup,
    from_states=LIVE,
    assess=assess_leave,
    menu=False,
    clauses=["1.4.2"],
)
def leave_group(customer: Customer, given: LeaveGroup, ctx: Context, assessment: Assessment) -> Effects:
    """The membership gets its end; what rolled up before stays as it was."""
    effects = Effects(result=customer)
    now, until = assessment.carry
    effects.update(now, until=until)
    return effects
