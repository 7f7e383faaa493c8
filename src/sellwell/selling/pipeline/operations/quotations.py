"""Quotations: written by price rules, approved below the floor, sent, accepted or revised in versions (clause 2.2.4)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from sellwell.foundation.customers.queries import customer as customer_of
from sellwell.kernel import clock, drafting
from sellwell.kernel.effects import Effects, NewDeadline, NewEvent, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Price, Quantity, Ref, Text, field
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.pipeline import policies, pricing, queries, rules
from sellwell.selling.pipeline.models import Opportunity, Quotation, QuotationLine, QuotationState, Stage
from sellwell.selling.pipeline.operations.opportunities import enter, record_win

MOST_LINES = 1000
FIXED_CUSTOMER = Reason(
    "pipeline.fixed_customer",
    T(
        "报价单不能换客户。请为另一个客户新建报价。",
        "A quotation keeps its customer. Write a new one for another customer.",
    ),
)


class LineInput(Input):
    """A line: no price means the one that the price rules give."""

    product: Ref("catalog.product") = field(T("产品", "Product"))
    quantity: Quantity = field(T("数量", "Quantity"))
    unit_price: Price | None = field(
        T("单价", "Price"), None, help=T("不填按价格规则", "Empty: by the price rules")
    )


class QuotationData(Input):
    """The terms of a quotation."""

    valid_until: date | None = field(
        T("有效期至", "Valid until"), None, help=T("不填按制度天数", "Empty: by policy")
    )
    payment_days: Annotated[int, Field(ge=0, le=365)] | None = field(
        T("账期（天）", "Payment days"), None, help=T("不填按客户账期", "Empty: the customer's")
    )
    lines: list[LineInput] = field(T("明细", "Lines"), max_length=MOST_LINES)
    note: Text = field(T("备注", "Note"), "")


class ForCustomer(Input):
    """Whom a quotation is for, with or without an opportunity. Stands first in the form."""

    customer: Ref("customers.customer") = field(T("客户", "Customer"))
    opportunity: Ref("pipeline.opportunity") | None = field(T("商机", "Opportunity"), None)


class AddQuotation(QuotationData, ForCustomer):
    """A new quotation."""


def _written(
    given: QuotationData, customer: Any, ctx: Context
) -> tuple[dict[str, Any], pricing.Offer | None, list[Objection]]:
    """The head with its defaults, the priced lines, and what is wrong with either."""
    valid_until = given.valid_until or ctx.today + timedelta(days=policies.valid_days(customer.grade, ctx))
    days = customer.payment_days if given.payment_days is None else given.payment_days
    head = {"valid_until": valid_until, "payment_days": days}
    wrong = rules.validity_objections(valid_until, ctx.today)
    if not given.lines:
        return head, None, [*wrong, rules.NO_LINES.refuse(path="lines")]
    offered = pricing.offer(ctx.company_id, customer, given.lines, ctx.today)
    return head, offered, [*wrong, *offered.objections]


def assess_add(row: None, given: AddQuotation, ctx: Context) -> Assessment:
    """Prices by the rules of the day; the opportunity must be the customer's and far enough (clause 1.4.3)."""
    customer = customer_of(given.customer)
    head, offered, wrong = _written(given, customer, ctx)
    if given.opportunity is not None:
        wrong += _opportunity_objections(Opportunity.objects.get(pk=given.opportunity), given)
    terms = {"customer": str(given.customer), **head}
    content = pricing.content_of_offer(terms, offered) if offered is not None else terms
    return Assessment(content=content, carry=(customer, head, offered), objections=tuple(wrong))


def _opportunity_objections(opportunity: Opportunity, given: AddQuotation) -> list[Objection]:
    if opportunity.customer_id != given.customer:
        return [rules.OTHER_CUSTOMER.refuse(path="opportunity")]
    if opportunity.state not in [stage.value for stage in (*queries.MATCHED, Stage.OFFER)]:
        return [rules.TOO_EARLY.refuse(path="opportunity", stage=Stage(opportunity.state))]
    return []


