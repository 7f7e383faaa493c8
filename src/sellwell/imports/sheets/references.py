"""Rows that a cell names by number, code or name: found for many cells at once, within what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q

from sellwell.kernel.values import Objection, Reason, T
from sellwell.kernel.views import BY_TYPE, Column, View
from sellwell.web.registry import PICKERS

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context

NAMES = ("name", "title")  # columns that say what a row is called
AT_ONCE = 500  # texts of one question
MOST_LOOKED_THROUGH = 2000  # rows of a small table, whose computed names are compared one by one

UNKNOWN = Reason(
    "import.unknown_reference",
    T(
        "没有找到“{text}”。请填写编号、编码或完整名称。",
        "“{text}” was not found. Write the number, the code or the whole name.",
    ),
)
TWO_OF_A_NAME = Reason(
    "import.ambiguous_reference",
    T("有多条记录叫“{text}”。请改填编号或编码。", "Several are called “{text}”. Write the number or code."),
)

Found = dict[str, "UUID | Objection"]


def can_be_named(row_type: str) -> bool:
    """Whether rows of a type can be told apart by a text."""
    view = BY_TYPE.get(row_type)
    if view is None:
        return False
    picker = PICKERS.get(row_type)
    return bool((picker and picker.resolve) or any(_tells_apart(column) for column in view.columns))


def _tells_apart(column: Column) -> bool:
    return (column.kind == "code" and not column.group) or column.name in NAMES


def resolve(row_type: str, texts: Iterable[str], ctx: Context) -> Found:
    """Each text's row, or what is wrong with it. A code goes before a name; a name that two rows bear is refused."""
    wanted = [text for text in dict.fromkeys(texts) if text]
    found: Found = {}
    view = BY_TYPE[row_type]
    picker = PICKERS.get(row_type)
    if picker is not None and picker.resolve is not None:
        found |= {
            code: UUID(str(choice.id))
            for code, choice in picker.resolve(wanted, ctx, {}).items()
            if code in wanted
        }
    for step in (_by_code, _by_name, _by_look):
        missing = [text for text in wanted if text not in found]
        if missing:
            found |= step(view, missing, ctx)
    return found | {text: UNKNOWN.refuse(text=text[:60]) for text in wanted if text not in found}


def _by_code(view: View, texts: Sequence[str], ctx: Context) -> Found:
    codes = [c for c in view.visible(ctx.actor) if c.kind == "code" and c.path and c.name != "currency"]
    return _by_columns(view, codes, texts, ctx)


def _by_name(view: View, texts: Sequence[str], ctx: Context) -> Found:
    return _by_columns(view, [c for c in view.visible(ctx.actor) if c.name in NAMES and c.path], texts, ctx)


def _by_columns(view: View, columns: Sequence[Column], texts: Sequence[str], ctx: Context) -> Found:
    """Rows one of whose columns is exactly the text; the earlier column counts where one text is in two."""
    if not columns:
        return {}
    rows: list[Any] = []
    for begin in range(0, len(texts), AT_ONCE):
        condition = Q()
        for column in columns:
            condition |= Q(**{f"{column.path}__in": texts[begin : begin + AT_ONCE]})
        rows += view.rows(ctx.actor).filter(condition)
    found: Found = {}
    for column in columns:
        found = (
            _gather([(str(column.read(row) or ""), row) for row in rows], set(texts) - found.keys()) | found
        )
    return found


def _by_look(view: View, texts: Sequence[str], ctx: Context) -> Found:
    """Names that are computed, of tables that are small."""
    rows = list(view.rows(ctx.actor)[: MOST_LOOKED_THROUGH + 1])
    if len(rows) > MOST_LOOKED_THROUGH:
        return {}
    computed = [c for c in view.visible(ctx.actor) if c.name in NAMES and not c.path]
    said = [(str(column.read(row)), row) for row in rows for column in computed]
    return _gather([*said, *((str(view.label(row)), row) for row in rows)], set(texts))


def _gather(said: Iterable[tuple[str, Any]], wanted: set[str]) -> Found:
    """The rows by what they are called, of those that are wanted."""
    rows: dict[str, set[UUID]] = {}
    for text, row in said:
        if text in wanted:
            rows.setdefault(text, set()).add(row.pk)
    return {
        text: next(iter(ids)) if len(ids) == 1 else TWO_OF_A_NAME.refuse(text=text[:60])
        for text, ids in rows.items()
    }
