"""Whether an item proved true, and the points for who sent it in (clauses 2.4.3, 2.4.5)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from sellwell.control.intelligence import facts, policies, rules
from sellwell.control.intelligence.models import (
    Action,
    ActionState,
    Award,
    AwardState,
    Item,
    ItemState,
    Verdict,
)
from sellwell.kernel import clock, directory
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, ShortText, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, State, T

OWN_TRUTH = Reason(
    "intelligence.own_truth",
    T("不能核实自己提交的情报，请由他人核实。", "Nobody confirms what they sent in. Ask a colleague."),
)
OWN_POINTS = Reason(
    "intelligence.own_points", T("不能给自己的情报计分。", "Nobody gives points to an item of their own.")
)  # fmt: skip
NOT_TRUE = Reason(
    "intelligence.not_true", T("核实属实后才能计分。", "Points are given once it is confirmed as true.")
)
HAS_POINTS = Reason("intelligence.has_points", T("这条情报已经计分。", "Points were given for this item."))
WORTH_NOTHING = Reason(
    "intelligence.worth_nothing",
    T(
        "既不及时也未用于对策，按制度不计分。",
        "Neither in time nor used: by the policy it is worth no points.",
    ),
)
SAME_VERDICT = Reason("intelligence.same_verdict", T("核实结论没有变化。", "That is what is known already."))

TAKEN_UP = [
    ItemState.SCREENED, ItemState.ANALYSED, ItemState.ASSIGNED, ItemState.DONE, ItemState.ANSWERED, ItemState.CLOSED,
]  # fmt: skip


class Found(State):
    """What was found of an item's truth."""

    TRUE = "true", T("属实", "True")
    FALSE = "false", T("不实", "False")
    UNCLEAR = "unclear", T("无法判断", "Unclear")


class Confirm(Input):
    """Whether it proved true."""

    verdict: Found = field(T("核实结论", "Verdict"))
    note: Annotated[ShortText, Field(min_length=2)] = field(T("依据", "On what it rests"))


def assess_confirming(item: Item, given: Confirm | None, ctx: Context) -> Assessment:
    """By another person than the sender."""
    found: list[Objection] = [OWN_TRUTH.refuse()] if item.created_by_id == ctx.user_id else []
    if given is not None and given.verdict.value == item.verdict:
        found.append(SAME_VERDICT.refuse(path="verdict"))
    content = {"verdict": given.verdict.value} if given is not None else {}
    return Assessment(content=content, objections=tuple(found))


@operation(
    "intelligence.confirm", T("核实", "Confirm"), Item, input=Confirm, from_states=TAKEN_UP, assess=assess_confirming,
    clauses=["2.4.3", "2.4.5"],
    help=T(
        "事后核实情报是否属实，由提交人以外的人办理；证实不实时已计积分冲回。",
        "Whether an item proved true, by somebody other than the sender; points of one that proves false are reversed.",
    ),
)  # fmt: skip
def confirm(item: Item, given: Confirm, ctx: Context, assessment: Assessment) -> Effects:
    """The verdict; a true and timely item waits for its points, a false one loses them."""
    effects = Effects(result=item)
    effects.update(
        item, verdict=given.verdict.value, confirm_note=given.note, confirmed_by_id=ctx.user_id, confirmed_at=ctx.now
    )  # fmt: skip
    standing = Award.objects.select_related("item__customer").filter(
        item=item, state=AwardState.STANDING.value
    )
    if given.verdict is Found.TRUE and item.is_timely and not standing.exists():
        due = policies.due_at("award", item.kind, item.is_urgent, ctx.now, ctx)
        # Who gives the points is nobody who sent it in.
        sent_by_marketing = "marketing" in _roles_of(item)
        role = "sales_manager" if sent_by_marketing else "marketing"
        effects.tasks.append(NewTask("intelligence.award", item, role=role, due_at=due))
    if given.verdict is Found.FALSE:
        for award in standing:
            take_back(effects, award, given.note, ctx)
    return effects


