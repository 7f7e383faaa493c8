"""Pages for what went wrong, in the reader's language, each with a way on."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template.loader import render_to_string

from sellwell.kernel.values import T, language
from sellwell.web import toasts
from sellwell.web.shortcuts import is_htmx, render

log = logging.getLogger(__name__)

FORBIDDEN = T(
    "您没有查看这一页的权限。需要的话，请管理员开通。",
    "You may not see this page. Ask an administrator if you need it.",
)
MISSING = T("没有这一页，或者它不在您的范围内。", "There is no such page, or it is outside your scope.")
BROKEN = T(
    "系统出错了，您的数据没有被改动。请稍后再试。",
    "Something broke; none of your data was changed. Try again in a moment.",
)
BAD = T("请求无法识别。请返回上一页重试。", "The request could not be read. Go back and try again.")
UNSENT = T(
    "页面打开太久，安全标记已失效。您填写的内容都在，点一下即可重新提交。",
    "The page was open for too long and its security mark ran out. All that you typed is still here: send it once more.",
)


def _answer(request: Any, status: int, code: str, title: T, text: T, icon: str) -> HttpResponse:
    """The page, or for the page's own script a toast."""
    if is_htmx(request):
        response = HttpResponse(status=status)
        toasts.trigger(response, toast=toasts.event(str(text), "late"))
        return response
    try:
        return render(
            request,
            "web/errors/error.html",
            {"text": text, "icon": icon, "code": code},
            title=title,
            status=status,
        )
    except Exception:
        log.exception("the frame could not be drawn")
        return bare(status, title, text)


def bare(status: int, title: T, text: T) -> HttpResponse:
    """The page without the frame: when the database is away."""
    html = render_to_string("web/errors/bare.html", {"title": title, "text": text, "lang": language()})
    return HttpResponse(html, status=status)


@login_not_required
def bad_request(request: Any, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _answer(request, 400, "400", T("请求有误", "Bad request"), BAD, "alert")


@login_not_required
def forbidden(request: Any, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _answer(request, 403, "403", T("没有权限", "Not permitted"), FORBIDDEN, "lock")


@login_not_required
def not_found(request: Any, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _answer(request, 404, "404", T("没有找到", "Not found"), MISSING, "search")


@login_not_required
def broken(request: Any) -> HttpResponse:
    """500: without the frame, since the fault may be in it."""
    if is_htmx(request):
        return _answer(request, 500, "500", T("出错了", "Something broke"), BROKEN, "alert")
    return bare(500, T("出错了", "Something broke"), BROKEN)


@login_not_required
def csrf_failure(request: Any, reason: str = "") -> HttpResponse:
    """The mark against forged requests is missing or old: what was typed stands ready to be sent again."""
    kept = [
        (name, value)
        for name in request.POST
        if name not in ("csrfmiddlewaretoken", "password")
        for value in request.POST.getlist(name)
    ]
    if is_htmx(request):
        response = HttpResponse(status=403)
        toasts.trigger(response, toast=toasts.event(str(UNSENT), "late"), **{"renew-mark": True})
        return response
    context = {
        "text": UNSENT,
        "kept": kept,
        "action": request.get_full_path(),
        "icon": "refresh",
        "code": "403",
    }
    return render(
        request, "web/errors/unsent.html", context, title=T("请再次提交", "Send once more"), status=403
    )
