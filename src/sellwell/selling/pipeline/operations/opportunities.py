"""Opportunities: the stages of a sale, each entered only when its conditions are met (clause 1.4.3)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from sellwell.foundation.customers.queries import customer as customer_of
from sellwell.kernel import clock, drafting
from sellwell.kernel.effects import Effects, NewEvent, NewTask, Posting
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Amount, Input, Quantity, Rate, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import T
from sellwell.selling.pipeline import policies, queries, rules
from sellwell.selling.pipeline.models import Opportunity, OpportunityProduct, Stage

Title = Annotated[ShortText, Field(min_length=1, max_length=120)]
Expected = Annotated[Amount, Field(ge=0)]


class AddOpportunity(Input):
    """A possible sale."""

    customer: Ref("customers.customer") = field(T("客户", "Customer"))
    title: Title = field(T("商机名称", "Opportunity"))
    needs: Text = field(T("需求", "Needs"), "")
    expected_amount: Expected = field(T("预计金额", "Expected amount"), Decimal(0))
    expected_close: date | None = field(T("预计成交日", "Expected close"), None)


def assess_add(row: None, given: AddOpportunity, ctx: Context) -> Assessment:
    """The customer, for the guard against blocked ones. The expected amount is a guess and meets no limit."""
    content = {"customer": str(given.customer), "expected_amount": given.expected_amount}
    return Assessment(content=content)


@operation(
    "pipeline.add_opportunity",
    T("新建商机", "Add opportunity"),
    Opportunity,
    help=T(
        "登记一个可能成交的商机，从“开发客户”阶段开始。",
        "Enters a possible sale; it starts at customer development.",
    ),
    input=AddOpportunity,
    creates=True,
    parent="customer",
    assess=assess_add,
    clauses=["1.4.3"],
)
def add_opportunity(row: None, given: AddOpportunity, ctx: Context, assessment: Assessment) -> Effects:
    """The opportunity in the customer's scope, with the task to analyse needs."""
    effects = Effects()
    customer = customer_of(given.customer)
    opportunity = drafting.document(
        Opportunity, ctx, "OP", Stage.DEVELOP, after=customer, customer=customer, title=given.title, needs=given.needs,
        expected_amount=given.expected_amount, expected_close=given.expected_close, stage_since=ctx.now,
        probability=policies.probability_of(Stage.DEVELOP, ctx),
    )  # fmt: skip
    effects.insert(opportunity)
    effects.search.append(opportunity)
    effects.tasks.append(NewTask("pipeline.analyse_needs", opportunity, working_hours=Decimal(16)))
    effects.result = opportunity
    return effects


def enter(effects: Effects, opportunity: Opportunity, stage: Stage, ctx: Context, **values: Any) -> None:
    """Bring an opportunity into a stage, now, with the probability that the policy gives it. Conditions come before."""
    effects.update(
        opportunity,
        state=stage.value,
        stage_since=ctx.now,
        probability=policies.probability_of(stage, ctx),
        **values,
    )


# --- needs and products ------------------------------------------------------------------------------------------------


class AnalyseNeeds(Input):
    """What the customer wants solved."""

    needs: Text = field(T("客户需求", "Needs"))


def assess_needs(opportunity: Opportunity, given: AnalyseNeeds | None, ctx: Context) -> Assessment:
    """The needs must say something."""
    if given is None:
        return Assessment()
    wrong = rules.entry_objections("needs", rules.Standing(bool(given.needs.strip()), 0, 0, 0))
    return Assessment(content={"customer": str(opportunity.customer_id)}, objections=tuple(wrong))


@operation(
    "pipeline.analyse_needs",
    T("分析需求", "Analyse needs"),
    Opportunity,
    help=T(
        "写明客户需求，商机进入“分析需求”阶段。",
        "Writes down the needs; the opportunity enters needs analysis.",
    ),
    input=AnalyseNeeds,
    from_states=[Stage.DEVELOP, Stage.NEEDS],
    assess=assess_needs,
    clauses=["1.4.3"],
)
def analyse_needs(
    opportunity: Opportunity, given: AnalyseNeeds, ctx: Context, assessment: Assessment
) -> Effects:
    """Needs written, stage entered; next are the products that meet them."""
    effects = Effects(result=opportunity)
    if opportunity.state == Stage.NEEDS.value:
        effects.update(opportunity, needs=given.needs)
    else:
        enter(effects, opportunity, Stage.NEEDS, ctx, needs=given.needs)
    effects.tasks.append(NewTask("pipeline.match_products", opportunity, working_hours=Decimal(16)))
    return effects


