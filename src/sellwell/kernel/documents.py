"""Documents for customers as PDF/A, set by Typst from templates in `document_templates`.

Data reach a template as JSON and are only ever shown as text, so nothing in them is read as markup. The same data give
the same bytes. Values may be text, whole numbers, Decimal, dates and None; `_AMOUNTS` and its neighbours say how a
Decimal is shown, by the name of its field. An amount in capitals is added where the currency is CNY.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from sellwell.kernel import numbers_text, rmb
from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.kernel.values import T

TEMPLATES = Path(__file__).parent / "document_templates"


class Party(TypedDict):
    """Who sells or buys, as the document names them."""

    name: str
    name_en: NotRequired[str]
    tax_number: NotRequired[str]
    address: NotRequired[str]
    contact: NotRequired[str]
    phone: NotRequired[str]
    bank: NotRequired[str]
    account: NotRequired[str]


class DocumentLine(TypedDict):
    """One line. `ordered` and `received` stand on delivery notes, `net` and `tax` on invoice requests."""

    name: str
    quantity: Decimal
    code: NotRequired[str]
    specification: NotRequired[str]
    unit: NotRequired[str]
    unit_price: NotRequired[Decimal]
    tax_rate: NotRequired[Decimal]
    amount: NotRequired[Decimal]
    net: NotRequired[Decimal]
    tax: NotRequired[Decimal]
    ordered: NotRequired[Decimal]
    received: NotRequired[Decimal | None]


class _Common(TypedDict):
    number: str
    date: date  # the document's own day; it also dates the file, so that the same data give the same bytes
    seller: Party
    buyer: Party
    currency: NotRequired[str]
    mark: NotRequired[str]  # across the page: 草稿


class _Priced(_Common):
    total: Decimal
    net: NotRequired[Decimal]
    tax: NotRequired[Decimal]


class Quotation(_Priced):
    """Template `quotation`."""

    lines: Sequence[DocumentLine]
    valid_until: NotRequired[date]
    version: NotRequired[int]
    prepared_by: NotRequired[str]
    terms: NotRequired[Sequence[str]]


class Article(TypedDict):
    """One article of a contract: its heading (第一条 标的) and text; line breaks are kept."""

    heading: str
    text: str


class Contract(_Priced):
    """Template `contract`. `lines` may be empty where the text names what is sold."""

    title: str
    title_en: NotRequired[str]
    lines: Sequence[DocumentLine]
    articles: Sequence[Article]
    place: NotRequired[str]
    preamble: NotRequired[str]


class DeliveryNote(_Common):
    """Template `delivery_note`. `received` of a line is left open for the pen unless given."""

    lines: Sequence[DocumentLine]
    order_number: NotRequired[str]
    customer_reference: NotRequired[str]
    consignee: NotRequired[str]
    consignee_phone: NotRequired[str]
    address: NotRequired[str]
    carrier: NotRequired[str]
    tracking: NotRequired[str]
    expected_on: NotRequired[date]
    warehouse: NotRequired[str]
    shipped_by: NotRequired[str]
    notes: NotRequired[Sequence[str]]


class InvoiceRequest(_Priced):
    """Template `invoice_request`."""

    lines: Sequence[DocumentLine]
    invoice_kind: NotRequired[str]
    order_number: NotRequired[str]
    requested_by: NotRequired[str]
    due_on: NotRequired[date]
    notes: NotRequired[Sequence[str]]


class StatementLine(TypedDict):
    """One movement of an account."""

    date: date
    document: str
    description: NotRequired[str]
    debit: NotRequired[Decimal | None]
    credit: NotRequired[Decimal | None]
    balance: Decimal


class Statement(_Common):
    """Template `statement`; `total` is the closing balance."""

    lines: Sequence[StatementLine]
    first_day: date
    last_day: date
    opening: Decimal
    total: Decimal
    charged: NotRequired[Decimal]
    paid: NotRequired[Decimal]
    notes: NotRequired[Sequence[str]]


class HandbookEntry(TypedDict):
    """One procedure of the handbook."""

    title: str
    version: str
    who: str
    limit: str
    purpose: str
    needs: str
    steps: Sequence[str]
    checks: Sequence[str]


class HandbookSection(TypedDict):
    """The procedures of one kind of document."""

    title: str
    procedures: Sequence[HandbookEntry]


class Handbook(TypedDict):
    """Template `handbook`: how every step is done."""

    number: str
    date: date
    seller: Party
    count: str
    sections: Sequence[HandbookSection]


class Passage(TypedDict):
    """A chapter (level 1), section (2) or clause (3) of the manual."""

    number: str
    level: int
    zh: str
    en: NotRequired[str]
    bases: NotRequired[str]


class Manual(TypedDict):
    """Template `manual`: the rules that a company sells by."""

    number: str
    date: date
    title: str
    seller: Party
    passages: Sequence[Passage]
    since: NotRequired[str]
    mark: NotRequired[str]


class Entry(TypedDict):
    """A field of a record, as people read it."""

    label: str
    value: str


class CopySection(TypedDict):
    """The records of one kind, with what they are for and where they came from."""

    title: str
    purposes: str
    sources: str
    records: Sequence[Sequence[Entry]]


class SubjectCopy(TypedDict):
    """Template `subject_copy`: all that is held of one person; `mark_line` stands at the foot of each page."""

    number: str
    date: date
    seller: Party
    mark_line: str
    sections: Sequence[CopySection]


KINDS: dict[str, Any] = {
    "quotation": Quotation,
    "contract": Contract,
    "delivery_note": DeliveryNote,
    "invoice_request": InvoiceRequest,
    "statement": Statement,
    "handbook": Handbook,
    "manual": Manual,
    "subject_copy": SubjectCopy,
}


def render(template_name: str, data: Mapping[str, Any]) -> bytes:
    """The document as PDF/A-2b. ValueError where `data` lacks what the template's type requires."""
    kind = KINDS[template_name]
    missing = sorted(kind.__required_keys__ - data.keys())
    if missing:
        raise ValueError(f"{template_name} needs {', '.join(missing)}")
    source = json.dumps(_for_template(data), ensure_ascii=False, sort_keys=True)
    return _compile(TEMPLATES / f"{template_name}.typ", source, data["date"])


