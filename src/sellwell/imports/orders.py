"""Order lines from a file, judged row by row and gathered into documents. Pure: no database.

A row's identity is source, invoice and its ordinal within the invoice: two equal lines of one invoice are two lines.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from sellwell.imports import reasons
from sellwell.imports.mapping import Mapping
from sellwell.imports.reading import Record
from sellwell.imports.reasons import UNSHOWN
from sellwell.kernel.numbers_text import read_moment, read_number
from sellwell.kernel.values import Objection, to_cents

MOST_QUANTITY = Decimal(10) ** 8
MOST_PRICE = Decimal(10) ** 9
MOST_LINES = 5000  # of one document
MOST_KEY = 40  # characters of a customer's or product's key
MOST_NUMBER = 60

_PLAIN = re.compile(r"[+-]?\d{1,20}(\.\d{0,20})?([eE][+-]?\d{1,2})?", re.ASCII)
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}[\d:.]*[+-]\d{2}:?\d{2}", re.ASCII)


@dataclass(slots=True)
class Line:
    """A good row: where it stands in the file and in its invoice, and what it says."""

    row: int
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
    source_total: Decimal = Decimal(
        "0.00"
    )  # over all rows whose quantity and price are numbers of a sane size
    parcels: dict[str, Parcel] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)


def parse(rows: Iterable[Record], mapping: Mapping, today: date | None = None) -> Parsed:
    """Judge every row; gather the good ones by invoice. With `today`, later days are refused."""
    reader = _Reader(mapping, today)
    for record in rows:
        reader.take(record)
    return reader.parsed


class _Reader:
    """Judges rows one after the other. Texts that repeat are read once: a file has few prices and days."""

    def __init__(self, mapping: Mapping, today: date | None) -> None:
        self.mapping, self.fields, self.today = mapping, mapping.fields, today
        self.zone = ZoneInfo(mapping.timezone)
        self.parsed = Parsed()
        self.ordinals: dict[str, int] = {}
        # The number of a customer made here is "source/key".
        self.most_customer = MOST_KEY - len(mapping.source) - 1
        self._numbers: dict[str, Decimal | Objection | None] = {}
        self._days: dict[str, date | Objection | None] = {}
        self._texts: dict[str, str] = {}

    def take(self, record: Record) -> None:
        """One row: into its document, or to the rejected ones."""
        parsed, fields, values = self.parsed, self.fields, record.values
        parsed.rows += 1
        invoice = values[fields.invoice].strip()
        self.ordinals[invoice] = ordinal = self.ordinals.get(invoice, 0) + 1
        quantity, price = self.number(values[fields.quantity]), self.number(values[fields.price])
        amount = _amount(quantity, price)
        parsed.source_total += amount or 0
        objection = record.problem or self.keys(invoice, values) or self.figures(invoice, quantity, price)
        if objection is None and isinstance(quantity, Decimal) and isinstance(price, Decimal):
            objection = self.gather(record, invoice, ordinal, quantity, price)
        if objection is not None:
            parsed.rejected.append(Rejected(record.number, invoice, ordinal, objection, amount, values))

    # -- judging ---------------------------------------------------------------------------------------------------------

    def keys(self, invoice: str, values: dict[str, str]) -> Objection | None:
        """What is wrong with the row's invoice, product or customer."""
        fields = self.fields
        product, customer = values[fields.product].strip(), values[fields.customer].strip()
        if not invoice:
            return reasons.NO_INVOICE.refuse(path=fields.invoice)
        if not product:
            return reasons.NO_PRODUCT.refuse(path=fields.product)
        if not customer and self.mapping.without_customer == "reject":
            return reasons.NO_CUSTOMER.refuse(path=fields.customer)
        for path, text, most in (
            (fields.invoice, invoice, MOST_NUMBER), (fields.product, product, MOST_KEY),
            (fields.customer, customer, self.most_customer),
        ):  # fmt: skip
            if len(text) > most:
                return reasons.TOO_LONG.refuse(path=path, text=text[:20], most=most)
            if UNSHOWN.search(text):
                return reasons.BAD_TEXT.refuse(path=path)
        return None

    def figures(
        self, invoice: str, quantity: Decimal | Objection | None, price: Decimal | Objection | None
    ) -> Objection | None:
        """What is wrong with the row's quantity or price."""
        where = self.fields
        is_return = bool(self.mapping.return_prefix) and invoice.startswith(self.mapping.return_prefix)
        if not isinstance(quantity, Decimal):
            if quantity is None:
                return reasons.NO_QUANTITY.refuse(path=where.quantity)
            return reasons.BAD_QUANTITY.refuse(path=where.quantity, problem=quantity.text)
        if not isinstance(price, Decimal):
            if price is None:
                return reasons.NO_PRICE.refuse(path=where.price)
            return reasons.BAD_PRICE.refuse(path=where.price, problem=price.text)
        if quantity == 0:
            return reasons.ZERO_QUANTITY.refuse(path=where.quantity)
        for path, value, most in (
            (where.quantity, quantity, MOST_QUANTITY),
            (where.price, price, MOST_PRICE),
        ):
            if abs(value) > most:
                return reasons.TOO_LARGE.refuse(path=path)
            if int(value.as_tuple().exponent) < -6:
                return reasons.TOO_PRECISE.refuse(path=path)
        if quantity < 0 and not is_return:
            return reasons.NEGATIVE_SALE.refuse(path=where.quantity)
        if quantity > 0 and is_return:
            return reasons.POSITIVE_RETURN.refuse(path=where.quantity)
        return reasons.NEGATIVE_PRICE.refuse(path=where.price) if price < 0 else None

    def gather(
        self, record: Record, invoice: str, ordinal: int, quantity: Decimal, price: Decimal
    ) -> Objection | None:
        """Put a good row into its document; refuses a row that contradicts the document's first."""
        fields, values, parsed = self.fields, record.values, self.parsed
        day = self.day(values[fields.day])
        if not isinstance(day, date):
            return day or reasons.NO_DAY.refuse(path=fields.day)
        customer = self.text(values[fields.customer]) or self.mapping.without_customer
        parcel = parsed.parcels.get(invoice)
        if parcel is None:
            name = self.text(values[fields.customer_name]) if fields.customer_name else ""
            region = self.text(values[fields.region]) if fields.region else ""
            parcel = parsed.parcels[invoice] = Parcel(
                invoice, quantity < 0, day, customer, name or customer, region
            )
        if parcel.customer != customer:
            return reasons.TWO_CUSTOMERS.refuse(path=fields.customer)
        if abs((parcel.day - day).days) > 1:
            return reasons.TWO_DAYS.refuse(path=fields.day)
        if len(parcel.lines) >= MOST_LINES:
            return reasons.TOO_MANY_LINES.refuse(path=fields.invoice, most=MOST_LINES)
        product = self.text(values[fields.product])
        name = self.text(values[fields.name]) if fields.name else ""
        said = (product, name, _short(quantity), _short(price), day.isoformat(), customer)
        digest = hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:32]
        parcel.lines.append(
            Line(record.number, ordinal, product, name or product, abs(quantity), price, digest)
        )
        return None

    # -- reading ---------------------------------------------------------------------------------------------------------

    def number(self, text: str) -> Decimal | Objection | None:
        """A number as a program or a person writes it; never guessed. Nothing: None."""
        try:
            return self._numbers[text]
        except KeyError:
            value = self._numbers[text] = _number(text)
            return value

    def day(self, text: str) -> date | Objection | None:
        """The day where it was written; times without a zone are the source's own."""
        try:
            return self._days[text]
        except KeyError:
            value = self._days[text] = self._day(text)
            return value

    def _day(self, text: str) -> date | Objection | None:
        # Programs write a moment with its offset behind a blank as well as behind a T.
        stamp = text.strip()
        written = f"{stamp[:10]}T{stamp[11:]}" if _STAMP.fullmatch(stamp) else text
        moment = read_moment(written, self.mapping.day_order, self.zone)
        if moment is None:
            return None
        if isinstance(moment, Objection):
            return reasons.BAD_DAY.refuse(path=self.fields.day, problem=moment.text)
        day = moment.astimezone(self.zone).date()
        if self.today is not None and day > self.today:
            return reasons.FUTURE.refuse(path=self.fields.day, day=day)
        return day

    def text(self, text: str) -> str:
        """A text on one line, at most 120 characters, without what cannot be shown."""
        try:
            return self._texts[text]
        except KeyError:
            value = self._texts[text] = " ".join(UNSHOWN.sub("", text).split())[:120]
            return value


def _amount(quantity: Decimal | Objection | None, price: Decimal | Objection | None) -> Decimal | None:
    """What a row is worth; None where its numbers are none or beyond all measure: it then counts for nothing."""
    if not isinstance(quantity, Decimal) or not isinstance(price, Decimal):
        return None
    if abs(quantity) > MOST_QUANTITY or abs(price) > MOST_PRICE:
        return None
    return to_cents(quantity * price)


def _number(text: str) -> Decimal | Objection | None:
    plain = text.strip()
    if _PLAIN.fullmatch(plain):
        value = Decimal(plain)
        # Trailing zeros are no decimals, and -0 is 0.
        return _without_zeros(value) if value else Decimal(0)
    return read_number(text)


def _without_zeros(value: Decimal) -> Decimal:
    places = int(value.as_tuple().exponent)
    return value.normalize() if places < -2 or places > 0 else value


def _short(value: Decimal) -> str:
    return format(value.normalize(), "f")
