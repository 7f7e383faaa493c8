"""Verbs of the warehouse: goods in, corrections after counting, expected supply."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from sellwell.foundation.catalog.queries import ProductFacts, products
from sellwell.foundation.stock import moves
from sellwell.foundation.stock.models import MovementKind, StockLevel, Supply, Warehouse, WarehouseKind
from sellwell.foundation.stock.queries import level_locks
from sellwell.kernel import policy
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Name, Quantity, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import Objection, Reason, State, T, to_cents

CODE_TAKEN = Reason(
    "stock.code_taken", T("仓库编码 {code} 已被使用。", "The warehouse code {code} is taken.")
)
NOT_STOCKED = Reason(
    "stock.not_stocked", T("{code} 是服务，没有库存。", "{code} is a service: there is no stock of it.")
)
NOT_PHYSICAL = Reason(
    "stock.not_physical",
    T(
        "此仓库只用于平衡历史数据，不能出入库。",
        "This warehouse only balances history; nothing moves in or out of it.",
    ),
)
OTHER_SUPPLY = Reason(
    "stock.other_supply",
    T("这笔到货计划属于另一个产品或仓库。", "This expected supply is of another product or warehouse."),
)
MORE_THAN_EXPECTED = Reason(
    "stock.more_than_expected",
    T(
        "到货 {quantity} 超过计划的未到数量 {open}。请把多出的部分另列一行。",
        "{quantity} is more than the {open} still expected. Enter the surplus on a line of its own.",
    ),
)
FREE_ONLY = Reason(
    "stock.adjust_free_only",
    T(
        "只能减少未预留的库存：可用 {available}。请先处理占用它的订单。",
        "Only what is not reserved can be taken off: {available} is available. Settle the orders that hold it first.",
    ),
)
PAST = Reason(
    "stock.supply_past", T("预计到货日期不能早于今天。", "The expected day must not lie in the past.")
)
LESS_THAN_RECEIVED = Reason(
    "stock.less_than_received",
    T(
        "数量不能少于已到货的 {received}。",
        "The quantity must not be less than the {received} already received.",
    ),
)

# Over this amount a correction of stock needs finance's leave.
policy.default(
    "stock.adjust_approval",
    policy.table(
        inputs={"amount": ("number", T("调整金额（按成本）", "Amount at cost"))},
        outputs={"approvers": ("text", T("审批人", "Approvers"))},
        rows=[["<= 5000", "-"], ["(5000 .. 50000]", "finance"], ["> 50000", "finance, executive"]],
        examples=[({"amount": "5000"}, {"approvers": None}), ({"amount": "5001"}, {"approvers": "finance"})],
    ),
    T("盘点调整的审批", "Approval of stock corrections"),
)


# --- warehouses ------------------------------------------------------------------------------------------------------


class AddWarehouse(Input):
    """A new warehouse."""

    code: Code = field(T("编码", "Code"), min_length=1, max_length=20)
    name: Name = field(T("名称", "Name"), max_length=80)
    kind: WarehouseKind = field(T("类别", "Kind"), WarehouseKind.PHYSICAL)


def assess_add_warehouse(row: None, given: AddWarehouse, ctx: Context) -> Assessment:
    """A warehouse's code is its own in the company."""
    taken = Warehouse.objects.filter(company_id=ctx.company_id, code=given.code).exists()
    return Assessment(objections=(CODE_TAKEN.refuse(path="code", code=given.code),) if taken else ())


@operation(
    "stock.add_warehouse",
    T("新建仓库", "Add warehouse"),
    Warehouse,
    input=AddWarehouse,
    creates=True,
    assess=assess_add_warehouse,
    help=T("登记一个存放货物的地点。", "Enter a place where goods lie."),
)
def add_warehouse(row: None, given: AddWarehouse, ctx: Context, assessment: Assessment) -> Effects:
    """Write the warehouse."""
    warehouse = Warehouse(company_id=ctx.company_id, code=given.code, name=given.name, kind=given.kind.value)
    effects = Effects(result=warehouse)
    effects.insert(warehouse)
    effects.search.append(warehouse)
    return effects


