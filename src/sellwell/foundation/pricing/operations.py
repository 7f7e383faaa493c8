"""Verbs of price maintenance."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.pricing.models import FloorPrice, PriceList, PriceRule, RuleKind
from sellwell.kernel.effects import Effects
from sellwell.kernel.inputs import Code, Input, Name, Price, Quantity, Rate, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

CODE_TAKEN = Reason("pricing.code_taken", T("价目表编码 {code} 已被使用。", "The list code {code} is taken."))
NO_LIST = Reason(
    "pricing.no_list", T("还没有默认价目表。请先新建。", "There is no default price list yet. Add one first.")
)
PRICE_OR_DISCOUNT = Reason(
    "pricing.price_or_discount",
    T("请填写单价或折扣，只能填一项。", "Enter a price or a discount, one of the two."),
)
LIST_NEEDS_PRICE = Reason(
    "pricing.list_needs_price", T("目录价须填写产品和单价。", "A list price needs a product and a price.")
)
PRICE_NEEDS_PRODUCT = Reason(
    "pricing.price_needs_product",
    T(
        "单价须对应一个产品；对产品线或全部产品请用折扣。",
        "A price belongs to a product; for a line or all products use a discount.",
    ),
)
BY_CONTRACT = Reason(
    "pricing.by_contract",
    T("合同价由合同签订产生，不能手工设定。", "Contract prices come from signed contracts, not by hand."),
)
WHO = Reason("pricing.for_whom", T("请填写{kind}适用的对象。", "Say whom the {kind} is for."))
NOT_FOR = Reason(
    "pricing.not_for",
    T("此类价格不按此项区分，请留空。", "This kind of price does not depend on it; leave it empty."),
)
PROMOTION_ENDS = Reason(
    "pricing.promotion_ends", T("促销须有结束日期。", "A promotion needs a day on which it ends.")
)
ENDS_BEFORE = Reason("pricing.ends_before", T("结束日期须晚于开始日期。", "It must end after it starts."))
PAST = Reason(
    "pricing.past",
    T("不能改动过去的价格，请从今天或以后开始。", "Prices of the past stay; start today or later."),
)
ENDED = Reason("pricing.ended", T("此规则已于 {until} 结束。", "This rule ended on {until}."))
FLOOR_LATER = Reason(
    "pricing.floor_later",
    T(
        "已有自 {since} 起的底价，新底价须从更晚的日期起。",
        "There is a floor since {since}; a new one must start later.",
    ),
)


# --- lists -----------------------------------------------------------------------------------------------------------


class AddList(Input):
    """A new price list."""

    code: Code = field(T("编码", "Code"), min_length=1, max_length=20)
    name: Name = field(T("名称", "Name"), max_length=80)
    currency: Code = field(T("币种", "Currency"), "CNY", pattern="^[A-Z]{3}$")
    tax_inside: bool = field(T("含税", "Tax inside"), True)
    is_default: bool = field(T("设为默认", "Make it the default"), False)


def assess_add_list(row: None, given: AddList, ctx: Context) -> Assessment:
    """A list's code is its own in the company."""
    taken = PriceList.objects.filter(company_id=ctx.company_id, code=given.code).exists()
    return Assessment(objections=(CODE_TAKEN.refuse(path="code", code=given.code),) if taken else ())


@operation(
    "pricing.add_list",
    T("新建价目表", "Add price list"),
    PriceList,
    input=AddList,
    creates=True,
    assess=assess_add_list,
    clauses=["5.2.1"],
    help=T(
        "新建价目表；设为默认后，新单据用它的价格。",
        "Add a price list; new documents take their prices from the default one.",
    ),
)
def add_list(row: None, given: AddList, ctx: Context, assessment: Assessment) -> Effects:
    """Write the list; a new default takes the place of the old one."""
    effects = Effects()
    if given.is_default:
        for former in PriceList.objects.select_for_update().filter(
            company_id=ctx.company_id, is_default=True
        ):
            effects.update(former, is_default=False)
    effects.result = PriceList(company_id=ctx.company_id, **given.model_dump())
    effects.insert(effects.result)
    effects.search.append(effects.result)
    return effects