def _roles_of(item: Item) -> set[str]:
    """The roles of who sent it in."""
    day = clock.business_day(item.created_at)
    return {post.role for post in directory.current().posts(item.created_by_id, day)}


def take_back(effects: Effects, award: Award, reason: str, ctx: Context) -> None:
    """The award stands no more, and its points are posted back."""
    effects.update(award, state=AwardState.REVERSED.value, reversed_on=ctx.today, reverse_reason=reason)
    posting = facts.reversal(award, ctx.today)
    if posting is not None:
        effects.facts.append(posting)


class GivePoints(Input):
    """How good it was."""

    quality: Annotated[int, Field(ge=1, le=5)] = field(
        T("质量（1-5）", "Quality (1-5)"), help=T("清楚、完整、可用。", "Clear, whole, of use.")
    )
    novelty: Annotated[int, Field(ge=1, le=3)] = field(
        T("新颖（1-3）", "Novelty (1-3)"), help=T("3 为首次获知。", "3: nobody knew it.")
    )
    impact: Annotated[int, Field(ge=1, le=3)] = field(
        T("影响（1-3）", "Impact (1-3)"), help=T("3 为影响公司决策。", "3: the company decides otherwise.")
    )


def assess_awarding(item: Item, given: GivePoints | None, ctx: Context) -> Assessment:
    """Confirmed as true, no points yet, not by the sender, and worth something by the policy."""
    found: list[Objection] = []
    if item.verdict != Verdict.TRUE.value:
        found.append(NOT_TRUE.refuse())
    if item.created_by_id == ctx.user_id:
        found.append(OWN_POINTS.refuse())
    if Award.objects.filter(item=item, state=AwardState.STANDING.value).exists():
        found.append(HAS_POINTS.refuse())
    is_used = Action.objects.filter(item=item, state=ActionState.DONE.value).exists()
    factor = policies.factor(item.is_timely, is_used, ctx)
    if factor <= 0:
        found.append(WORTH_NOTHING.refuse())
    content: dict[str, Any] = {"timely": item.is_timely, "used": is_used, "factor": factor}
    if given is not None:
        content["points"] = rules.points(given.quality, given.novelty, given.impact, factor)
    return Assessment(content=content, objections=tuple(found))


@operation(
    "intelligence.award", T("计积分", "Give points"), Item, input=GivePoints, from_states=TAKEN_UP, assess=assess_awarding,
    clauses=["2.4.5"],
    help=T(
        "属实的情报按质量 × 新颖 × 影响 × 制度系数计分，不按条数；积分记在提交人名下。",
        "Quality x novelty x impact x the policy's factor for what proved true, never by number; to who sent it in.",
    ),
)  # fmt: skip
def award(item: Item, given: GivePoints, ctx: Context, assessment: Assessment) -> Effects:
    """The points, as a fact of the sender."""
    effects = Effects(result=item)
    made = Award(
        id=new_id(), company_id=item.company_id, item=item, owner_id=item.created_by_id, department_path=item.department_path,
        region=item.region, product_line=item.product_line, quality=given.quality, novelty=given.novelty, impact=given.impact,
        factor=assessment.content["factor"], points=assessment.content["points"], awarded_on=ctx.today,
        awarded_by_id=ctx.user_id,
    )  # fmt: skip
    effects.insert(made)
    effects.facts.append(facts.awarded(made))
    return effects


class TakeBack(Input):
    """Why the points do not stand."""

    reason: Annotated[ShortText, Field(min_length=2)] = field(T("原因", "Reason"))


@operation(
    "intelligence.reverse_award", T("冲回积分", "Take points back"), Award, input=TakeBack,
    from_states=[AwardState.STANDING], danger=True, clauses=["2.4.5"],
    help=T("计分有误时冲回；情报被证实不实时自动冲回。", "For points given by mistake; done by itself where an item proves false."),
)  # fmt: skip
def reverse_award(award: Award, given: TakeBack, ctx: Context, assessment: Assessment) -> Effects:
    """The points are posted back."""
    effects = Effects(result=award)
    take_back(effects, award, given.reason, ctx)
    return effects
