"""Signing in and out, and the reader's own switches: language, look, company."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from sellwell.integrations import messaging
from sellwell.kernel import clock, directory
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import SecurityLog, User
from sellwell.kernel.values import T
from sellwell.web.middleware import COMPANY_COOKIE, LANGUAGE_COOKIE
from sellwell.web.shortcuts import render

OPERATION = "web.sign_in"
WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS = 6, 30  # failures within the window before the door stays shut
YEAR = 365 * 86400

WRONG = T(
    "用户名或密码不正确。请检查后重试。", "The user name or the password is wrong. Check both and try again."
)
WITH = T("{vendor}登录", "Sign in with {vendor}")
TOO_MANY = T(
    "尝试次数过多。请 15 分钟后再试，或联系管理员。",
    "Too many attempts. Try again in 15 minutes, or ask an administrator.",
)


@login_not_required
def sign_in(request: Any) -> HttpResponse:
    """User name and password. Failures are counted per account and per address, in the security log."""
    target = safe_next(request)
    if request.actor is not None and request.method != "POST":
        return redirect(target)
    problem: T | None = None
    username = request.POST.get("username", "").replace("\x00", "").strip()[:60]
    if request.method == "POST":
        account = User.objects.filter(username=username).first()
        if too_many(request, account):
            problem = TOO_MANY
        else:
            user = authenticate(request, username=username, password=request.POST.get("password", "")[:200])
            if user is not None and not user.is_system:
                login(request, user)
                return redirect(target)
            note_failure(request, account)
            problem = WRONG
    return door_page(request, target, problem, username)


def door_page(request: Any, target: str, problem: T | None = None, username: str = "") -> HttpResponse:
    """The sign-in page, with what stood in the way."""
    context = {
        "problem": problem, "username": username, "next": target, "vendors": vendors(),
        "demo": getattr(settings, "DEMO_SIGN_INS", ()) if getattr(settings, "DEMO", False) else (),
        "demo_password": getattr(settings, "DEMO_PASSWORD", ""),
    }  # fmt: skip
    return render(
        request, "web/sign_in.html", context, title=T("登录", "Sign in"), status=422 if problem else 200
    )


def vendors() -> list[dict[str, Any]]:
    """A button for each connection that people may sign in through; the company is named where there are several."""
    found = messaging.for_sign_in()
    companies = tuple(dict.fromkeys(keys.company_id for keys in found))
    names = directory.current().company_names(companies) if len(companies) > 1 else {}
    return [
        {
            "id": keys.connection_id,
            "title": WITH.format(vendor=messaging.VENDORS[keys.system].title),
            "company": names.get(keys.company_id),
        }
        for keys in found
    ]


def safe_next(request: Any) -> str:
    """Where to go after signing in: only within this house."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else "/"


def address_hash(request: Any) -> str:
    """The caller's address as a keyed hash: enough to count, too little to know."""
    address = request.META.get("REMOTE_ADDR", "")
    return hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()[:16]


def too_many(request: Any, account: User | None) -> bool:
    """Whether this account or this address failed too often in the window."""
    recent = SecurityLog.objects.filter(operation=OPERATION, at__gt=clock.now() - WINDOW)
    if account is not None and recent.filter(actor_id=account.pk).count() >= PER_ACCOUNT:
        return True
    return recent.filter(objections__0__address=address_hash(request)).count() >= PER_ADDRESS


def note_failure(request: Any, account: User | None, code: str = "sign_in.failed") -> None:
    """One line in the security log."""
    SecurityLog.objects.create(
        id=new_id(), at=clock.now(), actor_id=account.pk if account else None, channel="web", operation=OPERATION,
        request_id=new_id(), code=code, objections=[{"code": code, "address": address_hash(request)}],
    )  # fmt: skip


def sign_out(request: Any) -> HttpResponse:
    """End the session."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    logout(request)
    return redirect("/sign-in")


# --- switches: kept in cookies, so that they hold before signing in and cost no query ------------------------------------


def _switched(request: Any, cookie: str, value: str) -> HttpResponse:
    target = request.POST.get("next") or "/"
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@login_not_required
def language(request: Any) -> HttpResponse:
    """Speak Chinese or English from here on."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    return _switched(request, LANGUAGE_COOKIE, "en" if request.POST.get("language") == "en" else "zh")


@login_not_required
def theme(request: Any) -> HttpResponse:
    """Light, dark, or as the device says."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    wanted = request.POST.get("theme", "auto")
    return _switched(request, "sw_theme", wanted if wanted in ("light", "dark") else "auto")


def company(request: Any) -> HttpResponse:
    """Work in another of one's companies."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    wanted = request.POST.get("company", "")
    known = {str(c) for c in request.actor.companies}
    return _switched(request, COMPANY_COOKIE, wanted if wanted in known else "")
