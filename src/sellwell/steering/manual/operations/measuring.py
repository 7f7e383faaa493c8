"""Measuring conformance: by the calendar and on demand (clause 1.1.1)."""

from __future__ import annotations

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
MONTHS = 7  # this month and half a year before it


class Measure(Input):
    """How far back."""

    months: int = field(T("回溯月数", "Months"), MONTHS, ge=1, le=36)


def assess_measuring(row: None, given: Measure | None, ctx: Context) -> Assessment:
    """Something was done since the last time."""
    objections = (NOTHING_NEW.warn(),) if conformance.is_up_to_date(ctx.company_id, ctx.today) else ()
    return Assessment(objections=objections)


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
    months = conformance.months_to_measure(company, ctx.today, given.months)
    if assessment.objections and not set(months) - set(
        conformance.rules.months_back(ctx.today, conformance.FRESH)
    ):
        months = []
    rows = conformance.measure(company, months, ctx.today)
    run = Run(
        id=new_id(), company_id=company, as_of=ctx.today, at=ctx.now, ledger_seq=seq, months=len(months),
        figures=len(rows), failures=sum(1 for r in rows if r.failed),
    )  # fmt: skip
    effects = Effects(result=run)
    effects.insert(run)
    return effects
