"""The duty matrix: who is responsible, accountable, consulted, informed; and waivers of conflicts (clause 2.1.4)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Q

from sellwell.foundation.company.models import Duty, DutyEntry, DutyLetter, DutyWaiver
from sellwell.foundation.company.rules.days import first_day_after
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Amount, Code, Input, Name, Ref, Text, field
from sellwell.kernel.operations import REGISTRY, Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import Objection, Reason, T

NO_SUCH_VERB = Reason(
    "company.duty_verb",
    T("没有这个操作：{verb}。请从操作清单中选择。", "There is no verb {verb}. Choose one from the list."),
)
DUTY_PAST = Reason(
    "company.duty_past",
    T(
        "职责不能追溯设定。请选择今天或以后的日期。",
        "Duties are not set backwards. Choose today or a later day.",
    ),
)
DUTY_DATES = Reason("company.duty_dates", T("截止日期必须晚于开始日期。", "The end must be after the start."))
TIER = Reason(
    "company.duty_tier",
    T("金额上限必须大于下限。", "The upper end of the amounts must be above the lower one."),
)
TWO_ACCOUNTABLE = Reason(
    "company.two_accountable",
    T(
        "“{position}”已在同一范围和金额内对此负责。请先结束它，或改用不重叠的范围、金额或日期。",
        "{position} is accountable for this already, in the same scope and amounts. End that first, or choose a scope,"
        " amounts or days that do not meet.",
    ),
)
SET_LATER = Reason(
    "company.duty_set_later",
    T(
        "同一格从 {since} 起另有设定。请把失效日期改到该日或更早，或留空。",
        "The same cell is set anew from {since}. Choose that day or an earlier one as the end, or leave it empty.",
    ),
)
ENDS_BEFORE = Reason(
    "company.duty_ends_before",
    T(
        "这项分配到 {until} 为止。要延长，请从该日起重新分配。",
        "This entry ends on {until} anyway. To prolong it, set the duty again from that day on.",
    ),
)
DUTY_ENDED = Reason("company.duty_ended", T("这项分配已经结束。", "This entry has ended already."))
WAIVER_LONG = Reason(
    "company.waiver_long",
    T(
        "豁免最长一年，到期须重新评估。请把截止日期改到 {last} 或更早。",
        "A waiver holds for a year at most and is then looked at again. Choose {last} or earlier as its end.",
    ),
)
WAIVER_SELF = Reason(
    "company.waiver_self",
    T("不能为自己豁免。请由其他人批准。", "Nobody waives for themselves. Ask somebody else."),
)
WAIVER_TWICE = Reason(
    "company.waiver_twice",
    T("此人在这段时间已有同一豁免，至 {until}。", "This person has the same waiver already, until {until}."),
)
WAIVER_ENDED = Reason("company.waiver_ended", T("这项豁免已经结束。", "This waiver has ended already."))
LONGEST = timedelta(days=366)


class DefineDuty(Input):
    """A duty by its code."""

    code: Code = field(T("代码", "Code"), pattern=r"^[a-z][a-z0-9_]{1,38}$")
    name_zh: Name = field(T("中文名称", "Name in Chinese"), max_length=80)
    name_en: Name = field(T("英文名称", "Name in English"), max_length=80)
    verbs: list[Code] = field(T("包含的操作", "Verbs"), [], max_length=40)
    per: Literal["unit", "customer"] = field(
        T("划分方式", "Divided by"),
        "unit",
        help=T("unit 按区域和产品线，customer 按客户负责人", "Region and line, or the customer's owner"),
    )
    is_active: bool = field(T("启用", "In use"), True)


def assess_duty(row: Any, given: DefineDuty, ctx: Context) -> Assessment:
    """The verbs exist."""
    objections = [
        NO_SUCH_VERB.refuse(path=f"verbs.{index}", verb=verb)
        for index, verb in enumerate(given.verbs)
        if verb not in REGISTRY
    ]
    return Assessment(content={"code": given.code}, objections=tuple(objections))


@operation(
    "company.define_duty",
    T("设定职责", "Define duty"),
    Duty,
    help=T("按代码新建或修改一项职责。", "Make or change a duty by its code."),
    input=DefineDuty,
    creates=True,
    assess=assess_duty,
    clauses=["2.1.4"],
)
def define_duty(row: Any, given: DefineDuty, ctx: Context, assessment: Assessment) -> Effects:
    """Set a duty by its code; who answers for it is set cell by cell."""
    values = given.model_dump(exclude={"code"})
    duty = Duty.objects.select_for_update().filter(code=given.code).first()
    effects = Effects(result=duty)
    if duty is None:
        effects.result = Duty(id=new_id(), code=given.code, **values)
        effects.insert(effects.result)
    else:
        effects.update(duty, **values)
    return effects


class SetDuty(Input):
    """One cell of the matrix, from a day on."""

    duty: Ref("company.duty") = field(T("职责", "Duty"))
    position: Ref("company.position") = field(T("岗位", "Position"))
    letter: DutyLetter = field(T("分工", "Part"))
    region: Code = field(T("区域", "Region"), "", max_length=40, help=T("留空为全部", "Empty: all"))
    product_line: Code = field(T("产品线", "Product line"), "", max_length=40)
    amount_from: Amount = field(T("金额自（含）", "Amounts from"), Decimal(0), ge=0)
    amount_until: Amount | None = field(T("金额至（不含）", "Amounts up to (not included)"), None)
    since: date = field(T("生效日期", "From"))
    until: date | None = field(T("失效日期（不含）", "Until (not included)"), None)


def _same_cell(given: SetDuty) -> Q:
    """The cells that this one takes the place of."""
    return Q(
        duty_id=given.duty, position_id=given.position, region=given.region,
        product_line=given.product_line, amount_from=given.amount_from,
    )  # fmt: skip


def _next_set(given: SetDuty) -> date | None:
    """The day on which the same cell is set anew already."""
    later = DutyEntry.objects.filter(_same_cell(given), since__gt=given.since).order_by("since")
    return later.values_list("since", flat=True).first()


def _meeting(given: SetDuty, until: date | None) -> Q:
    """Accountable cells of the same duty whose scope, amounts and days meet the new one's, which ends on `until`."""
    q = Q(duty_id=given.duty, letter=DutyLetter.ACCOUNTABLE.value)
    q &= Q(until__isnull=True) | Q(until__gt=given.since)
    q &= Q(amount_until__isnull=True) | Q(amount_until__gt=given.amount_from)
    if until is not None:
        q &= Q(since__lt=until)
    if given.amount_until is not None:
        q &= Q(amount_from__lt=given.amount_until)
    if given.region:
        q &= Q(region__in=["", given.region])
    if given.product_line:
        q &= Q(product_line__in=["", given.product_line])
    return q


