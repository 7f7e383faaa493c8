"""Lists and records of privacy, and their forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sellwell.foundation.privacy.models import ConsentText, DataSubject, Request
from sellwell.foundation.privacy.rules.words import ConsentState, RequestState, TextState
from sellwell.foundation.privacy.views import (
    ALARMS,
    ASSESSMENTS,
    CONSENTS,
    LOOKS,
    PASSES,
    PERSONS,
    REQUESTS,
    TEXTS,
)
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T, months_later
from sellwell.kernel.views import VIEWS
from sellwell.web.registry import choices, family, form, list_page, new_button, record_page, related, section

section("privacy", T("个人信息保护", "Privacy"), order=88)
family("/privacy", "/privacy-requests/", "/consents/", "/privacy-persons/", "/consent-texts/", "/looks/", "/look-alarms/", "/export-passes/",
       "/processing-register", "/impact-assessments/")  # fmt: skip

list_page(
    REQUESTS, section="privacy", icon="inbox", order=20, new=["privacy.receive_request"],
    columns=["number", "person", "customer", "kind", "state", "received_on", "due_at", "owner"],
    card=["number", "kind", "state", "due_at"],
    saved=[
        ("open", T("未办结", "Open"), {"state": "received,identity_verified,in_progress"}),
        ("received", T("待核实", "To verify"), {"state": "received"}),
        ("in_progress", T("办理中", "In progress"), {"state": "in_progress"}),
    ],
    empty=T("还没有请求。收到本人的查阅、更正、删除等要求时在此登记。", "No requests yet. Enter one when somebody asks about their own data."),
)  # fmt: skip
record_page(
    REQUESTS,
    path=[RequestState.RECEIVED, RequestState.VERIFIED, RequestState.IN_PROGRESS, RequestState.FULFILLED, RequestState.CLOSED],
    facts=["person", "customer", "kind", "law", "way", "received_on", "acknowledge_by", "due_at", "stop_at", "verified_how",
           "owner", "answered_at", "ground", "kept_until", "text", "answer"],
)  # fmt: skip
new_button("privacy.receive_request")

list_page(
    CONSENTS, section="privacy", icon="check", order=30, new=["privacy.record_consent", "privacy.ask_consent", "privacy.record_refusal"],
    columns=["person", "customer", "purpose", "state", "granted_on", "expires_on", "withdrawn_on", "proof_reference"],
    card=["person", "purpose", "state"],
    saved=[
        ("granted", T("有效", "Granted"), {"state": "granted"}),
        ("asked", T("待答复", "Asked"), {"state": "requested"}),
        ("withdrawn", T("已撤回", "Withdrawn"), {"state": "withdrawn"}),
        ("expired", T("已失效", "Expired"), {"state": "expired"}),
    ],
    empty=T("还没有同意记录。先发布同意文本，再在客户页登记。", "No consents yet. Publish a wording, then enter consents on a customer's page."),
)  # fmt: skip
record_page(
    CONSENTS, path=[ConsentState.REQUESTED, ConsentState.GRANTED, ConsentState.WITHDRAWN],
    facts=["person", "customer", "purpose", "kind", "text", "way", "granted_on", "expires_on", "withdrawn_on", "proof_file",
           "proof_reference", "guardian", "note"],
)  # fmt: skip

list_page(
    PERSONS, section="privacy", icon="users", order=35, new=["privacy.describe"], card=["person", "law", "state"],
    saved=[("restricted", T("限制处理", "Restricted"), {"state": "restricted"}), ("gdpr", T("适用欧盟规则", "GDPR"), {"law": "gdpr"})],
    empty=T("没有登记的按中国法律、来源“登记”处理。有例外时在此登记。", "Whoever is not described is protected by China's law. Describe the exceptions here."),
)  # fmt: skip
record_page(PERSONS, facts=["customer", "law", "country", "age", "source", "informed_on", "restricted_until"])
related("privacy.datasubject", CONSENTS, by="subject_id", place="main", order=20,
        columns=["purpose", "state", "granted_on", "expires_on"])  # fmt: skip

list_page(
    TEXTS, section="privacy", icon="file", order=40, new=["privacy.draft_text"], card=["purpose", "number", "state"],
    saved=[("in_force", T("生效", "In force"), {"state": "in_force"})],
    empty=T("还没有同意文本。起草一份，发布后即可征求同意。", "No wordings yet. Draft one; once published, people can be asked."),
)  # fmt: skip
record_page(TEXTS, path=[TextState.DRAFT, TextState.IN_FORCE, TextState.REPLACED],
            facts=["purpose", "number", "kind", "months", "since", "until", "counts_from", "text", "text_en"])  # fmt: skip

list_page(LOOKS, section="privacy", icon="eye", order=50, card=["actor", "act", "at"],
          empty=T("还没有人查看号码或导出数据。", "Nobody looked at numbers or took data out yet."))  # fmt: skip
list_page(
    ALARMS, section="privacy", icon="alert", order=55, card=["user", "kind", "day"],
    saved=[("open", T("待核查", "Open"), {"state": "open"})],
    empty=T("没有异常查看。超过警戒数时在此出现。", "No unusual looks. What goes beyond the limits appears here."),
)  # fmt: skip
record_page(ALARMS, facts=["user", "day", "kind", "count", "limit", "finding", "words", "settled_at"])
list_page(
    PASSES, section="privacy", icon="download", order=60, new=["privacy.ask_export"], card=["user", "view", "until"],
    empty=T("还没有导出许可。导出大量个人信息前在此申请。", "No passes yet. Ask here before a large export of personal data."),
)  # fmt: skip
record_page(PASSES)
list_page(
    ASSESSMENTS, section="privacy", icon="shield", order=75, new=["privacy.assess_impact"], card=["title", "verdict"],
    empty=T("还没有影响评估。处理敏感信息、对外提供或自动化决策前先评估。", "No assessments yet. Write one before sensitive data, sharing or automated decisions."),
)  # fmt: skip
record_page(
    ASSESSMENTS,
    facts=[
        "purposes",
        "verdict",
        "assessed_on",
        "review_on",
        "keep_until",
        "assessed_by",
        "lawful",
        "risks",
        "measures",
    ],
)


# --- forms -------------------------------------------------------------------------------------------------------------


def _today(row: Any, ctx: Context) -> Mapping[str, Any]:
    return {"granted_on": ctx.today}


def _about(row: DataSubject, ctx: Context) -> Mapping[str, Any]:
    return {name: getattr(row, name) for name in ("country", "age", "source", "informed_on")}


def _wording(row: ConsentText, ctx: Context) -> Mapping[str, Any]:
    return {name: getattr(row, name) for name in ("kind", "text", "text_en", "months")}


def _answered(row: Request, ctx: Context) -> Mapping[str, Any]:
    return {"way": row.way}


PERSON = {"contact": "customer"}
form("privacy.record_consent", initial=_today, pick=PERSON, wide=True)
form("privacy.grant_consent", initial=_today)
form("privacy.renew_consent", initial=_today)
for _verb in ("ask_consent", "record_refusal", "describe"):
    form(f"privacy.{_verb}", pick=PERSON)
form("privacy.receive_request", initial=lambda row, ctx: {"received_on": ctx.today}, pick=PERSON, wide=True)
form("privacy.close_request", initial=_answered)
form("privacy.change_person", initial=_about)
form("privacy.draft_text", wide=True)
form("privacy.change_text", wide=True, initial=_wording)
form(
    "privacy.assess_impact",
    wide=True,
    initial=lambda row, ctx: {"assessed_on": ctx.today, "review_on": months_later(ctx.today, 12)},
)


def lists(row: Any, ctx: Context) -> list[tuple[str, T | str]]:
    """The lists with personal columns that the asker may export."""
    return [
        (view.name, view.title)
        for view in sorted(VIEWS.values(), key=lambda one: one.name)
        if ctx.actor.may(view.export) and any(c.is_personal_of(view.model) for c in view.columns)
    ]


choices("privacy.ask_export", "view", lists)
