"""The way out of campaigns, at `/n/<secret>/`: in every message, no sign-in, one press. Looking changes nothing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from sellwell.control.voice import queries, tokens
from sellwell.control.voice.models import Recipient, RecipientState
from sellwell.control.voice.pages.public import guarded
from sellwell.foundation.company import queries as company
from sellwell.kernel import door, system
from sellwell.kernel.values import T, set_language
from sellwell.web.middleware import LANGUAGE_COOKIE
from sellwell.web.registry import page
from sellwell.web.shortcuts import render

TITLE = T("退订", "Unsubscribe")


def unsubscribe(request: Any, token: str) -> HttpResponse:
    """GET asks once, POST ends it."""
    return guarded(request, token, _find, _show)


unsubscribe.login_required = False  # type: ignore[attr-defined]
page("n/<str:token>/", csrf_exempt(unsubscribe), "voice.unsubscribe", title=TITLE)


def _find(request: Any, token: str) -> Recipient | None:
    """The recipient of a secret, in whichever company it is."""
    door.see_companies(company.companies())
    row = queries.recipient_by_token(tokens.hash_of(token)) if len(token) < 60 else None
    if row is not None:
        door.see_companies([row.company_id])
        if LANGUAGE_COOKIE not in request.COOKIES and row.campaign.language == "en":
            set_language("en")
    return row


def _show(request: Any, row: Recipient) -> HttpResponse:
    is_out = row.state == RecipientState.OPTED_OUT.value
    if request.method == "POST" and not is_out and row.state != RecipientState.HELD_OUT.value:
        door.run(
            "voice.unsubscribe", system.context(row.company_id, "respondent", "web"), row.pk, {"way": "web"}
        )
        is_out = True
    context = {"house": company.company(row.company_id), "is_done": is_out, "head": TITLE}
    return render(request, "voice/unsubscribe.html", context, title=TITLE)
