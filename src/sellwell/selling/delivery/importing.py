"""The profile that brings in historic sales: customers, products, orders, deliveries, returns and facts.

One chunk of documents is one transaction; a document is whole or absent; each gets one ledger entry. Historic documents
enter in their final state: real lines, movements at the historic location and facts; no reservations, no tasks, no guards.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from sellwell.foundation.catalog import importing as catalog
from sellwell.foundation.customers import importing as customers
from sellwell.foundation.customers.importing import SourceCustomer
from sellwell.foundation.pricing.rules import line_amounts
from sellwell.foundation.stock import importing as stock
from sellwell.kernel import ledger, numbering, search
from sellwell.kernel.copying import RowsFor
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.import_steps import STEPS
from sellwell.kernel.inputs import Code, Input, Name, Price, Quantity, Rate, field
from sellwell.kernel.models import Fact, ImportBatch, ImportedDocument
from sellwell.kernel.operations import REGISTRY, Assessment, Context, operation
from sellwell.kernel.values import Reason, T, to_cents
from sellwell.kernel.writing import open_month
from sellwell.selling.delivery.models import (
    Return,
    ReturnLine,
    ReturnState,
    Shipment,
    ShipmentLine,
    ShipmentState,
)
from sellwell.selling.orders import importing as orders
from sellwell.selling.orders.importing import HistoricOrder


class ImportLine(Input):
    """A row of the source."""

    ordinal: int = field(T("行号", "Ordinal"), ge=1, le=10**6)
    product: Code = field(T("产品编码", "Product code"))
    # A product's name is nobody's personal data: it is not sealed.
    name: Annotated[Code, StringConstraints(min_length=1, max_length=120)] = field(
        T("产品名称", "Product name")
    )
    quantity: Quantity = field(T("数量", "Quantity"))
    price: Price = field(T("单价", "Price"))
    digest: Code = field(T("指纹", "Digest"))


class ImportParcel(Input):
    """A document of the source."""

    number: Code = field(T("单号", "Number"))
    is_return: bool = field(T("退货", "Return"), False)
    day: date = field(T("日期", "Date"))
    customer: Code = field(T("客户编号", "Customer key"))
    customer_name: Name = field(T("客户名称", "Customer name"))
    region: Code = field(T("地区", "Region"), "")
    lines: list[ImportLine] = field(T("明细", "Lines"), min_length=1, max_length=5000)


class ImportChunk(Input):
    """Some documents of a batch, in the source's currency; `rate` is company currency per unit of it."""

    rate: Quantity = field(T("汇率", "Rate"), Decimal(1))
    tax_rate: Rate = field(T("税率", "Tax rate"), Decimal(0))
    parcels: list[ImportParcel] = field(T("单据", "Documents"), min_length=1, max_length=2000)

    def kept(self) -> Input:
        """The counts only: each document's own entry tells its number and the digests of its rows."""
        lines = sum(len(parcel.lines) for parcel in self.parcels)
        return ChunkKept(rate=self.rate, tax_rate=self.tax_rate, documents=len(self.parcels), lines=lines)


class ChunkKept(Input):
    """What the ledger keeps of a chunk."""

    rate: Quantity
    tax_rate: Rate
    documents: int
    lines: int


HERE_ALREADY = Reason(
    "import.here_already",
    T("单据 {number} 已导入（共 {count} 张）。", "Document {number} is here already ({count} in all)."),
)


def assess_orders(batch: ImportBatch, given: ImportChunk | None, ctx: Context) -> Assessment:
    """No document twice, neither in the chunk nor from an earlier import of the same source."""
    if given is None:
        return Assessment()
    numbers = [parcel.number for parcel in given.parcels]
    known = set(
        ImportedDocument.objects.filter(
            company_id=ctx.company_id, source=batch.source, number__in=numbers, undone_at__isnull=True
        ).values_list("number", flat=True)
    )
    twice = [n for n, count in Counter(numbers).items() if count > 1 or n in known]
    content = {"documents": len(numbers)}
    if twice:
        return Assessment(
            content=content,
            objections=(HERE_ALREADY.refuse(path="parcels", number=twice[0], count=len(twice)),),
        )
    return Assessment(content=content)


