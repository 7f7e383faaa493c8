"""A file as documents: each row one, or the rows that carry the same key; with what is wrong at which cell."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings

from sellwell.imports.reasons import BAD_TEXT, UNSHOWN
from sellwell.imports.sheets import references, values
from sellwell.imports.sheets.columns import KEY, SheetColumn, SheetForm
from sellwell.kernel import tabular
from sellwell.kernel.values import Objection, Reason, Refusal, T

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context

MOST_ROWS = 5000
# Sheets are often formatted far below their last row, so more than that is opened, and then counted.
MOST_OPENED = 100_000
MOST_LINES = 2000  # of one document, as forms have them

TOO_MANY = Reason(
    "import.too_many_for_list",
    T("一次最多导入 {most} 行。请拆分成几个文件。", "At most {most} rows at once. Split the file."),
)
TWO_VALUES = Reason(
    "import.two_values",
    T(
        "同一单据的“{column}”前后不一致：第 {row} 行是“{text}”。",
        "One document says two things for “{column}”: row {row} says “{text}”.",
    ),
)
LONG_DOCUMENT = Reason(
    "import.long_document", T("一张单据最多 {most} 行明细。", "A document has at most {most} lines.")
)
CUT_NUMBER = Reason(
    "import.cut_number",
    T(
        "“{text}”超过 15 位，表格已丢失后面的数字。请把该列设为文本格式后重新填写。",
        "“{text}” has more than 15 digits; the spreadsheet lost the last. Format the column as text and write it anew.",
    ),
)
NO_KEY = Reason(
    "import.no_key",
    T(
        "请填写单据序号：同一单据的各行相同（不要合并单元格）。",
        "Fill in the document key: the same on each row of a document (no merged cells).",
    ),
)
FORMULA_ERROR = Reason(
    "import.formula_error",
    T("单元格是公式错误“{text}”。请填写数值。", "The cell is a formula's error, “{text}”. Write the value."),
)
TEXTS = ("text", "area", "list", "pick")  # fields where each digit counts
_SCIENTIFIC = re.compile(r"\d\.\d+E\+\d\d")  # 1.10101E+17: how a spreadsheet writes a long number into a CSV
_ERRORS = ("#REF!", "#VALUE!", "#N/A", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to say about a row of the file, or about one of its cells."""

    row: int
    column: SheetColumn | None
    objection: Objection


@dataclass
class Document:
    """What one run of the verb takes: its rows of the file, its input, and what is wrong with either."""

    ordinal: int  # its place in the file, from 1
    rows: list[tabular.Row]
    nth: int = 1  # two equal documents of one file are two
    said: str = ""  # its texts
    digest: str = ""  # what it is known by, once its references are looked up
    data: dict[str, Any] = field(default_factory=dict)
    names: list[tuple[str, str, str]] = field(
        default_factory=list
    )  # (path, row type, text) still to be looked up
    problems: list[Problem] = field(default_factory=list)

    def row_at(self, path: str) -> int:
        """The row of the file that a place in the input comes from."""
        parts = path.split(".")
        place = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0
        return self.rows[min(place, len(self.rows) - 1)].number


@dataclass
class Sheet:
    """An opened file: its head, its rows, and its documents in file order."""

    headers: list[str]
    rows: list[tabular.Row]
    documents: list[Document]


def open_sheet(content: bytes) -> tabular.TableFile:
    """The table in a file; refused where it cannot be read or is too long."""
    table = tabular.open_table(content, most_rows=MOST_OPENED)
    for count, _ in enumerate(table.rows(), start=1):
        if count > MOST_ROWS:
            raise Refusal(TOO_MANY.refuse(most=MOST_ROWS))
    return table


def read(table: tabular.TableFile, form: SheetForm, chosen: Mapping[str, str]) -> Sheet:
    """The file's documents; `chosen` says which column of the file holds which place of the input."""
    rows = list(table.rows())
    if not rows:
        raise Refusal(tabular.NO_ROWS.refuse())
    places = {
        column: table.headers.index(chosen[column.path])
        for column in form.columns
        if chosen.get(column.path) in table.headers
    }
    said_by = next((column for column in places if column.path == KEY), None)
    key = places[said_by] if said_by is not None else None
    keyed = key is not None and any(row.cells[key].strip() for row in rows)
    documents = []
    seen: dict[str, int] = {}
    for ordinal, group in enumerate(_groups(rows, key), start=1):
        document = Document(ordinal, group)
        if key is not None and (cut := next((row for row in group if key in row.cut), None)):
            text = cut.cells[key]
            document.problems.append(Problem(cut.number, said_by, CUT_NUMBER.refuse(text=text[:60])))
        if keyed and key is not None and not group[0].cells[key].strip():
            document.problems.append(Problem(group[0].number, said_by, NO_KEY.refuse()))
        _fill(document, form, places)
        document.said = _texts(form, places, group)
        seen[document.said] = document.nth = seen.get(document.said, 0) + 1
        documents.append(document)
    return Sheet(table.headers, rows, documents)