def assess_set_duty(row: Any, given: SetDuty, ctx: Context) -> Assessment:
    """Dates and amounts follow each other, and no second position becomes accountable for the same thing.

    Without an end it holds up to the day on which the same cell is set anew already.
    """
    objections: list[Objection] = []
    next_set = _next_set(given)
    until = given.until or next_set
    if next_set is not None and until is not None and until > next_set:
        objections.append(SET_LATER.refuse(path="until", since=next_set))
    if given.since < ctx.today:
        objections.append(DUTY_PAST.refuse(path="since"))
    if given.until is not None and given.until <= given.since:
        objections.append(DUTY_DATES.refuse(path="until"))
    if given.amount_until is not None and given.amount_until <= given.amount_from:
        objections.append(TIER.refuse(path="amount_until"))
    if given.letter is DutyLetter.ACCOUNTABLE and not objections:
        others = DutyEntry.objects.filter(_meeting(given, until)).exclude(position_id=given.position)
        objections += [
            TWO_ACCOUNTABLE.refuse(
                path="position", position=T(other.position.name_zh, other.position.name_en)
            )
            for other in others.select_related("position")[:3]
        ]
    content = {"duty": str(given.duty), "position": str(given.position), "letter": given.letter.value}
    return Assessment(content=content, carry=until, objections=tuple(objections))


def lock_duty(row: Any, given: SetDuty, ctx: Context) -> list[Lock]:
    """One change of a duty's cells at a time: two at once could both find that nobody else is accountable."""
    return [lock("parent", Duty, [given.duty])]


@operation(
    "company.set_duty",
    T("分配职责", "Set duty"),
    DutyEntry,
    help=T(
        "从某日起设定岗位对一项职责的分工；同一格原来的设定随之结束。",
        "Set a position's part in a duty from a day on; what stood in the cell before ends.",
    ),
    input=SetDuty,
    creates=True,
    assess=assess_set_duty,
    lock_keys=lock_duty,
    clauses=["2.1.4"],
)
def set_duty(row: Any, given: SetDuty, ctx: Context, assessment: Assessment) -> Effects:
    """Set one cell from a day on. A cell that begins on the same day is corrected in place."""
    effects = Effects()
    values = {"letter": given.letter.value, "amount_until": given.amount_until, "until": assessment.carry}
    later = Q(until__isnull=True) | Q(until__gt=given.since)
    for cell in DutyEntry.objects.select_for_update().filter(_same_cell(given), later).order_by("since"):
        if cell.since == given.since:
            effects.update(cell, **values)
            effects.result = cell
        elif cell.since < given.since:
            effects.update(cell, until=given.since)
    if effects.result is None:
        effects.result = DutyEntry(
            id=new_id(), duty_id=given.duty, position_id=given.position, region=given.region,
            product_line=given.product_line, amount_from=given.amount_from, since=given.since, **values,
        )  # fmt: skip
        effects.insert(effects.result)
    return effects