class Match(Input):
    """A product that meets the needs, and how well."""

    product: Ref("catalog.product") = field(T("产品", "Product"))
    quantity: Quantity = field(T("数量", "Quantity"))
    fit: Annotated[int, Field(ge=1, le=5)] = field(T("匹配度（1–5）", "Fit (1 to 5)"), 3)
    why: ShortText = field(T("理由", "Why"), "")


class MatchProducts(Input):
    """The products that meet the needs."""

    products: list[Match] = field(T("产品", "Products"), max_length=100)


def assess_match(opportunity: Opportunity, given: MatchProducts | None, ctx: Context) -> Assessment:
    """At least one product, and needs that it can meet."""
    if given is None:
        return Assessment()
    wrong = rules.entry_objections("match", queries.standing(opportunity, products=len(given.products)))
    return Assessment(content={"customer": str(opportunity.customer_id)}, objections=tuple(wrong))


@operation(
    "pipeline.match_products",
    T("匹配产品", "Match products"),
    Opportunity,
    help=T(
        "选出满足需求的产品及匹配度，商机进入“匹配产品”阶段。",
        "Names the products that meet the needs; the opportunity enters product match.",
    ),
    input=MatchProducts,
    from_states=[Stage.NEEDS, Stage.MATCH],
    assess=assess_match,
    clauses=["1.4.3"],
)
def match_products(
    opportunity: Opportunity, given: MatchProducts, ctx: Context, assessment: Assessment
) -> Effects:
    """The matches replace those before; the next task is the quotation."""
    effects = Effects(result=opportunity)
    for old in queries.products_of(opportunity.pk):
        effects.update(old, is_void=True)
    effects.insert(
        *[
            OpportunityProduct(
                id=new_id(), company_id=opportunity.company_id, opportunity=opportunity, product_id=line.product,
                quantity=line.quantity, fit=line.fit, why=line.why,
            )
            for line in given.products
        ]
    )  # fmt: skip
    if opportunity.state == Stage.NEEDS.value:
        enter(effects, opportunity, Stage.MATCH, ctx)
    effects.tasks.append(NewTask("pipeline.add_quotation", opportunity, working_hours=Decimal(16)))
    return effects


# --- a trial, where the trade has them ---------------------------------------------------------------------------------


class BeginTrial(Input):
    """What the customer tries, and until when."""

    trial: ShortText = field(
        T("试用内容", "What is tried"), min_length=2,
        help=T("样品、试点范围或试用账号，以及怎样算通过。", "Samples, a pilot or an account, and what counts as passed."),
    )  # fmt: skip
    until: date = field(T("试用截止日", "Until"))


def assess_trial(opportunity: Opportunity, given: BeginTrial | None, ctx: Context) -> Assessment:
    """Needs and products are there, and the trial has an end to come."""
    wrong = rules.entry_objections("trial", queries.standing(opportunity))
    if given is not None:
        wrong += rules.trial_objections(given.until, ctx.today)
    return Assessment(content={"customer": str(opportunity.customer_id)}, objections=tuple(wrong))


@operation(
    "pipeline.begin_trial",
    T("开始试用", "Begin trial"),
    Opportunity,
    help=T(
        "客户先试用样品或试点，商机进入“样品试用”阶段；截止时提醒报价。",
        "The customer tries samples or a pilot first; the opportunity enters trial, and at its end the quotation is due.",
    ),
    input=BeginTrial,
    from_states=queries.MATCHED,
    assess=assess_trial,
    clauses=["1.1.4", "1.4.3"],
)
def begin_trial(opportunity: Opportunity, given: BeginTrial, ctx: Context, assessment: Assessment) -> Effects:
    """The trial stage, and the quotation due when it ends."""
    effects = Effects(result=opportunity)
    if opportunity.state == Stage.TRIAL.value:
        effects.update(opportunity, trial=given.trial, trial_until=given.until)
    else:
        enter(effects, opportunity, Stage.TRIAL, ctx, trial=given.trial, trial_until=given.until)
    effects.drop_tasks.append(opportunity.pk)
    over = clock.day_begins(given.until + timedelta(days=1))
    effects.tasks.append(NewTask("pipeline.add_quotation", opportunity, due_at=over))
    return effects


# --- offer, won, lost --------------------------------------------------------------------------------------------------


def assess_stage(stage: str) -> Any:
    """Asks for the conditions of a stage."""

    def assess(opportunity: Opportunity, given: Any, ctx: Context) -> Assessment:
        wrong = rules.entry_objections(stage, queries.standing(opportunity))
        return Assessment(content={"customer": str(opportunity.customer_id)}, objections=tuple(wrong))

    return assess


