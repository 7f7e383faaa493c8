"""Every verb on contracts, in life-cycle order."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sellwell.kernel.drafting import document
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Code, Input, Name, Price, Quantity, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import Objection, Reason, State, T
from sellwell.selling.contracts import building, facts, policies, queries, rules, texts
from sellwell.selling.contracts.building import Plan
from sellwell.selling.contracts.models import Contract, ContractLine, ContractState
from sellwell.selling.contracts.templates import template_for

DRAFT, APPROVED, SIGNED = ContractState.DRAFT, ContractState.APPROVED, ContractState.SIGNED

TEXT_CHANGED = Reason(
    "contracts.text_changed",
    T(
        "合同文本与审批通过的文本不一致，不能签署。请重新提交审批。",
        "The text is not the one that was approved. Submit it for approval again.",
    ),
)
SIGNED_WHEN = Reason(
    "contracts.signed_when",
    T("签署日期应在 {since} 至 {today} 之间。", "The signing date lies between {since} and {today}."),
)
SCAN_KIND = Reason(
    "contracts.scan_kind",
    T("签署件应为 PDF 或图片。请重新上传。", "The signed copy is a PDF or a picture. Upload it again."),
)
STILL_LEFT = Reason(
    "contracts.still_left",
    T(
        "合同还有未下单的数量（第 {row} 行余 {left}）。如需提前完结，请说明原因。",
        "Quantities are left to order (line {row}: {left}). To close early, give the reason.",
    ),
)
ORDERED_FROM = Reason(
    "contracts.ordered_from",
    T(
        "已有订单使用本合同，不能作废。请先取消订单。",
        "Orders were made from this contract. Cancel them first.",
    ),
)
NO_TERMS = Reason("contracts.no_terms", T("合同没有条款。", "The contract has no terms."))

SIGNING_HOURS = Decimal(80)  # the signing loop: 10 working days (domain 5.1)


# --- create ------------------------------------------------------------------------------------------------------------


class ContractLineInput(Input):
    """One line of a contract."""

    product: Ref("catalog.product") = field(T("产品", "Product"))  # type: ignore[valid-type]
    quantity: Quantity = field(T("数量", "Quantity"))
    unit_price: Price | None = field(
        T("单价", "Unit price"),
        None,
        help=T("留空则按报价单或价格规则。", "Empty: as quoted, else by the price rules."),
    )


class Head(Input):
    """What creation and change have in common."""

    title: ShortText = field(T("合同名称", "Title"), "", max_length=120)
    valid_from: date | None = field(T("生效日期", "Valid from"), None)
    valid_until: date | None = field(T("终止日期", "Valid until"), None)
    delivery_on: date | None = field(T("交付日期", "Delivery by"), None)
    payment_days: int | None = field(T("付款期限（天）", "Payment term (days)"), None, ge=0, le=365)
    acceptance_days: int = field(T("验收期限（天）", "Acceptance term (days)"), 7, ge=0, le=180)


class ContractKind(State):
    """Which template a contract starts from."""

    GOODS = "goods", T("产品买卖", "Sale of goods")
    SERVICE = "service", T("服务", "Services")
    SUPPLY = "supply", T("零售供货", "Supply to retail")
    SUBSCRIPTION = "subscription", T("互联网服务订阅", "Subscription online")


class Source(Input):
    """Whom a new contract is with and what it follows from."""

    quotation: Ref("pipeline.quotation") | None = field(T("报价单", "Quotation"), None)  # type: ignore[valid-type]
    customer: Ref("customers.customer") | None = field(T("客户", "Customer"), None)  # type: ignore[valid-type]
    kind: ContractKind = field(T("模板", "Template"), ContractKind.GOODS)


class CreateContract(Head, Source):  # in this order the source's fields come first
    """A contract from an accepted quotation, or directly for a customer."""

    lines: list[ContractLineInput] = field(T("明细", "Lines"), default_factory=list, max_length=500)


def assess_create(_row: None, given: CreateContract, ctx: Context) -> Assessment:
    """Source, customer and lines, all checked at once."""
    planned, objections = building.plan(ctx, given.customer, given.quotation, given.lines)
    if planned is not None and not planned.priced.lines and not objections:
        objections.append(rules.NO_LINES.refuse(path="lines"))
    return building.creation(planned, objections)


@operation(
    "contracts.create", T("起草合同", "Draft contract"), Contract, input=CreateContract, creates=True, parent="quotation",
    assess=assess_create, clauses=["5.1.1", "1.1.5"],
    help=T("从已接受的报价单或直接为客户起草合同；条款取自模板。", "Draft a contract from an accepted quotation or for a customer; the terms come from the template."),
)  # fmt: skip
def create(_row: None, given: CreateContract, ctx: Context, assessment: Assessment) -> Effects:
    """A draft with the template's wording, its variables filled, and the lines of the quotation or the given ones."""
    planned: Plan = assessment.carry
    effects = Effects()
    template = template_for(effects, ctx, given.kind.value)
    starts = given.valid_from or ctx.today
    contract = document(
        Contract, ctx, "CT", DRAFT, after=planned.quotation or planned.customer,
        customer=planned.customer, quotation=planned.quotation, template=template,
        title=given.title or template.name, terms_text=texts.stored(template.terms),
        valid_from=starts, valid_until=given.valid_until or starts + timedelta(days=365),
        delivery_on=given.delivery_on or ctx.today + timedelta(days=30),
        payment_days=_payment_days(given, planned), acceptance_days=given.acceptance_days,
        tax_inside=planned.priced.tax_inside,
        currency=planned.priced.currency, **planned.priced.totals,
    )  # fmt: skip
    effects.insert(contract, *planned.lines(contract))
    effects.result = contract
    effects.search.append(contract)
    if planned.quotation is not None:
        effects.links.append((planned.quotation, contract))
    effects.tasks.append(NewTask("contracts.approve", contract, owner_id=contract.owner_id))
    return effects


