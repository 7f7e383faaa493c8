"""Consent on the customer's page; what stands on the page of a request: its clocks, and the copy to take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from sellwell.foundation.company.queries import company
from sellwell.foundation.customers.people import people_of
from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.privacy import queries, rules
from sellwell.foundation.privacy.holding import copies
from sellwell.foundation.privacy.models import Consent, Request
from sellwell.foundation.privacy.rules.words import Purpose, RequestKind, RequestState
from sellwell.foundation.privacy.views import CONSENTS, REQUESTS
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web import formats
from sellwell.web.registry import page, panel, related
from sellwell.web.shortcuts import paper, row_or_404

# What is asked for on the page of a customer: what marketing wants to know.
SHOWN = (
    Purpose.MARKETING_EMAIL,
    Purpose.MARKETING_SMS,
    Purpose.MARKETING_PHONE,
    Purpose.PROFILING,
    Purpose.SURVEY,
)
AT_A_GLANCE = (Purpose.MARKETING_EMAIL, Purpose.MARKETING_SMS, Purpose.MARKETING_PHONE)
MOST_PEOPLE = 12
FIRST_PEOPLE = 3
JSON = "application/json"


def consents_of(row: Customer, ctx: Context) -> dict[str, Any] | None:
    """Each person of the customer with what may be done with their data today, and why; None for nobody."""
    return _answers(row, ctx, SHOWN, MOST_PEOPLE)


def glance_of(row: Customer, ctx: Context) -> dict[str, Any] | None:
    """The same in a line each, for marketing: what anybody looks up before writing to the customer (clause 4.2.1)."""
    return _answers(row, ctx, AT_A_GLANCE, FIRST_PEOPLE)


def _answers(row: Customer, ctx: Context, purposes: Sequence[Purpose], most: int) -> dict[str, Any] | None:
    people = [one for one in people_of(row.pk) if not one.is_organisation and not one.is_erased]
    if not people:
        return None
    answers = queries.may_use_for(row.company_id, people[:most], purposes, ctx.today)
    names = dict(row.contacts.values_list("pk", "name")) | {row.party_id: row.party.name}
    lines = [
        {
            "name": names.get(one.subject_id, ""),
            "contact": one.contact_id,
            "cells": [(purpose, answers[purpose][one.subject_id]) for purpose in purposes],
        }
        for one in people[:most]
    ]
    return {"purposes": purposes, "lines": lines, "more": max(0, len(people) - most)}


panel("customers.customer", "consent", T("营销同意", "Consent to marketing"), "privacy/_glance.html", context=glance_of,
      place="side", right=CONSENTS.name, order=25)  # fmt: skip
panel("customers.customer", "privacy", T("个人信息与同意", "Privacy and consent"), "privacy/_consents.html", context=consents_of,
      place="tab", right=CONSENTS.name, order=71)  # fmt: skip
related("customers.customer", CONSENTS, by="customer_id", place="tab", order=72, title=T("同意记录", "Consents"),
        columns=["person", "purpose", "state", "granted_on", "expires_on", "withdrawn_on"])  # fmt: skip
related("customers.customer", REQUESTS, by="customer_id", place="tab", order=74,
        columns=["number", "person", "kind", "state", "received_on", "due_at"])  # fmt: skip


def wording_of(row: Consent, ctx: Context) -> dict[str, Any] | None:
    """The words that the person was shown."""
    if row.text is None:
        return None
    return {"text": T(row.text.text, row.text.text_en or row.text.text), "number": row.text.number}


panel("privacy.consent", "wording", T("出示的文本", "The wording shown"), "privacy/_wording.html", context=wording_of, place="main",
      order=10)  # fmt: skip

# What the law says to people who ask, as read in the law itself (PIPL).
LAW_SAYS = {
    RequestKind.ACCESS: T("个人信息保护法第四十五条：个人有权查阅、复制其个人信息，应当及时提供。", "PIPL art. 45: people may see and copy their data; it is given promptly."),
    RequestKind.COPY: T("个人信息保护法第四十五条：个人有权查阅、复制其个人信息，应当及时提供。", "PIPL art. 45: people may see and copy their data; it is given promptly."),
    RequestKind.CORRECTION: T("个人信息保护法第四十六条：信息不准确、不完整的，应当核实并及时更正、补充。", "PIPL art. 46: what is wrong or incomplete is verified and mended promptly."),
    RequestKind.ERASURE: T("个人信息保护法第四十七条：法律要求保存的，停止除存储和必要保护之外的处理。", "PIPL art. 47: what the law asks to keep is only stored and protected."),
    RequestKind.RESTRICTION: T("个人信息保护法第四十四条：个人有权限制或者拒绝他人处理其个人信息。", "PIPL art. 44: people may restrict or refuse processing."),
    RequestKind.EXPLANATION: T("个人信息保护法第四十八条：个人有权要求对处理规则进行解释说明。", "PIPL art. 48: people may ask that the rules of processing are explained."),
    RequestKind.WITHDRAWAL: T("个人信息保护法第十五条：撤回同意应当便捷；撤回前的处理仍然有效。", "PIPL art. 15: withdrawing is easy; what was done before stays valid."),
}  # fmt: skip
DONE = (RequestState.FULFILLED, RequestState.PARTLY, RequestState.REFUSED, RequestState.CLOSED)


def clocks_of(row: Request, ctx: Context) -> dict[str, Any]:
    """The three clocks with what came of them, what the law says, and the copy if it was made."""
    lines = [
        (T("回执", "Acknowledge"), row.acknowledge_by, row.acknowledged_at),
        (T("办结", "Answer"), row.due_at, row.answered_at),
        (T("最迟（内部默认）", "Hard stop (internal default)"), row.stop_at, row.answered_at),
    ]
    may_copy = copies.may_take(row, ctx.actor)
    return {
        "clocks": [(title, by, at, not rules.term_met(at, by, ctx.now)) for title, by, at in lines],
        "law_says": LAW_SAYS[RequestKind(row.kind)] if row.law == "pipl" else None,
        "copy": f"/privacy-requests/{row.pk}/copy" if may_copy else "",
        "wants_copy": row.kind in (RequestKind.ACCESS.value, RequestKind.COPY.value) and row.state == RequestState.IN_PROGRESS.value,
    }  # fmt: skip


panel(
    "privacy.request",
    "clocks",
    T("时限", "Clocks"),
    "privacy/_clocks.html",
    context=clocks_of,
    place="main",
    order=5,
)


def _copy(request: Any, row_id: UUID) -> Request:
    row: Request = row_or_404(request, REQUESTS, row_id)
    if not copies.may_take(row, request.actor):
        raise Http404
    return row


def copy_json(request: Any, row_id: UUID) -> HttpResponse:
    """The machine-readable copy; the log says who took it."""
    row = _copy(request, row_id)
    return paper(
        request, REQUESTS, row.pk, copies.as_json(row, copies.of_request(row)), f"{row.number}.json", JSON
    )


def copy_pdf(request: Any, row_id: UUID) -> HttpResponse:
    """The readable copy, with who took it and when at the foot of each page."""
    row = _copy(request, row_id)
    who, when = request.actor.name, formats.moment(request.ctx.now)
    mark = str(
        T(
            f"含个人信息 · {who} · {when} · 用途：答复本人",
            f"Personal data · {who} · {when} · for the person's answer",
        )
    )
    content = copies.as_paper(row, copies.of_request(row), company(row.company_id).name, mark)
    return paper(request, REQUESTS, row.pk, content, f"{row.number}.pdf")


page("privacy-requests/<uuid:row_id>/copy.json", copy_json, "privacy.copy_json", right="privacy.make_copy")
page("privacy-requests/<uuid:row_id>/copy.pdf", copy_pdf, "privacy.copy_pdf", right="privacy.make_copy")