# --- data as text ----------------------------------------------------------------------------------------------------

_AMOUNTS = ("net", "tax", "total", "amount", "debit", "credit", "balance", "opening", "charged", "paid")
_PRICES = ("unit_price",)
_RATES = ("tax_rate", "discount")


def _for_template(data: Mapping[str, Any]) -> dict[str, Any]:
    currency = str(data.get("currency") or "CNY")
    shown: dict[str, Any] = _shown("", {**data, "currency": currency})
    for name in _AMOUNTS:  # totals carry the sign of their currency, lines do not
        if isinstance(data.get(name), Decimal):
            shown[name] = numbers_text.money(data[name], currency)
    total = data.get("total")
    if currency == "CNY" and isinstance(total, Decimal) and abs(total) <= rmb.LARGEST:
        shown["capitals"] = rmb.capitals(total)
    return shown


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _shown(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(name, item) for item in value]
    if isinstance(value, Decimal):
        return _number(name, value)
    if isinstance(value, datetime):
        return value.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, T):
        return _text(value.zh)
    if isinstance(value, float):
        raise TypeError(f"{name} is a float; numbers of documents are Decimal")
    return "" if value is None else _text(str(value))


def _number(name: str, value: Decimal) -> str:
    if name in _AMOUNTS:
        return numbers_text.amount(value)
    if name in _RATES:
        return f"{numbers_text.quantity((value * 100).normalize())}%"
    return numbers_text.price(value) if name in _PRICES else numbers_text.quantity(value)


_LONG_WORD = re.compile(r"[^\s\u2e80-\uffef]{25,}")


def _text(text: str) -> str:
    """A text that can be set: no control characters, and long words may break anywhere."""
    clean = "".join(
        c if c == "\n" or c.isprintable() else " " for c in text if c.isprintable() or c.isspace()
    )
    return _LONG_WORD.sub(lambda match: "\u200b".join(match[0]), clean)


# --- setting ---------------------------------------------------------------------------------------------------------

_one_at_a_time = threading.Lock()


@cache
def _fonts() -> Any:
    """Noto Sans SC as the package zhplot carries it, and what Typst brings; never the machine's own fonts, so that a
    document looks the same everywhere."""
    import typst

    spec = find_spec("zhplot")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package zhplot, which carries the font, is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "fonts"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)])


# Stands for a character that the font does not hold, as printers have long done.
_NO_GLYPH = "〓"
_UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed')
_RARE = re.compile(r"[^\x20-\x7e\u00a1-\u024f\u2010-\u2027\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]")
_TRIES = 5


def _compile(template: Path, source: str, day: date) -> bytes:
    """Set a template. A character without a glyph (a few rare names, emoji) is replaced: PDF/A admits none."""
    import typst

    moment = day if isinstance(day, datetime) else datetime.combine(day, time(0), UTC)
    made_at = int(moment.timestamp())
    for attempt in range(_TRIES):
        try:
            with _one_at_a_time:
                inputs = {"data": source}
                compiler = typst.Compiler(
                    input=str(template), root=str(TEMPLATES), font_paths=_fonts(), sys_inputs=inputs
                )
                made: Callable[..., Any] = compiler.compile
                return bytes(made(format="pdf", pdf_standards=["a-2b"], timestamp=made_at))
        except typst.TypstError as error:
            missing = set("".join(_UNSHOWN.findall(error.diagnostic)))
            if not missing or attempt == _TRIES - 1:
                raise
            source = _without_glyphs(source, missing)
    raise AssertionError("the last try gives a document or raises")


def _without_glyphs(source: str, missing: set[str]) -> str:
    """The data without the characters that were complained about.

    What joins or colours an emoji clings to its replacement, which is then complained about itself: then everything
    that is seldom held goes.
    """
    if _NO_GLYPH in missing or "\\" in missing:
        return _RARE.sub(_NO_GLYPH, source)
    return "".join(_NO_GLYPH if c in missing and not c.isascii() else c for c in source)
