"""Who looks after a customer beside its owner: role, share of the result, days (clauses 1.3.2, 1.4.2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from sellwell.foundation.customers import queries
from sellwell.foundation.customers.models import Customer, TeamMember, TeamRole
from sellwell.foundation.customers.operations.places import OfCustomer
from sellwell.foundation.customers.rules import team as rules
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Ref, field
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import Reason, T

Share = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]
ENDED = Reason(
    "customers.team_ended", T("该成员已于 {until} 退出团队。", "This member left the team on {until}.")
)
NO_LONGER = Reason(
    "customers.team_longer",
    T(
        "该成员的期限到 {until} 为止，此处只能提前结束。要延长，请另行添加。",
        "This place ends on {until}; here it can only end earlier. To prolong it, add another place.",
    ),
)
IS_OWNER = Reason("customers.team_owner", T("负责人不必加入团队。", "The owner need not join the team."))


class AddMember(OfCustomer):
    """Somebody joins the team of a customer."""

    user: Ref("kernel.user") = field(T("成员", "Member"))
    role: TeamRole = field(T("分工", "Role"), TeamRole.SALES)
    share: Share = field(
        T("份额（%）", "Share (%)"),
        Decimal(0),
        help=T("同一天各成员份额合计不超过 100", "Shares of one day add up to at most 100"),
    )
    since: date | None = field(T("自", "Since"), None, help=T("不填即今天", "Today if empty"))
    until: date | None = field(T("至（不含）", "Until (exclusive)"), None)


def lock_team(row: None, given: AddMember | None, ctx: Context) -> list[Lock]:
    """The customer: two people cannot share out the same percent at once."""
    return [lock("parent", Customer, [given.customer])] if given else []


def assess_member(row: None, given: AddMember, ctx: Context) -> Assessment:
    """Dates, nobody twice on one day, and shares of at most 100 on every day."""
    customer = queries.customer(given.customer)
    since = given.since or ctx.today
    places = [
        rules.Place(str(m.user_id), m.share, m.since, m.until)
        for m in TeamMember.objects.filter(customer=customer)
    ]
    wanted = rules.Place(str(given.user), given.share, since, given.until)
    found = rules.objections(places, wanted)
    if given.user == customer.owner_id:
        found.append(IS_OWNER.refuse(path="user"))
    content = {"customer": str(customer.pk), "user": str(given.user), "share": given.share, "since": since}
    return Assessment(content=content, carry=(customer, since), objections=tuple(found))


@operation(
    "customers.add_member",
    T("加入团队成员", "Add a team member"),
    TeamMember,
    help=T(
        "让同事协同跟进客户：他能看到此客户，到期自动失效。",
        "A colleague looks after the customer too: sees it, for the days that are set.",
    ),
    input=AddMember,
    creates=True,
    parent="customer",
    assess=assess_member,
    lock_keys=lock_team,
    clauses=["1.3.2", "1.4.2"],
)
def add_member(row: None, given: AddMember, ctx: Context, assessment: Assessment) -> Effects:
    """A place in the team; the right to see the customer follows from it."""
    effects = Effects()
    customer, since = assessment.carry
    effects.result = member = TeamMember(
        id=new_id(), company_id=customer.company_id, customer=customer, user_id=given.user, role=given.role.value,
        share=given.share, since=since, until=given.until,
    )  # fmt: skip
    effects.insert(member)
    return effects


class EndMember(Input):
    """The first day without the member."""

    until: date | None = field(
        T("至（不含）", "Until (exclusive)"), None, help=T("不填即今天", "Today if empty")
    )


def assess_end(member: TeamMember, given: EndMember | None, ctx: Context) -> Assessment:
    """A place that has not ended yet, and a day after it began."""
    until = (given.until if given else None) or max(ctx.today, rules.day_after(member.since))
    found = []
    if member.until is not None and member.until <= ctx.today:
        found.append(ENDED.refuse(until=member.until))
    elif given is not None and until <= member.since:
        found.append(rules.ENDS_BEFORE.refuse(path="until"))
    elif given is not None and member.until is not None and until > member.until:
        found.append(NO_LONGER.refuse(path="until", until=member.until))
    return Assessment(
        content={"customer": str(member.customer_id), "until": until}, carry=until, objections=tuple(found)
    )


@operation(
    "customers.end_member",
    T("退出团队", "Leave the team"),
    TeamMember,
    help=T(
        "成员自某天起不再跟进此客户，也不再看到它。",
        "From a day on the member no longer looks after the customer, nor sees it.",
    ),
    input=EndMember,
    assess=assess_end,
    clauses=["1.3.2"],
)
def end_member(member: TeamMember, given: EndMember, ctx: Context, assessment: Assessment) -> Effects:
    """The place gets its end; the row stays as history."""
    effects = Effects(result=member)
    effects.update(member, until=assessment.carry)
    return effects
