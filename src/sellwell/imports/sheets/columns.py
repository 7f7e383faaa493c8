"""A creating verb's input as the columns of a flat table: one per field, those of its lines after those of its head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from sellwell.imports.sheets import references
from sellwell.kernel.operations import REGISTRY, Operation
from sellwell.kernel.values import T
from sellwell.web import registry
from sellwell.web.forms import derive

# Widgets whose value stands in one cell.
FLAT = ("text", "area", "number", "int", "date", "datetime", "select", "bool", "list", "checks", "pick")
KEY = "#"  # the path of the column that says which rows are one document
KEY_LABEL = T("单据序号", "Document key")
KEY_HELP = T(
    "同一张单据的各行填相同的序号，例如 1、1、2；抬头各列在同一单据内重复填写或只填第一行。",
    "Rows of one document carry the same key, for instance 1, 1, 2. Columns of the head are repeated, or filled in once.",
)


@dataclass(frozen=True, eq=False)
class SheetColumn:
    """One column. `path` is its place in the input; `lines.#.quantity` is a field of a line."""

    path: str
    label: T
    field: derive.FormField | None  # None: the document's key
    help: T | None = None
    required: bool = False

    @property
    def is_line(self) -> bool:
        """Whether it belongs to a line rather than to the document."""
        return ".#." in self.path

    @property
    def name(self) -> str:
        """The field's own name."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True)
class SheetForm:
    """The flat table of a verb: its columns, and the name of its lines (empty: one row, one document)."""

    operation: Operation
    columns: tuple[SheetColumn, ...]
    lines: str = ""

    def at(self, path: str) -> SheetColumn | None:
        """The column of a place in the input: `lines.3.quantity` or the field itself."""
        parts = path.split(".")
        if self.lines and parts[0] == self.lines:
            path = f"{self.lines}.#.{parts[2]}" if len(parts) > 2 else ""
        else:
            path = parts[0]
        return next((column for column in self.columns if column.path == path and path != KEY), None)


@cache
def form_of(name: str) -> SheetForm | None:
    """The flat table of a verb, with what its form lets people set; None where the verb cannot be done by file or has none."""
    operation = REGISTRY.get(name)
    if operation is None or not operation.creates or not {"web", "import"} <= operation.channels:
        return None
    hidden = _hidden(name)
    every = derive.fields_of(operation.input)
    if any(one.required for one in every if one.path in hidden):
        return None
    fields = [one for one in every if one.path not in hidden]
    lines = [one for one in fields if one.widget == "lines" and all(map(_is_flat_or_optional, one.fields))]
    if any(one.required and not _is_flat(one) and one not in lines for one in fields) or len(lines) > 1:
        return None
    head = [_column(one) for one in fields if _is_flat(one)]
    if not lines:
        return SheetForm(operation, tuple(_distinct(head))) if head else None
    inner = [_column(one) for one in lines[0].fields if _is_flat(one)]
    key = SheetColumn(KEY, KEY_LABEL, None, KEY_HELP)
    return SheetForm(operation, tuple(_distinct([key, *head, *inner])), lines[0].name)


def _hidden(name: str) -> set[str]:
    """Fields that nobody sets on the form."""
    options, entry = registry.FORMS.get(name), registry.ENTRIES.get(name)
    return {*(options.hidden if options else ()), *(entry.hidden if entry else ())}


def _is_flat(one: derive.FormField) -> bool:
    return one.widget in FLAT and (one.widget != "pick" or references.can_be_named(one.ref))


def _is_flat_or_optional(one: derive.FormField) -> bool:
    return _is_flat(one) or not one.required


def _column(one: derive.FormField) -> SheetColumn:
    return SheetColumn(one.path, one.label, one, one.help, one.required)


def _distinct(columns: Sequence[SheetColumn]) -> list[SheetColumn]:
    """A line's column that is called as one of the head says that it is the line's."""
    taken = {c.label.zh for c in columns if not c.is_line}
    return [
        replace(c, label=T(f"明细·{c.label.zh}", f"Line: {c.label.en}"))
        if c.is_line and c.label.zh in taken
        else c
        for c in columns
    ]
