"""Verbs on products, tax classes and costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sellwell.foundation.catalog.models import (
    Product,
    ProductCost,
    ProductKind,
    ProductState,
    TaxClass,
    TaxRate,
)
from sellwell.kernel.effects import Effects
from sellwell.kernel.inputs import Code, Input, Name, Nothing, Price, Rate, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

CODE_TAKEN = Reason(
    "catalog.code_taken",
    T("编码 {code} 已被使用。请换一个编码。", "The code {code} is taken. Choose another one."),
)
EMPTY_CODE = Reason("catalog.code_empty", T("请填写编码。", "Enter a code."))
COST_EARLIER = Reason(
    "catalog.cost_earlier",
    T(
        "已有自 {since} 起的成本；新成本的日期不能更早，否则会改动已算出的毛利。",
        "There is a cost since {since}; a new one cannot start earlier, it would change margins already reckoned.",
    ),
)
RATE_EARLIER = Reason(
    "catalog.rate_earlier",
    T(
        "已有自 {since} 起的税率；新税率必须从更晚的日期起。",
        "There is a rate since {since}; a new one must start on a later day.",
    ),
)


# --- products --------------------------------------------------------------------------------------------------------


class AddProduct(Input):
    """A new product."""

    code: Code = field(
        T("产品编码", "Code"), max_length=40, help=T("全集团唯一。", "Unique in the whole group.")
    )
    name: Name = field(T("名称", "Name"))
    name_en: ShortText = field(T("英文名称", "English name"), "", max_length=120)
    specification: ShortText = field(T("规格型号", "Specification"), "", max_length=120)
    kind: ProductKind = field(T("类别", "Kind"), ProductKind.GOODS)
    unit: Code = field(T("单位", "Unit"), "台", min_length=1, max_length=20)
    product_line: Code = field(T("产品线", "Product line"), "", max_length=40)
    tax_class: Ref("catalog.taxclass") = field(T("税类", "Tax class"))  # type: ignore[valid-type]
    lead_days: int = field(
        T("备货工作日", "Lead time, working days"), 14, ge=0, le=730,
        help=T("缺货时再备齐需要的工作日。", "Working days to get more of it."),
    )  # fmt: skip


def code_objections(taken: bool, code: str) -> tuple[Objection, ...]:
    """What is wrong with the code of a new row."""
    if not code:
        return (EMPTY_CODE.refuse(path="code"),)
    return (CODE_TAKEN.refuse(path="code", code=code),) if taken else ()


def assess_add_product(row: None, given: AddProduct, ctx: Context) -> Assessment:
    """A product's code is its own."""
    taken = Product.objects.filter(code=given.code).exists()
    return Assessment(objections=code_objections(taken, given.code))


@operation(
    "catalog.add_product",
    T("新建产品", "Add product"),
    Product,
    input=AddProduct,
    creates=True,
    assess=assess_add_product,
    clauses=["5.2.1"],
    help=T(
        "登记一种货物或服务，之后才能报价和下单。",
        "Enter goods or a service, so that it can be quoted and ordered.",
    ),
)
def add_product(row: None, given: AddProduct, ctx: Context, assessment: Assessment) -> Effects:
    """Write the product and its search entry."""
    values = given.model_dump(exclude={"tax_class", "kind"})
    product = Product(tax_class_id=given.tax_class, kind=given.kind.value, **values)
    effects = Effects(result=product)
    effects.insert(product)
    effects.search.append(product)
    return effects


class ChangeProduct(Input):
    """What changes; what is left out stays."""

    name: Name | None = field(T("名称", "Name"), None)
    name_en: ShortText | None = field(T("英文名称", "English name"), None, max_length=120)
    specification: ShortText | None = field(T("规格型号", "Specification"), None, max_length=120)
    unit: Code | None = field(T("单位", "Unit"), None, min_length=1, max_length=20)
    product_line: Code | None = field(T("产品线", "Product line"), None, max_length=40)
    tax_class: Ref("catalog.taxclass") | None = field(T("税类", "Tax class"), None)  # type: ignore[valid-type]
    lead_days: int | None = field(T("备货工作日", "Lead time, working days"), None, ge=0, le=730)


@operation(
    "catalog.change_product",
    T("修改产品", "Change product"),
    Product,
    input=ChangeProduct,
    clauses=["5.2.1"],
    help=T(
        "修改名称、规格、税类等；编码和类别不变。",
        "Change name, specification, tax class …; code and kind stay.",
    ),
)
def change_product(row: Product, given: ChangeProduct, ctx: Context, assessment: Assessment) -> Effects:
    """Set what was given. Documents keep the tax rate that they were made with."""
    values = {
        name: value for name, value in given.model_dump(exclude={"tax_class"}).items() if value is not None
    }
    if given.tax_class is not None:
        values["tax_class_id"] = given.tax_class
    effects = Effects(result=row)
    effects.update(row, **values)
    effects.search.append(row)
    return effects


@operation(
    "catalog.retire_product",
    T("停售", "Retire"),
    Product,
    input=Nothing,
    from_states=[ProductState.ACTIVE],
    danger=True,
    clauses=["5.2.1"],
    help=T(
        "停止销售：不能再报价和下单，已有单据照常执行。",
        "Stop selling it: no new quotations or orders; documents there are go on.",
    ),
)
def retire_product(row: Product, given: Nothing, ctx: Context, assessment: Assessment) -> Effects:
    """Take the product off sale."""
    effects = Effects(result=row)
    effects.update(row, state=ProductState.RETIRED.value)
    return effects


