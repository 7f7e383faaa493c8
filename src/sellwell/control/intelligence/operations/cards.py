"""Battle cards (竞品卡): drafted, approved, in force until a day, replaced by their next version (clause 2.4.1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from sellwell.control.intelligence import policies
from sellwell.control.intelligence.models import BattleCard, CardState, Competitor
from sellwell.control.intelligence.operations.loop import Comment
from sellwell.control.intelligence.operations.sending import RETIRED
from sellwell.kernel import calendar
from sellwell.kernel.drafting import document
from sellwell.kernel.effects import Effects, NewDeadline, NewTask
from sellwell.kernel.inputs import Code, Input, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

DRAFT, IN_FORCE, EXPIRED = CardState.DRAFT, CardState.IN_FORCE, CardState.EXPIRED
PUT, EXPIRE = "intelligence.put_card_in_force", "intelligence.expire_card"

UNTIL_PAST = Reason(
    "intelligence.card_until_past",
    T("有效期至少到明天。", "It must hold until tomorrow at least."),
)
REVISED_ALREADY = Reason(
    "intelligence.card_revised",
    T("这张卡已有新版，请直接修改新版。", "It has a next version already: change that one."),
)
HOLDS_STILL = Reason("intelligence.card_holds", T("竞品卡还在有效期内。", "The card still holds."))


class CardText(Input):
    """What the card says. Only what is true and can be proved; nothing that runs them down."""

    title: Annotated[ShortText, Field(min_length=2, max_length=120)] = field(T("标题", "Title"))
    line: Annotated[Code, Field(max_length=40)] = field(
        T("产品线", "Product line"), "", help=T("不填为全部产品。", "Empty: all products.")
    )
    they_say: Text = field(T("对方怎么说", "What they say"), "")
    we_say: Annotated[Text, Field(min_length=4)] = field(T("我们怎么答", "What we answer"))
    ask: Text = field(T("该问客户的问题", "Questions to ask"), "")
    proof: Text = field(T("依据与案例", "Proof and cases"), "")
    avoid: Text = field(
        T("不说什么", "What is not said"), "", help=T("不贬低对手，不说无法证实的话。", "Nothing that runs them down, nothing unproved.")
    )  # fmt: skip
    valid_until: date | None = field(
        T("有效至（不含）", "Valid until (excluded)"),
        None,
        help=T("不填按制度天数。", "Empty: by the policy."),
    )


class DraftCard(CardText):
    """A new card about a competitor."""

    competitor: Ref("intelligence.competitor") = field(T("竞争对手", "Competitor"))


def until_objections(given: CardText, ctx: Context) -> list[Objection]:
    """It holds for a day at least."""
    is_past = given.valid_until is not None and given.valid_until <= ctx.today
    return [UNTIL_PAST.refuse(path="valid_until")] if is_past else []


def assess_drafting(row: None, given: DraftCard, ctx: Context) -> Assessment:
    """About a competitor that is watched."""
    found = until_objections(given, ctx)
    named = Competitor.objects.get(pk=given.competitor)
    if named.state == "retired":
        found.append(RETIRED.refuse(path="competitor", name=named.name))
    return Assessment(objections=tuple(found))


def values_of(given: CardText, ctx: Context) -> dict[str, Any]:
    """The columns that an input fills."""
    until = given.valid_until or ctx.today + timedelta(days=policies.card_days(given.line, ctx))
    return {**given.model_dump(exclude={"competitor"}), "valid_until": until}


@operation(
    "intelligence.draft_card", T("起草竞品卡", "Draft battle card"), BattleCard, input=DraftCard, creates=True,
    assess=assess_drafting, clauses=["2.4.1"],
    help=T("遇到这个对手时怎么谈；审批后销售在商机上看到。", "How to talk where this competitor is met; reps see it at the opportunity once approved."),
)  # fmt: skip
def draft_card(row: None, given: DraftCard, ctx: Context, assessment: Assessment) -> Effects:
    """A draft, with putting it in force as its author's task."""
    card = document(
        BattleCard, ctx, "BC", DRAFT, competitor_id=given.competitor, **values_of(given, ctx)
    )  # fmt: skip
    return _drafted(card)


def _drafted(card: BattleCard) -> Effects:
    effects = Effects(result=card)
    effects.insert(card)
    effects.tasks.append(NewTask(PUT, card))
    effects.search.append(card)
    return effects


def assess_changing(card: BattleCard, given: CardText | None, ctx: Context) -> Assessment:
    """It holds for a day at least."""
    return Assessment(objections=tuple(until_objections(given, ctx)) if given is not None else ())


@operation(
    "intelligence.change_card", T("修改竞品卡", "Change battle card"), BattleCard, input=CardText, from_states=[DRAFT],
    assess=assess_changing, clauses=["2.4.1"], help=T("修改尚未生效的竞品卡。", "Change a card that is not in force yet."),
)  # fmt: skip
def change_card(card: BattleCard, given: CardText, ctx: Context, assessment: Assessment) -> Effects:
    """The draft anew."""
    effects = Effects(result=card)
    effects.update(card, **values_of(given, ctx))
    effects.search.append(card)
    return effects