class EndDuty(Input):
    """The first day on which it no longer holds."""

    until: date = field(T("失效日期（不含）", "Until (not included)"))


def assess_end_duty(cell: DutyEntry, given: EndDuty | None, ctx: Context) -> Assessment:
    """It still holds, and ends today or later, but not later than it ends anyway: another cell may follow."""
    objections: list[Objection] = []
    if cell.until is not None and cell.until <= ctx.today:
        objections.append(DUTY_ENDED.refuse())
    if given is not None and given.until < ctx.today:
        objections.append(DUTY_PAST.refuse(path="until"))
    if given is not None and cell.until is not None and given.until > cell.until:
        objections.append(ENDS_BEFORE.refuse(path="until", until=cell.until))
    return Assessment(objections=tuple(objections))


@operation(
    "company.end_duty",
    T("结束分配", "End duty entry"),
    DutyEntry,
    help=T("从某日起结束这项分工。", "End this part from a day on."),
    input=EndDuty,
    assess=assess_end_duty,
    clauses=["2.1.4"],
)
def end_duty(cell: DutyEntry, given: EndDuty, ctx: Context, assessment: Assessment) -> Effects:
    """End one cell. One that was set today held for the day."""
    effects = Effects(result=cell)
    effects.update(cell, until=first_day_after(cell.since, given.until))
    return effects


# --- waivers -----------------------------------------------------------------------------------------------------------


class Waive(Input):
    """Whose conflict, what keeps watch instead, until when."""

    person: Ref("kernel.user") = field(T("人员", "Person"))
    pair: Ref("kernel.dutypair") = field(T("不相容职务", "Pair"))
    control: Text = field(
        T("补偿性控制", "Compensating control"),
        min_length=4,
        help=T("例如由另一部门每周全数复核", "For instance: another department checks all of it weekly"),
    )
    since: date = field(T("开始日期", "From"))
    until: date = field(T("截止日期（不含）", "Until (not included)"))


def assess_waive(row: Any, given: Waive, ctx: Context) -> Assessment:
    """It is for somebody else, ends within a year, and is not there already."""
    objections: list[Objection] = []
    if given.person == ctx.user_id:
        objections.append(WAIVER_SELF.refuse(path="person"))
    if given.until <= given.since:
        objections.append(DUTY_DATES.refuse(path="until"))
    if given.until > given.since + LONGEST:
        objections.append(WAIVER_LONG.refuse(path="until", last=given.since + LONGEST))
    twice = DutyWaiver.objects.filter(
        user_id=given.person, pair_id=given.pair, company_id=ctx.company_id,
        since__lt=given.until, until__gt=given.since,
    ).first()  # fmt: skip
    if twice is not None:
        objections.append(WAIVER_TWICE.refuse(path="person", until=twice.until))
    content = {"person": str(given.person), "pair": str(given.pair), "until": given.until.isoformat()}
    return Assessment(content=content, objections=tuple(objections))


@operation(
    "company.waive_conflict",
    T("豁免不相容职务", "Waive conflict"),
    DutyWaiver,
    help=T(
        "在补偿性控制之下，允许某人在一段时间内兼任不相容职务。",
        "Let somebody hold both sides of a pair for a time, under a compensating control.",
    ),
    input=Waive,
    creates=True,
    assess=assess_waive,
    clauses=["2.1.4"],
)
def waive_conflict(row: Any, given: Waive, ctx: Context, assessment: Assessment) -> Effects:
    """Record who allowed it, what keeps watch, and until when."""
    waiver = DutyWaiver(
        id=new_id(), company_id=ctx.company_id, user_id=given.person, pair_id=given.pair, control=given.control,
        since=given.since, until=given.until, granted_by_id=ctx.user_id,
    )  # fmt: skip
    effects = Effects(result=waiver)
    effects.insert(waiver)
    return effects


def assess_end_waiver(waiver: DutyWaiver, given: Any, ctx: Context) -> Assessment:
    """It still holds."""
    return Assessment(objections=(WAIVER_ENDED.refuse(),) if waiver.until <= ctx.today else ())


@operation(
    "company.end_waiver",
    T("结束豁免", "End waiver"),
    DutyWaiver,
    help=T("今天起不再豁免。", "The waiver holds no longer."),
    assess=assess_end_waiver,
    clauses=["2.1.4"],
)
def end_waiver(waiver: DutyWaiver, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """End a waiver early. One that begins today or later held for its first day."""
    effects = Effects(result=waiver)
    effects.update(waiver, until=first_day_after(waiver.since, ctx.today))
    return effects


def waived_pairs(user_id: Any, on: date) -> set[Any]:
    """The pairs of which somebody may hold both sides on a day."""
    rows = DutyWaiver.objects.filter(user_id=user_id, since__lte=on, until__gt=on)
    return set(rows.values_list("pair_id", flat=True))
