"""The loop of an item: screened, analysed, decided, answered, closed; passed upwards where it is late (clause 2.4.4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from sellwell.control.intelligence import policies
from sellwell.control.intelligence.models import (
    Action,
    ActionState,
    Confidentiality,
    Credibility,
    Item,
    ItemKind,
    ItemState,
    Lawful,
    Reliability,
    StepKind,
)
from sellwell.control.intelligence.operations.steps import ESCALATE, VERBS, begin, end, finish
from sellwell.foundation.company import queries as company
from sellwell.kernel.drafting import document
from sellwell.kernel.effects import Effects, NewDeadline, NewTask
from sellwell.kernel.inputs import Input, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, State, T

OWN_ITEM = Reason(
    "intelligence.own_item",
    T("不能筛选自己提交的情报，请由同事办理。", "Nobody screens what they sent in. Ask a colleague."),
)
NOT_DECLARED = Reason(
    "intelligence.not_declared",
    T(
        "提交人还没有声明来源，暂不能采纳。",
        "Who sent it has not declared its source yet; it cannot be taken up.",
    ),
)
GOT_WRONGLY = Reason(
    "intelligence.got_wrongly",
    T(
        "来源不当的情报不能采纳，请选“不采纳”。",
        "What was got wrongly is not taken up: choose “not taken up”.",
    ),
)
DOUBTFUL = Reason(
    "intelligence.doubtful",
    T(
        "来源声明为“{lawful}”，采纳前须法务同意。",
        "Its source is declared as “{lawful}”: legal must agree first.",
    ),
)
WHY_NOT = Reason(
    "intelligence.why_not", T("请写明不采纳的原因，提交人会看到。", "Say why; the sender will read it.")
)
WHICH_ONE = Reason(
    "intelligence.which_one", T("请选择它与哪条情报重复。", "Choose the item that it repeats.")
)  # fmt: skip
ITSELF = Reason("intelligence.itself", T("不能与自身重复。", "It does not repeat itself."))
SORT_IT = Reason("intelligence.sort_it", T("请选择情报类别。", "Choose the kind of the item."))
DUE_PAST = Reason("intelligence.due_past", T("完成日期不能早于今天。", "It cannot be due before today."))
NOT_HERE = Reason(
    "intelligence.owner_not_here", T("此人在本公司没有任职。", "This person holds no post in the company.")
)  # fmt: skip
NOT_YOURS = Reason(
    "intelligence.not_yours",
    T("由提交人看过反馈后关闭。", "Who sent it in closes it, having read the answer."),
)
NOT_LATE = Reason("intelligence.not_late", T("还没有逾期。", "It is not late."))
UP = "sales_manager"  # to whom what is late is passed

Line = Annotated[ShortText, Field(min_length=2)]


class Screening(State):
    """What comes of a screening."""

    ACCEPT = "accept", T("采纳", "Take it up")
    REJECT = "reject", T("不采纳", "Do not take it up")
    DUPLICATE = "duplicate", T("与已有情报重复", "It repeats another item")


class Screen(Input):
    """Whether it is taken up, and how far it can be relied on."""

    decision: Screening = field(T("结论", "Decision"))
    reliability: Reliability = field(T("来源可靠性", "Reliability of the source"), Reliability.F)
    credibility: Credibility = field(T("内容可信度", "Credibility"), Credibility.SIX)
    confidentiality: Confidentiality = field(T("密级", "Confidentiality"), Confidentiality.OPEN)
    kind: ItemKind | None = field(T("类别（改正）", "Kind (to correct it)"), None)
    competitor: Ref("intelligence.competitor") | None = field(T("竞争对手", "Competitor"), None)
    product: Ref("catalog.product") | None = field(T("产品", "Product"), None)
    original: Ref("intelligence.item") | None = field(T("与哪条重复", "Repeats"), None)
    reason: ShortText = field(T("原因（不采纳时必填）", "Reason (where it is not taken up)"), "")


def assess_screening(item: Item, given: Screen | None, ctx: Context) -> Assessment:
    """Not by the sender; a lawful source, or legal agrees; a reason or the repeated item where it is not taken up."""
    found = [OWN_ITEM.refuse()] if item.created_by_id == ctx.user_id else []
    if given is None:
        return Assessment(objections=tuple(found))
    content = {"decision": given.decision.value, "lawful": item.lawful}
    if given.decision is Screening.REJECT and not given.reason:
        found.append(WHY_NOT.refuse(path="reason"))
    if given.decision is Screening.DUPLICATE:
        found += [WHICH_ONE.refuse(path="original")] if given.original is None else []
        found += [ITSELF.refuse(path="original")] if given.original == item.pk else []
    if given.decision is Screening.ACCEPT:
        found += _taken_up(item, given, ctx)
    return Assessment(content=content, objections=tuple(found))


def _taken_up(item: Item, given: Screen, ctx: Context) -> list[Objection]:
    """What stands against taking an item up."""
    found = [SORT_IT.refuse(path="kind")] if (given.kind or item.kind) == ItemKind.UNSORTED else []
    if item.lawful == Lawful.UNDECLARED.value:
        found.append(NOT_DECLARED.refuse())
    elif item.lawful == Lawful.WRONG.value:
        found.append(GOT_WRONGLY.refuse(path="decision"))
    elif policies.needs_legal(item.lawful, ctx):
        found.append(DOUBTFUL.hold(policies.LEGAL, lawful=Lawful(item.lawful).label))
    return found


@operation(
    "intelligence.screen", T("筛选", "Screen"), Item, input=Screen, from_states=[ItemState.SUBMITTED],
    assess=assess_screening, clauses=["2.4.4"],
    help=T(
        "决定采纳、不采纳或与已有情报重复，并评定可靠性与可信度；不能筛选自己提交的。",
        "Take it up, turn it down or name what it repeats, and grade it; nobody screens an item of their own.",
    ),
)  # fmt: skip
def screen(item: Item, given: Screen, ctx: Context, assessment: Assessment) -> Effects:
    """The item goes on to analysis with who screened it, or is over and the sender is told why."""
    effects = Effects(result=item)
    finish(effects, item, StepKind.SCREEN, ctx)
    effects.drop_tasks.append(item.pk)
    grades: dict[str, Any] = {
        "reliability": given.reliability.value, "credibility": given.credibility.value,
        "confidentiality": given.confidentiality.value, "screened_by_id": ctx.user_id,
        "kind": (given.kind or ItemKind(item.kind)).value,
    }  # fmt: skip
    if given.competitor is not None:
        grades["competitor_id"] = given.competitor
    if given.product is not None:
        grades["product_id"] = given.product
    if given.decision is not Screening.ACCEPT:
        is_double = given.decision is Screening.DUPLICATE
        state = ItemState.DUPLICATE if is_double else ItemState.REJECTED
        effects.update(
            item, state=state.value, outcome=given.reason, duplicate_of_id=given.original if is_double else None,
            due_at=None, answered_at=ctx.now, closed_at=ctx.now, **grades,
        )  # fmt: skip
        end(effects, item)
        return effects
    effects.update(item, **grades)
    due = begin(effects, item, StepKind.ANALYSE, ctx, owner_id=ctx.user_id)
    effects.update(item, state=ItemState.SCREENED.value, owner_id=ctx.user_id, due_at=due)
    return effects


class Analyse(Input):
    """What it means for us."""

    finding: Annotated[Text, Field(min_length=4)] = field(T("分析结论", "What it means for us"))


@operation(
    "intelligence.analyse", T("分析", "Analyse"), Item, input=Analyse, from_states=[ItemState.SCREENED], clauses=["2.4.4"],
    help=T("写出情报对我方意味着什么，供定对策。", "What the item means for us, for the decision that follows."),
)  # fmt: skip
def analyse(item: Item, given: Analyse, ctx: Context, assessment: Assessment) -> Effects:
    """The finding; then what is done about it is decided."""
    effects = Effects(result=item)
    finish(effects, item, StepKind.ANALYSE, ctx)
    effects.drop_tasks.append(item.pk)
    due = begin(effects, item, StepKind.DECIDE, ctx, role=UP)
    effects.update(item, state=ItemState.ANALYSED.value, finding=given.finding, due_at=due)
    return effects


class NewAction(Input):
    """What somebody does by a day."""

    text: Line = field(T("做什么", "What"))
    owner: Ref("kernel.user") = field(T("谁", "Who"))
    due_on: date = field(T("何时完成", "By when"))


class Decide(Input):
    """What is done about it. Without actions, why nothing is done."""

    strategy: Annotated[Text, Field(min_length=4)] = field(T("对策", "What we do about it"))
    actions: list[NewAction] = field(T("行动项", "Action items"), default_factory=list, max_length=10)


def action_objections(actions: list[NewAction], ctx: Context) -> list[Objection]:
    """People who work here, days that lie ahead."""
    here = company.posts_since(ctx.today, ctx.company_id) if actions else {}
    found = []
    for number, one in enumerate(actions):
        if one.due_on < ctx.today:
            found.append(DUE_PAST.refuse(path=f"actions.{number}.due_on"))
        if one.owner not in here:
            found.append(NOT_HERE.refuse(path=f"actions.{number}.owner"))
    return found


def assess_deciding(item: Item, given: Decide | None, ctx: Context) -> Assessment:
    """Every action has somebody of the company and a day."""
    if given is None:
        return Assessment()
    return Assessment(
        content={"actions": len(given.actions)}, objections=tuple(action_objections(given.actions, ctx))
    )


@operation(
    "intelligence.decide", T("定对策", "Decide"), Item, input=Decide, from_states=[ItemState.ANALYSED],
    assess=assess_deciding, clauses=["2.4.4"],
    help=T(
        "写明对策，把要做的事分给人并定日期；不采取行动时写明理由。",
        "What is done about it, by whom and by when; or why nothing is done.",
    ),
)  # fmt: skip
def decide(item: Item, given: Decide, ctx: Context, assessment: Assessment) -> Effects:
    """Actions become tasks; without any the answer to the sender is next."""
    effects = Effects(result=item)
    finish(effects, item, StepKind.DECIDE, ctx)
    effects.drop_tasks.append(item.pk)
    if not given.actions:
        effects.update(item, strategy=given.strategy)
        to_answer(effects, item, ctx)
        return effects
    made = [new_action(one, ctx, item=item) for one in given.actions]
    effects.insert(*made)
    for action in made:
        ask_for(effects, action)
    effects.search += made
    last = policies.evening_of(max(one.due_on for one in given.actions))
    begin(effects, item, StepKind.ACT, ctx, due_at=last)
    effects.update(item, state=ItemState.ASSIGNED.value, strategy=given.strategy, due_at=last)
    return effects


def new_action(given: NewAction, ctx: Context, **of: Any) -> Action:
    """An action of somebody, in the department where they work."""
    where = company.scope_columns(given.owner, ctx.company_id, ctx.today) or {"owner_id": given.owner}
    return document(Action, ctx, "AC", ActionState.OPEN, text=given.text, due_on=given.due_on, **where, **of)


def ask_for(effects: Effects, action: Action) -> None:
    """The owner's task, and the moment at which the owner's superior is told."""
    due = policies.evening_of(action.due_on)
    effects.tasks.append(
        NewTask("intelligence.complete_action", action, owner_id=action.owner_id, due_at=due)
    )
    effects.deadlines.append(NewDeadline("intelligence.chase_action", action.pk, due))


def to_answer(effects: Effects, item: Item, ctx: Context) -> None:
    """What was decided is done: now the sender gets an answer, in the days from the sending on or after the action."""
    after = policies.due_at("answer_after_action", item.kind, item.is_urgent, ctx.now, ctx)
    due = max(item.answer_due_at, after)
    begin(effects, item, StepKind.ANSWER, ctx, owner_id=item.owner_id, due_at=due)
    effects.update(item, state=ItemState.DONE.value, due_at=due)


class Answer(Input):
    """What became of it, in words for who sent it in."""

    answer: Annotated[Text, Field(min_length=4)] = field(T("给提交人的反馈", "Answer to the sender"))


@operation(
    "intelligence.answer", T("反馈提交人", "Answer the sender"), Item, input=Answer, from_states=[ItemState.DONE],
    clauses=["2.4.4"],
    help=T("告诉提交人情报派上了什么用场、结果如何。", "Tell who sent it what it was good for and what came of it."),
)  # fmt: skip
def answer(item: Item, given: Answer, ctx: Context, assessment: Assessment) -> Effects:
    """The sender has the answer, and closes the loop by having read it."""
    effects = Effects(result=item)
    finish(effects, item, StepKind.ANSWER, ctx)
    effects.drop_tasks.append(item.pk)
    due = begin(effects, item, StepKind.CLOSE, ctx, owner_id=item.created_by_id)
    effects.update(
        item, state=ItemState.ANSWERED.value, answer=given.answer, answered_at=ctx.now, due_at=due
    )  # fmt: skip
    return effects


def assess_closing(item: Item, given: Any, ctx: Context) -> Assessment:
    """By who sent it in or handles it, or by itself."""
    is_theirs = ctx.actor.is_system or ctx.user_id in (item.created_by_id, item.owner_id)
    return Assessment(objections=() if is_theirs else (NOT_YOURS.refuse(),))


@operation(
    "intelligence.close", T("已阅，关闭", "Read and closed"), Item, from_states=[ItemState.ANSWERED],
    assess=assess_closing, clauses=["2.4.4"],
    help=T("提交人看过反馈后关闭；逾期未看的自动关闭。", "The sender has read the answer; closed by itself where nobody does."),
)  # fmt: skip
def close(item: Item, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Over."""
    effects = Effects(result=item)
    finish(effects, item, StepKind.CLOSE, ctx)
    effects.update(item, state=ItemState.CLOSED.value, closed_at=ctx.now, due_at=None)
    end(effects, item)
    return effects


