"""Signing in through WeCom, DingTalk or Feishu: there and back, and who the account belongs to.

The state that travels along is signed, bound to the browser's session, ends after some minutes and is good once; so nobody
can be signed in as somebody else by a link. The account must be linked to a person who works here: a telephone number or a
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
from sellwell.integrations.messaging import Failure, Keys
from sellwell.kernel.values import T
from sellwell.web import signin

SALT = "sellwell.vendor-sign-in"
SESSION_KEY = "vendor_sign_in"
GOOD_FOR = 600  # seconds to sign in at the vendor's

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
    nonce = secrets.token_urlsafe(16)
    request.session[SESSION_KEY] = nonce
    state = signing.dumps(
        {"connection": str(keys.connection_id), "nonce": nonce, "next": signin.safe_next(request)}, salt=SALT
    )
    back = f"{settings.SITE_URL}/sign-in/from/{keys.system}"
    browser = request.META.get("HTTP_USER_AGENT", "")
    return HttpResponseRedirect(messaging.adapter(keys).sign_in_url(back, state, browser))


@login_not_required
def finish(request: Any, system: str) -> HttpResponse:
    """Back from the vendor's page: the code says whose account it is, the account says who it is."""
    if system not in messaging.VENDORS:
        raise Http404
    vendor = messaging.VENDORS[system]
    state = opened_state(request)
    if state is None:
        return refused(request, "/", STALE, "sign_in.stale")
    keys = keys_or_404(request, UUID(state["connection"]))
    if keys.system != system:
        return refused(request, "/", STALE, "sign_in.stale")
    code = request.GET.get(vendor.code_in_callback, "")[:400]
    if not code:
        return signin.door_page(request, state["next"], STOPPED.format(vendor=vendor.title))
    if signin.too_many(request, None):
        return signin.door_page(request, state["next"], signin.TOO_MANY)
    try:
        account = messaging.adapter(keys).account_of(code)
    except Failure as failure:
        problem = FAILED.format(vendor=vendor.title, meaning=failure.meaning)
        return refused(request, state["next"], problem, "sign_in.vendor")
    return enter(request, keys, account, state["next"])


def opened_state(request: Any) -> dict[str, str] | None:
    """The state that this browser was given, used up with this; None if it is not its own, too old or used."""
    nonce = request.session.pop(SESSION_KEY, "")
    try:
        state: dict[str, str] = signing.loads(request.GET.get("state", ""), salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    return state if nonce and constant_time_compare(nonce, state["nonce"]) else None


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
