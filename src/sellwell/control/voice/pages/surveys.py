"""Programmes, rounds, invitations with their links, responses, opt-outs and follow-ups."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from sellwell.control.voice import queries, tokens
from sellwell.control.voice.models import (
    FollowUp,
    FollowUpState,
    Invitation,
    InvitationState,
    OpenLink,
    OpenLinkState,
    Programme,
    Questionnaire,
    Response,
    ResponseState,
    Round,
    RoundState,
)
from sellwell.control.voice.rules import questions as rules
from sellwell.control.voice.rules.questions import Kind
from sellwell.control.voice.rules.sampling import Left
from sellwell.control.voice.views import (
    ANSWERS,
    FOLLOW_UPS,
    INVITATIONS,
    LINKS,
    PROGRAMMES,
    RESPONSES,
    ROUNDS,
)
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.registry import (
    Number,
    Warning_,
    choices,
    family,
    figure,
    form,
    list_page,
    new_button,
    page,
    panel,
    record_page,
    related,
    warnings,
)
from sellwell.web.shortcuts import require, row_or_404

family("/questionnaires/", "/survey-links/")
family(
    "/survey-programmes/",
    "/survey-rounds/",
    "/survey-invitations/",
    "/survey-responses/",
    "/survey-answers/",
)

# --- lists and records ------------------------------------------------------------------------------------------------------

list_page(
    FOLLOW_UPS, section="voice", icon="phone", order=10, columns=[
        "number", "customer", "contact", "metric", "score", "state", "due_at", "lateness", "owner",
    ],
    card=["customer", "metric", "score", "state"],
    saved=[
        ("open", T("待联系", "To contact"), {"state": "open"}),
        ("contacted", T("待办结", "To settle"), {"state": "contacted"}),
        ("mine", T("我的", "Mine"), {"owner": "me"}),
    ],
    empty=T("没有低分回访。客户打出低分时会自动生成。", "No follow-ups. A low score opens one by itself."),
)  # fmt: skip
record_page(
    FOLLOW_UPS, path=[FollowUpState.OPEN, FollowUpState.CONTACTED, FollowUpState.RESOLVED],
    facts=["customer", "contact", "metric", "score", "response", "due_at", "resolve_by", "lateness", "cause", "said", "done"],
)  # fmt: skip
list_page(
    PROGRAMMES, section="voice", icon="refresh", order=30, new=["voice.add_programme"],
    columns=["title", "trigger", "state", "way", "share", "owner"], card=["title", "trigger", "state"],
    saved=[("active", T("运行中", "Running"), {"state": "active"})],
    empty=T("还没有调查计划。先发布一份问卷，再设定何时向谁调查。", "No programmes yet. Publish a questionnaire, then say when whom to ask."),
)  # fmt: skip
record_page(
    PROGRAMMES, path=[], facts=["trigger", "way", "share", "delay_hours", "months", "valid_days", "remind_days", "seed", "number"],
)  # fmt: skip
list_page(
    ROUNDS, section="voice", icon="calendar", order=32, columns=["programme", "planned_on", "state", "held_on", "population", "drawn", "invited"],
    card=["programme", "planned_on", "state"], saved=[("planned", T("已计划", "Planned"), {"state": "planned"})],
    empty=T("还没有轮次。按日历的调查计划会自动排定。", "No rounds yet. Programmes by the calendar plan them."),
)  # fmt: skip
record_page(
    ROUNDS, path=[RoundState.PLANNED, RoundState.HELD],
    facts=["programme", "planned_on", "latest_on", "held_on", "population", "drawn", "invited", "seed", "reason"],
)  # fmt: skip
list_page(
    INVITATIONS, section="voice", icon="mail", order=34, new=["voice.invite"],
    columns=["number", "customer", "contact", "questionnaire", "state", "left", "way", "sent_at"],
    card=["customer", "contact", "state"], bulk=["voice.remind"],
    saved=[
        ("sent", T("未答", "Not answered"), {"state": "sent"}),
        ("answered", T("已作答", "Answered"), {"state": "answered"}),
        ("left-out", T("未邀请", "Not asked"), {"state": "left_out"}),
        ("no-consent", T("缺少同意", "Without consent"), {"left": "no_consent"}),
    ],
    empty=T("还没有邀请。由调查计划自动发出，也可邀请一位。", "No invitations yet. Programmes send them; you can also invite somebody."),
)  # fmt: skip
record_page(
    INVITATIONS, path=[InvitationState.PLANNED, InvitationState.SENT, InvitationState.STARTED, InvitationState.ANSWERED],
    facts=[
        "customer", "contact", "questionnaire", "left", "way", "send_at", "sent_at", "reminded_at", "expires_at", "happened_at",
        "programme", "round", "problem",
    ],
)  # fmt: skip
list_page(
    RESPONSES, section="voice", icon="check", order=36,
    columns=["customer", "questionnaire", "state", "nps", "csat", "ces", "submitted_at", "region"], card=["customer", "questionnaire", "nps", "csat"],
    saved=[("in", T("已提交", "Sent in"), {"state": "submitted"})],
    empty=T("还没有答卷。", "No responses yet."),
)  # fmt: skip
record_page(
    RESPONSES, path=[ResponseState.STARTED, ResponseState.SUBMITTED],
    facts=["customer", "contact", "questionnaire", "link", "nps", "csat", "ces", "grade", "started_at", "submitted_at"],
)  # fmt: skip
list_page(
    ANSWERS, section="voice", icon="list", order=38, columns=["question", "number", "chosen", "text", "customer", "response"],
    card=["question", "text"], saved=[("counted", T("计入的", "Counted"), {"is_void": "false"})],
    empty=T("还没有作答。", "No answers yet."),
)  # fmt: skip
list_page(
    LINKS, section="voice", icon="link", order=42, new=["voice.add_link"], card=["name", "questionnaire", "state"],
    saved=[("open", T("开放", "Open"), {"state": "open"})],
    empty=T("还没有公开链接。用于展会、柜台、包装上的二维码。", "No common links yet: QR codes for fairs, counters, packages."),
)  # fmt: skip
record_page(LINKS, path=[OpenLinkState.OPEN, OpenLinkState.CLOSED], facts=["questionnaire", "until", "owner"])
new_button("voice.invite")


def without_consent(row: Programme | Round, ctx: Context) -> dict[str, Any] | None:
    """How many of a programme or round were left out for want of a consent, and how many because they said no."""
    left = queries.left_out(row)
    if not left:
        return None
    return {"unasked": left.get(Left.NO_CONSENT.value, 0), "refused": left.get(Left.OPTED_OUT.value, 0)}


for _type in (PROGRAMMES.row_type, ROUNDS.row_type):
    panel(_type, "consent", T("同意情况", "Consent"), "voice/_consent.html", context=without_consent, place="main",
          right=INVITATIONS.name, order=5)  # fmt: skip
related(PROGRAMMES.row_type, ROUNDS, by="programme_id", place="main", order=10,
        columns=["planned_on", "state", "held_on", "population", "drawn", "invited"])  # fmt: skip
related(PROGRAMMES.row_type, INVITATIONS, by="programme_id", place="main", order=20,
        columns=["number", "customer", "state", "left", "sent_at"])  # fmt: skip
related(
    ROUNDS.row_type,
    INVITATIONS,
    by="round_id",
    place="main",
    order=20,
    columns=["number", "customer", "state", "left", "sent_at"],
)
related(
    LINKS.row_type,
    RESPONSES,
    by="link_id",
    place="main",
    order=20,
    columns=["business_date", "state", "nps", "csat", "ces"],
)
related("voice.questionnaire", LINKS, by="questionnaire_id", order=70, columns=["name", "state", "until"])
CUSTOMER = "customers.customer"
related(CUSTOMER, RESPONSES, by="customer_id", title=T("调查", "Surveys"), order=70,
        columns=["business_date", "questionnaire", "state", "nps", "csat", "ces"])  # fmt: skip
related(CUSTOMER, FOLLOW_UPS, by="customer_id", title=T("低分回访", "Follow-ups"), order=72,
        columns=["number", "metric", "score", "state", "lateness", "owner"])  # fmt: skip


# --- what a response says ----------------------------------------------------------------------------------------------------


def answers_of(row: Response, ctx: Context) -> dict[str, Any]:
    """The questions that were asked, with what was answered."""
    given = queries.answers(row.pk)
    lines = []
    for block in rules.visible(row.questionnaire.asked, given):
        one = given.get(block.key)
        names = {option.code: option.text for option in (*block.options, *block.rows)}
        said: list[Any] = []
        if one is not None:
            said = [names[code] for code in one.choices if code in names]
            said += [T(f"{names[c].zh} {s} 分", f"{names[c].en}: {s}") for c, s in one.rows if c in names]
        top = block.scale[-1] if block.kind in rules.SCORED else 0
        lines.append({"block": block, "kind": Kind(block.kind).label, "given": one, "said": said, "top": top})
    return {"lines": lines}


panel(
    RESPONSES.row_type,
    "answers",
    T("作答", "Answers"),
    "voice/_answers.html",
    context=answers_of,
    place="main",
    right=ANSWERS.name,
    order=10,
)


def response_of(row: FollowUp, ctx: Context) -> dict[str, Any]:
    """What was answered, for whoever follows it up."""
    return answers_of(row.response, ctx)


panel(FOLLOW_UPS.row_type, "answers", T("客户的作答", "What they answered"), "voice/_answers.html", context=response_of, place="main",
      right=ANSWERS.name, order=10)  # fmt: skip


def reply_to(row: Invitation, ctx: Context) -> dict[str, Any] | None:
    """The response to an invitation."""
    found = Response.objects.select_related("questionnaire").filter(invitation=row).first()
    return None if found is None else {**answers_of(found, ctx), "response": found}


panel(
    INVITATIONS.row_type,
    "reply",
    T("作答", "Answers"),
    "voice/_answers.html",
    context=reply_to,
    place="main",
    right=ANSWERS.name,
    order=20,
)


# --- links and QR codes -------------------------------------------------------------------------------------------------------


def link_of(row: Invitation, ctx: Context) -> dict[str, Any] | None:
    """The link and its code, for those who may invite, as long as it takes answers."""
    is_open = row.state in (InvitationState.SENT.value, InvitationState.STARTED.value)
    if not is_open or not ctx.actor.may("voice.invite"):
        return None
    return {
        "address": tokens.address(tokens.INVITATION, row.pk),
        "picture": f"/survey-qr/invitation/{row.pk}.svg",
    }


def link_of_all(row: OpenLink, ctx: Context) -> dict[str, Any] | None:
    """The common link and its code."""
    if row.state != OpenLinkState.OPEN.value or not ctx.actor.may("voice.add_link"):
        return None
    return {"address": tokens.address(tokens.OPEN_LINK, row.pk), "picture": f"/survey-qr/link/{row.pk}.svg"}


panel(
    INVITATIONS.row_type,
    "link",
    T("链接与二维码", "Link and QR code"),
    "voice/_link.html",
    context=link_of,
    place="side",
    order=5,
)
panel(
    LINKS.row_type,
    "link",
    T("链接与二维码", "Link and QR code"),
    "voice/_link.html",
    context=link_of_all,
    place="side",
    order=5,
)


def picture(request: Any, kind: str, row_id: UUID) -> HttpResponse:
    """The QR code of a link, as an SVG to print."""
    if kind == "invitation":
        require(request, "voice.invite")
        row_or_404(request, INVITATIONS, row_id)
        text = tokens.address(tokens.INVITATION, row_id)
    elif kind == "link":
        require(request, "voice.add_link")
        row_or_404(request, LINKS, row_id)
        text = tokens.address(tokens.OPEN_LINK, row_id)
    else:
        raise Http404(kind)
    answer = HttpResponse(tokens.qr(text), content_type="image/svg+xml")
    answer.headers["Content-Disposition"] = f'inline; filename="survey-{row_id}.svg"'
    return answer


page("survey-qr/<str:kind>/<uuid:row_id>.svg", picture, "voice.qr")


# --- forms --------------------------------------------------------------------------------------------------------------------


def published(row: Any, ctx: Context) -> list[tuple[str, T | str]]:
    """The questionnaires that can be asked."""
    rows = Questionnaire.objects.filter(company_id=ctx.company_id, state="published").order_by(
        "-published_at"
    )
    return [(str(one.pk), one.words("title")) for one in rows]


def newest(row: Any, ctx: Context) -> dict[str, Any]:
    """The questionnaire that was published last is the likely one."""
    found = published(row, ctx)
    return {"questionnaire": found[0][0]} if found else {}


for _verb in ("voice.invite", "voice.add_programme", "voice.add_link"):
    choices(_verb, "questionnaire", published)
form(
    "voice.invite",
    initial=newest,
    pick={"contact": "customer"},
    after=lambda outcome, ctx: f"/survey-invitations/{outcome.result.pk}/",
)
form("voice.add_programme", wide=True, initial=newest)
form("voice.add_link", initial=newest, after=lambda outcome, ctx: f"/survey-links/{outcome.result.pk}/")


# --- workbench ----------------------------------------------------------------------------------------------------------------


def waiting(ctx: Context) -> Number | None:
    """Follow-ups that wait for the reader's call."""
    rows = FOLLOW_UPS.rows(ctx.actor).filter(state=FollowUpState.OPEN.value)
    late = rows.filter(due_at__lt=ctx.now).count()
    note = T(f"{late} 个逾期", f"{late} late") if late else ""
    return Number(rows.count(), unit="", note=note, url="/follow-ups/?state=open")


def late_follow_ups(ctx: Context) -> list[Warning_]:
    """Low scores that nobody has spoken about in time (clause 4.2.4)."""
    if not ctx.actor.may(FOLLOW_UPS.name):
        return []
    late = FOLLOW_UPS.rows(ctx.actor).filter(state=FollowUpState.OPEN.value, due_at__lt=ctx.now).count()
    if not late:
        return []
    text = T(f"{late} 个低分客户未按时联系", f"Low scores not followed up in time: {late}")
    why = T("制度 4.2.4：低分须按期回访", "Clause 4.2.4: low scores are followed up in time")
    return [Warning_(text, "/follow-ups/?state=open", "late", why)]


figure("service", T("低分待联系", "Low scores to contact"), waiting, order=10)
for _role in ("service", "marketing", "sales_manager", "executive"):
    warnings(_role, late_follow_ups)