def _payment_days(given: Head, planned: Plan) -> int:
    if given.payment_days is not None:
        return given.payment_days
    return int((planned.quotation or planned.customer).payment_days)


# --- change ------------------------------------------------------------------------------------------------------------


class ChangeContract(Head):
    """Head and lines of a draft; no lines given: they stay."""

    lines: list[ContractLineInput] | None = field(T("明细", "Lines"), None, max_length=500)


def assess_change(contract: Contract, given: ChangeContract | None, ctx: Context) -> Assessment:
    """The lines as they would be."""
    if given is None or given.lines is None:
        return Assessment(content=building.content(contract, queries.live_lines(contract.pk)))
    planned, objections = building.plan(ctx, contract.customer_id, contract.quotation_id, given.lines)
    if not given.lines:
        objections.append(rules.NO_LINES.refuse(path="lines"))
    return building.creation(planned, objections)


_VOID = """
UPDATE contracts_contractline SET is_void = true, version = version + 1
WHERE contract_id = %s AND NOT is_void RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


@operation(
    "contracts.change", T("修改合同", "Change contract"), Contract, input=ChangeContract, from_states=[DRAFT, APPROVED],
    assess=assess_change, clauses=["5.1.1", "5.1.5"],
    help=T("修改金额、日期和明细；已审批的合同回到起草，需重新审批。", "Change amounts, dates and lines; an approved contract becomes a draft again."),
)  # fmt: skip
def change(contract: Contract, given: ChangeContract, ctx: Context, assessment: Assessment) -> Effects:
    """Change amounts, dates and lines; an approved contract becomes a draft again."""
    effects = Effects(result=contract)
    values: dict[str, Any] = {
        name: getattr(given, name)
        for name in ("title", "valid_from", "valid_until", "delivery_on", "payment_days", "acceptance_days")
        if name in given.model_fields_set and getattr(given, name) not in (None, "")
    }
    if given.lines is not None:
        planned: Plan = assessment.carry
        effects.execute(ContractLine, _VOID, [contract.pk])
        effects.insert(*planned.lines(contract))
        values |= {"tax_inside": planned.priced.tax_inside, **planned.priced.totals}
    effects.update(contract, **values, **_reopened(contract))
    effects.search.append(contract)
    effects.drop_tasks.append(contract.pk)
    effects.tasks.append(NewTask("contracts.approve", contract, owner_id=contract.owner_id))
    return effects


def _reopened(contract: Contract) -> dict[str, Any]:
    """The columns of a contract whose approval no longer counts: wording only, no frozen text."""
    terms = texts.stored(rules.unfilled(texts.terms_of(contract)))
    return {"state": DRAFT.value, "text_hash": "", "terms_text": terms}


class TermInput(Input):
    """One term of the text. Variables such as {total} are filled by the system."""

    key: Code = field(T("代码", "Key"), pattern=r"^[a-z_]{2,40}$")
    title: Name = field(T("标题", "Title"))
    text: Text = field(T("内容", "Text"), "")


class ChangeTerms(Input):
    """The whole wording, term by term."""

    terms: list[TermInput] = field(T("条款", "Terms"), max_length=60)


@operation(
    "contracts.change_terms", T("修改条款", "Change terms"), Contract, input=ChangeTerms, from_states=[DRAFT, APPROVED],
    clauses=["5.1.1", "5.1.5"],
    help=T("修改条款文字；与模板不同的文本须经法务审批。", "Change the wording; text that differs from the template goes to legal."),
)  # fmt: skip
def change_terms(contract: Contract, given: ChangeTerms, ctx: Context, assessment: Assessment) -> Effects:
    """Change the wording; text that differs from the template goes to legal."""
    effects = Effects(result=contract)
    known = {term["key"]: term for term in contract.template.terms}
    terms = [
        {
            "key": term.key,
            "title": term.title,
            "title_en": known.get(term.key, {}).get("title_en", ""),
            "text": term.text.replace("\r\n", "\n"),
            "required": bool(known.get(term.key, {}).get("required", False)),
        }
        for term in given.terms
    ]
    effects.update(contract, state=DRAFT.value, text_hash="", terms_text=texts.stored(terms))
    effects.drop_tasks.append(contract.pk)
    effects.tasks.append(NewTask("contracts.approve", contract, owner_id=contract.owner_id))
    return effects


# --- approve and sign --------------------------------------------------------------------------------------------------


def assess_approve(contract: Contract, _given: Any, ctx: Context) -> Assessment:
    """Everything the checker finds, and the content that the approvers release: amounts, dates and the text's hash."""
    lines = queries.live_lines(contract.pk)
    draft = texts.draft_of(contract, lines)
    terms = rules.filled(draft.terms, draft.values)
    objections = rules.check(draft, texts.read_capitals)
    if not terms:
        objections.append(NO_TERMS.refuse(path="terms"))
    digest = texts.text_hash(terms)
    standard = rules.is_standard(draft.terms, contract.template.terms)
    return Assessment(
        content=building.content(contract, lines, standard_text=standard, text=digest),
        carry=(terms, digest),
        objections=tuple(objections),
    )


