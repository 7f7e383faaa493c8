"""Order lines from a file, judged row by row and gathered into documents. Pure: no database.

A row's identity is source, invoice and its ordinal within the invoice: two equal lines of one invoice are two lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from sellwell.imports.mapping import Mapping
from sellwell.kernel.values import Objection, Reason, T, to_cents

NO_INVOICE = Reason("import.no_invoice", T("缺少单号。", "The invoice number is missing."))
NO_PRODUCT = Reason("import.no_product", T("缺少产品编码。", "The product code is missing."))
NO_CUSTOMER = Reason("import.no_customer", T("缺少客户。", "The customer is missing."))
BAD_QUANTITY = Reason("import.quantity", T("数量“{value}”不是数字。", "The quantity “{value}” is not a number."))
ZERO_QUANTITY = Reason("import.zero_quantity", T("数量为零。", "The quantity is zero."))
NEGATIVE_SALE = Reason(
    "import.negative_sale", T("销售行的数量为负（不是退货单）。", "A sale has a negative quantity (it is no return).")
)
POSITIVE_RETURN = Reason("import.positive_return", T("退货行的数量为正。", "A return has a positive quantity."))
BAD_PRICE = Reason("import.price", T("单价“{value}”不是数字。", "The price “{value}” is not a number."))
NEGATIVE_PRICE = Reason("import.negative_price", T("单价为负。", "The price is negative."))
TOO_LARGE = Reason("import.too_large", T("数字过大。", "The number is too large."))
BAD_DAY = Reason("import.day", T("日期“{value}”无法识别。", "The date “{value}” cannot be read."))
TWO_CUSTOMERS = Reason(
    "import.two_customers", T("同一单号出现两个客户。", "One invoice names two customers.")
)
TWO_DAYS = Reason("import.two_days", T("同一单号跨了两天以上。", "One invoice spans several days."))

MOST = Decimal(10) ** 9


@dataclass(slots=True)
class Line:
    """A good row: where it stands in the file and in its invoice, and what it says."""

    row: int  # 1 is the first data row
    ordinal: int
    product: str
    name: str
    quantity: Decimal  # always positive
    price: Decimal
    digest: str

    def amount(self) -> Decimal:
        """Quantity times price, to the cent."""
        return to_cents(self.quantity * self.price)


@dataclass(slots=True)
class Parcel:
    """A source document with its good lines."""

    number: str
    is_return: bool
    day: date
    customer: str
    customer_name: str
    region: str
    lines: list[Line] = field(default_factory=list)

    def total(self) -> Decimal:
        """The sum of the lines; negative for a return."""
        total = sum((line.amount() for line in self.lines), Decimal("0.00"))
        return -total if self.is_return else total


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that does not come in, and why."""

    row: int
    invoice: str
    ordinal: int
    objection: Objection
    amount: Decimal | None
    values: dict[str, str]


@dataclass
class Parsed:
    """Everything that a file says."""

    rows: int = 0
    source_total: Decimal = Decimal("0.00")  # over all rows whose quantity and price are numbers
    parcels: dict[str, Parcel] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)


def parse(rows: Iterable[dict[str, str]], mapping: Mapping) -> Parsed:
    """Judge every row; gather the good ones by invoice."""
    parsed, ordinals = Parsed(), dict[str, int]()
    zone = ZoneInfo(mapping.timezone)
    for number, values in enumerate(rows, start=1):
        parsed.rows += 1
        invoice = values[mapping.fields.invoice].strip()
        ordinals[invoice] = ordinal = ordinals.get(invoice, 0) + 1
        quantity, price = _number(values[mapping.fields.quantity]), _number(values[mapping.fields.price])
        amount = to_cents(quantity * price) if quantity is not None and price is not None else None
        parsed.source_total += amount or 0
        objection = _judge(values, mapping, quantity, price) or _gather(
            parsed, mapping, values, zone, number, ordinal, quantity, price
        )
        if objection is not None:
            parsed.rejected.append(Rejected(number, invoice, ordinal, objection, amount, values))
    return parsed


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < 10**15 else None


def _judge(values: dict[str, str], mapping: Mapping, quantity: Decimal | None, price: Decimal | None) -> Objection | None:
    """The first reason why a row cannot come in."""
    fields = mapping.fields
    invoice = values[fields.invoice].strip()
    is_return = bool(mapping.return_prefix) and invoice.startswith(mapping.return_prefix)
    if not invoice or len(invoice) > 60:
        return NO_INVOICE.refuse(path=fields.invoice)
    if not values[fields.product].strip() or len(values[fields.product]) > 40:
        return NO_PRODUCT.refuse(path=fields.product)
    if quantity is None:
        return BAD_QUANTITY.refuse(path=fields.quantity, value=values[fields.quantity][:40])
    if price is None:
        return BAD_PRICE.refuse(path=fields.price, value=values[fields.price][:40])
    if quantity == 0:
        return ZERO_QUANTITY.refuse(path=fields.quantity)
    if abs(quantity) > MOST or price > MOST or abs(quantity * price) > MOST * 1000:
        return TOO_LARGE.refuse(path=fields.quantity)
    if quantity < 0 and not is_return:
        return NEGATIVE_SALE.refuse(path=fields.quantity)
    if quantity > 0 and is_return:
        return POSITIVE_RETURN.refuse(path=fields.quantity)
    if price < 0:
        return NEGATIVE_PRICE.refuse(path=fields.price)
    if not values[fields.customer].strip() and mapping.without_customer == "reject":
        return NO_CUSTOMER.refuse(path=fields.customer)
    return None


def _gather(
    parsed: Parsed, mapping: Mapping, values: dict[str, str], zone: ZoneInfo, number: int, ordinal: int,
    quantity: Decimal | None, price: Decimal | None,
) -> Objection | None:  # fmt: skip
    """Put a good row into its document; refuses a row that contradicts the document's first."""
    assert quantity is not None and price is not None
    fields = mapping.fields
    day = _day(values[fields.day], zone)
    if day is None:
        return BAD_DAY.refuse(path=fields.day, value=values[fields.day][:40])
    invoice = values[fields.invoice].strip()
    customer = values[fields.customer].strip()[:40] or mapping.without_customer
    parcel = parsed.parcels.get(invoice)
    if parcel is None:
        parcel = parsed.parcels[invoice] = Parcel(
            invoice, quantity < 0, day, customer, _text(values, fields.customer_name) or customer,
            _text(values, fields.region),
        )  # fmt: skip
    if parcel.customer != customer:
        return TWO_CUSTOMERS.refuse(path=fields.customer)
    if abs((parcel.day - day).days) > 1:
        return TWO_DAYS.refuse(path=fields.day)
    product, name = values[fields.product].strip(), _text(values, fields.name)
    content = "\x1f".join([product, name, str(quantity.normalize()), str(price.normalize()), day.isoformat(), customer])
    digest = hashlib.sha256(content.encode()).hexdigest()[:32]
    parcel.lines.append(Line(number, ordinal, product, name or product, abs(quantity), price, digest))
    return None


def _text(values: dict[str, str], column: str | None) -> str:
    return " ".join(values[column].split())[:120] if column else ""


def _day(text: str, zone: ZoneInfo) -> date | None:
    """The day of a row where it was written; times without a zone are the source's own."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment.astimezone(zone).date() if moment.tzinfo else moment.date()
