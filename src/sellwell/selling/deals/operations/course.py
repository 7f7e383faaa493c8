"""The course of a protection: the word before its end, renewal with progress, its end, and what came of the deal."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sellwell.kernel import clock
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Input, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, State, T
from sellwell.selling.deals import policies
from sellwell.selling.deals.models import Registration, RegistrationState
from sellwell.selling.deals.operations.register import deadlines_of

NO_MORE = Reason(
    "deals.no_more_renewals",
    T(
        "这笔报备已续期 {count} 次，不能再续。请了结，或到期后重新报备。",
        "It was renewed {count} times; no more is possible. Settle it, or register again when it has ended.",
    ),
)
STILL = Reason(
    "deals.still_protected",
    T("保护期到 {day} 才结束。", "It is protected until {day}."),
)


@operation(
    "deals.remind",
    T("提醒到期", "Tell of the end"),
    Registration,
    help=T("保护期结束前提醒报备人续期或了结。", "Before the protection ends, asks to renew or settle."),
    from_states=[RegistrationState.PROTECTED],
    menu=False,
    channels=["job", "api", "cli"],
    clauses=["1.3.3"],
)
def remind(row: Registration, given: Input, ctx: Context, assessment: Assessment) -> Effects:
    """A task for whoever registered: renew while that is possible, else settle."""
    effects = Effects(result=row)
    more = policies.protection(row.product_line, ctx).renewals > row.renewals
    if row.protected_until is not None:
        last = datetime.combine(row.protected_until - timedelta(days=1), time(18), clock.BUSINESS_ZONE)
        effects.tasks.append(
            NewTask("deals.renew" if more else "deals.settle", row, due_at=max(last, ctx.now))
        )
    return effects


class Renew(Input):
    """What has moved since."""

    progress: Text = field(T("进展", "Progress"), min_length=5)


def assess_renew(row: Registration, given: Renew | None, ctx: Context) -> Assessment:
    """Not more often than the policy allows."""
    allowed = policies.protection(row.product_line, ctx).renewals
    wrong = (NO_MORE.refuse(count=row.renewals),) if row.renewals >= allowed else ()
    return Assessment(content={"renewals": row.renewals}, objections=wrong)


@operation(
    "deals.renew",
    T("续期", "Renew"),
    Registration,
    help=T("写明进展，保护期延长一次。", "Says what has moved; the protection goes on."),
    input=Renew,
    from_states=[RegistrationState.PROTECTED],
    assess=assess_renew,
    clauses=["1.3.2"],
)
def renew(row: Registration, given: Renew, ctx: Context, assessment: Assessment) -> Effects:
    """As many days more, from the end that there was."""
    effects = Effects(result=row)
    days = timedelta(days=policies.protection(row.product_line, ctx).days)
    until = max(row.protected_until or ctx.today, ctx.today) + days
    effects.update(row, protected_until=until, renewals=row.renewals + 1, progress=given.progress)
    effects.deadlines += deadlines_of(row, ctx)
    return effects


def assess_expire(row: Registration, given: Input | None, ctx: Context) -> Assessment:
    """Its day has come."""
    is_early = row.protected_until is not None and ctx.today < row.protected_until
    return Assessment(objections=(STILL.refuse(day=row.protected_until),) if is_early else ())


@operation(
    "deals.expire",
    T("到期失效", "Expire"),
    Registration,
    help=T(
        "保护期结束而没有续期，其他人可以报备。", "The protection ended without renewal: others may register."
    ),
    from_states=[RegistrationState.PROTECTED],
    assess=assess_expire,
    menu=False,
    channels=["job", "api", "cli"],
    clauses=["1.3.2"],
)
def expire(row: Registration, given: Input, ctx: Context, assessment: Assessment) -> Effects:
    """Over; its task is dropped."""
    effects = Effects(result=row)
    effects.update(row, state=RegistrationState.EXPIRED.value)
    effects.drop_tasks.append(row.pk)
    return effects


class SettledAs(State):
    """What came of a deal."""

    WON = "won", T("成交", "Won")
    LOST = "lost", T("未成交", "Lost")


class Settle(Input):
    """How it ended."""

    result: SettledAs = field(T("结果", "Result"))
    outcome: Text = field(T("说明", "What came of it"), min_length=2)


@operation(
    "deals.settle",
    T("了结报备", "Settle"),
    Registration,
    help=T("生意成交或不成，了结报备。", "The deal was won or came to nothing: the registration is closed."),
    input=Settle,
    from_states=[RegistrationState.PROTECTED],
    clauses=["1.3.2"],
)
def settle(row: Registration, given: Settle, ctx: Context, assessment: Assessment) -> Effects:
    """Closed with its result."""
    effects = Effects(result=row)
    effects.update(
        row, state=RegistrationState.SETTLED.value, outcome=f"{given.result.label.zh}：{given.outcome}"
    )
    return _over(effects, row)


class Withdraw(Input):
    """Why."""

    reason: Text = field(T("原因", "Reason"), min_length=2)


@operation(
    "deals.withdraw",
    T("撤回报备", "Withdraw"),
    Registration,
    help=T("不再跟进，放弃保护。", "You no longer work on it: the protection is given up."),
    input=Withdraw,
    from_states=[RegistrationState.PROTECTED, RegistrationState.DISPUTED],
    danger=True,
    clauses=["1.3.2"],
)
def withdraw(row: Registration, given: Withdraw, ctx: Context, assessment: Assessment) -> Effects:
    """Given up."""
    effects = Effects(result=row)
    effects.update(row, state=RegistrationState.WITHDRAWN.value, outcome=given.reason)
    return _over(effects, row)


def _over(effects: Effects, row: Registration) -> Effects:
    effects.drop_tasks.append(row.pk)
    effects.drop_deadlines.append(row.pk)
    return effects


class Comment(Input):
    """A note on the record."""

    text: Text = field(T("备注", "Note"), min_length=1)


@operation(
    "deals.comment",
    T("写备注", "Add a note"),
    Registration,
    help=T("在时间线上写一条备注。", "Writes a note on the timeline."),
    input=Comment,
    while_held=True,
    menu=False,
    clauses=["1.3.2"],
)
def comment(row: Registration, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """The ledger entry is the note."""
    return Effects(result=row)
