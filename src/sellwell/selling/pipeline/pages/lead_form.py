"""The public form: strangers leave their name and number without signing in. It tells them nothing of what we know."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpResponse

from sellwell.foundation.company.queries import company_by_code
from sellwell.kernel import door, system
from sellwell.kernel.ids import new_id
from sellwell.kernel.values import Objection, Refusal, T
from sellwell.selling.pipeline import queries
from sellwell.web.registry import page
from sellwell.web.shortcuts import render

PER_ADDRESS, PER_HOUR = 5, 200  # forms from one address in ten minutes, and from everybody in an hour
WINDOW = 600
FASTEST, LONGEST = 2, 24 * 3600  # seconds between drawing and sending that a person needs
SALT = "pipeline.lead-form"
FIELDS = ("name", "contact_name", "phone", "email", "need")
TOO_MANY = T(
    "提交过于频繁。请十分钟后再试，或直接打电话给我们。",
    "Too many requests. Try again in ten minutes, or call us.",
)
STALE = T("页面已过期。请核对后再次提交。", "The page has expired. Check and send again.")


def lead_form(request: Any) -> HttpResponse:
    """GET draws the form, POST sends it. `?company=CODE` names the company where there are several."""
    house = company_by_code(str(request.GET.get("company", "")).replace("\x00", "")[:20])
    if house is None:
        return render(
            request,
            "pipeline/lead_form.html",
            {"closed": True},
            title=T("联系我们", "Contact us"),
            status=404,
        )
    if request.method == "POST":
        return send(request, house)
    return draw(request, house)


lead_form.login_required = False  # type: ignore[attr-defined]
page("form/lead", lead_form, "pipeline.lead_form", title=T("联系我们", "Contact us"))


def draw(request: Any, house: Any, values: dict[str, str] | None = None, problems: dict[str, list[Any]] | None = None, notice: T | None = None, status: int = 200) -> HttpResponse:  # fmt: skip
    """The form with what was typed and what is wrong with it."""
    context = {
        "house": house,
        "values": values or {},
        "problems": problems or {},
        "notice": notice,
        "stamp": signing.dumps(new_id().hex, salt=SALT),
    }
    return render(
        request, "pipeline/lead_form.html", context, title=T("联系我们", "Contact us"), status=status
    )


def send(request: Any, house: Any) -> HttpResponse:
    """Make the lead through the door. Robots get the same friendly answer and no lead."""
    values = {name: request.POST.get(name, "").strip()[:4000] for name in FIELDS}
    if request.POST.get("website"):  # a field that people do not see
        return thank(request, house)
    key, is_fresh = read_stamp(request.POST.get("stamp", ""))
    if not is_fresh:
        return draw(request, house, values, notice=STALE, status=422)
    context = system.context(house.pk, "web-form", "web")
    door.see_companies([house.pk])
    try:
        if too_many(request, house, context.now):
            return draw(request, house, values, notice=TOO_MANY, status=429)
        data = {**values, "source": "web"}
        door.run("pipeline.add_lead", context, None, data, key=key)
    except Refusal as refusal:
        return draw(request, house, values, by_field(refusal.objections), status=422)
    finally:
        door.see_companies(getattr(request.actor, "companies", ()))
    return thank(request, house)


def read_stamp(stamp: str) -> tuple[str, bool]:
    """The form's key, and whether a person may have filled it: not within two seconds, not a day later."""
    try:
        key = signing.loads(stamp, salt=SALT, max_age=LONGEST)
    except signing.BadSignature:
        return "", False
    try:
        signing.loads(stamp, salt=SALT, max_age=FASTEST)
    except signing.SignatureExpired:
        return str(key), True
    return str(key), False


def too_many(request: Any, house: Any, now: Any) -> bool:
    """Whether this address sent too often, or everybody together did. Addresses are kept as keyed hashes, ten minutes."""
    address = request.META.get("REMOTE_ADDR", "")
    name = (
        "lead-form/"
        + hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()[:32]
    )
    count = cache.get_or_set(name, 0, WINDOW) or 0
    if count >= PER_ADDRESS:
        return True
    cache.incr(name)
    return queries.web_leads_since(house.pk, now - timedelta(hours=1)) >= PER_HOUR


def by_field(objections: list[Objection]) -> dict[str, list[Objection]]:
    """Objections at their fields; others stand at the first."""
    found: dict[str, list[Objection]] = {}
    for objection in objections:
        found.setdefault(objection.path if objection.path in FIELDS else "name", []).append(objection)
    return found


def thank(request: Any, house: Any) -> HttpResponse:
    """Received."""
    return render(
        request, "pipeline/lead_form.html", {"house": house, "thanks": True}, title=T("已收到", "Received")
    )