def _groups(rows: Sequence[tabular.Row], key: int | None) -> Iterator[list[tabular.Row]]:
    """The rows of each document, in the order of their first rows; a row without a key is one, which is refused if others have one."""
    groups: dict[str, list[tabular.Row]] = {}
    for row in rows:
        said = row.cells[key].strip() if key is not None else ""
        groups.setdefault(said or f"\x00{row.number}", []).append(row)
    yield from groups.values()


def _texts(form: SheetForm, places: Mapping[SheetColumn, int], rows: Sequence[tabular.Row]) -> str:
    """What a document says, as one text."""
    told = [
        [column.path, row.cells[place].strip()]
        for row in rows
        for column, place in places.items()
        if column.path != KEY and row.cells[place].strip()
    ]
    return "\x1e".join("\x1f".join(one) for one in (["", form.operation.name], *told))


def _digest(document: Document, ids: Sequence[str]) -> str:
    """A keyed fingerprint of what a document says and of the rows it names, for knowing it again.

    One text may name two rows: what one person calls a customer is another customer of somebody else.
    """
    said = "\x1d".join([document.said, *ids])
    print_ = hmac.new(settings.SECRET_KEY.encode(), said.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return f"{print_.hexdigest()[:32]}.{document.nth}"


# --- one document ----------------------------------------------------------------------------------------------------


def _fill(document: Document, form: SheetForm, places: Mapping[SheetColumn, int]) -> None:
    """The input of a document from its rows."""
    for row in document.rows:
        if row.problem is not None:
            document.problems.append(Problem(row.number, None, row.problem))
    if len(document.rows) > MOST_LINES:
        document.problems.append(
            Problem(document.rows[0].number, None, LONG_DOCUMENT.refuse(most=MOST_LINES))
        )
        return
    for column, place in places.items():
        if column.field is not None and not column.is_line:
            _take_head(document, column, place)
    if form.lines:
        document.data[form.lines] = lines = []
        inner = {column: place for column, place in places.items() if column.is_line}
        for index, row in enumerate(document.rows):
            line: dict[str, Any] = {}
            for column, place in inner.items():
                _take(document, row, column, place, line, f"{form.lines}.{index}.{column.name}")
            lines.append(line)
        named = any(path.startswith(f"{form.lines}.") for path, _, _ in document.names)
        if not named and not any(lines):  # a document without lines
            document.data[form.lines] = []


def _take_head(document: Document, column: SheetColumn, place: int) -> None:
    """A value of the head: the first row that has one says it, and no other says otherwise."""
    filled = [row for row in document.rows if row.cells[place].strip()]
    if not filled:
        return
    first = filled[0]
    for row in filled[1:]:
        text = row.cells[place].strip()
        if text != first.cells[place].strip():
            problem = TWO_VALUES.refuse(column=column.label, row=row.number, text=text[:60])
            document.problems.append(Problem(row.number, column, problem))
    _take(document, first, column, place, document.data, column.path)


def _take(
    document: Document, row: tabular.Row, column: SheetColumn, place: int, into: dict[str, Any], path: str
) -> None:
    """One cell into the input, or what is wrong with it."""
    text = row.cells[place].strip()
    if not text or column.field is None:
        return
    if UNSHOWN.search(text):
        document.problems.append(Problem(row.number, column, BAD_TEXT.refuse()))
    elif column.field.widget in TEXTS and (place in row.cut or _SCIENTIFIC.fullmatch(text)):
        document.problems.append(Problem(row.number, column, CUT_NUMBER.refuse(text=text[:60])))
    elif text in _ERRORS:
        document.problems.append(Problem(row.number, column, FORMULA_ERROR.refuse(text=text)))
    elif column.field.widget == "pick":
        document.names.append((path, column.field.ref, text))
    else:
        value = values.read(text, column.field)
        if isinstance(value, Objection):
            document.problems.append(Problem(row.number, column, value))
        elif value is not None:
            into[column.name] = value


# --- references --------------------------------------------------------------------------------------------------------


def look_up(documents: Iterable[Document], form: SheetForm, ctx: Context) -> None:
    """Put the rows that the documents name into their inputs: a few questions for all of them. Then each has its digest."""
    documents = list(documents)
    wanted: dict[str, list[str]] = {}
    for document in documents:
        for _, row_type, text in document.names:
            wanted.setdefault(row_type, []).append(text)
    found = {row_type: references.resolve(row_type, texts, ctx) for row_type, texts in wanted.items()}
    for document in documents:
        ids = []
        for path, row_type, text in document.names:
            value = found[row_type][text]
            if isinstance(value, Objection):
                document.problems.append(Problem(document.row_at(path), form.at(path), value))
            else:
                _put(document.data, path, str(value))
                ids.append(f"{path}={value}")
        document.names = []
        document.digest = document.digest or _digest(document, ids)


def _put(data: dict[str, Any], path: str, value: str) -> None:
    parts = path.split(".")
    into = data[parts[0]][int(parts[1])] if len(parts) == 3 else data
    into[parts[-1]] = value