# --- goods in --------------------------------------------------------------------------------------------------------


class ReceiptLine(Input):
    """Goods that came."""

    product: Ref("catalog.product") = field(T("产品", "Product"))  # type: ignore[valid-type]
    quantity: Quantity = field(T("数量", "Quantity"))
    supply: Ref("stock.supply") | None = field(  # type: ignore[valid-type]
        T("到货计划", "Expected supply"), None, help=T("若是计划中的到货。", "If it was expected.")
    )


Lines = Annotated[list[ReceiptLine], Field(min_length=1, max_length=500)]


class Receive(Input):
    """A delivery from a supplier or from production."""

    lines: Lines = field(T("明细", "Lines"))
    reference: Code = field(T("送货单号", "Delivery reference"), "")


def movable(warehouse: Warehouse, given: Sequence[Any], known: dict[UUID, ProductFacts]) -> list[Objection]:
    """Goods move in and out of physical warehouses; services never do."""
    objections = [] if warehouse.kind == WarehouseKind.PHYSICAL else [NOT_PHYSICAL.refuse()]
    for position, line in enumerate(given):
        found = known.get(line.product)
        if found is not None and not found.is_stocked:
            objections.append(NOT_STOCKED.refuse(path=f"lines.{position}.product", code=found.code))
    return objections


def assess_receive(row: Warehouse, given: Receive | None, ctx: Context) -> Assessment:
    """Every line is goods, and no more than expected is booked on a supply."""
    if given is None:
        return Assessment()
    known = products([line.product for line in given.lines], ctx.company_id, ctx.today)
    objections = movable(row, given.lines, known)
    supplies = {
        s.pk: s for s in Supply.objects.filter(pk__in=[line.supply for line in given.lines if line.supply])
    }
    open_ = {pk: supply.quantity - supply.received for pk, supply in supplies.items()}
    for position, line in enumerate(given.lines):
        supply = supplies.get(line.supply) if line.supply else None
        if supply is None:
            continue
        if supply.product_id != line.product or supply.warehouse_id != row.pk:
            objections.append(OTHER_SUPPLY.refuse(path=f"lines.{position}.supply"))
        elif line.quantity > open_[supply.pk]:
            path = f"lines.{position}.quantity"
            objections.append(
                MORE_THAN_EXPECTED.refuse(path=path, quantity=line.quantity, open=open_[supply.pk])
            )
        open_[supply.pk] -= line.quantity
    return Assessment(carry=supplies, objections=tuple(objections))


def lock_receive(row: Warehouse, given: Receive, ctx: Context) -> list[Lock]:
    """The levels and supplies of the products that come."""
    return level_locks(ctx.company_id, [line.product for line in given.lines])


@operation(
    "stock.receive",
    T("入库", "Receive goods"),
    Warehouse,
    input=Receive,
    assess=assess_receive,
    lock_keys=lock_receive,
    clauses=["5.2.2"],
    help=T("登记到货，增加库存；可对应到货计划。", "Book goods in; a line may belong to an expected supply."),
)
def receive(row: Warehouse, given: Receive, ctx: Context, assessment: Assessment) -> Effects:
    """Movements in, supplies received; whoever waits for these products is told by the event."""
    effects = Effects(result=row)
    lines = [(line.supply or new_id(), row.pk, line.product, line.quantity) for line in given.lines]
    moves.take_in(effects, ctx, ctx.request_id, "receipt", lines)
    received: dict[UUID, Decimal] = {}
    for line in given.lines:
        if line.supply:
            received[line.supply] = received.get(line.supply, Decimal(0)) + line.quantity
    for supply_id, quantity in received.items():
        supply = assessment.carry[supply_id]
        effects.update(supply, received=supply.received + quantity)
    effects.events.append(stock_came(line.product for line in given.lines))
    return effects


