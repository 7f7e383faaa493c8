"""Who asks, in which language, seeing which companies: set up once per request, taken away at its end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from sellwell.kernel import access, clock, generations, pinyin
from sellwell.kernel.operations import context_for
from sellwell.kernel.values import set_language

LANGUAGE_COOKIE = "sw_language"
COMPANY_COOKIE = "sw_company"
# Everything comes from this server; scripts and styles only from files (Alpine's and htmx's eval stay off).
# Style attributes are let through for ECharts' tooltips only; our own pages have none.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "script-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)


class Frame:
    """Sets `request.actor`, `request.ctx`, the language, and the companies that row-level security lets through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        # The pinyin tables take a second to load: done beside the start, so that no one's first search waits for them.
        Thread(target=pinyin.tokens, args=("畅销",), daemon=True).start()

    def __call__(self, request: Any) -> HttpResponseBase:
        generations.forget()
        request.actor = request.ctx = None
        signed_in = request.user.is_authenticated and not request.user.is_system
        set_language(request.COOKIES.get(LANGUAGE_COOKIE) or (request.user.language if signed_in else "zh"))
        try:
            if signed_in:
                self.enter(request)
            response = self.get_response(request)
        finally:
            generations.forget()
            if signed_in:
                with suppress(DatabaseError):  # a lost connection has no setting left to take away
                    set_companies(())
            set_language("zh")
        response.headers.setdefault("Content-Security-Policy", POLICY)
        if signed_in:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    def enter(self, request: Any) -> None:
        """Find the actor and tell the database which companies this session may see."""
        today = clock.business_day(clock.now())
        request.actor = actor = access.actor_for(request.user, today)
        company = chosen_company(request.COOKIES.get(COMPANY_COOKIE), actor.companies)
        request.ctx = context_for(actor, "web", company)
        # The company worked for stands first, as it does inside the door.
        set_companies(tuple(dict.fromkeys(c for c in (company, *actor.companies) if c)))

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Send strangers to the sign-in page, except where a view says that it is open."""
        if (
            request.actor is not None
            or not getattr(view, "login_required", True)
            or request.path.startswith("/api/")
        ):
            return None
        if request.headers.get("HX-Request") or "json" in request.headers.get("Accept", ""):
            return HttpResponse(status=401)
        return redirect(f"/sign-in?next={quote(request.get_full_path())}")


def chosen_company(wanted: str | None, companies: tuple[UUID, ...]) -> UUID | None:
    """The company of the cookie if the actor has a post there, else the first."""
    for company in companies:
        if str(company) == wanted:
            return company
    return companies[0] if companies else None


def set_companies(companies: tuple[UUID, ...]) -> None:
    """Row-level security lets rows of these companies through; none means no rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('sellwell.companies', %s, false)",
            ["{" + ",".join(str(c) for c in companies) + "}"],
        )
