"""Saved views: a list's query under a name, for oneself or for everybody in the company."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect

from sellwell.kernel import clock
from sellwell.kernel.values import T
from sellwell.web.models import SavedView
from sellwell.web.shortcuts import require

if TYPE_CHECKING:
    from sellwell.web.lists.query import ListQuery
    from sellwell.web.parts import ListPage

MOST = 20  # saved views that a person may keep for one list


@dataclass(frozen=True)
class Tab:
    """A tab over a list."""

    title: T | str
    url: str
    is_current: bool
    drop: UUID | None = None  # the saved view's id, where it is the reader's own
    shared: bool = False
    pinned: bool = False
    pin: UUID | None = (
        None  # the saved view's id, where a press pins it to the reader's menu or takes it away
    )


def tabs(page: ListPage, request: Any, asked: ListQuery) -> list[Tab]:
    """All rows, the tabs that ship with the list, the reader's own and the shared ones."""
    found = [Tab(T("全部", "All"), "?tab=all", not asked.canonical and not request.GET.get("q"))]
    for one in page.saved:
        found.append(_tab(one.title, urlencode(one.query), asked))
    kept = SavedView.objects.filter(
        Q(owner_id=request.actor.user_id) | Q(shared=True),
        view=page.view.name,
        company_id=request.ctx.company_id,
    ).order_by("created_at")[: MOST * 2]
    for view in kept:
        own = view.owner_id == request.actor.user_id
        tab = _tab(view.name, view.query, asked, view.pk if own else None, view.shared)
        found.append(replace(tab, pin=view.pk, pinned=own and view.pinned))
    return found


def _tab(title: T | str, query: str, asked: ListQuery, drop: UUID | None = None, shared: bool = False) -> Tab:
    canonical = urlencode(sorted(QueryDict(query).items()))
    return Tab(title, f"?{query}", canonical == asked.canonical, drop, shared)


def save(request: Any, page: ListPage, asked: ListQuery) -> HttpResponse:
    """Keep the list at hand under a name; the same name again replaces it."""
    require(request, page.view.name)
    name = request.POST.get("name", "").replace("\x00", "").strip()[:40]
    mine = SavedView.objects.filter(owner_id=request.actor.user_id, view=page.view.name)
    if name and (mine.count() < MOST or mine.filter(name=name).exists()):
        values = {
            "query": asked.canonical[:2000],
            "shared": request.POST.get("shared") == "1",
            "pinned": request.POST.get("pinned") == "1",
            "company_id": request.ctx.company_id,
        }
        SavedView.objects.update_or_create(
            owner_id=request.actor.user_id,
            view=page.view.name,
            name=name,
            defaults=values,
            create_defaults=values | {"created_at": clock.now()},
        )
    return redirect(f"{page.url}?{asked.canonical}")


def pin(request: Any, page: ListPage, saved_id: UUID) -> HttpResponse:
    """Put a saved view into one's own menu, or take it out. A colleague's shared view is pinned as an own copy."""
    require(request, page.view.name)
    view = SavedView.objects.filter(
        Q(owner_id=request.actor.user_id) | Q(shared=True),
        pk=saved_id, view=page.view.name, company_id=request.ctx.company_id,
    ).first()  # fmt: skip
    if view is None:
        raise Http404
    if view.owner_id == request.actor.user_id:
        view.pinned = not view.pinned
        view.save(update_fields=["pinned"])
    else:
        SavedView.objects.update_or_create(
            owner_id=request.actor.user_id, view=view.view, name=view.name,
            defaults={"query": view.query, "pinned": True, "company_id": view.company_id},
            create_defaults={
                "query": view.query, "pinned": True, "company_id": view.company_id, "created_at": clock.now(),
            },
        )  # fmt: skip
    return redirect(f"{page.url}?{view.query}")


def drop(request: Any, page: ListPage, saved_id: UUID) -> HttpResponse:
    """Forget one of one's own saved views."""
    gone, _ = SavedView.objects.filter(pk=saved_id, owner_id=request.actor.user_id).delete()
    if not gone:
        raise Http404
    return redirect(page.url)
