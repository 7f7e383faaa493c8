"""The page behind a link that decides with one tap: it says what would be approved, and one button does it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse

from sellwell.kernel import tap_links
from sellwell.kernel.history import title_of
from sellwell.kernel.models import RequestState
from sellwell.kernel.values import Refusal, T
from sellwell.web.middleware import set_companies
from sellwell.web.shortcuts import render

TITLE = T("一键审批", "Decide with one tap")


@login_not_required
def show(request: Any, token: str) -> HttpResponse:
    """GET shows, POST approves: a mail scanner that follows links decides nothing."""
    request.actor = None  # whoever is signed in here: the link's own person acts
    context: dict[str, Any] = {"token": token}
    try:
        if request.method == "POST":
            context["done"] = done = tap_links.approve(token)
            context["state"] = RequestState(done.state)
        else:
            context["tap"] = tap = tap_links.look(token)
            context["act"] = title_of(tap.request.operation)
    except Refusal as refusal:
        context["problem"] = refusal.objections[0].text
    finally:
        set_companies(())
    response = render(
        request, "web/work/tap.html", context, title=TITLE, status=410 if "problem" in context else 200
    )
    response["Cache-Control"] = "no-store"
    # Never "no-referrer": browsers then send the button's post with the origin "null", and it is refused as forged.
    response["Referrer-Policy"] = "same-origin"
    return response