@operation(
    "pipeline.add_quotation",
    T("新建报价", "Add quotation"),
    Quotation,
    help=T(
        "为客户编制报价，单价按价格规则带出，可手工修改；低于底价的报价发出前需要审批。",
        "Writes a quotation; prices come from the price rules and may be typed over. Below the floor, sending needs approval.",
    ),
    input=AddQuotation,
    creates=True,
    parent="opportunity",
    assess=assess_add,
    clauses=["2.2.4", "5.2.1", "1.1.5"],
)
def add_quotation(row: None, given: AddQuotation, ctx: Context, assessment: Assessment) -> Effects:
    """The draft with its lines, with the task to send it."""
    effects = Effects()
    customer, head, offered = assessment.carry
    opportunity = Opportunity.objects.get(pk=given.opportunity) if given.opportunity else None
    quotation = drafting.document(
        Quotation, ctx, "QT", QuotationState.DRAFT, after=opportunity or customer, customer=customer,
        opportunity=opportunity, note=given.note, **head, **_totals(offered),
    )  # fmt: skip
    effects.insert(quotation)
    effects.insert(*pricing.new_lines(quotation, offered))
    effects.search.append(quotation)
    if opportunity is not None:
        effects.links.append((opportunity, quotation))
    effects.tasks.append(NewTask("pipeline.send_quotation", quotation, working_hours=Decimal(8)))
    effects.result = quotation
    return effects


def _totals(offered: pricing.Offer) -> dict[str, Any]:
    totals = offered.totals
    return {
        "net": totals.net,
        "tax": totals.tax,
        "total": totals.total,
        "tax_inside": offered.tax_inside,
        "currency": offered.currency,
    }


class ChangeQuotation(QuotationData):
    """New terms for the same customer."""

    customer: Ref("customers.customer") | None = field(
        T("客户", "Customer"), None, help=T("不能改为另一个客户", "Cannot become another customer")
    )


def assess_change(quotation: Quotation, given: ChangeQuotation | None, ctx: Context) -> Assessment:
    """New terms, priced anew."""
    if given is None:
        return Assessment()
    customer = customer_of(quotation.customer_id)
    head, offered, wrong = _written(given, customer, ctx)
    if given.customer not in (None, quotation.customer_id):
        wrong.append(FIXED_CUSTOMER.refuse(path="customer"))
    terms = {"customer": str(quotation.customer_id), **head}
    content = pricing.content_of_offer(terms, offered) if offered is not None else terms
    return Assessment(content=content, carry=(head, offered), objections=tuple(wrong))


@operation(
    "pipeline.change_quotation",
    T("修改报价", "Change quotation"),
    Quotation,
    help=T(
        "修改草稿的明细、价格、有效期和账期。", "Changes lines, prices, validity and payment days of a draft."
    ),
    input=ChangeQuotation,
    from_states=[QuotationState.DRAFT],
    assess=assess_change,
    clauses=["2.2.4"],
)
def change_quotation(
    quotation: Quotation, given: ChangeQuotation, ctx: Context, assessment: Assessment
) -> Effects:
    """The lines before are void, the new ones stand."""
    effects = Effects(result=quotation)
    head, offered = assessment.carry
    _void(effects, quotation)
    effects.insert(*pricing.new_lines(quotation, offered))
    effects.update(quotation, note=given.note, **head, **_totals(offered))
    return effects


_VOID = (
    "UPDATE pipeline_quotationline SET is_void = true, version = version + 1 WHERE quotation_id = %s AND NOT is_void"
    " RETURNING new.id, to_jsonb(old), to_jsonb(new)"
)


def _void(effects: Effects, quotation: Quotation) -> None:
    effects.execute(QuotationLine, _VOID, [quotation.pk])


def lock_opportunity(quotation: Quotation, given: Any, ctx: Context) -> list[Lock]:
    """The opportunity moves with its quotation."""
    return [lock("parent", Opportunity, [quotation.opportunity_id])] if quotation.opportunity_id else []