NEXT = {
    ItemState.SUBMITTED: StepKind.SCREEN, ItemState.SCREENED: StepKind.ANALYSE, ItemState.ANALYSED: StepKind.DECIDE,
    ItemState.ASSIGNED: StepKind.ACT, ItemState.DONE: StepKind.ANSWER, ItemState.ANSWERED: StepKind.CLOSE,
}  # fmt: skip


def assess_escalating(item: Item, given: Any, ctx: Context) -> Assessment:
    """Its step is late."""
    is_late = item.due_at is not None and item.due_at <= ctx.now
    return Assessment(objections=() if is_late else (NOT_LATE.refuse(),))


@operation(
    ESCALATE, T("逾期上报", "Pass upwards"), Item,
    from_states=[ItemState.SUBMITTED, ItemState.SCREENED, ItemState.ANALYSED, ItemState.ASSIGNED, ItemState.DONE],
    assess=assess_escalating, menu=False, while_held=True, clauses=["2.4.4"],
    help=T("步骤逾期时报给销售经理。到期自动办理。", "A step that is late goes to the sales manager too. Done by itself."),
)  # fmt: skip
def escalate(item: Item, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The sales manager may do the step too, within a day."""
    effects = Effects(result=item)
    verb = VERBS.get(NEXT[ItemState(item.state)])
    if verb is not None:
        effects.tasks.append(NewTask(verb, item, role=UP, working_hours=Decimal(8)))
    return effects


class Comment(Input):
    """A note for the timeline."""

    text: ShortText = field(T("备注", "Note"), min_length=1)


@operation(
    "intelligence.comment", T("写备注", "Comment"), Item, input=Comment, while_held=True, menu=False, clauses=["2.4.4"],
    help=T("在时间线上写备注。", "Write a note on the timeline."),
)  # fmt: skip
def comment(item: Item, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """The words stand in the ledger."""
    return Effects(result=item)
