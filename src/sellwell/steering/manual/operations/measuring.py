"""Measuring conformance: by the calendar and on demand (clause 1.1.1)."""

from __future__ import annotations

from datetime import date

from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T
from sellwell.steering.manual import conformance
from sellwell.steering.manual.models import Run

NOTHING_NEW = Reason(
    "manual.nothing_new",
    T(
        "自上次计算以来没有新的业务记录，数字就是最新的。",
        "Nothing was done since the last measuring: the figures are as of now.",
    ),
)
MONTH_AHEAD = Reason(
    "manual.month_ahead",
    T("{month} 还没有开始。请选择今天或更早的日期。", "{month} has not begun. Choose a day up to today."),
)
MONTHS = 7  # this month and half a year before it


class Measure(Input):
    """How far back, or one month."""

    months: int = field(T("回溯月数", "Months"), MONTHS, ge=1, le=36)
    only: date | None = field(
        T("只算某月", "One month only"), None, help=T("该月的任何一天", "Any day of the month")
    )


def assess_measuring(row: None, given: Measure | None, ctx: Context) -> Assessment:
    """Something was done since the last time. A month that was asked for by itself is measured all the same."""
    if given is not None and given.only is not None:
        month = given.only.replace(day=1)
        objections = (MONTH_AHEAD.refuse(path="only", month=f"{month:%Y-%m}"),) if month > ctx.today else ()
        return Assessment(carry=[month], objections=objections)
    months = conformance.out_of_date(ctx.company_id, ctx.today, given.months if given else MONTHS)
    return Assessment(carry=months, objections=() if months else (NOTHING_NEW.warn(),))


@operation(
    "manual.measure",
    T("计算合规数字", "Measure conformance"),
    Run,
    help=T(
        "向每项证据提问，按月、按部门记下今天的结果；没有新业务时不重复计算。每天自动办理。",
        "Ask every evidence by month and department and keep today's answers; nothing new, nothing measured. Done by itself daily.",
    ),
    input=Measure,
    creates=True,
    channels=("web", "api", "cli", "job"),  # a run of figures is no row of a file
    assess=assess_measuring,
    clauses=["1.1.1"],
)
def measure(row: None, given: Measure, ctx: Context, assessment: Assessment) -> Effects:
    """Measure what is not up to date. Figures are derived and stand outside the ledger; the run is in it."""
    company, seq = ctx.company_id, conformance.ledger_end(ctx.company_id)
    months: list[date] = assessment.carry
    rows = conformance.measure(company, months, ctx.today)
    run = Run(
        id=new_id(), company_id=company, as_of=ctx.today, at=ctx.now, ledger_seq=seq, months=len(months),
        measured=months, figures=len(rows), failures=sum(1 for r in rows if r.failed),
    )  # fmt: skip
    effects = Effects(result=run)
    effects.insert(run)
    return effects