# --- rules -----------------------------------------------------------------------------------------------------------


class SetRule(Input):
    """A price, or a discount on the list price, for its days."""

    price_list: Ref("pricing.pricelist") | None = field(  # type: ignore[valid-type]
        T("价目表", "Price list"), None, help=T("不填则用默认价目表。", "Empty: the default list.")
    )
    kind: RuleKind = field(T("类别", "Kind"), RuleKind.LIST)
    name: ShortText = field(T("名称", "Name"), "", max_length=80)
    product: Ref("catalog.product") | None = field(T("产品", "Product"), None)  # type: ignore[valid-type]
    product_line: Code = field(T("产品线", "Product line"), "", max_length=40)
    grade: Literal["A", "B", "C", "D"] | None = field(T("客户等级", "Grade"), None)
    customer: Ref("customers.customer") | None = field(T("客户", "Customer"), None)  # type: ignore[valid-type]
    min_quantity: Quantity | None = field(T("起订量", "From quantity"), None)
    price: Price | None = field(T("单价", "Price"), None)
    discount: Rate | None = field(
        T("折扣", "Discount"), None, help=T("0.05 表示减 5%。", "0.05 means 5 % off.")
    )
    since: date = field(T("自", "Since"))
    until: date | None = field(T("至（不含）", "Until (excluded)"), None)


def rule_objections(given: SetRule, today: date) -> list[Objection]:
    """Everything that is wrong with a rule in itself."""
    kind = given.kind
    found = [BY_CONTRACT.refuse(path="kind")] if kind == RuleKind.CONTRACT else []
    if (given.price is None) == (given.discount is None):
        found.append(PRICE_OR_DISCOUNT.refuse(path="price"))
    if kind == RuleKind.LIST and (given.price is None or given.product is None):
        found.append(LIST_NEEDS_PRICE.refuse(path="product" if given.product is None else "price"))
    elif given.price is not None and given.product is None:
        found.append(PRICE_NEEDS_PRODUCT.refuse(path="product"))
    for name, owner in (("grade", RuleKind.GRADE), ("customer", RuleKind.CUSTOMER)):
        value = getattr(given, name)
        if kind == owner and value is None:
            found.append(WHO.refuse(path=name, kind=kind.label))
        if kind != owner and value is not None:
            found.append(NOT_FOR.refuse(path=name))
    if given.product is not None and given.product_line:
        found.append(NOT_FOR.refuse(path="product_line"))
    if kind == RuleKind.PROMOTION and given.until is None:
        found.append(PROMOTION_ENDS.refuse(path="until"))
    if given.until is not None and given.until <= given.since:
        found.append(ENDS_BEFORE.refuse(path="until"))
    if given.since < today:
        found.append(PAST.refuse(path="since"))
    return found


def assess_set_rule(row: None, given: SetRule, ctx: Context) -> Assessment:
    """The rule is whole, and there is a list that it belongs to. Jobs may enter rules of the past: the installation."""
    today = given.since if ctx.actor.is_system else ctx.today
    objections = rule_objections(given, today)
    list_id = given.price_list or default_list_id(ctx.company_id)
    if list_id is None:
        objections.append(NO_LIST.refuse(path="price_list"))
    return Assessment(carry=list_id, objections=tuple(objections))


def default_list_id(company_id: UUID) -> UUID | None:
    """The company's default price list."""
    found = PriceList.objects.filter(company_id=company_id, is_default=True).values_list("pk", flat=True)
    return found.first()


