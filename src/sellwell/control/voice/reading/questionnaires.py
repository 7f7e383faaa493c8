"""How questionnaires and common links are read."""

from __future__ import annotations

from sellwell.control.voice.models import OpenLink, OpenLinkState, Questionnaire, QuestionnaireState
from sellwell.control.voice.reading.columns import DATE, FORM, NUMBER, OWNER
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view

QUESTIONNAIRES = view(
    "voice.questionnaires", T("问卷", "Questionnaires"), Questionnaire,
    [
        Column("title", T("标题", "Title"), value=lambda r: str(r.words("title"))),
        NUMBER,
        Column("state", T("状态", "State"), "state", path="state", states=QuestionnaireState, filterable=True),
        Column("revision", T("版本", "Version"), "quantity", path="revision"),
        Column("questions", T("题数", "Questions"), "quantity", value=lambda r: len(r.blocks)),
        Column("intro", T("开场语", "Introduction"), value=lambda r: str(r.words("intro")), in_list=False),
        Column("thanks", T("致谢语", "Thanks"), value=lambda r: str(r.words("thanks")), in_list=False),
        Column("published_at", T("发布时间", "Published"), "datetime", path="published_at"),
        Column("retired_at", T("停用时间", "Retired"), "datetime", path="retired_at", in_list=False),
        OWNER,
        DATE,
    ],
    url="questionnaires",
    help=T("向客户提问的问卷，按版本管理；发布后不再改动。", "What customers are asked, in versions that stay as published."),
    related=("owner",),
    search=lambda r: (r.number, r.title, r.title_en),
    label=lambda r: str(r.words("title")),
    clauses=("2.4.2", "4.2.4"),
    states=QuestionnaireState,
)  # fmt: skip

LINKS = view(
    "voice.links", T("公开链接", "Common links"), OpenLink,
    [
        Column("name", T("用途", "Where it is used"), path="name"),
        FORM,
        Column("state", T("状态", "State"), "state", path="state", states=OpenLinkState, filterable=True),
        Column("until", T("截止", "Until"), "date", path="until"),
        OWNER,
        DATE,
    ],
    url="survey-links",
    help=T("不记名作答的链接与二维码。", "Links and QR codes by which anybody answers without a name."),
    related=("owner", "questionnaire"),
    label=lambda r: r.name,
    clauses=("2.4.2",),
    states=OpenLinkState,
)  # fmt: skip
