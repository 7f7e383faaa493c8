"""Every address of the web wing; built once, when all rooms have registered their pages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotAllowed
from django.urls import path

from sellwell.kernel import access
from sellwell.web import (
    boards,
    do,
    entries,
    files,
    finder,
    grids,
    house,
    jobs,
    pick,
    records,
    registry,
    rights,
    signin,
    tap,
    trace,
    vendor_signin,
    workbench,
)
from sellwell.web.lists import bring_in, bulk, export, page, query, saved
from sellwell.web.parts import ListPage, Page

Function = Callable[..., HttpResponse]


def with_page(function: Function, of: Any) -> Function:
    """`function(request, page, …)` as a view of one page."""

    def view(request: Any, **kwargs: Any) -> HttpResponse:
        # A post may change what it asked.
        with access.asking_once() if request.method == "GET" else nullcontext():
            return function(request, of, *kwargs.values())

    return view


def posted(function: Function, of: Any) -> Function:
    """As `with_page`, for posts only."""

    def view(request: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return function(request, of, *kwargs.values())

    return view


def save_view(request: Any, of: ListPage) -> HttpResponse:
    """Keep the list at hand under a name."""
    return saved.save(request, of, query.read(of, request.actor, request.GET, request.ctx.today))


def own_page(of: Page) -> Function:
    """A room's own page, behind its right; what the function says about strangers stays, as does whether a secret in the
    address stands for the form's token (`csrf_exempt`)."""

    def view(request: Any, **kwargs: Any) -> HttpResponse:
        if of.right and not request.actor.may(of.right):
            raise PermissionDenied(of.right)
        return of.function(request, **kwargs)  # type: ignore[return-value]

    view.csrf_exempt = getattr(of.function, "csrf_exempt", False)  # type: ignore[attr-defined]
    return view if getattr(of.function, "login_required", True) else login_not_required(view)


def fixed() -> list[Any]:
    """The addresses that are always there."""
    return [
        path("", workbench.show),
        path("sign-in", signin.sign_in),
        path("sign-in/", signin.sign_in),
        path("sign-in/with/<uuid:connection_id>", vendor_signin.start),
        path("sign-in/from/<str:system>", vendor_signin.finish),
        path("sign-out", signin.sign_out),
        path("language", signin.language),
        path("theme", signin.theme),
        path("company-choice", signin.company),
        path("me", workbench.me),
        path("search", finder.page),
        path("commands", finder.commands),
        path("do/<str:name>/", do.act),
        path("do/<str:name>/<uuid:row_id>/", do.act),
        path("do/<str:name>/outlook", do.outlook),
        path("do/<str:name>/<uuid:row_id>/outlook", do.outlook),
        path("pick/<str:row_type>", pick.find),
        path("pick/<str:row_type>/resolve", pick.resolve),
        path("quote/<str:name>", grids.quote),
        path("files/", files.upload),
        path("files/<uuid:file_id>", files.download),
        path("trace/<str:row_type>/<uuid:row_id>/", trace.show),
        path("rights/who", rights.who),
        path("tap/<str:token>", tap.show),
        path("jobs/<str:name>/<uuid:job_id>", jobs.show),
    ]


def of_lists() -> list[Any]:
    """Lists with their count, export, saved views and bulk acts."""
    found = []
    for one in registry.LISTS.values():
        url = one.view.url
        found += [
            path(f"{url}/", with_page(page.show, one)),
            path(f"{url}/count", with_page(page.count, one)),
            path(f"{url}/export", with_page(export.show, one)),
            path(f"{url}/import/<str:name>", with_page(bring_in.show, one)),
            path(f"{url}/import/<str:name>/template", with_page(bring_in.give_template, one)),
            path(f"{url}/views", posted(save_view, one)),
            path(f"{url}/views/<uuid:saved_id>", posted(saved.drop, one)),
            path(f"{url}/views/<uuid:saved_id>/pin", posted(saved.pin, one)),
            path(f"{url}/bulk/<str:name>", posted(bulk.act, one)),
        ]
    for board in registry.BOARDS.values():
        found.append(path(f"{board.view.url}/board", with_page(boards.show, board)))
    return found


def of_records() -> list[Any]:
    """Records with the parts that load when they are wanted."""
    found = []
    for one in registry.RECORDS.values():
        url = f"{one.view.url}/<uuid:row_id>/"
        found += [
            path(url, with_page(records.show, one)),
            path(f"{url}menu", with_page(records.menu, one)),
            path(f"{url}timeline", with_page(records.timeline, one)),
            path(f"{url}tab/<str:name>", with_page(records.tab, one)),
        ]
    return found


def of_rooms() -> list[Any]:
    """Entry pages and the rooms' own pages."""
    found = [path(entry.path, with_page(entries.show, entry)) for entry in registry.ENTRIES.values()]
    return found + [path(one.path, own_page(one)) for one in registry.PAGES.values()]


house.register()
urlpatterns = fixed() + of_rooms() + of_lists() + of_records()