@operation(
    "pipeline.offer",
    T("进入报价谈判", "Enter offer"),
    Opportunity,
    help=T(
        "已发出报价的商机进入“报价谈判”阶段。发出报价时自动进入。",
        "An opportunity with a sent quotation enters offer; sending one does it by itself.",
    ),
    from_states=queries.MATCHED,
    assess=assess_stage("offer"),
    clauses=["1.4.3"],
)
def offer(opportunity: Opportunity, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The offer stage."""
    effects = Effects(result=opportunity)
    enter(effects, opportunity, Stage.OFFER, ctx)
    return effects


@operation(
    "pipeline.win",
    T("赢单", "Win"),
    Opportunity,
    help=T(
        "客户已接受报价，或已有合同、订单，商机赢单。接受报价时自动赢单。",
        "There is an accepted quotation, a contract or an order: won. Accepting does it by itself.",
    ),
    from_states=[Stage.OFFER, *queries.MATCHED],
    assess=assess_stage("won"),
    clauses=["1.4.3"],
)
def win(opportunity: Opportunity, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Won for its expected amount."""
    effects = Effects(result=opportunity)
    record_win(effects, opportunity, opportunity.expected_amount, ctx)
    return effects


def record_win(effects: Effects, opportunity: Opportunity, amount: Decimal, ctx: Context) -> None:
    """The stage, the fact `won`, and the end of the opportunity's tasks."""
    enter(effects, opportunity, Stage.WON, ctx, expected_amount=amount)
    effects.facts.append(
        Posting(
            queries.WON, amount, opportunity.pk, ctx.today, opportunity, customer_id=opportunity.customer_id,
            product_line=opportunity.product_line,
        )
    )  # fmt: skip
    effects.drop_tasks.append(opportunity.pk)
    effects.events.append(NewEvent("pipeline.won", {"opportunity": str(opportunity.pk)}))


class Lose(Input):
    """Why the sale was lost."""

    reason: Text = field(T("输单原因", "Reason"), min_length=2)


@operation(
    "pipeline.lose",
    T("输单", "Lose"),
    Opportunity,
    help=T("商机没有成交，写明原因。", "The sale did not come about: say why."),
    input=Lose,
    from_states=queries.OPEN_STAGES,
    danger=True,
    clauses=["1.4.3"],
)
def lose(opportunity: Opportunity, given: Lose, ctx: Context, assessment: Assessment) -> Effects:
    """Lost with its reason; its tasks are dropped."""
    effects = Effects(result=opportunity)
    enter(effects, opportunity, Stage.LOST, ctx, lost_reason=given.reason)
    effects.drop_tasks += [opportunity.pk, *queries.quotation_ids(opportunity.pk)]
    effects.events.append(NewEvent("pipeline.lost", {"opportunity": str(opportunity.pk)}))
    return effects


class ChangeOpportunity(Input):
    """What is expected of the sale."""

    title: Title = field(T("商机名称", "Opportunity"))
    expected_amount: Expected = field(T("预计金额", "Expected amount"))
    probability: Rate = field(T("赢单概率", "Probability"), help=T("0 到 1", "0 to 1"))
    expected_close: date | None = field(T("预计成交日", "Expected close"), None)


@operation(
    "pipeline.change_opportunity",
    T("修改商机", "Change opportunity"),
    Opportunity,
    help=T(
        "修改商机的名称、预计金额、概率和成交日。",
        "Changes title, expected amount, probability and close date.",
    ),
    input=ChangeOpportunity,
    from_states=queries.OPEN_STAGES,
    clauses=["1.4.3"],
)
def change_opportunity(
    opportunity: Opportunity, given: ChangeOpportunity, ctx: Context, assessment: Assessment
) -> Effects:
    """The expectations; the stage stays."""
    effects = Effects(result=opportunity)
    effects.update(
        opportunity, title=given.title, expected_amount=given.expected_amount, probability=given.probability,
        expected_close=given.expected_close,
    )  # fmt: skip
    effects.search.append(opportunity)
    return effects


class Comment(Input):
    """A note on the record."""

    text: Text = field(T("备注", "Note"), min_length=1)


@operation(
    "pipeline.comment",
    T("写备注", "Add a note"),
    Opportunity,
    help=T("在时间线上写一条备注。", "Writes a note on the timeline."),
    input=Comment,
    while_held=True,
    menu=False,
    clauses=["1.4.3"],
)
def comment(opportunity: Opportunity, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """The ledger entry is the note."""
    return Effects(result=opportunity)
