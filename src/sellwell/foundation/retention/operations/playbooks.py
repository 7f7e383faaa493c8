"""The scores of a day; playbooks: made, started, applied to the latest scores, judged, ended (clause 4.2.5)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.retention import queries, rules, scoring
from sellwell.foundation.retention.models import (
    UNDER_WAY,
    Arm,
    Intervention,
    InterventionState,
    Method,
    Playbook,
    PlaybookState,
    Run,
    Score,
)
from sellwell.kernel import calendar, clock
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Amount, Code, Input, Name, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T

DRAFT, ACTIVE = PlaybookState.DRAFT, PlaybookState.ACTIVE
MOST_AT_ONCE = 500  # cases that one application opens: more than people can call in three days anyway

SCORED_TODAY = Reason(
    "retention.scored_today",
    T("今天已评分，明天可再次计算。", "Scores were computed today; they can be again tomorrow."),
)
NOTHING_BOUGHT = Reason(
    "retention.nothing_bought",
    T(
        "还没有成交记录，无法评分。有订单确认后再试。",
        "Nothing was bought yet, so there is nothing to score. Try again once orders are confirmed.",
    ),
)
CODE_TAKEN = Reason(
    "retention.code_taken",
    T("代码 {code} 已被使用。请换一个。", "The code {code} is taken. Choose another one."),
)
NO_SCORES = Reason(
    "retention.no_scores", T("还没有评分。请先计算评分。", "There are no scores yet. Compute them first.")
)


# --- scores ------------------------------------------------------------------------------------------------------------


def assess_score(row: None, given: Any, ctx: Context) -> Assessment:
    """Once a day, and only where something was bought."""
    if Run.objects.filter(company_id=ctx.company_id, on=ctx.today).exists():
        return Assessment(objections=(SCORED_TODAY.refuse(),))
    if not queries.has_purchases(ctx.company_id):
        return Assessment(objections=(NOTHING_BOUGHT.refuse(),))
    return Assessment()


@operation(
    "retention.score", T("计算流失评分", "Compute churn scores"), Run, creates=True, assess=assess_score, clauses=["4.2.5"],
    help=T(
        "为所有购买过的客户计算价值与流失风险，并在留出时段上检验各种方法，采用最好的一种。每周自动计算。",
        "Value and churn risk of everybody who bought; every method is judged on time held back and the best is used. Done weekly by itself.",
    ),
)  # fmt: skip
def score(row: None, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The run, and a line per customer. The lines are derived and outnumber everything: they stand in no ledger."""
    scored = scoring.score(queries.purchases(ctx.company_id, ctx.today), ctx.today)
    run = _run(scored, ctx)
    effects = Effects(result=run)
    for former in Run.objects.filter(company_id=ctx.company_id, is_latest=True):
        effects.update(former, is_latest=False)
    effects.insert(run)
    live = Customer.objects.filter(company_id=ctx.company_id, merged_into__isnull=True)
    known = set(live.values_list("pk", flat=True))
    Score.objects.bulk_create(
        (_line(run, line) for line in scored.lines if line.customer_id in known), batch_size=2000
    )
    return effects


def _run(scored: scoring.Scored, ctx: Context) -> Run:
    chosen = scored.chosen
    run = Run(
        company_id=ctx.company_id, on=ctx.today, horizon=scoring.HORIZON, model_version=scoring.VERSION,
        method=chosen.name if chosen else Method.RHYTHM.value, customers=len(scored.lines), made_at=ctx.now,
        parameters=dict(scored.parameters),
    )  # fmt: skip
    if chosen:
        quality = chosen.quality
        run.learnt_on, run.judged_on, run.judged = chosen.learnt_on, chosen.judged_on, quality.count
        run.base_rate, run.calibration = (
            Decimal(f"{quality.base_rate:.6f}"),
            Decimal(f"{quality.calibration:.6f}"),
        )
        run.auc = None if quality.auc is None else Decimal(f"{quality.auc:.6f}")
        run.qualities = {
            name: {
                "auc": None if one.auc is None else f"{one.auc:.4f}",
                "calibration": f"{one.calibration:.4f}",
                "brier": f"{one.brier:.4f}",
            }
            for name, one in chosen.qualities.items()
        }
    return run


