"""Which column of a file is which field: by label in either language, by the field's own name, or as the list says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sellwell.imports.sheets.columns import KEY, SheetColumn, SheetForm
from sellwell.kernel.values import T
from sellwell.kernel.views import BY_TYPE

REASON = T("未导入原因", "Why it did not come in")
MORE_NAMES = {KEY: ("document", "单据", "单号", "单据号")}


@dataclass(frozen=True)
class Matched:
    """The columns that were found (place in the input -> head), heads that nobody knows, and columns that lack."""

    chosen: dict[str, str]
    unknown: list[str]
    missing: list[SheetColumn]
    lacks_key: bool = False  # lines, and no column says which of them are one document


def plain(text: str) -> str:
    """A head without marks, blanks and case."""
    return "".join(c for c in text.casefold() if c.isalnum() or c == "#")


def match(headers: Sequence[str], form: SheetForm, said: Mapping[str, str] | None = None) -> Matched:
    """`said`: what a person chose, in place of what the heads say."""
    chosen = {path: head for path, head in (said or {}).items() if head in headers}
    if not said:
        heads = {plain(head): head for head in reversed(headers)}
        listed = _listed(form)
        for column in form.columns:
            names = (*_names(column), *listed.get(column.path, ()), *MORE_NAMES.get(column.path, ()))
            found = next((heads[plain(name)] for name in names if plain(name) in heads), None)
            if found is not None and found not in chosen.values():
                chosen[column.path] = found
    known = {*chosen.values(), REASON.zh, REASON.en}
    return Matched(
        chosen,
        [head for head in headers if head not in known],
        [column for column in form.columns if column.required and column.path not in chosen],
        bool(form.lines) and KEY not in chosen,
    )


def _names(column: SheetColumn) -> tuple[str, ...]:
    return (column.label.zh, column.label.en, column.path, column.name)


def _listed(form: SheetForm) -> dict[str, tuple[str, str]]:
    """What the list calls a field of the same name: so a list that was taken out can be sent back as it is."""
    view = BY_TYPE.get(form.operation.model._meta.label_lower)
    return {column.name: (column.label.zh, column.label.en) for column in view.columns} if view else {}
