"""Large exports ask for leave; unusual looks raise an alarm that the privacy officer settles (clause 4.3.4)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from sellwell.foundation.company.queries import scope_columns
from sellwell.foundation.privacy import policies, watching
from sellwell.foundation.privacy.models import ExportPass, LookAlarm
from sellwell.foundation.privacy.rules.words import AlarmKind, AlarmState, Finding, Purpose
from sellwell.kernel import clock, takings
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Code, Input, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.takings import Leave, NoLeave
from sellwell.kernel.values import Reason, T
from sellwell.kernel.views import VIEWS

OPEN, SETTLED = AlarmState.OPEN, AlarmState.SETTLED
VALID_FOR = timedelta(hours=24)  # a pass counts so long from when it was approved
DAILY_WORK = T("日常工作", "daily work")
ASK = "privacy.ask_export"

NO_SUCH_LIST = Reason(
    "privacy.no_such_list",
    T("没有这个列表，或您无权导出它。", "There is no such list, or you may not export it."),
)
TOO_MANY = Reason(
    "privacy.export_needs_leave",
    T(
        "这次导出含 {rows} 人次的个人信息，连同今天已导出的，超过制度规定，须说明用途并经批准。请申请导出，或缩小范围、去掉含个人信息的列。",
        "{rows} rows with personal data, with those taken today, are more than the policy lets out. Ask for leave, narrow the list, or leave the personal columns out.",
    ),
)
Reasoned = Annotated[ShortText, StringConstraints(min_length=4)]


class AskExport(Input):
    """Which list, how many rows, what for."""

    view: Annotated[Code, StringConstraints(min_length=1)] = field(T("列表", "List"))
    rows: int = field(T("行数（至多）", "Rows (at most)"), ge=1, le=50_000)
    purpose: Purpose = field(T("用途", "Purpose"))
    reason: Reasoned = field(
        T("说明", "Reason"), help=T("审批人会看到；不写客户姓名", "Approvers see it; no names of customers")
    )


def assess_ask(row: None, given: AskExport, ctx: Context) -> Assessment:
    """A list that the asker may export; the rows are what the policy judges."""
    view = VIEWS.get(given.view)
    known = view is not None and ctx.actor.may(view.name) and ctx.actor.may(view.export)
    return Assessment(
        content={"view": given.view, "rows": given.rows, "purpose": given.purpose},
        objections=() if known else (NO_SUCH_LIST.refuse("view"),),
    )


@operation(
    ASK, T("申请导出个人信息", "Ask for an export"), ExportPass, input=AskExport, creates=True, assess=assess_ask,
    route=policies.EXPORTS, clauses=["4.3.4"],
    help=T("导出大量个人信息前说明用途；批准后 24 小时内可以导出，文件带水印。", "Say what a large export of personal data is for; once approved it may be taken for 24 hours, with a watermark."),
)  # fmt: skip
def ask_export(row: None, given: AskExport, ctx: Context, assessment: Assessment) -> Effects:
    """The pass counts from now: from the moment of approval where it was held."""
    made = ExportPass(
        company_id=ctx.company_id, user_id=ctx.user_id, view=given.view, rows=given.rows, purpose=given.purpose.value,
        reason=given.reason, made_at=ctx.now, until=ctx.now + VALID_FOR,
    )  # fmt: skip
    effects = Effects(result=made)
    effects.insert(made)
    return effects


@takings.leave_to_export.register("privacy")
def leave(ctx: Context, view: str, rows: int) -> Leave:
    """Small exports are daily work; larger ones need a pass for so many rows of this list that still counts.

    What was taken already counts along, for the day and for the pass: many small exports are one large one.
    """
    passes = ExportPass.objects.filter(
        company_id=ctx.company_id, user_id=ctx.user_id, view=view, rows__gte=rows, until__gt=ctx.now
    )
    held = list(passes.order_by("-made_at"))
    begins = min([one.made_at for one in held] + [clock.day_begins(ctx.today)])
    taken = watching.taken_out(ctx.company_id, ctx.user_id, begins, ctx.today)
    for one in held:
        if taken.by_pass.get(str(one.pk), 0) + rows <= one.rows:
            return Leave(Purpose(one.purpose).label, str(one.pk))
    if policies.needs_approval(ctx.company_id, ctx.today, taken.today + rows):
        raise NoLeave(TOO_MANY.refuse(rows=rows), ASK, {"view": view, "rows": str(rows)})
    return Leave(DAILY_WORK)


class Raise(Input):
    """Whose looks of which day were unusual, and how."""

    user: Ref("kernel.user") = field(T("人员", "Person"))
    day: date = field(T("日期", "Day"))
    kind: AlarmKind = field(T("类别", "Kind"))
    count: int = field(T("次数", "Count"), ge=1)
    limit: int = field(T("警戒数", "Limit"), ge=0)


@operation(
    "privacy.raise_alarm", T("异常查看报警", "Raise an alarm"), LookAlarm, input=Raise, creates=True, menu=False, channels=["job"],
    clauses=["4.3.4"], help=T("某人一天内查看或导出的个人信息超过警戒数，由法务核查。", "Somebody looked at or took out more than the limit on a day: legal looks into it."),
)  # fmt: skip
def raise_alarm(row: None, given: Raise, ctx: Context, assessment: Assessment) -> Effects:
    """One alarm a person, day and kind, and the officer's task."""
    made = LookAlarm(
        company_id=ctx.company_id, user_id=given.user, department_path=_department(given.user, ctx), day=given.day,
        kind=given.kind.value, count=given.count, limit=given.limit, raised_at=ctx.now,
    )  # fmt: skip
    effects = Effects(result=made)
    effects.insert(made)
    effects.tasks.append(NewTask("privacy.settle_alarm", made, role="legal"))
    return effects


def _department(user_id: UUID, ctx: Context) -> str:
    return str((scope_columns(user_id, ctx.company_id, ctx.today) or {}).get("department_path", ""))


class Settle(Input):
    """What it was."""

    finding: Finding = field(T("结论", "Finding"))
    words: Annotated[ShortText, StringConstraints(min_length=2)] = field(T("说明", "Words"))


OWN_ALARM = Reason(
    "privacy.own_alarm", T("不能核查自己的报警，请由他人办理。", "Nobody settles an alarm about themselves.")
)


def assess_settle(row: LookAlarm, given: Settle | None, ctx: Context) -> Assessment:
    """By somebody else."""
    return Assessment(objections=(OWN_ALARM.refuse(),) if row.user_id == ctx.user_id else ())


@operation(
    "privacy.settle_alarm", T("核查报警", "Settle an alarm"), LookAlarm, input=Settle, from_states=[OPEN], assess=assess_settle,
    clauses=["4.3.4"], help=T("核对查看记录，问明原因，记下结论。", "Look at the log, ask why, note what it was."),
)  # fmt: skip
def settle_alarm(row: LookAlarm, given: Settle, ctx: Context, assessment: Assessment) -> Effects:
    """Settled, by whom and when."""
    effects = Effects(result=row)
    effects.update(
        row, state=SETTLED.value, finding=given.finding.value, words=given.words, settled_by_id=ctx.user_id,
        settled_at=ctx.now,
    )  # fmt: skip
    return effects
