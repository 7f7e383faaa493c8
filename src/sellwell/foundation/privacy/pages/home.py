"""The privacy officer's page: what is due, alarms, consents that run out; and warnings on the workbench."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse

from sellwell.foundation.privacy.holding import fields
from sellwell.foundation.privacy.models import Consent, LookAlarm, Request
from sellwell.foundation.privacy.operations.requests import OPEN
from sellwell.foundation.privacy.rules.words import AlarmState, ConsentState
from sellwell.foundation.privacy.views import ALARMS, REQUESTS
from sellwell.kernel import policy
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.registry import Number, Warning_, figure, page, section, warnings
from sellwell.web.shortcuts import render, require

section("privacy", T("个人信息保护", "Privacy"), order=88)

SOON = timedelta(days=30)
SHOWN = 10
POLICIES = ("privacy.bases", "privacy.terms", "privacy.alarms", "privacy.exports", "privacy.retention")


def _open_requests(ctx: Context) -> Any:
    return REQUESTS.rows(ctx.actor).filter(state__in=[s.value for s in OPEN])


def home(request: Any) -> HttpResponse:
    """Requests by their clocks, alarms to settle, consents about to end, fields without a basis."""
    require(request, "privacy.home")
    ctx = request.ctx
    waiting = list(_open_requests(ctx).order_by("due_at", "pk")[:SHOWN])
    alarms = list(ALARMS.rows(ctx.actor).filter(state=AlarmState.OPEN.value).order_by("-day", "-id")[:SHOWN])
    ending = Consent.objects.filter(
        company_id=ctx.company_id,
        state=ConsentState.GRANTED.value,
        expires_on__gt=ctx.today,
        expires_on__lte=ctx.today + SOON,
    )
    bare = fields.without_basis(ctx.company_id, ctx.today)
    context = {
        "request_view": REQUESTS,
        "requests": waiting,
        "late": _open_requests(ctx).filter(due_at__lt=ctx.now).count(),
        "alarm_view": ALARMS,
        "alarms": alarms,
        "ending": ending.count(),
        "bare": [(str(one.table_title), one.column, why) for one, why in bare],
        "field_count": len(fields.personal_fields()),
        "policies": [(policy.title_of(name), f"/policies/?name={name}") for name in POLICIES if ctx.actor.may("policies.view")],
    }  # fmt: skip
    return render(request, "privacy/home.html", context, title=T("个人信息保护", "Privacy"))


page(
    "privacy",
    home,
    "privacy.home",
    title=T("概览", "Overview"),
    right="privacy.home",
    section="privacy",
    icon="shield",
    order=10,
)

LATE = T("{count} 项个人信息请求已超期", "{count} privacy requests are past their term")
LOOKS = T("{count} 项异常查看待核查", "{count} unusual looks to be looked into")


def officer_warnings(ctx: Context) -> list[Warning_]:
    """What the privacy officer must not overlook."""
    late = _open_requests(ctx).filter(due_at__lt=ctx.now).count()
    alarms = LookAlarm.objects.filter(company_id=ctx.company_id, state=AlarmState.OPEN.value).count()
    found = []
    if late:
        found.append(Warning_(LATE.format(count=late), "/privacy", "late"))
    if alarms:
        found.append(Warning_(LOOKS.format(count=alarms), "/look-alarms/?tab=open", "near"))
    return found


def open_requests(ctx: Context) -> Number:
    """How many requests wait for an answer."""
    open_ = Request.objects.filter(company_id=ctx.company_id, state__in=[s.value for s in OPEN])
    return Number(open_.count(), unit=str(T("项", "requests")), url="/privacy-requests/?tab=open")


warnings("legal", officer_warnings)
figure("legal", T("未办结的个人信息请求", "Open privacy requests"), open_requests, order=40)
