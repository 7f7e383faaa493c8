"""What every page needs: drawing within the frame, asking for a right, finding a row that may be seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string

from sellwell.kernel import directory, takings
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import T, language
from sellwell.web import registry, tasks, toasts
from sellwell.web.models import SavedView
from sellwell.web.parts import MenuEntry

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor
    from sellwell.kernel.views import View

Crumbs = Iterable[tuple[T | str, str]]
PDF = "application/pdf"


@dataclass(frozen=True)
class MenuSection:
    """A section of the menu with the lines that this reader sees."""

    name: str
    title: T
    entries: list[tuple[MenuEntry, bool]]  # with: is it the page at hand
    is_open: bool = True


def render(
    request: Any,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    title: T | str = "",
    crumbs: Crumbs = (),
    status: int = 200,
) -> HttpResponse:
    """A page within the frame."""
    response = HttpResponse(
        render_to_string(template, {**frame(request, title, crumbs), **(context or {})}, request),
        status=status,
    )
    if toasts.COOKIE in request.COOKIES:
        response.delete_cookie(toasts.COOKIE, samesite="Lax")
    return response


def fragment(request: Any, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A part of a page, for htmx."""
    return HttpResponse(render_to_string(template, {"request": request, **context}, request), status=status)


def frame(request: Any, title: T | str = "", crumbs: Crumbs = ()) -> dict[str, Any]:
    """What base.html shows around the page."""
    actor = getattr(request, "actor", None)
    found: dict[str, Any] = {
        "request": request,
        "title": title,
        "crumbs": list(crumbs),
        "lang": language(),
        "theme": request.COOKIES.get("sw_theme", "auto"),
        "rail": request.COOKIES.get("sw_rail", ""),
        "toast": toasts.take(request),
        "is_demo": getattr(settings, "DEMO", False),
        "actor": actor,
    }
    if actor is not None:
        found |= {
            "menu": menu_for(actor, request.path, request.COOKIES.get("sw_closed", "").split(".")),
            "new_menu": new_for(actor),
            "task_count": tasks.count(actor),
            "second": second_entry(actor),
            "family": family_of(actor, request.path),
            "pins": pins(request),
            "companies": companies(request),
        }
    return found


def menu_for(actor: Actor, path: str, closed: Collection[str] = ()) -> list[MenuSection]:
    """The menu by rights: sections and lines in their order, empty sections left out.

    A section that the reader folded stays so, except while its page is at hand.
    """
    known = sorted(registry.SECTIONS.values(), key=lambda s: s.order)
    allowed = allowed_entries(actor)
    heads = _heads(allowed)
    best = max((len(e.url) for e in allowed if _under(path, e.url)), default=0)
    current = {heads[e.url] for e in allowed if len(e.url) == best and _under(path, e.url)}
    found = []
    for section in known:
        entries = [
            (e, e.url in current) for e in allowed if e.section == section.name and heads[e.url] == e.url
        ]
        if entries:
            is_open = section.name not in closed or any(here for _, here in entries)
            found.append(MenuSection(section.name, section.title, entries, is_open))
    return found


def allowed_entries(actor: Actor) -> list[MenuEntry]:
    """The lines of the menu that this reader may see, in order."""
    return sorted((e for e in registry.MENU if not e.right or actor.may(e.right)), key=lambda e: e.order)


def _heads(allowed: Sequence[MenuEntry]) -> dict[str, str]:
    """For each address the one that stands in the menu for it: its family's first that the reader may see."""
    urls = [e.url for e in allowed]
    heads = {url: url for url in urls}
    for family in registry.FAMILIES:
        seen = [url for url in family if url in heads]
        heads |= dict.fromkeys(seen, seen[0] if seen else "")
    return heads


def family_of(actor: Actor, path: str) -> list[tuple[MenuEntry, bool]]:
    """The pages that stand beside this one, with which is at hand; empty where it stands alone."""
    by_url = {e.url: e for e in allowed_entries(actor)}
    for family in registry.FAMILIES:
        seen = [by_url[url] for url in family if url in by_url]
        if path in family and len(seen) > 1:
            return [(e, e.url == path) for e in seen]
    return []


@dataclass(frozen=True)
class PinnedView:
    """A saved view that its owner wants in the menu."""

    title: str
    url: str
    icon: str
    here: bool


MOST_PINS = 12


def pins(request: Any) -> list[PinnedView]:
    """The reader's pinned views of lists that the reader may still see, in the order they were kept."""
    by_view = {name: page for name, page in registry.LISTS.items() if request.actor.may(name)}
    kept = SavedView.objects.filter(
        owner_id=request.actor.user_id, company_id=request.ctx.company_id, pinned=True
    ).order_by("created_at")[:MOST_PINS]
    at = f"{request.path}?{request.GET.urlencode()}"
    found = []
    for one in kept:
        if (page := by_view.get(one.view)) is not None:
            url = f"{page.url}?{one.query}"
            found.append(PinnedView(one.name, url, page.icon, url == at))
    return found


def companies(request: Any) -> list[tuple[UUID, T, bool]]:
    """The companies that the reader may change to, with the one at hand; empty for people of one company."""
    ids = request.actor.companies
    if len(ids) < 2:
        return []
    names = directory.current().company_names(ids)
    return [(i, names[i], i == request.ctx.company_id) for i in ids if i in names]


def second_entry(actor: Actor) -> MenuEntry | None:
    """The phone bar's second place: the list of people one works with, else the first list of the menu."""
    allowed = sorted(
        (e for e in registry.MENU if e.section != "work" and (not e.right or actor.may(e.right))),
        key=lambda e: (registry.SECTIONS[e.section].order if e.section in registry.SECTIONS else 99, e.order),
    )
    return next((e for e in allowed if e.icon == "users"), next(iter(allowed), None))


def _under(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))


def new_for(actor: Actor) -> list[tuple[T, str, bool]]:
    """What this reader may create from anywhere: (title, url, page of its own)."""
    return [
        (REGISTRY[name].title, registry.url_for(name), registry.is_whole_page(name))
        for name in registry.NEW
        if registry.may_create(name, actor)
    ]


def require(request: Any, verb: str) -> None:
    """Refuse the page to those who may not `verb`."""
    if not request.actor.may(verb):
        raise PermissionDenied(verb)


def row_or_404(request: Any, view: View, row_id: UUID) -> Any:
    """The row, if this reader may see it; out of scope is not found."""
    row = view.rows(request.actor).filter(pk=row_id).first()
    if row is None:
        raise Http404(view.name)
    return row


def paper(
    request: Any, view: View, row_id: UUID | None, content: bytes, filename: str, content_type: str = PDF
) -> HttpResponse:
    """A paper to read or save, of a record or (without one) of a whole view; the security log says who took it."""
    takings.printed(request.ctx, view.name, view.title, row_id)
    response = HttpResponse(content, content_type=content_type)
    how = "inline" if content_type == PDF else "attachment"
    name = f'filename="{filename}"' if filename.isascii() else f"filename*=UTF-8''{quote(filename)}"
    response["Content-Disposition"] = f"{how}; {name}"
    return response


def is_htmx(request: Any) -> bool:
    """Whether the page's own script asks for a part (boosted navigation asks for whole pages)."""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-Boosted")


def wants_panel(request: Any) -> bool:
    """Whether the answer goes into the side panel."""
    return is_htmx(request) and request.headers.get("HX-Target") == "panel-body"