# --- sending -----------------------------------------------------------------------------------------------------------


def assess_send(quotation: Quotation, given: Any, ctx: Context) -> Assessment:
    """The whole offer, for the floor, the margin and the amount limit; still valid, with lines."""
    lines = queries.quotation_lines(quotation.pk)
    wrong = rules.validity_objections(quotation.valid_until, ctx.today)
    if not lines:
        wrong.append(rules.NO_LINES.refuse(path="lines"))
    return Assessment(content=pricing.content_of_quotation(quotation, lines), objections=tuple(wrong))


@operation(
    "pipeline.send_quotation",
    T("发出报价", "Send quotation"),
    Quotation,
    help=T(
        "发出报价，之后不能再改，只能修订出新版本。低于底价、毛利过低或超出本人限额时先审批。",
        "Sends the quotation; from then on it can only be revised. Below floor, low margin or over one's limit: approval first.",
    ),
    from_states=[QuotationState.DRAFT],
    assess=assess_send,
    lock_keys=lock_opportunity,
    route=policies.AMOUNT_APPROVAL,
    clauses=["2.2.4", "1.4.3"],
)
def send_quotation(quotation: Quotation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Sent; its opportunity is now at the offer; the customer's answer is awaited until it expires."""
    effects = Effects(result=quotation)
    effects.update(quotation, state=QuotationState.SENT.value)
    if quotation.opportunity is not None and quotation.opportunity.state in [
        s.value for s in queries.MATCHED
    ]:
        enter(effects, quotation.opportunity, Stage.OFFER, ctx)
    hours = Decimal(8) * max(1, min(5, (quotation.valid_until - ctx.today).days))
    effects.tasks.append(NewTask("pipeline.accept_quotation", quotation, working_hours=hours))
    over = clock.day_begins(quotation.valid_until + timedelta(days=1))
    effects.deadlines.append(NewDeadline("pipeline.expire_quotation", quotation.pk, over))
    effects.events.append(NewEvent("pipeline.quoted", {"quotation": str(quotation.pk)}))
    return effects


# --- the customer's answer ---------------------------------------------------------------------------------------------


def assess_accept(quotation: Quotation, given: Any, ctx: Context) -> Assessment:
    """An expired quotation cannot be accepted."""
    content = {"customer": str(quotation.customer_id), "total": quotation.total}
    wrong = rules.acceptance_objections(quotation.valid_until, ctx.today)
    return Assessment(content=content, objections=tuple(wrong))


@operation(
    "pipeline.accept_quotation",
    T("客户接受", "Customer accepts"),
    Quotation,
    help=T(
        "登记客户接受报价；商机赢单，下一步签订合同或下订单。",
        "Records the acceptance: the opportunity is won; next are contract or order.",
    ),
    from_states=[QuotationState.SENT],
    assess=assess_accept,
    lock_keys=lock_opportunity,
    clauses=["2.2.4", "1.4.3"],
)
def accept_quotation(quotation: Quotation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Accepted; the opportunity is won for its amount; the owner makes the contract (or the order)."""
    effects = Effects(result=quotation)
    effects.update(quotation, state=QuotationState.ACCEPTED.value)
    opportunity = quotation.opportunity
    if opportunity is not None and opportunity.state in [s.value for s in queries.OPEN_STAGES]:
        record_win(effects, opportunity, quotation.total, ctx)
    effects.tasks.append(NewTask("contracts.create", quotation, working_hours=Decimal(16)))
    effects.events.append(NewEvent("pipeline.accepted", {"quotation": str(quotation.pk)}))
    return effects


class Decline(Input):
    """Why the customer did not take it."""

    reason: Text = field(T("原因", "Reason"), min_length=2)


@operation(
    "pipeline.decline_quotation",
    T("客户拒绝", "Customer declines"),
    Quotation,
    help=T(
        "登记客户没有接受报价及原因；可以修订后再报。",
        "Records that the customer did not accept, and why; it can be revised.",
    ),
    input=Decline,
    from_states=[QuotationState.DRAFT, QuotationState.SENT],
    clauses=["2.2.4"],
)
def decline_quotation(quotation: Quotation, given: Decline, ctx: Context, assessment: Assessment) -> Effects:
    """Declined; its tasks are dropped. An open opportunity goes on: its owner offers again or gives it up."""
    effects = Effects(result=quotation)
    effects.update(quotation, state=QuotationState.DECLINED.value)
    _over(effects, quotation)
    return effects


def _over(effects: Effects, quotation: Quotation) -> None:
    """Nothing more to do for this version; its open opportunity stays in its owner's list (clause 1.3.3)."""
    effects.drop_tasks.append(quotation.pk)
    opportunity = quotation.opportunity
    if opportunity is not None and opportunity.state in [s.value for s in queries.OPEN_STAGES]:
        effects.tasks.append(NewTask("pipeline.add_quotation", opportunity, working_hours=Decimal(16)))


def assess_expire(quotation: Quotation, given: Any, ctx: Context) -> Assessment:
    """Only once its time is over."""
    is_valid = quotation.valid_until >= ctx.today
    return Assessment(objections=(rules.STILL_VALID.refuse(day=quotation.valid_until),) if is_valid else ())


@operation(
    "pipeline.expire_quotation",
    T("报价到期", "Expire quotation"),
    Quotation,
    help=T(
        "有效期已过、客户没有答复的报价置为过期。", "Closes a quotation whose time is over without an answer."
    ),
    from_states=[QuotationState.SENT],
    assess=assess_expire,
    clauses=["2.2.4"],
)
def expire_quotation(quotation: Quotation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Expired; a revision may follow."""
    effects = Effects(result=quotation)
    effects.update(quotation, state=QuotationState.EXPIRED.value)
    _over(effects, quotation)
    return effects


@operation(
    "pipeline.revise_quotation",
    T("修订报价", "Revise quotation"),
    Quotation,
    help=T(
        "生成新版本草稿并带入原明细，原版本即被替代。",
        "Makes a new version with the same lines; the version before is replaced.",
    ),
    from_states=[QuotationState.SENT, QuotationState.DECLINED, QuotationState.EXPIRED],
    clauses=["2.2.4"],
)
def revise_quotation(quotation: Quotation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The next version as a draft, valid anew; what was agreed on price stays until somebody changes it."""
    effects = Effects()
    revision = quotation.revision + 1
    valid_until = ctx.today + timedelta(days=policies.valid_days(quotation.customer.grade, ctx))
    copied = (
        "customer_id",
        "opportunity_id",
        "payment_days",
        "tax_inside",
        "currency",
        "net",
        "tax",
        "total",
        "note",
    )
    version = drafting.document(
        Quotation, ctx, "QT", QuotationState.DRAFT, after=quotation, replaces=quotation, revision=revision,
        number=rules.next_number(quotation.number, revision), valid_until=valid_until,
        **{name: getattr(quotation, name) for name in copied},
    )  # fmt: skip
    effects.insert(version)
    effects.insert(*[_copy(line, version) for line in queries.quotation_lines(quotation.pk)])
    effects.update(quotation, state=QuotationState.REPLACED.value)
    effects.search.append(version)
    effects.links.append((quotation, version))
    effects.drop_tasks += [quotation.pk, *([quotation.opportunity_id] if quotation.opportunity_id else [])]
    effects.tasks.append(NewTask("pipeline.send_quotation", version, working_hours=Decimal(8)))
    effects.result = version
    return effects


_COPIED = (
    "company_id", "position", "product_id", "quantity", "unit_price", "list_price", "price_source", "tax_rate", "net", "tax", "total",
)  # fmt: skip


def _copy(line: QuotationLine, version: Quotation) -> QuotationLine:
    return QuotationLine(id=new_id(), quotation=version, **{name: getattr(line, name) for name in _COPIED})