@operation(
    "delivery.import_orders",
    T("导入历史销售", "Import past sales"),
    ImportBatch,
    help=T("把一批历史单据按最终状态写入。", "Write a chunk of past documents in their final state."),
    input=ImportChunk,
    assess=assess_orders,
    from_states=["running"],
    channels=STEPS,
    menu=False,
)
def import_orders(batch: ImportBatch, given: ImportChunk, ctx: Context, assessment: Assessment) -> Effects:
    """Write one chunk: everything or nothing."""
    effects = Effects(result=batch)
    sales = [p for p in given.parcels if not p.is_return]
    returns = [p for p in given.parcels if p.is_return]
    products = catalog.ensure(effects, {line.product: line.name for p in given.parcels for line in p.lines})
    known = customers.ensure(
        effects, ctx, batch.source,
        {p.customer: SourceCustomer(p.customer_name, p.region, p.day) for p in reversed(given.parcels)},
    )  # fmt: skip
    place = stock.historic_place(effects, ctx.company_id)
    writer = _Writer(batch, ctx, given, products, known, place)
    if sales:
        writer.sales(sales)
    if returns:
        writer.returns(returns)
    writer.finish()
    effects.update(
        batch,
        imported=batch.imported + sum(len(p.lines) for p in given.parcels),
        documents=batch.documents + len(given.parcels),
    )
    return effects


