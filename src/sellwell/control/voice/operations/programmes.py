"""Programmes: surveys by events and by the calendar, whose sample nobody picks (clauses 2.4.3, 4.2.4)."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from sellwell.control.voice import people
from sellwell.control.voice.inviting import Wanted, invite, terms_of
from sellwell.control.voice.models import (
    InvitationState,
    Programme,
    ProgrammeState,
    Questionnaire,
    QuestionnaireState,
    Round,
    RoundState,
    Trigger,
    Way,
)
from sellwell.control.voice.operations.invitations import NOT_PUBLISHED, NOT_RUNNING
from sellwell.control.voice.rules import sampling
from sellwell.foundation.customers.queries import Grade
from sellwell.kernel import drafting
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Name, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

ACTIVE, PAUSED, ENDED = ProgrammeState.ACTIVE, ProgrammeState.PAUSED, ProgrammeState.ENDED
CLAUSES = ["2.4.3", "4.2.4"]
MOST_ASKED = 2000  # of one round: a larger share is drawn smaller

FIRST_DAY = Reason(
    "voice.first_day", T("按日历的计划须写明首轮日期，不早于今天。", "A programme by the calendar needs its first day, today or later.")
)  # fmt: skip
TOO_EARLY = Reason(
    "voice.round_too_early",
    T("此轮计划在 {day}，到时再开展。", "This round is planned for {day}; hold it then."),
)


class SetUp(Input):
    """Whom it asks when."""

    title: Name = field(T("名称", "Name"))
    questionnaire: Ref("voice.questionnaire") = field(
        T("问卷", "Questionnaire"),
        help=T("始终使用该问卷的已发布版本。", "Its published version is asked, always."),
    )
    trigger: Trigger = field(T("何时", "When"), Trigger.DELIVERY)
    way: Way = field(T("方式", "By"), Way.MAIL)
    delay_hours: int = field(
        T("事件后几小时发出", "Hours after the event"), 24, ge=0, le=48, help=T("48 小时以内。", "Within 48 hours.")
    )  # fmt: skip
    months: int = field(T("每几个月一轮（按日历）", "Months between rounds (calendar)"), 12, ge=1, le=36)
    first_on: date | None = field(T("首轮日期（按日历）", "First day (calendar)"), None)
    share: Annotated[Decimal, Field(gt=0, le=1, decimal_places=4)] = field(
        T("抽样比例", "Share that is asked"),
        Decimal(1),
        help=T(
            "1 为全部；0.25 为四分之一。由随机种子抽取，记录在案。",
            "1: all; 0.25: a quarter. Drawn by a seed that is kept.",
        ),
    )
    grades: list[Grade] = field(
        T("客户等级", "Grades"), default_factory=list, max_length=4, help=T("留空：全部。", "Empty: all.")
    )
    regions: list[Annotated[Code, Field(max_length=40)]] = field(
        T("区域（每行一个）", "Regions (one a line)"), default_factory=list, max_length=30
    )
    valid_days: int = field(T("有效天数", "Valid for days"), 14, ge=1, le=90)
    remind_days: int = field(
        T("几天后提醒一次", "Reminded once after days"), 5, ge=0, le=60, help=T("0：不提醒。", "0: never.")
    )
    held_within: int = field(T("轮次最迟几天内开展", "A round is held within days"), 7, ge=0, le=60)


def assess_set_up(row: None, given: SetUp, ctx: Context) -> Assessment:
    """A published questionnaire, and a first day where the calendar decides."""
    questionnaire = Questionnaire.objects.get(pk=given.questionnaire)
    found: list[Objection] = []
    if questionnaire.state != QuestionnaireState.PUBLISHED.value:
        found.append(NOT_PUBLISHED.refuse(path="questionnaire"))
    if given.trigger is Trigger.CALENDAR and (given.first_on is None or given.first_on < ctx.today):
        found.append(FIRST_DAY.refuse(path="first_on"))
    return Assessment(content={"trigger": given.trigger.value}, carry=questionnaire, objections=tuple(found))


@operation(
    "voice.add_programme", T("新建调查计划", "Add programme"), Programme, input=SetUp, creates=True, assess=assess_set_up,
    clauses=CLAUSES,
    help=T(
        "交付、投诉结案后 48 小时内，或按日历定期调查；样本由系统随机抽取，销售人员不参与挑选。",
        "After deliveries or complaints within 48 hours, or by the calendar; the sample is drawn by lot, no seller picks it.",
    ),
)  # fmt: skip
def add_programme(row: None, given: SetUp, ctx: Context, assessment: Assessment) -> Effects:
    """Running from now on; by the calendar with its first round planned."""
    same = ("title", "delay_hours", "months", "share", "regions", "valid_days", "remind_days", "held_within")
    made = drafting.document(
        Programme, ctx, "SP", ACTIVE, family=assessment.carry.family, trigger=given.trigger.value, way=given.way.value,
        grades=[grade.value for grade in given.grades], seed=new_id().hex, **{name: getattr(given, name) for name in same},
    )  # fmt: skip
    effects = Effects(result=made)
    effects.insert(made)
    if given.trigger is Trigger.CALENDAR and given.first_on is not None:
        effects.insert(_round(made, given.first_on))
    effects.search.append(made)
    return effects


def _round(programme: Programme, day: date) -> Round:
    latest = day + timedelta(days=programme.held_within)
    return Round(company_id=programme.company_id, programme=programme, planned_on=day, latest_on=latest)


@operation(
    "voice.pause_programme", T("暂停", "Pause"), Programme, from_states=[ACTIVE], clauses=CLAUSES,
    help=T("暂不邀请任何人；按日历的轮次仍须如期开展，否则记为未按计划。", "Nobody is asked for now; rounds of the calendar stay due."),
)  # fmt: skip
def pause_programme(row: Programme, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Nobody is asked."""
    effects = Effects(result=row)
    effects.update(row, state=PAUSED.value)
    return effects