def _line(run: Run, line: scoring.Line) -> Score:
    facts = line.facts
    return Score(
        id=new_id(), company_id=run.company_id, run=run, customer_id=line.customer_id, level=line.level, risk=line.risk,
        urgency=line.urgency, purchases=facts.purchases, idle=facts.idle, gap=facts.gap, lately=facts.lately, before=facts.before,
        alive=line.alive, expected=line.expected, spending=line.spending, value=line.value,
    )  # fmt: skip


# --- playbooks ---------------------------------------------------------------------------------------------------------


class PlaybookContent(Input):
    """For whom, what and by when."""

    name: Name = field(T("名称", "Name"), max_length=80)
    advice: Text = field(
        T("做什么", "What to do"), min_length=1, max_length=1000,
        help=T("负责人联系客户时照此办理。", "What the owner does when getting in touch."),
    )  # fmt: skip
    level: Literal["high", "medium"] = field(T("风险达到", "Risk from"), "high")
    grades: list[Literal["A", "B", "C", "D"]] = field(
        T("客户等级", "Grades"),
        default_factory=list,
        max_length=4,
        help=T("不选：全部等级。", "None: all grades."),
    )
    least_value: Amount = field(
        T("预期价值不低于", "Expected value from"), Decimal(0), ge=0,
        help=T("未来 90 天的预期成交金额。", "What is expected of the customer over the next 90 days."),
    )  # fmt: skip
    days: int = field(T("首次联系时限（工作日）", "First contact within (working days)"), 3, ge=1, le=30)
    holdout: int = field(
        T("对照组比例（%）", "Hold-out group (%)"), 20, ge=0, le=50,
        help=T("随机留出、不作干预的客户比例，用来衡量效果。", "The share that is left alone by chance, to measure what the playbook gains."),
    )  # fmt: skip


class AddPlaybook(PlaybookContent):
    """A new playbook."""

    code: Code = field(T("代码", "Code"), min_length=1, max_length=20)


def assess_add(row: None, given: AddPlaybook, ctx: Context) -> Assessment:
    """A code of its own."""
    taken = Playbook.objects.filter(company_id=ctx.company_id, code=given.code).exists()
    return Assessment(objections=(CODE_TAKEN.refuse(path="code", code=given.code),) if taken else ())


@operation(
    "retention.add_playbook", T("新建挽留方案", "Add playbook"), Playbook, input=AddPlaybook, creates=True,
    assess=assess_add, clauses=["4.2.5"],
    help=T(
        "规定对哪些有流失风险的客户、在几个工作日内、做什么；随机留出对照组。",
        "Which customers at risk are contacted, by when and with what; a part is left alone by chance to compare with.",
    ),
)  # fmt: skip
def add_playbook(row: None, given: AddPlaybook, ctx: Context, assessment: Assessment) -> Effects:
    """A draft."""
    effects = Effects(result=Playbook(company_id=ctx.company_id, **given.model_dump()))
    effects.insert(effects.result)
    effects.search.append(effects.result)
    return effects


@operation(
    "retention.change_playbook", T("修改挽留方案", "Change playbook"), Playbook, input=PlaybookContent, from_states=[DRAFT],
    clauses=["4.2.5"],
    help=T("开始执行前可以修改；执行中的不改，以免前后不可比。", "Until it is started; not after, or its groups could not be compared."),
)  # fmt: skip
def change_playbook(
    playbook: Playbook, given: PlaybookContent, ctx: Context, assessment: Assessment
) -> Effects:
    """The content anew."""
    effects = Effects(result=playbook)
    effects.update(playbook, **given.model_dump())
    effects.search.append(playbook)
    return effects