@operation(
    "contracts.approve", T("提交审批", "Submit for approval"), Contract, from_states=[DRAFT], assess=assess_approve,
    route=policies.ROUTE, clauses=["5.1.1", "5.1.3", "5.1.5"],
    help=T("检查必备条款与金额、日期是否一致，按审批级别批准，并冻结文本。", "Check required terms, figures and dates, have it approved by tier, and freeze the text."),
)  # fmt: skip
def approve(contract: Contract, _given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Check required terms, figures and dates, have it approved by tier, and freeze the text."""
    terms, digest = assessment.carry
    effects = Effects(result=contract)
    effects.update(contract, state=APPROVED.value, terms_text=texts.stored(terms), text_hash=digest)
    effects.tasks.append(
        NewTask("contracts.sign", contract, owner_id=contract.owner_id, working_hours=SIGNING_HOURS)
    )
    return effects


class SignContract(Input):
    """Who signed when, with the scanned copy."""

    signed_on: date = field(T("签署日期", "Signed on"))
    signatory: Name = field(T("我方签署人", "Signed for us by"), max_length=80)
    customer_signatory: Name = field(T("对方签署人", "Signed for the customer by"), max_length=80)
    scan: Ref("kernel.storedfile") = field(T("签署件（扫描）", "Signed copy (scan)"))  # type: ignore[valid-type]


def assess_sign(contract: Contract, given: SignContract | None, ctx: Context) -> Assessment:
    """The signed text is the approved one, and the day is possible."""
    lines = queries.live_lines(contract.pk)
    objections: list[Objection] = []
    if texts.text_hash(texts.terms_of(contract)) != contract.text_hash:
        objections.append(TEXT_CHANGED.refuse())
    if given is not None:
        if not contract.business_date <= given.signed_on <= ctx.today:
            objections.append(
                SIGNED_WHEN.refuse(path="signed_on", since=contract.business_date, today=ctx.today)
            )
        scan: Any = Contract(scan_id=given.scan).scan
        if not (scan.media_type == "application/pdf" or scan.media_type.startswith("image/")):
            objections.append(SCAN_KIND.refuse(path="scan"))
    return Assessment(
        content=building.content(contract, lines, text=contract.text_hash),
        carry=lines,
        objections=tuple(objections),
    )


@operation(
    "contracts.sign", T("登记签署", "Record signatures"), Contract, input=SignContract, from_states=[APPROVED],
    assess=assess_sign, clauses=["5.1.2", "5.1.5"],
    help=T("上传双方签字盖章的扫描件，合同生效。", "Upload the copy signed by both sides; the contract takes effect."),
)  # fmt: skip
def sign(contract: Contract, given: SignContract, ctx: Context, assessment: Assessment) -> Effects:
    """Upload the copy signed by both sides; the contract takes effect."""
    lines: list[ContractLine] = assessment.carry
    effects = Effects(result=contract)
    effects.update(
        contract, state=SIGNED.value, signed_on=given.signed_on, signatory=given.signatory,
        customer_signatory=given.customer_signatory, scan_id=given.scan,
    )  # fmt: skip
    effects.facts += facts.contracted(contract, lines, queries.products(contract, lines))
    effects.tasks.append(NewTask("orders.create", contract, owner_id=contract.owner_id))
    return effects


# --- the end -----------------------------------------------------------------------------------------------------------


class WithReason(Input):
    """Why."""

    reason: Text = field(T("原因", "Reason"), min_length=2)


class CloseContract(Input):
    """An early end needs its reason."""

    reason: Text = field(T("提前完结的原因", "Reason for closing early"), "")


def assess_close(contract: Contract, given: CloseContract | None, ctx: Context) -> Assessment:
    """What was not ordered yet."""
    left = [line for line in queries.live_lines(contract.pk) if line.ordered < line.quantity]
    said = given is not None and bool(given.reason)
    objections = [
        STILL_LEFT.refuse(path="reason", row=line.position, left=line.quantity - line.ordered)
        for line in left[:1]
    ]
    return Assessment(content={"left": len(left)}, objections=() if said else tuple(objections))


@operation(
    "contracts.close", T("完结合同", "Close contract"), Contract, input=CloseContract, from_states=[SIGNED],
    assess=assess_close, clauses=["5.1.1"],
    help=T("全部数量已下单后完结；提前完结须说明原因。", "Close it when everything was ordered; earlier with a reason."),
)  # fmt: skip
def close(contract: Contract, given: CloseContract, ctx: Context, assessment: Assessment) -> Effects:
    """Close it when everything was ordered; earlier with a reason."""
    effects = Effects(result=contract)
    effects.update(contract, state=ContractState.CLOSED.value)
    effects.drop_tasks.append(contract.pk)
    return effects


def contract_rows(contract: Contract, _given: Any, ctx: Context) -> list[Lock]:
    """The contract as a parent: no order calls it off meanwhile."""
    return [lock("parent", Contract, [contract.pk])]


def assess_cancel(contract: Contract, _given: Any, ctx: Context) -> Assessment:
    """Nothing may have been ordered from it."""
    ordered = any(line.ordered > 0 for line in queries.live_lines(contract.pk))
    return Assessment(objections=(ORDERED_FROM.refuse(),) if ordered else ())


@operation(
    "contracts.cancel", T("作废合同", "Cancel contract"), Contract, input=WithReason, from_states=[DRAFT, APPROVED, SIGNED],
    assess=assess_cancel, lock_keys=contract_rows, danger=True, clauses=["5.1.1"],
    help=T("作废尚未使用的合同；已记的合同额以反向记录冲回。", "Cancel a contract that no order uses; what was posted is reversed."),
)  # fmt: skip
def cancel(contract: Contract, given: WithReason, ctx: Context, assessment: Assessment) -> Effects:
    """Cancel a contract that no order uses; what was posted is reversed."""
    effects = Effects(result=contract)
    if contract.state == SIGNED:
        effects.facts += facts.reversals(contract, facts.CONTRACTED, ctx.today)
    effects.update(contract, state=ContractState.CANCELLED.value)
    effects.drop_tasks.append(contract.pk)
    return effects


class Comment(Input):
    """A note for the timeline."""

    text: Text = field(T("备注", "Note"), min_length=1)


@operation(
    "contracts.comment", T("写备注", "Comment"), Contract, input=Comment, while_held=True, menu=False,
    help=T("在时间线上写备注。", "Write a note on the timeline."),
)  # fmt: skip
def comment(contract: Contract, given: Comment, ctx: Context, assessment: Assessment) -> Effects:
    """Write a note on the timeline."""
    return Effects(result=contract)
