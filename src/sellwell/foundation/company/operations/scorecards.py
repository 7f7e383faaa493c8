"""Default scorecards of positions: written by human resources, approved by somebody else, from a day on (2.1.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max

from sellwell.foundation.company.models import Scorecard, ScorecardState
from sellwell.foundation.company.rules import scorecards as rules
from sellwell.foundation.company.rules.scorecards import Direction, Measure, Metric
from sellwell.kernel.effects import Effects
from sellwell.kernel.inputs import Input, Ref, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T, plain_number

DRAFT, APPROVED = ScorecardState.DRAFT, ScorecardState.APPROVED
WEIGHTS = Reason(
    "company.scorecard_weights",
    T(
        "权重合计为 {total}%，须为 100%。请调整各项权重。",
        "The weights add up to {total} %. Make them 100 %.",
    ),
)
TWICE = Reason(
    "company.scorecard_twice",
    T("“{metric}”出现两次，请合并为一行。", "“{metric}” is named twice. Keep one line of it."),
)
HAS_DRAFT = Reason(
    "company.scorecard_draft",
    T(
        "该岗位已有一份待批准的记分卡（第 {number} 版）。请先批准或撤回它。",
        "A draft waits for this position (version {number}). Approve or withdraw it first.",
    ),
)
TOO_EARLY = Reason(
    "company.scorecard_early",
    T(
        "新版本须在今天或以后生效，并晚于已批准版本的生效日 {last}。",
        "A new version begins today or later, and after the approved one of {last}.",
    ),
)
OWN_DRAFT = Reason(
    "company.scorecard_own",
    T("起草人不能批准自己的记分卡，请由他人批准。", "Who wrote it does not approve it; ask a colleague."),
)


class ScorecardLine(Input):
    """A figure with its weight."""

    metric: Metric = field(T("指标", "Figure"))
    weight: Decimal = field(T("权重（%）", "Weight (%)"), gt=0, le=100, max_digits=5, decimal_places=2)
    direction: Direction = field(T("方向", "Direction"), Direction.UP)


class WriteScorecard(Input):
    """The next version for a position."""

    position: Ref("company.position") = field(T("岗位", "Position"))
    since: date = field(T("生效日期", "In force from"))
    measures: list[ScorecardLine] = field(T("指标", "Figures"), min_length=1, max_length=10)


def _measures(given: WriteScorecard) -> tuple[Measure, ...]:
    return tuple(Measure(one.metric.value, one.weight, one.direction.value) for one in given.measures)


def _too_early(position: Any, since: date, ctx: Context) -> list[Objection]:
    """A version begins neither in the past nor before the one that it follows."""
    approved = Scorecard.objects.filter(position=position, state=APPROVED.value)
    last = approved.aggregate(last=Max("since"))["last"]
    if since < ctx.today or (last is not None and since <= last):
        return [TOO_EARLY.refuse(path="since", last=last or ctx.today)]
    return []


def assess_write(row: None, given: WriteScorecard, ctx: Context) -> Assessment:
    """Weights make the whole, no figure twice, no other draft, and a day that is still to come."""
    measures = _measures(given)
    objections: list[Objection] = _too_early(given.position, given.since, ctx)
    if (total := rules.total(measures)) != rules.WHOLE:
        objections.append(WEIGHTS.refuse(path="measures", total=plain_number(total)))
    if double := rules.twice(measures):
        objections.append(TWICE.refuse(path="measures", metric=Metric(double).label))
    versions = Scorecard.objects.filter(position=given.position)
    draft = versions.filter(state=DRAFT.value).values_list("number", flat=True).first()
    if draft is not None:
        objections.append(HAS_DRAFT.refuse(path="position", number=draft))
    number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
    return Assessment(
        content={"position": str(given.position)}, carry=(number, measures), objections=tuple(objections)
    )


@operation(
    "company.write_scorecard", T("起草记分卡", "Write scorecard"), Scorecard, input=WriteScorecard, creates=True,
    assess=assess_write, clauses=["2.1.1"],
    help=T("为岗位起草默认记分卡的新版本；由他人批准后按日生效。", "The next version of a position's scorecard; it holds once a colleague approved it."),
)  # fmt: skip
def write_scorecard(row: None, given: WriteScorecard, ctx: Context, assessment: Assessment) -> Effects:
    """The draft."""
    number, measures = assessment.carry
    kept = [
        {"metric": m.metric, "weight": plain_number(m.weight), "direction": m.direction} for m in measures
    ]
    made = Scorecard(
        position_id=given.position, number=number, measures=kept, since=given.since, written_by_id=ctx.user_id
    )
    effects = Effects(result=made)
    effects.insert(made)
    return effects


def assess_approve(row: Scorecard, given: Any, ctx: Context) -> Assessment:
    """Not by who wrote it, and not for days that have passed."""
    objections = _too_early(row.position_id, row.since, ctx)
    if row.written_by_id == ctx.user_id:
        objections.append(OWN_DRAFT.refuse())
    return Assessment(content={"measures": row.measures}, objections=tuple(objections))


@operation(
    "company.approve_scorecard", T("批准记分卡", "Approve scorecard"), Scorecard, from_states=[DRAFT], assess=assess_approve,
    clauses=["2.1.1"],
    help=T("批准后按生效日期适用，上一版同日失效。", "It holds from its day on; the version before ends on that day."),
)  # fmt: skip
def approve_scorecard(row: Scorecard, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """It follows the version that holds, day by day."""
    effects = Effects(result=row)
    before = Scorecard.objects.select_for_update().filter(
        position=row.position_id, state=APPROVED.value, until=None
    )
    for one in before:
        effects.update(one, until=row.since)
    effects.update(row, state=APPROVED.value, approved_by_id=ctx.user_id)
    return effects


@operation(
    "company.withdraw_scorecard", T("撤回记分卡", "Withdraw scorecard"), Scorecard, from_states=[DRAFT], danger=True,
    clauses=["2.1.1"], help=T("草稿不再提交；记录保留。", "The draft is given up; the record stays."),
)  # fmt: skip
def withdraw_scorecard(row: Scorecard, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """It never holds."""
    effects = Effects(result=row)
    effects.update(row, state=ScorecardState.WITHDRAWN.value)
    return effects