def stock_came(product_ids: Any) -> NewEvent:
    """The event `stock.received`: `products` holds identifiers separated by commas."""
    return NewEvent(
        "stock.received", {"products": ",".join(sorted({str(product_id) for product_id in product_ids}))}
    )


# --- counting --------------------------------------------------------------------------------------------------------


class Direction(State):
    """What counting found."""

    GAIN = "gain", T("盘盈", "Gain")
    LOSS = "loss", T("盘亏", "Loss")


class AdjustLine(Input):
    """A difference found in counting."""

    product: Ref("catalog.product") = field(T("产品", "Product"))  # type: ignore[valid-type]
    direction: Direction = field(T("盘盈 / 盘亏", "Gain or loss"))
    quantity: Quantity = field(T("差异数量", "Difference"))


class Adjust(Input):
    """Differences and why."""

    lines: Annotated[list[AdjustLine], Field(min_length=1, max_length=500)] = field(T("明细", "Lines"))
    reason: ShortText = field(T("原因", "Reason"), min_length=1)


def assess_adjust(row: Warehouse, given: Adjust | None, ctx: Context) -> Assessment:
    """What the differences are worth at cost; a loss only out of what is free."""
    if given is None:
        return Assessment()
    known = products([line.product for line in given.lines], ctx.company_id, ctx.today)
    objections = movable(row, given.lines, known)
    levels = StockLevel.objects.filter(warehouse=row, product_id__in=known)
    free = {level.product_id: level.on_hand - level.reserved for level in levels}
    amount = Decimal(0)
    for position, line in enumerate(given.lines):
        amount += line.quantity * (known[line.product].cost or Decimal(0))
        if line.direction == Direction.LOSS:
            available = free.get(line.product, Decimal(0))
            if line.quantity > available:
                path = f"lines.{position}.quantity"
                objections.append(FREE_ONLY.refuse(path=path, available=max(available, Decimal(0))))
            free[line.product] = available - line.quantity
    lines = [
        {"product": str(n.product), "direction": n.direction.value, "quantity": n.quantity}
        for n in given.lines
    ]
    content = {"warehouse": str(row.pk), "amount": to_cents(amount), "lines": lines}
    return Assessment(content=content, objections=tuple(objections))


def lock_adjust(row: Warehouse, given: Adjust, ctx: Context) -> list[Lock]:
    """The levels of the products that differ."""
    return level_locks(ctx.company_id, [line.product for line in given.lines])


@operation(
    "stock.adjust",
    T("盘点调整", "Correct stock"),
    Warehouse,
    input=Adjust,
    assess=assess_adjust,
    lock_keys=lock_adjust,
    route="stock.adjust_approval",
    clauses=["5.2.2"],
    help=T(
        "把盘点差异记入库存；金额较大时须财务审批。",
        "Book differences found in counting; larger amounts need finance's approval.",
    ),
)
def adjust(row: Warehouse, given: Adjust, ctx: Context, assessment: Assessment) -> Effects:
    """Gains in, losses out, as movements."""
    effects = Effects(result=row)
    gains = [(new_id(), row.pk, n.product, n.quantity) for n in given.lines if n.direction == Direction.GAIN]
    losses = [(new_id(), row.pk, n.product, n.quantity) for n in given.lines if n.direction == Direction.LOSS]
    moves.take_in(effects, ctx, ctx.request_id, MovementKind.ADJUSTMENT.value, gains)
    moves.write_off(effects, ctx, ctx.request_id, losses)
    if gains:
        effects.events.append(stock_came(product_id for _, _, product_id, _ in gains))
    return effects


class SetSafety(Input):
    """When to warn."""

    safety: Annotated[Decimal, Field(ge=0, le=10**8, max_digits=15, decimal_places=6)] = field(
        T("安全库存", "Safety stock"),
        help=T("可用数量低于此数时提醒仓库。", "The warehouse is warned below it."),
    )