@operation(
    "pricing.set_rule",
    T("设定价格", "Set price"),
    PriceRule,
    input=SetRule,
    creates=True,
    assess=assess_set_rule,
    clauses=["5.2.1"],
    help=T(
        "设定目录价、等级价、客户专价或限期促销；同一对象的旧规则自新规则生效日起停用。",
        "Set a list, grade, customer or promotion price; the former rule for the same thing ends where the new one starts.",
    ),
)
def set_rule(row: None, given: SetRule, ctx: Context, assessment: Assessment) -> Effects:
    """End the rule that said the same, and write the new one."""
    values: dict[str, Any] = {
        "company_id": ctx.company_id,
        "price_list_id": assessment.carry,
        "kind": given.kind.value,
        "product_id": given.product,
        "product_line": given.product_line,
        "grade": given.grade or "",
        "customer_id": given.customer,
        "min_quantity": given.min_quantity or 0,
    }
    effects = Effects()
    former = PriceRule.objects.select_for_update(of=("self",)).filter(**values, since__lt=given.since)
    for rule in former.filter(Q(until__isnull=True) | Q(until__gt=given.since)):
        if rule.kind != RuleKind.PROMOTION:
            effects.update(rule, until=given.since)
    effects.result = PriceRule(
        **values,
        name=given.name,
        price=given.price,
        discount=given.discount,
        since=given.since,
        until=given.until,
    )
    effects.insert(effects.result)
    effects.search.append(effects.result)
    return effects


class EndRule(Input):
    """When a rule stops."""

    until: date = field(T("至（不含）", "Until (excluded)"))


def assess_end_rule(row: PriceRule, given: EndRule | None, ctx: Context) -> Assessment:
    """Not twice, not in the past, not before it starts."""
    objections = []
    if row.until is not None and row.until <= ctx.today:
        objections.append(ENDED.refuse(until=row.until))
    if given is not None and given.until < ctx.today:
        objections.append(PAST.refuse(path="until"))
    if given is not None and given.until <= row.since:
        objections.append(ENDS_BEFORE.refuse(path="until"))
    return Assessment(objections=tuple(objections))


@operation(
    "pricing.end_rule",
    T("停用价格", "End price"),
    PriceRule,
    input=EndRule,
    assess=assess_end_rule,
    clauses=["5.2.1"],
    help=T(
        "价格规则自某日起停用；已有单据不变。",
        "The rule stops on a day; documents there are stay as they are.",
    ),
)
def end_rule(row: PriceRule, given: EndRule, ctx: Context, assessment: Assessment) -> Effects:
    """Set the end."""
    effects = Effects(result=row)
    effects.update(row, until=given.until)
    return effects


# --- floors ----------------------------------------------------------------------------------------------------------


class SetFloor(Input):
    """The lowest price that needs nobody's leave."""

    product: Ref("catalog.product") = field(T("产品", "Product"))  # type: ignore[valid-type]
    price: Price = field(
        T("底价", "Floor"),
        gt=0,
        help=T("与默认价目表同样含税或不含税。", "With or without tax, like the default list."),
    )
    since: date = field(T("自", "Since"))


def assess_set_floor(row: None, given: SetFloor, ctx: Context) -> Assessment:
    """Floors follow each other; the past stays."""
    latest = (
        FloorPrice.objects.filter(company_id=ctx.company_id, product_id=given.product)
        .order_by("-since")
        .first()
    )
    objections = []
    if latest is not None and given.since <= latest.since:
        objections.append(FLOOR_LATER.refuse(path="since", since=latest.since))
    if given.since < ctx.today and not ctx.actor.is_system:
        objections.append(PAST.refuse(path="since"))
    return Assessment(carry=latest, objections=tuple(objections))


@operation(
    "pricing.set_floor",
    T("设定底价", "Set floor price"),
    FloorPrice,
    input=SetFloor,
    creates=True,
    assess=assess_set_floor,
    clauses=["5.2.1"],
    help=T(
        "设定产品自某日起的底价；低于底价须审批。",
        "Set a product's floor from a day on; below it approval is needed.",
    ),
)
def set_floor(row: None, given: SetFloor, ctx: Context, assessment: Assessment) -> Effects:
    """End the floor in force and write the new one."""
    floor = FloorPrice(
        company_id=ctx.company_id, product_id=given.product, price=given.price, since=given.since
    )
    effects = Effects(result=floor)
    latest = assessment.carry
    if latest is not None and (latest.until is None or latest.until > given.since):
        effects.update(latest, until=given.since)
    effects.insert(floor)
    return effects