@operation(
    "catalog.resume_product",
    T("恢复销售", "Put on sale again"),
    Product,
    input=Nothing,
    from_states=[ProductState.RETIRED],
    help=T("停售的产品重新可以销售。", "A retired product may be sold again."),
)
def resume_product(row: Product, given: Nothing, ctx: Context, assessment: Assessment) -> Effects:
    """Put the product on sale."""
    effects = Effects(result=row)
    effects.update(row, state=ProductState.ACTIVE.value)
    return effects


# --- costs -----------------------------------------------------------------------------------------------------------


class SetCost(Input):
    """A unit's cost from a day on."""

    cost: Price = field(
        T("单位成本", "Cost per unit"), help=T("本位币，不含税。", "In company currency, without tax.")
    )
    since: date = field(T("自", "Since"))


def assess_set_cost(row: Product, given: SetCost | None, ctx: Context) -> Assessment:
    """A cost never starts before the latest one: margins of the past stay."""
    latest = ProductCost.objects.filter(product=row, company_id=ctx.company_id).order_by("-since").first()
    earlier = given is not None and latest is not None and given.since < latest.since
    objections = (COST_EARLIER.refuse(path="since", since=latest.since),) if earlier and latest else ()
    return Assessment(carry=latest, objections=objections)


@operation(
    "catalog.set_cost",
    T("设定成本", "Set cost"),
    Product,
    input=SetCost,
    assess=assess_set_cost,
    help=T(
        "设定本公司某产品自某日起的单位成本，用于计算毛利。",
        "Set what a unit costs the company from a day on, for margins.",
    ),
)
def set_cost(row: Product, given: SetCost, ctx: Context, assessment: Assessment) -> Effects:
    """A new dated cost, or the one of the same day corrected."""
    effects = Effects(result=row)
    latest = assessment.carry
    if latest is not None and latest.since == given.since:
        effects.update(latest, cost=given.cost)
    else:
        effects.insert(
            ProductCost(company_id=ctx.company_id, product=row, cost=given.cost, since=given.since)
        )
    return effects


# --- tax -------------------------------------------------------------------------------------------------------------


class AddTaxClass(Input):
    """A new tax class with its first rate."""

    code: Code = field(T("编码", "Code"), max_length=20)
    name: Name = field(T("名称", "Name"), max_length=80)
    name_en: ShortText = field(T("英文名称", "English name"), "", max_length=80)
    rate: Rate = field(T("税率", "Rate"), help=T("0.13 表示 13%。", "0.13 means 13 %."))
    since: date = field(T("自", "Since"))


def assess_add_tax_class(row: None, given: AddTaxClass, ctx: Context) -> Assessment:
    """A tax class's code is its own."""
    taken = TaxClass.objects.filter(code=given.code).exists()
    return Assessment(objections=code_objections(taken, given.code))


@operation(
    "catalog.add_tax_class",
    T("新建税类", "Add tax class"),
    TaxClass,
    input=AddTaxClass,
    creates=True,
    assess=assess_add_tax_class,
    help=T("登记一个税类及其首个税率。", "Enter a tax class with its first rate."),
)
def add_tax_class(row: None, given: AddTaxClass, ctx: Context, assessment: Assessment) -> Effects:
    """Write the class and its rate."""
    tax_class = TaxClass(code=given.code, name=given.name, name_en=given.name_en)
    effects = Effects(result=tax_class)
    effects.insert(tax_class, TaxRate(tax_class=tax_class, rate=given.rate, since=given.since))
    effects.search.append(tax_class)
    return effects


class SetTaxRate(Input):
    """A new rate from a day on."""

    rate: Rate = field(T("税率", "Rate"), help=T("0.13 表示 13%。", "0.13 means 13 %."))
    since: date = field(T("自", "Since"))


def assess_set_tax_rate(row: TaxClass, given: SetTaxRate | None, ctx: Context) -> Assessment:
    """Rates follow each other; the past is not rewritten."""
    latest = row.rates.order_by("-since").first()
    earlier = given is not None and latest is not None and given.since <= latest.since
    objections = (RATE_EARLIER.refuse(path="since", since=latest.since),) if earlier and latest else ()
    return Assessment(carry=latest, objections=objections)


@operation(
    "catalog.set_tax_rate",
    T("设定税率", "Set tax rate"),
    TaxClass,
    input=SetTaxRate,
    assess=assess_set_tax_rate,
    help=T(
        "税率变动：旧税率至生效日止，新税率自生效日起。",
        "The rate changes: the old one ends on the day that the new one starts.",
    ),
)
def set_tax_rate(row: TaxClass, given: SetTaxRate, ctx: Context, assessment: Assessment) -> Effects:
    """End the rate in force and write the new one."""
    effects = Effects(result=row)
    if assessment.carry is not None:
        effects.update(assessment.carry, until=given.since)
    effects.insert(TaxRate(tax_class=row, rate=Decimal(given.rate), since=given.since))
    return effects