@operation(
    "stock.set_safety",
    T("设定安全库存", "Set safety stock"),
    StockLevel,
    input=SetSafety,
    help=T("设定提醒补货的数量。", "Set the quantity below which the warehouse is warned."),
)
def set_safety(row: StockLevel, given: SetSafety, ctx: Context, assessment: Assessment) -> Effects:
    """Set the level's safety stock."""
    effects = Effects(result=row)
    effects.update(row, safety=given.safety)
    return effects


# --- expected supply -------------------------------------------------------------------------------------------------


class ExpectSupply(Input):
    """Goods that will come."""

    warehouse: Ref("stock.warehouse") = field(T("仓库", "Warehouse"))  # type: ignore[valid-type]
    product: Ref("catalog.product") = field(T("产品", "Product"))  # type: ignore[valid-type]
    quantity: Quantity = field(T("数量", "Quantity"))
    due_on: date = field(T("预计到货", "Expected on"))


def assess_expect_supply(row: None, given: ExpectSupply, ctx: Context) -> Assessment:
    """Goods only, from today on, into a physical warehouse."""
    objections: list[Objection] = []
    product = products([given.product], ctx.company_id, ctx.today)[given.product]
    if not product.is_stocked:
        objections.append(NOT_STOCKED.refuse(path="product", code=product.code))
    if Warehouse.objects.get(pk=given.warehouse).kind != WarehouseKind.PHYSICAL:
        objections.append(NOT_PHYSICAL.refuse(path="warehouse"))
    if given.due_on < ctx.today:
        objections.append(PAST.refuse(path="due_on"))
    return Assessment(objections=tuple(objections))


@operation(
    "stock.expect_supply",
    T("登记到货计划", "Expect supply"),
    Supply,
    input=ExpectSupply,
    creates=True,
    parent="warehouse",
    assess=assess_expect_supply,
    clauses=["5.2.2"],
    help=T(
        "登记预计到货，欠货可据此承诺交期。",
        "Enter goods expected on a day: back-orders are promised from them.",
    ),
)
def expect_supply(row: None, given: ExpectSupply, ctx: Context, assessment: Assessment) -> Effects:
    """Write the expectation."""
    supply = Supply(
        company_id=ctx.company_id, warehouse_id=given.warehouse, product_id=given.product,
        quantity=given.quantity, due_on=given.due_on,
    )  # fmt: skip
    effects = Effects(result=supply)
    effects.insert(supply)
    effects.search.append(supply)
    return effects


class ChangeSupply(Input):
    """A new quantity or day."""

    quantity: Quantity | None = field(T("数量", "Quantity"), None)
    due_on: date | None = field(T("预计到货", "Expected on"), None)


def assess_change_supply(row: Supply, given: ChangeSupply | None, ctx: Context) -> Assessment:
    """Not less than what came, not into the past."""
    objections = []
    if given is not None and given.quantity is not None and given.quantity < row.received:
        objections.append(LESS_THAN_RECEIVED.refuse(path="quantity", received=row.received))
    if given is not None and given.due_on is not None and given.due_on < ctx.today:
        objections.append(PAST.refuse(path="due_on"))
    return Assessment(objections=tuple(objections))


@operation(
    "stock.change_supply",
    T("修改到货计划", "Change expected supply"),
    Supply,
    input=ChangeSupply,
    assess=assess_change_supply,
    lock_keys=lambda row, given, ctx: [lock("stock", Supply, [row.pk])],
    help=T("修改预计到货的数量或日期。", "Change the quantity or the day of an expected supply."),
)
def change_supply(row: Supply, given: ChangeSupply, ctx: Context, assessment: Assessment) -> Effects:
    """Set what was given."""
    effects = Effects(result=row)
    effects.update(row, **{name: value for name, value in given.model_dump().items() if value is not None})
    return effects
