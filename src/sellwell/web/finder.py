"""Finding anything: the search page and the command menu, over all views that the reader may see, verbs and pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.safestring import SafeString

from sellwell.kernel import search
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, View
from sellwell.web import cells, registry
from sellwell.web.shortcuts import allowed_entries, render


@dataclass(frozen=True)
class Group:
    """Found rows of one type."""

    view: View
    rows: list[tuple[str, str, list[tuple[Any, Any]]]]  # (label, url, cells)


def page(request: Any) -> HttpResponse:
    """Everything that a number, name, pinyin or initials find."""
    q = words(request)
    groups = [_group(view, rows, request) for view, rows in search.find(request.actor, q, 20)] if q else []
    return render(request, "web/search.html", {"q": q, "groups": groups}, title=T("搜索", "Search"))


def words(request: Any) -> str:
    """What was typed."""
    text: str = request.GET.get("q", "")
    return text.replace("\x00", "").strip()[:80]


def _group(view: View, rows: list[Any], request: Any) -> Group:
    columns = [c for c in view.visible(request.actor) if c.in_list][:5]
    return Group(view, [_found(view, row, columns) for row in rows])


def _found(view: View, row: Any, columns: list[Column]) -> tuple[str, str, list[tuple[Column, SafeString]]]:
    """A row that was found: its name, its page, and three columns that say more than the name."""
    label = str(view.label(row))
    more = [c for c in columns if cells.text_of(c, row) not in ("", label)][:3]
    return label, f"/{view.url}/{row.pk}/", [(c, cells.cell(c, row, link=False)) for c in more]


def commands(request: Any) -> JsonResponse:
    """The command menu: verbs and pages that fit what was typed, then rows."""
    q = words(request)
    found: list[dict[str, Any]] = []
    verbs = [
        {
            "text": str(REGISTRY[n].title),
            "url": registry.url_for(n),
            "panel": not registry.is_whole_page(n),
            "icon": "plus",
        }
        for n in registry.NEW
        if registry.may_create(n, request.actor) and fits(q, REGISTRY[n].title)
    ]
    pages = [
        {"text": str(entry.title), "url": entry.url, "panel": False, "icon": entry.icon}
        for entry in allowed_entries(request.actor)
        if fits(q, entry.title)
    ]
    if verbs:
        found.append({"title": str(T("新建", "New")), "items": verbs[:6]})
    if pages:
        found.append({"title": str(T("页面", "Pages")), "items": pages[:8]})
    if q:
        for view, rows in search.find(request.actor, q, 5):
            items = [{"text": str(view.label(r)), "url": f"/{view.url}/{r.pk}/", "panel": False, "icon": "file",
                      "note": _note(view, r, request)} for r in rows]  # fmt: skip
            found.append({"title": str(view.title), "items": items})
    return JsonResponse({"groups": found})


def fits(q: str, title: T) -> bool:
    """Whether what was typed is part of a title, in either language or as pinyin."""
    if not q:
        return True
    typed = q.lower()
    if typed in title.zh.lower() or typed in title.en.lower():
        return True
    from sellwell.kernel import pinyin

    return set(pinyin.query_tokens(q)) <= set(pinyin.tokens(title.zh))


def _note(view: View, row: Any, request: Any) -> str:
    column = next(
        (c for c in view.visible(request.actor) if c.in_list and c.kind in ("ref", "state", "text")), None
    )
    note = cells.text_of(column, row) if column is not None else ""
    return note if note != str(view.label(row)) else ""