def assess_putting(card: BattleCard, given: Any, ctx: Context) -> Assessment:
    """Approval is bound to exactly these words."""
    found = [UNTIL_PAST.refuse()] if card.valid_until <= ctx.today else []
    words = {name: getattr(card, name) for name in ("title", "line", "valid_until", "revision")}
    return Assessment(content={**words, "says": fingerprint(card)}, objections=tuple(found))


def fingerprint(card: BattleCard) -> str:
    """A hash over what the card says. A card is about no person, so it may stand in the ledger."""
    from hashlib import sha256

    said = "\x00".join((card.they_say, card.we_say, card.ask, card.proof, card.avoid))
    return sha256(said.encode()).hexdigest()


@operation(
    PUT, T("提交生效", "Put in force"), BattleCard, from_states=[DRAFT], assess=assess_putting,
    route=policies.CARD_APPROVAL, clauses=["2.4.1"],
    help=T("按制度审批后生效，旧版同时停用；到期自动失效。", "In force once approved; the version before it ends, and it expires on its day."),
)  # fmt: skip
def put_card_in_force(card: BattleCard, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Reps see it from now on; the version before is replaced."""
    effects = Effects(result=card)
    effects.update(card, state=IN_FORCE.value, in_force_on=ctx.today)
    effects.drop_tasks.append(card.pk)
    effects.deadlines.append(NewDeadline(EXPIRE, card.pk, policies.evening_of(card.valid_until)))
    before = card.previous
    if before is not None and before.state == IN_FORCE.value:
        effects.update(before, state=CardState.REPLACED.value)
        effects.drop_deadlines.append(before.pk)
    return effects


def assess_revising(card: BattleCard, given: CardText | None, ctx: Context) -> Assessment:
    """One next version at a time."""
    found = until_objections(given, ctx) if given is not None else []
    # A card that expired was replaced by its next version all the same: that one is revised from then on.
    if BattleCard.objects.filter(previous=card).exclude(state=CardState.CANCELLED.value).exists():
        found.append(REVISED_ALREADY.refuse())
    return Assessment(objections=tuple(found))


@operation(
    "intelligence.revise_card", T("修订竞品卡", "Revise battle card"), BattleCard, input=CardText,
    from_states=[IN_FORCE, EXPIRED], assess=assess_revising, clauses=["2.4.1"],
    help=T("起草下一版；生效前旧版照用。", "Drafts the next version; the old one is used until it is in force."),
)  # fmt: skip
def revise_card(card: BattleCard, given: CardText, ctx: Context, assessment: Assessment) -> Effects:
    """The next version as a draft."""
    made = document(
        BattleCard, ctx, "BC", DRAFT, competitor_id=card.competitor_id, previous=card, revision=card.revision + 1,
        **values_of(given, ctx),
    )  # fmt: skip
    return _drafted(made)


def assess_expiring(card: BattleCard, given: Any, ctx: Context) -> Assessment:
    """Its day has come."""
    return Assessment(objections=(HOLDS_STILL.refuse(),) if card.valid_until > ctx.today else ())


@operation(
    EXPIRE, T("竞品卡到期", "Card expires"), BattleCard, from_states=[IN_FORCE], assess=assess_expiring, menu=False,
    clauses=["2.4.1"], help=T("到期自动失效，责任人收到修订待办。", "Done by itself on its day; its owner is asked for the next version."),
)  # fmt: skip
def expire_card(card: BattleCard, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """No longer shown to reps; the owner is asked for a revision."""
    effects = Effects(result=card)
    effects.update(card, state=EXPIRED.value)
    due = policies.evening_of(calendar.add_working_days(ctx.today, 5))
    effects.tasks.append(NewTask("intelligence.revise_card", card, due_at=due))
    return effects


@operation(
    "intelligence.cancel_card", T("作废竞品卡", "Cancel battle card"), BattleCard, from_states=[DRAFT, IN_FORCE],
    danger=True, clauses=["2.4.1"], help=T("内容有误或不再需要时作废。", "For a card that is wrong or no longer needed."),
)  # fmt: skip
def cancel_card(card: BattleCard, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """No longer shown."""
    effects = Effects(result=card)
    effects.update(card, state=CardState.CANCELLED.value)
    effects.drop_tasks.append(card.pk)
    effects.drop_deadlines.append(card.pk)
    return effects


@operation(
    "intelligence.comment_card", T("写备注", "Comment"), BattleCard, input=Comment, while_held=True, menu=False,
    clauses=["2.4.1"], help=T("在时间线上写备注。", "Write a note on the timeline."),
)  # fmt: skip
def comment_card(card: BattleCard, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """The words stand in the ledger."""
    return Effects(result=card)
