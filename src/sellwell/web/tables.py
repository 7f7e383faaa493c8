"""Tables of rows: the rows of a list, and compact tables inside pages. Drawn in Python, since lists hold hundreds of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString, mark_safe

from sellwell.kernel.values import T
from sellwell.kernel.views import Column, View, read_keys
from sellwell.web import cells
from sellwell.web.registry import has_page

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor
    from sellwell.kernel.operations import Context

# Which place a column takes on a phone's card: the head, the right corner, a line below, or none.
CARD_LINES = 2


def css(column: Column) -> str:
    """The classes of a column's cells."""
    return "num" if column.kind in cells.NUMERIC else f"k-{column.kind}"


def places(columns: Sequence[Column], card: Sequence[str] = ()) -> dict[str, str]:
    """Where each column goes on a phone's card: first column heads it, the amount stands right, state and few more below."""
    if card:
        shown = list(card)
    else:
        shown = [c.name for c in columns if c.kind == "state"]
        shown += [
            c.name for c in columns[1:] if c.name not in shown and c.kind not in ("amount", "bool", "person")
        ][:CARD_LINES]
    amount = next((c.name for c in columns if c.kind == "amount"), "")
    found = {}
    for index, column in enumerate(columns):
        if index == 0:
            found[column.name] = "c-head"
        elif column.name == amount:
            found[column.name] = "c-side"
        else:
            found[column.name] = "c-meta" if column.name in shown else "c-off"
    return found


def draw_rows(
    view: View,
    columns: Sequence[Column],
    rows: Iterable[Any],
    *,
    select: bool = False,
    card: Sequence[str] = (),
) -> SafeString:
    """The rows of a table; the first column leads to the record, where rows of this view have a page."""
    rows = list(rows)
    read_keys(columns, rows)
    if not has_page(view):
        return _plain_rows(columns, rows, card)
    place = places(columns, card)
    classes = [f"{css(column)} {place[column.name]}" for column in columns]
    tick = str(T("选择", "Select"))
    out: list[str] = []
    for row in rows:
        url = escape(f"/{view.url}/{row.pk}/")
        out.append(f'<tr data-row="{row.pk}" data-url="{url}">')
        if select:
            name = escape(f"{tick} {view.label(row)}")
            out.append(
                f'<td class="pick"><input type="checkbox" name="id" value="{row.pk}" aria-label="{name}"></td>'
            )
        for index, column in enumerate(columns):
            html = cells.cell(column, row, link=index > 0)
            if index == 0:
                html = f'<a class="row-link" href="{url}">{html}</a>'  # type: ignore[assignment]
            out.append(f'<td class="{classes[index]}">{html}</td>')
        out.append("</tr>")
    return mark_safe("".join(out))  # noqa: S308 - cells are escaped where they are made


def table(view: View, rows: Iterable[Any], actor: Actor, names: Sequence[str] = ()) -> dict[str, Any]:
    """What the template of a compact table needs."""
    visible = view.visible(actor)
    by_name = {column.name: column for column in visible}
    columns = [by_name[n] for n in names if n in by_name] or [c for c in visible if c.in_list]
    found = list(rows)
    return {
        "heads": [(column, css(column)) for column in columns],
        "body": draw_rows(view, columns, found),
        "count": len(found),
        "view": view,
    }


def _plain_rows(columns: Sequence[Column], rows: Iterable[Any], card: Sequence[str] = ()) -> SafeString:
    """Rows without a page of their own, such as lines; a phone's card names their figures."""
    place = places(columns, card)
    heads = [f'<td class="{css(c)} {place[c.name]}" data-label="{escape(str(c.label))}">' for c in columns]
    out: list[str] = []
    for row in rows:
        out.append("<tr>")
        out += [f"{head}{cells.cell(c, row)}</td>" for head, c in zip(heads, columns, strict=True)]
        out.append("</tr>")
    return mark_safe("".join(out))  # noqa: S308 - cells are escaped where they are made


def _leads_back(column: Column, by: str) -> bool:
    return column.kind == "ref" and (column.ref_path or f"{column.path.split('__')[0]}_id") == by


def related_context(
    view: View, by: str, limit: int, columns: tuple[str, ...], order: tuple[str, ...] = ()
) -> Callable[[Any, Context], dict[str, Any]]:
    """The context of a panel that shows another view's rows of a row."""

    def context(row: Any, ctx: Context) -> dict[str, Any]:
        queryset = view.rows(ctx.actor).filter(**{by: row.pk}).order_by(*(order or view.order))
        found = list(queryset[: limit + 1])
        more = len(found) > limit
        if not columns:  # the column that leads back to this very row says nothing here
            columns_shown = tuple(
                c.name for c in view.visible(ctx.actor) if c.in_list and not _leads_back(c, by)
            )
        values = table(view, found[:limit], ctx.actor, columns or columns_shown)
        filter_name = next(
            (c.name for c in view.visible(ctx.actor) if c.filterable and _leads_back(c, by)),
            "",
        )  # fmt: skip
        return values | {
            "more": more,
            "all_url": f"/{view.url}/?{filter_name}={row.pk}" if filter_name else "",
        }

    return context