@operation(
    "retention.start_playbook", T("开始执行", "Start playbook"), Playbook, from_states=[DRAFT], clauses=["4.2.5"],
    help=T("从今天起按最新评分为符合条件的客户建立任务。", "From today cases are opened for the customers that it is for."),
)  # fmt: skip
def start_playbook(playbook: Playbook, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Active from today."""
    effects = Effects(result=playbook)
    effects.update(playbook, state=ACTIVE.value, started_on=ctx.today)
    return effects


@operation(
    "retention.end_playbook", T("结束方案", "End playbook"), Playbook, from_states=[ACTIVE], danger=True, clauses=["4.2.5"],
    help=T("不再建立新任务；已建立的继续办理并评估。", "No new cases; those there are go on and are judged."),
)  # fmt: skip
def end_playbook(playbook: Playbook, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Ended; what is under way stays."""
    effects = Effects(result=playbook)
    effects.update(playbook, state=PlaybookState.ENDED.value)
    return effects


def assess_apply(playbook: Playbook, given: Any, ctx: Context) -> Assessment:
    """There are scores to apply it to."""
    if queries.latest_run(ctx.company_id) is None:
        return Assessment(objections=(NO_SCORES.refuse(),))
    return Assessment()


@operation(
    "retention.apply", T("按最新评分建立任务", "Apply to latest scores"), Playbook, from_states=[ACTIVE], assess=assess_apply,
    clauses=["4.2.5"],
    help=T(
        "为符合条件的客户建立挽留任务；随机分入对照组的只作观察。每天自动执行。",
        "Opens a case for each customer that it is for; those who fall to the hold-out group are only watched. Done daily by itself.",
    ),
)  # fmt: skip
def apply(playbook: Playbook, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The cases, each with its arm, written before anything is done; a task for the owner of each that is treated."""
    effects = Effects(result=playbook)
    due_on = calendar.add_working_days(ctx.today, playbook.days)
    due_at = clock.day_begins(due_on + timedelta(days=1))
    cases = [
        _case(playbook, one, ctx, due_on) for one in queries.wanted_by(playbook, ctx.today)[:MOST_AT_ONCE]
    ]
    effects.insert(*cases)
    effects.tasks += [
        NewTask("retention.contact", case, case.owner_id, due_at=due_at)
        for case in cases
        if case.arm == Arm.TREATED.value
    ]
    return effects


def _case(playbook: Playbook, score: Score, ctx: Context, due_on: Any) -> Intervention:
    customer: Any = score.customer
    held = rules.is_held_out(playbook.pk, customer.pk, playbook.holdout)
    return Intervention(
        id=new_id(), company_id=playbook.company_id, playbook=playbook, customer=customer, run=score.run,
        arm=(Arm.HOLDOUT if held else Arm.TREATED).value,
        state=(InterventionState.WATCHED if held else InterventionState.OPENED).value,
        level=score.level, risk=score.risk,
        reason=[[words.zh, words.en] for words in rules.drivers(queries.facts_of(score))],
        opened_on=ctx.today, due_on=None if held else due_on,
        judged_from=ctx.today + timedelta(days=score.run.horizon), owner_id=customer.owner_id,
        department_path=customer.department_path, region=customer.region, product_line=customer.product_line,
    )  # fmt: skip


@operation(
    "retention.measure", T("评估到期任务", "Judge what is due"), Playbook, from_states=[ACTIVE, PlaybookState.ENDED],
    clauses=["4.2.5"],
    help=T(
        "到期后按实际成交记录客户是否回来，干预组与对照组同一口径。每天自动执行。",
        "Records by what was bought whether customers came back, treated and hold-out by the same measure. Done daily by itself.",
    ),
)  # fmt: skip
def measure(playbook: Playbook, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Whether each came back; what nobody has finished ends with that."""
    effects = Effects(result=playbook)
    due = list(queries.due_to_judge([playbook.pk], ctx.today))
    back = queries.came_back(due, ctx.today)
    unfinished = {state.value for state in (*UNDER_WAY, InterventionState.WATCHED)}
    for case in due:
        values: dict[str, Any] = {"came_back": case.pk in back}
        if case.state in unfinished:
            ended = InterventionState.RETAINED if case.pk in back else InterventionState.LOST
            values |= {"state": ended.value, "ended_on": ctx.today}
            effects.drop_tasks.append(case.pk)
        effects.update(case, **values)
    return effects
