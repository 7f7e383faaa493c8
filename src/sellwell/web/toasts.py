"""A quiet word after an act: shown at once, or on the next page when the act led elsewhere."""

from __future__ import annotations

import json
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponseBase

COOKIE = "sw_toast"
SALT = "sellwell.toast"


def event(text: str, kind: str = "done", url: str = "", link: str = "") -> dict[str, Any]:
    """What the page's script shows. `kind`: done | info | late."""
    return {"text": text, "kind": kind, "url": url, "link": link}


def trigger(response: HttpResponseBase, **events: Any) -> None:
    """Tell the page that asked (htmx) of events."""
    response["HX-Trigger"] = json.dumps(events)  # json escapes to ASCII, as a header must be


def keep(response: Any, toast: dict[str, Any]) -> None:
    """Show `toast` on the next whole page."""
    response.set_cookie(COOKIE, signing.dumps(toast, salt=SALT), max_age=60, httponly=True, samesite="Lax")


def take(request: HttpRequest) -> dict[str, Any] | None:
    """The kept toast, if any; the answer must drop the cookie."""
    raw = request.COOKIES.get(COOKIE)
    if not raw:
        return None
    try:
        found: dict[str, Any] = signing.loads(raw, salt=SALT, max_age=60)
    except signing.BadSignature:
        return None
    return found
