"""The list of a view: one page of it, the count, and the answer to htmx (only the part that changes)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from sellwell.kernel import keyset
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import T
from sellwell.web import registry
from sellwell.web.lists import bring_in, filters, groups, query, saved
from sellwell.web.shortcuts import fragment, is_htmx, render, require
from sellwell.web.tables import css, draw_rows

if TYPE_CHECKING:
    from sellwell.kernel.operations import Operation
    from sellwell.kernel.views import Column
    from sellwell.web.parts import ListPage

CHIPS = 6  # filters that are shown at once; the others open on demand
PARTIAL = "list-body"  # the part that htmx replaces


@dataclass(frozen=True)
class Head:
    """The head of a column: its name, where a click sorts, and how it is sorted now."""

    column: Column
    css: str
    url: str
    sorted: str  # "" | ascending | descending


@dataclass(frozen=True)
class Chip:
    """A filter that can be set: what it is called, whether it is in force, and the address without it."""

    column: Column
    words: str
    without: str
    values: dict[str, Any]


def show(request: Any, page: ListPage) -> HttpResponse:
    """One page of the list."""
    require(request, page.view.name)
    asked = query.read(page, request.actor, request.GET, request.ctx.today)
    context = list_context(request, page, asked)
    if is_htmx(request) and request.headers.get("HX-Target") == PARTIAL:
        return HttpResponse(render_to_string("web/list/_body.html", {"request": request, **context}, request))
    tabs = saved.tabs(page, request, asked)
    return render(
        request,
        "web/list/list.html",
        {
            **context,
            "tabs": tabs,
            "new": new_buttons(page, request),
            "by_file": bring_in.offered(page, request),
        },
        title=page.view.title,
    )


def list_context(request: Any, page: ListPage, asked: query.ListQuery) -> dict[str, Any]:
    """What the body of a list needs: rows, heads, chips, places."""
    grouping = groups.read(asked)
    found = asked.page() if grouping is None else keyset.Slice([], "", "")
    bulk = [REGISTRY[n] for n in page.bulk if n in REGISTRY and request.actor.may(n)]
    whole = not found.newer and not found.older
    every = chips(asked)
    at_once = max(CHIPS, sum(1 for chip in every if chip.words))
    shown, further = every[:at_once], every[at_once:]
    return {
        "page": page,
        "view": page.view,
        "asked": asked,
        "heads": [_head(asked, column) for column in asked.columns],
        "body": draw_rows(page.view, asked.columns, found.rows, select=bool(bulk), card=page.card),
        "rows": found.rows,
        "newer": asked.without(before=found.newer) if found.newer else "",
        "older": asked.without(after=found.older) if found.older else "",
        "count": len(found.rows) if whole and grouping is None else None,
        "grouping": grouping,
        "groupable": [(column, asked.without(group=column.name)) for column in groups.columns(asked)],
        "chips": shown,
        "more_chips": further,
        "has_search": page.view.search is not None,
        "is_filtered": bool(asked.filters or asked.q),
        "bulk": bulk,
        "may_export": request.actor.may(page.view.export),
        "choosable": [(c, c in asked.columns) for c in page.view.visible(request.actor)],
        "board": page.view.name in registry.BOARDS,
        "links": [(t, u) for t, u, right in page.links if not right or request.actor.may(right)],
        "periods": filters.PERIODS.items(),
        "first_new": next(iter(new_buttons(page, request)), None),
    }


def _head(asked: query.ListQuery, column: Column) -> Head:
    now = {column.name: "ascending", f"-{column.name}": "descending"}.get(asked.sort, "")
    url = ""
    if column.sortable and column.path:
        first = (
            f"-{column.name}" if column.kind in ("amount", "date", "datetime", "quantity") else column.name
        )
        second = first[1:] if first.startswith("-") else f"-{first}"
        url = asked.without(sort=second if asked.sort == first else first)
    return Head(column, css(column), url, now)


def chips(asked: query.ListQuery) -> list[Chip]:
    """Every filter of the list; those in force stand first."""
    in_force = {one.column.name: one for one in asked.filters}
    found = []
    for column in filters.filterable(asked.view, asked.actor):
        one = in_force.get(column.name)
        values = {
            "list": asked.params.getlist(column.name),
            "states": list(column.states or ()),
            "min": asked.params.get(f"{column.name}.min", ""),
            "max": asked.params.get(f"{column.name}.max", ""),
            "from": asked.params.get(f"{column.name}.from", ""),
            "until": asked.params.get(f"{column.name}.until", ""),
        }
        without = asked.without(*(one.params if one else ()))
        found.append(Chip(column, one.words if one else "", without, values))
    return sorted(found, key=lambda chip: not chip.words)


def new_buttons(page: ListPage, request: Any) -> list[tuple[Operation, str, bool]]:
    """The creations that this reader may start from the list."""
    return [
        (REGISTRY[name], registry.url_for(name), registry.is_whole_page(name))
        for name in page.new
        if registry.may_create(name, request.actor)
    ]


def count(request: Any, page: ListPage) -> HttpResponse:
    """The count, asked for after the page is there; it stops at 10,000+."""
    require(request, page.view.name)
    asked = query.read(page, request.actor, request.GET, request.ctx.today)
    found = asked.count()
    words = f"{query.COUNT_CAP:,}+" if found > query.COUNT_CAP else f"{found:,}"
    return fragment(request, "web/list/_count.html", {"words": T(f"{words} 条", f"{words} rows")})