@operation(
    "voice.resume_programme", T("恢复", "Resume"), Programme, from_states=[PAUSED], clauses=CLAUSES,
    help=T("重新开始邀请。", "It asks again."),
)  # fmt: skip
def resume_programme(row: Programme, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """It asks again."""
    effects = Effects(result=row)
    effects.update(row, state=ACTIVE.value)
    return effects


class Reasoned(Input):
    """Why."""

    reason: ShortText = field(T("原因", "Reason"), min_length=2)


@operation(
    "voice.end_programme", T("结束计划", "End programme"), Programme, input=Reasoned, from_states=[ACTIVE, PAUSED], danger=True,
    clauses=CLAUSES, help=T("不再邀请；尚未到期的轮次一并取消。", "Nobody is asked any more; rounds ahead are left out."),
)  # fmt: skip
def end_programme(row: Programme, given: Reasoned, ctx: Context, assessment: Assessment) -> Effects:
    """Over; rounds that lie ahead with it. One that is overdue stays as it is: it was not held."""
    effects = Effects(result=row)
    effects.update(row, state=ENDED.value)
    for one in Round.objects.filter(programme=row, state=RoundState.PLANNED.value, planned_on__gte=ctx.today):
        effects.update(one, state=RoundState.LEFT_OUT.value, reason=given.reason)
    return effects


# --- rounds ----------------------------------------------------------------------------------------------------------------


def assess_hold(row: Round, given: Any, ctx: Context) -> Assessment:
    """Its day has come, the programme runs, its questionnaire is published, and the draw is not too large."""
    programme = row.programme
    questionnaire = Questionnaire.objects.filter(family=programme.family, state="published").first()
    found: list[Objection] = []
    if row.planned_on > ctx.today:
        found.append(TOO_EARLY.refuse(day=row.planned_on))
    if programme.state != ACTIVE.value:
        found.append(NOT_RUNNING.refuse())
    if questionnaire is None:
        found.append(NOT_PUBLISHED.refuse())
    if found:
        return Assessment(objections=tuple(found))
    ids = people.population(row.company_id, programme.grades, programme.regions)
    seed = f"{programme.seed}:{row.planned_on:%Y%m%d}"
    count = min(math.ceil(len(ids) * programme.share), MOST_ASKED)
    drawn = sampling.draw(seed, ids, count)
    content = {"seed": seed, "population": len(ids), "drawn": count}
    return Assessment(content=content, carry=(questionnaire, seed, len(ids), drawn))


@operation(
    "voice.hold_round", T("开展本轮", "Hold round"), Round, from_states=[RoundState.PLANNED], assess=assess_hold, clauses=CLAUSES,
    help=T(
        "按记录的随机种子抽取客户并发出邀请，同时排定下一轮。到期由系统自动开展。",
        "Draws by the seed that is kept, invites, and plans the next one. Done by itself when its day comes.",
    ),
)  # fmt: skip
def hold_round(row: Round, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Drawn, invited or left out with a reason each; the next round is planned."""
    questionnaire, seed, population, drawn = assessment.carry
    effects = Effects(result=row)
    who = people.respondents(drawn, way=row.programme.way)
    left = people.reasons(who, row.programme.way, ctx)
    wanted = [Wanted(who[key], left.get(key), ctx.now, {}) for key in drawn]
    made = invite(effects, ctx, terms_of(row.programme, questionnaire, row.pk), wanted)
    invited = sum(1 for one in made if one.state != InvitationState.LEFT_OUT.value)
    effects.update(
        row, state=RoundState.HELD.value, held_on=ctx.today, seed=seed, population=population, drawn=len(drawn),
        invited=invited,
    )  # fmt: skip
    following = sampling.next_round(row.planned_on, row.programme.months)
    if not Round.objects.filter(programme=row.programme, planned_on=following).exists():
        effects.insert(_round(row.programme, following))
    return effects


@operation(
    "voice.leave_round_out", T("取消本轮", "Leave round out"), Round, input=Reasoned, from_states=[RoundState.PLANNED], danger=True,
    clauses=CLAUSES, help=T("写明原因，取消一轮；下一轮照常排定。", "With a reason; the next round is planned all the same."),
)  # fmt: skip
def leave_round_out(row: Round, given: Reasoned, ctx: Context, assessment: Assessment) -> Effects:
    """Left out, the next one planned."""
    effects = Effects(result=row)
    effects.update(row, state=RoundState.LEFT_OUT.value, reason=given.reason)
    following = sampling.next_round(row.planned_on, row.programme.months)
    is_ended = row.programme.state == ENDED.value
    if not is_ended and not Round.objects.filter(programme=row.programme, planned_on=following).exists():
        effects.insert(_round(row.programme, following))
    return effects