class _Writer:
    """Gathers the rows of a chunk per table and writes each table once."""

    def __init__(
        self,
        batch: ImportBatch,
        ctx: Context,
        given: ImportChunk,
        products: dict[str, UUID],
        known: dict[str, UUID],
        place: UUID,
    ) -> None:
        self.batch, self.ctx, self.given = batch, ctx, given
        self.products, self.customers, self.place = products, known, place
        self.common = {
            "company_id": ctx.company_id, "owner_id": ctx.user_id, "department_path": batch.department_path,
            "product_line": "", "created_at": ctx.now, "created_by_id": ctx.user_id,
        }  # fmt: skip
        self.facts = RowsFor(
            Fact, company_id=ctx.company_id, recorded_at=ctx.now, recorded_month=open_month(ctx.company_id, ctx.today),
            currency=batch.currency, person_id=ctx.user_id, department_path=batch.department_path, channel="online",
        )  # fmt: skip
        self.moves: list[tuple[UUID, Decimal, UUID, UUID, date]] = []
        self.memory = RowsFor(
            ImportedDocument, company_id=ctx.company_id, source=batch.source, batch_id=batch.pk
        )
        self.entries: list[tuple[str, UUID, dict[str, Any]]] = []
        self.found_by: dict[str, list[tuple[UUID, tuple[str, ...]]]] = {}  # row type -> rows with their texts

    def sales(self, parcels: list[ImportParcel]) -> None:
        """Orders with their shipments, delivered and accepted."""
        ctx = self.ctx
        historic = [self._order(p, n) for p, n in zip(parcels, self._numbers("SO", parcels), strict=True)]
        orders.insert(historic, self.batch.source, self.batch.currency, self.common)
        heads = RowsFor(
            Shipment,
            version=1,
            state=ShipmentState.ACCEPTED.value,
            origin="import",
            warehouse_id=self.place,
            **self.common,
        )
        lines = RowsFor(ShipmentLine, version=1, company_id=ctx.company_id)
        for order, number in zip(historic, self._numbers("DN", parcels), strict=True):
            shipment = new_id()
            heads.add(
                id=shipment, number=number, order_id=order.id, customer_id=order.customer_id, business_date=order.day,
                region=order.region, accepted_on=order.day, delivered_at=ctx.now,
            )  # fmt: skip
            self._find("orders.order", order.id, order.number, order.source_number)
            self._find("delivery.shipment", shipment, number, order.number)
            for position, line in enumerate(order.lines, start=1):
                line_id, full = new_id(), line.quantity
                lines.add(
                    id=line_id, shipment_id=shipment, order_line_id=line.id, product_id=line.product_id, position=position,
                    quantity=full, accepted=full, invoiced=full,
                )  # fmt: skip
                self.moves.append((line.product_id, -full, shipment, line_id, order.day))
                self._sold(order, shipment, line, line_id)
        heads.write()
        lines.write()

    def _order(self, parcel: ImportParcel, number: str) -> HistoricOrder:
        made = HistoricOrder(
            new_id(), number, parcel.number, self.customers[parcel.customer], parcel.day, parcel.region[:40],
            [self._line(line) for line in parcel.lines],
        )  # fmt: skip
        self._remember(parcel, "orders.order", made.id, number)
        return made

    def _line(self, line: ImportLine) -> orders.HistoricLine:
        amounts = line_amounts(line.quantity, line.price, self.given.tax_rate, True, "half_up")
        return orders.new_line(
            product_id=self.products[line.product], quantity=line.quantity, unit_price=line.price,
            tax_rate=self.given.tax_rate, net=amounts.net, tax=amounts.tax, total=amounts.total,
        )  # fmt: skip

    def _sold(
        self, order: HistoricOrder, shipment: UUID, line: orders.HistoricLine, shipment_line: UUID
    ) -> None:
        for measure, kind, document, source in (
            ("booked", "orders.order", order.id, line.id),
            ("shipped", "delivery.shipment", shipment, shipment_line),
            ("accepted", "delivery.shipment", shipment, shipment_line),
        ):
            self.facts.add(
                measure=measure, happened_on=order.day, amount=to_cents(line.net * self.given.rate), document_amount=line.net,
                quantity=line.quantity, region=order.region, customer_id=order.customer_id, product_id=line.product_id,
                document_type=kind, document_id=document, source=source, seq=1,
            )  # fmt: skip

    def returns(self, parcels: list[ImportParcel]) -> None:
        """Returns in their final state; the source does not say which sale they undo."""
        ctx = self.ctx
        heads = RowsFor(
            Return, version=1, state=ReturnState.CREDITED.value, origin="import", warehouse_id=self.place,
            received_at=ctx.now, **self.common,
        )  # fmt: skip
        lines = RowsFor(ReturnLine, version=1, company_id=ctx.company_id)
        for parcel, number in zip(parcels, self._numbers("RT", parcels), strict=True):
            made, total = new_id(), Decimal("0.00")
            customer = self.customers[parcel.customer]
            for line in parcel.lines:
                amounts = line_amounts(line.quantity, line.price, self.given.tax_rate, True, "half_up")
                line_id, product = new_id(), self.products[line.product]
                total += amounts.total
                lines.add(
                    id=line_id, return_order_id=made, product_id=product, quantity=line.quantity, restock=True
                )
                self.moves.append((product, line.quantity, made, line_id, parcel.day))
                self.facts.add(
                    measure="accepted", happened_on=parcel.day, amount=to_cents(-amounts.net * self.given.rate),
                    document_amount=-amounts.net, quantity=-line.quantity, region=parcel.region[:40], customer_id=customer,
                    product_id=product, document_type="delivery.return", document_id=made, source=line_id, seq=1,
                )  # fmt: skip
            heads.add(
                id=made,
                number=number,
                customer_id=customer,
                business_date=parcel.day,
                region=parcel.region[:40],
                total=total,
            )
            self._find("delivery.return", made, number)
            self._remember(parcel, "delivery.return", made, number)
        heads.write()
        lines.write()

    def _numbers(self, kind: str, parcels: list[ImportParcel]) -> list[str]:
        return numbering.draw(self.ctx.company_id, f"{kind}H", self.ctx.today.year, len(parcels))

    def _remember(self, parcel: ImportParcel, row_type: str, row_id: UUID, number: str) -> None:
        digests = [line.digest for line in parcel.lines]
        self.memory.add(
            id=new_id(), number=parcel.number, row_type=row_type, row_id=row_id,
            ordinals=[line.ordinal for line in parcel.lines], hashes=digests,
        )  # fmt: skip
        given = {
            "batch": self.batch.number,
            "source_number": parcel.number,
            "number": number,
            "digests": digests,
        }
        self.entries.append((row_type, row_id, given))

    def _find(self, row_type: str, row_id: UUID, *texts: str) -> None:
        """The search finds the row by these texts, and by its customer's."""
        self.found_by.setdefault(row_type, []).append((row_id, texts))

    def finish(self) -> None:
        """Movements, facts, the memory of source rows, search entries and one ledger entry per document."""
        stock.move(self.ctx.company_id, self.place, self.ctx.now, self.moves)
        self.facts.write()
        self.memory.write()
        for row_type, rows in self.found_by.items():
            search.write_new(self.ctx.company_id, row_type, rows)
        ledger.write_documents(REGISTRY["delivery.import_orders"], self.ctx, self.entries)
