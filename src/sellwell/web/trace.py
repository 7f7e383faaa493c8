"""The trace page: a sale as a horizontal line of its documents, with the time that each one waited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from sellwell.kernel import links
from sellwell.kernel.values import T
from sellwell.kernel.views import BY_TYPE
from sellwell.web import cells, formats
from sellwell.web.shortcuts import render, require, row_or_404

LONG = timedelta(days=14)  # a wait that is worth a mark


@dataclass(frozen=True)
class Stop:
    """A document on the line."""

    node: links.Node
    title: T | str
    url: str
    waited: T | None
    is_long: bool
    is_here: bool


@dataclass(frozen=True)
class Column:
    """The documents of one step of the chain, one below the other."""

    stops: list[Stop]
    waited: T | None
    is_long: bool


def show(request: Any, row_type: str, row_id: UUID) -> HttpResponse:
    """The whole chain from any document in it."""
    view = BY_TYPE.get(row_type)
    if view is None:
        raise Http404(row_type)
    require(request, view.name)
    row = row_or_404(request, view, row_id)
    nodes = links.chain(row, request.actor)
    columns = line(nodes, row_id)
    days = [n.day for n in nodes if n.day is not None]
    context = {
        "view": view,
        "row": row,
        "label": str(view.label(row)),
        "columns": columns,
        "url": f"/{view.url}/{row.pk}/",
        "length": (max(days) - min(days)).days if days else 0,
        "count": len(nodes),
        "hidden": sum(1 for n in nodes if not n.visible),
    }
    crumbs = [(view.title, f"/{view.url}/"), (context["label"], context["url"])]
    return render(request, "web/trace/trace.html", context, title=T("全程追踪", "Trace"), crumbs=crumbs)


def line(nodes: list[links.Node], here: UUID) -> list[Column]:
    """Documents by their distance from where the sale began; those of one distance stand one below the other."""
    depth: dict[UUID, int] = {}
    by_id = {node.id: node for node in nodes}

    def depth_of(node: links.Node, seen: frozenset[UUID]) -> int:
        if node.id not in depth:
            before = [by_id[s] for s in node.sources if s in by_id and s not in seen]
            depth[node.id] = 1 + max((depth_of(b, seen | {node.id}) for b in before), default=-1)
        return depth[node.id]

    columns: dict[int, list[Stop]] = {}
    for node in nodes:
        columns.setdefault(depth_of(node, frozenset()), []).append(_stop(node, here))
    found = []
    for place in sorted(columns):
        waits = [s.node.waited for s in columns[place] if s.node.waited is not None]
        longest = max(waits, default=None)
        words = formats.lasting(longest.total_seconds()) if longest is not None else None
        found.append(Column(columns[place], words, longest is not None and longest > LONG))
    return found


def _stop(node: links.Node, here: UUID) -> Stop:
    waited = formats.lasting(node.waited.total_seconds()) if node.waited is not None else None
    view = BY_TYPE.get(node.row_type)
    return Stop(
        node, view.title if view else node.title, cells.record_url(node.row_type, node.id) if node.visible else "",
        waited, bool(node.waited and node.waited > LONG), node.id == here,
    )  # fmt: skip
