"""Signing in through WeCom, DingTalk or Feishu: there and back, and who the account belongs to.

The state that travels along is a random word; a signed cookie that only this browser has says what it stands for. It ends after
some minutes and is used up by coming back, and the vendor's code is good once; so nobody can be signed in as somebody else by a
link. The account must be linked to a person who works here: a telephone number or a
name links nobody. Attempts count like those with a password.
"""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from sellwell.integrations import messaging
from sellwell.integrations.messaging import Failure, Keys, Unreachable
from sellwell.integrations.messaging.vendor import Vendor
from sellwell.kernel.values import T
from sellwell.web import signin

SALT = "sellwell.vendor-sign-in"
COOKIE, BACK = "sellwell_vendor", "/sign-in/from/"
GOOD_FOR = 600  # seconds to sign in at the vendor's
WAITING = 4.0  # seconds for each call to the vendor
LONGEST = 1000  # letters of the page to go on to; a cookie holds 4096

STALE = T(
    "登录已过期或已使用过，请重新登录。",
    "This sign-in has ended or was used before. Sign in again.",
)
STOPPED = T("您在{vendor}取消了登录。", "You stopped the sign-in at {vendor}.")
NOT_LINKED = T(
    "此{vendor}账号未绑定本系统人员。请联系人力资源绑定，或用密码登录。",
    "This {vendor} account is linked to nobody here. Ask human resources to link it, or use your password.",
)
LEFT = T(
    "您的账号已停用，不能登录。如有疑问请联系人力资源。",
    "Your account is closed, so you cannot sign in. Ask human resources if that is wrong.",
)
FAILED = T("{vendor}没有确认您的身份：{meaning}", "{vendor} did not confirm who you are: {meaning}")


def keys_or_404(request: Any, wanted: UUID) -> Keys:
    """A connection that people may sign in through."""
    found = next((keys for keys in messaging.for_sign_in() if keys.connection_id == wanted), None)
    if found is None:
        raise Http404
    return found


@login_not_required
def start(request: Any, connection_id: UUID) -> HttpResponse:
    """To the vendor's page, with a state that only this browser can bring back."""
    keys = keys_or_404(request, connection_id)
    state = secrets.token_hex(
        16
    )  # WeCom takes letters and digits only, 128 at most: all else stays in the cookie
    back = f"{settings.SITE_URL}/sign-in/from/{keys.system}"
    browser = request.META.get("HTTP_USER_AGENT", "")
    response = HttpResponseRedirect(adapter(keys).sign_in_url(back, state, browser))
    target = signin.safe_next(request)
    carried = {
        "state": state, "connection": str(keys.connection_id), "next": target if len(target) <= LONGEST else "/",
    }  # fmt: skip
    response.set_cookie(
        COOKIE, signing.dumps(carried, salt=SALT), max_age=GOOD_FOR, path=BACK, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def adapter(keys: Keys) -> Vendor:
    """One attempt and a short wait: a person and one of our few threads wait for the answer."""
    return messaging.adapter(keys, attempts=1, timeout=WAITING)


@login_not_required
def finish(request: Any, system: str) -> HttpResponse:
    """Back from the vendor's page; the cookie is used up with it, however it ends."""
    if system not in messaging.VENDORS:
        raise Http404
    response = _finished(request, system)
    response.delete_cookie(COOKIE, path=BACK, samesite="Lax")
    return response


def _finished(request: Any, system: str) -> HttpResponse:
    """The code says whose account it is, the account says who it is."""
    vendor = messaging.VENDORS[system]
    state = opened_state(request)
    if state is None:  # anybody can call this address: it is no attempt, and neither counted nor written down
        return signin.door_page(request, "/", STALE)
    if signin.too_many(request, None):
        return signin.door_page(request, state["next"], signin.TOO_MANY)
    keys = keys_or_404(request, UUID(state["connection"]))
    if keys.system != system:
        return refused(request, "/", STALE, "sign_in.stale")
    code = request.GET.get(vendor.code_in_callback, "")[:400]
    if not code:
        return signin.door_page(request, state["next"], STOPPED.format(vendor=vendor.title))
    try:
        account = adapter(keys).account_of(code)
    except Failure as failure:
        problem = FAILED.format(vendor=vendor.title, meaning=failure.meaning)
        if isinstance(failure, Unreachable):  # their fault is nobody's failed attempt
            return signin.door_page(request, state["next"], problem)
        return refused(request, state["next"], problem, "sign_in.vendor")
    return enter(request, keys, account, state["next"])


def opened_state(request: Any) -> dict[str, str] | None:
    """What this browser was given to bring back; None if it is not its own, or too old."""
    try:
        carried: dict[str, str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    is_same = constant_time_compare(request.GET.get("state", ""), carried["state"])
    return carried if is_same else None


def enter(request: Any, keys: Keys, account: str, target: str) -> HttpResponse:
    """Sign in whoever the account is linked to."""
    vendor = messaging.VENDORS[keys.system]
    user = messaging.holder(keys, account)
    if user is None or user.is_system:
        return refused(request, target, NOT_LINKED.format(vendor=vendor.title), "sign_in.not_linked")
    if signin.too_many(request, user):
        return signin.door_page(request, target, signin.TOO_MANY)
    if not user.is_active:
        signin.note_failure(request, user, "sign_in.left")
        return signin.door_page(request, target, LEFT)
    login(request, user)
    return redirect(target)


def refused(request: Any, target: str, problem: T, code: str) -> HttpResponse:
    """The sign-in page with what is wrong; one line in the security log."""
    signin.note_failure(request, None, code)
    return signin.door_page(request, target, problem)
