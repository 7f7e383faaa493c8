"""How programmes, rounds, invitations, responses and follow-ups are read."""

from __future__ import annotations

from sellwell.control.voice.models import (
    Answer,
    FollowUp,
    FollowUpState,
    Invitation,
    InvitationState,
    Programme,
    ProgrammeState,
    Response,
    ResponseState,
    Round,
    RoundState,
    Trigger,
    Way,
)
from sellwell.control.voice.reading.columns import CONTACT, CUSTOMER, DATE, FORM, NUMBER, OWNER, REGION
from sellwell.control.voice.rules.causes import Cause
from sellwell.control.voice.rules.sampling import Left
from sellwell.kernel import clock
from sellwell.kernel.values import State, T
from sellwell.kernel.views import Column, view


class Metric(State):
    """What a score is of."""

    NPS = "nps", T("推荐意愿（NPS）", "Recommendation (NPS)")
    CSAT = "csat", T("满意度（CSAT）", "Satisfaction (CSAT)")
    CES = "ces", T("省力度（CES）", "Ease (CES)")


PROGRAMMES = view(
    "voice.programmes", T("调查计划", "Survey programmes"), Programme,
    [
        Column("title", T("名称", "Name"), path="title"),
        NUMBER,
        Column("trigger", T("何时", "When"), "state", path="trigger", states=Trigger, filterable=True),
        Column("state", T("状态", "State"), "state", path="state", states=ProgrammeState, filterable=True),
        Column("way", T("方式", "By"), "state", path="way", states=Way),
        Column("share", T("抽样比例", "Share asked"), "rate", path="share"),
        Column("delay_hours", T("事件后小时", "Hours after"), "quantity", path="delay_hours", in_list=False),
        Column("months", T("间隔月数", "Months between"), "quantity", path="months", in_list=False),
        Column("valid_days", T("有效天数", "Valid for days"), "quantity", path="valid_days", in_list=False),
        Column("remind_days", T("提醒（天）", "Reminded after days"), "quantity", path="remind_days", in_list=False),
        Column("seed", T("随机种子", "Seed"), "code", path="seed", in_list=False),
        OWNER,
        DATE,
    ],
    url="survey-programmes",
    help=T("自动开展的客户调查：按事件或按日历。", "Surveys that go out by themselves, after events or by the calendar."),
    related=("owner",),
    search=lambda r: (r.number, r.title),
    label=lambda r: r.title,
    clauses=("2.4.3", "4.2.4"),
    states=ProgrammeState,
)  # fmt: skip

ROUNDS = view(
    "voice.rounds", T("调查轮次", "Survey rounds"), Round,
    [
        Column(
            "programme", T("调查计划", "Programme"), "ref", path="programme__title", ref="voice.programme", ref_path="programme_id",
            filterable=True,
        ),
        Column("planned_on", T("计划日期", "Planned for"), "date", path="planned_on", sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", path="state", states=RoundState, filterable=True),
        Column("held_on", T("开展日期", "Held on"), "date", path="held_on"),
        Column("latest_on", T("最迟", "At the latest"), "date", path="latest_on"),
        Column("population", T("总体", "Population"), "quantity", path="population"),
        Column("drawn", T("抽中", "Drawn"), "quantity", path="drawn"),
        Column("invited", T("已邀请", "Invited"), "quantity", path="invited"),
        Column("seed", T("随机种子", "Seed"), "code", path="seed", in_list=False),
        Column("reason", T("取消原因", "Left out because"), path="reason", in_list=False),
    ],
    url="survey-rounds",
    help=T("按日历的每一轮调查：何时计划、何时开展、抽了多少客户。", "Each round of the calendar: planned, held, how many were drawn."),
    related=("programme",),
    order=("-planned_on", "-id"),
    label=str,
    clauses=("2.4.3",),
    states=RoundState,
)  # fmt: skip

INVITATIONS = view(
    "voice.invitations", T("调查邀请", "Survey invitations"), Invitation,
    [
        NUMBER,
        CUSTOMER,
        CONTACT,
        FORM,
        Column("state", T("状态", "State"), "state", path="state", states=InvitationState, filterable=True),
        Column("left", T("未邀请原因", "Not asked because"), path="left", filterable=True, value=lambda r: Left(r.left).label if r.left else ""),
        Column("way", T("方式", "By"), "state", path="way", states=Way, filterable=True),
        Column("send_at", T("计划发送", "To be sent"), "datetime", path="send_at", in_list=False),
        Column("sent_at", T("发送时间", "Sent"), "datetime", path="sent_at"),
        Column("reminded_at", T("提醒时间", "Reminded"), "datetime", path="reminded_at", in_list=False),
        Column("expires_at", T("有效期至", "Good until"), "datetime", path="expires_at"),
        Column("happened_at", T("所问之事发生于", "Asked about"), "datetime", path="happened_at", in_list=False),
        Column("problem", T("未送达代码", "Delivery problem"), "code", path="problem", in_list=False),
        Column(
            "programme", T("调查计划", "Programme"), "ref", path="programme__title", ref="voice.programme", ref_path="programme_id",
            filterable=True, in_list=False,
        ),
        Column(
            "round", T("调查轮次", "Round"), "ref", ref="voice.round", ref_path="round_id", in_list=False,
            value=lambda r: f"{r.round.planned_on:%Y-%m-%d}" if r.round else None,
        ),
        OWNER,
        REGION,
        DATE,
    ],
    url="survey-invitations",
    help=T("谁在何时被邀请、是否作答；未邀请的注明原因。", "Who was asked when and answered; who was not asked, with the reason."),
    related=("owner", "customer__party", "contact", "questionnaire", "programme", "round"),
    search=lambda r: (r.number,),
    found_by=("customer",),
    clauses=("2.4.2", "4.2.4"),
    states=InvitationState,
)  # fmt: skip

RESPONSES = view(
    "voice.responses", T("答卷", "Responses"), Response,
    [
        CUSTOMER,
        CONTACT,
        FORM,
        Column("state", T("状态", "State"), "state", path="state", states=ResponseState, filterable=True),
        Column("nps", T("推荐意愿", "NPS score"), "quantity", path="nps"),
        Column("csat", T("满意度", "CSAT score"), "quantity", path="csat"),
        Column("ces", T("省力度", "CES score"), "quantity", path="ces"),
        Column("grade", T("等级", "Grade"), path="grade", filterable=True),
        Column("link", T("公开链接", "Common link"), path="link__name", in_list=False),
        Column("language", T("语言", "Language"), path="language", in_list=False),
        Column("started_at", T("开始时间", "Begun"), "datetime", path="started_at", in_list=False),
        Column("submitted_at", T("提交时间", "Sent in"), "datetime", path="submitted_at"),
        OWNER,
        REGION,
        DATE,
    ],
    url="survey-responses",
    help=T("客户交回的答卷。", "What customers answered."),
    related=("owner", "customer__party", "contact", "questionnaire", "link"),
    found_by=("customer",),
    label=lambda r: f"{r.questionnaire.words('title')} {r.business_date:%Y-%m-%d}",
    clauses=("2.4.2", "4.2.4"),
    states=ResponseState,
)  # fmt: skip


def _question(row: Answer) -> T | str:
    """The question that an answer is to; the line of a matrix with it."""
    block = next((one for one in row.response.questionnaire.asked if one.key == row.key), None)
    if block is None:
        return row.key
    if not row.line:
        return block.text
    line = next((each.text for each in block.rows if each.code == row.line), T(row.line, row.line))
    return T(f"{block.text.zh}：{line.zh}", f"{block.text.en}: {line.en}")


def _chosen(row: Answer) -> str:
    """The options that were chosen, by their texts."""
    block = next((one for one in row.response.questionnaire.asked if one.key == row.key), None)
    texts = {o.code: str(o.text) for o in block.options} if block is not None else {}
    return "；".join(texts.get(code, code) for code in row.choices)


ANSWERS = view(
    "voice.answers", T("作答明细", "Answers"), Answer,
    [
        Column("question", T("题目", "Question"), value=_question),
        Column("number", T("分数", "Score"), "quantity", path="number"),
        Column("chosen", T("选择", "Chosen"), value=_chosen),
        Column("text", T("文字", "Text"), path="text"),
        Column("key", T("题号", "Key"), "code", path="key", filterable=True, in_list=False),
        Column("is_void", T("不计", "Not counted"), "bool", path="is_void", filterable=True, in_list=False),
        Column(
            "response", T("答卷", "Response"), "ref", ref="voice.response", ref_path="response_id",
            value=lambda r: f"{r.response.business_date:%Y-%m-%d}",
        ),
        Column(
            "customer", T("客户", "Customer"), "ref", path="response__customer__party__name", ref="customers.customer",
            ref_path="response__customer_id",
        ),
    ],
    url="survey-answers",
    help=T("逐题的作答，可导出 Excel。", "Answers question by question, for Excel too."),
    related=("response__questionnaire", "response__customer__party"),
    order=("-id",),
    label=lambda r: str(_question(r)),
    clauses=("2.4.2",),
)  # fmt: skip


def lateness(row: FollowUp) -> T | str:
    """Whether a follow-up is late, in words."""
    now = clock.now()
    if row.state == FollowUpState.OPEN.value:
        return T("联系已逾期", "Contact overdue") if now > row.due_at else ""
    if row.contacted_at and row.contacted_at > row.due_at:
        return T("联系迟了", "Contacted late")
    if row.state == FollowUpState.CONTACTED.value:
        return T("办结已逾期", "Not settled in time") if clock.business_day(now) > row.resolve_by else ""
    late = row.resolved_at is not None and clock.business_day(row.resolved_at) > row.resolve_by
    return T("办结迟了", "Settled late") if late else ""


FOLLOW_UPS = view(
    "voice.follow_ups", T("低分回访", "Follow-ups of low scores"), FollowUp,
    [
        NUMBER,
        CUSTOMER,
        CONTACT,
        Column("metric", T("指标", "Metric"), "state", path="metric", states=Metric, filterable=True),
        Column("score", T("分数", "Score"), "quantity", path="score"),
        Column("state", T("状态", "State"), "state", path="state", states=FollowUpState, filterable=True),
        Column("due_at", T("最迟联系", "Contact by"), "datetime", path="due_at"),
        Column("resolve_by", T("最迟办结", "Settle by"), "date", path="resolve_by"),
        Column("lateness", T("及时性", "In time"), value=lateness),
        Column("cause", T("原因", "Cause"), value=lambda r: Cause(r.cause).label if r.cause else ""),
        Column("said", T("客户怎么说", "What they said"), path="said", in_list=False),
        Column("done", T("采取的措施", "What was done"), path="done", in_list=False),
        Column("contacted_at", T("联系时间", "Contacted"), "datetime", path="contacted_at", in_list=False),
        Column("resolved_at", T("办结时间", "Settled"), "datetime", path="resolved_at", in_list=False),
        Column("response", T("答卷", "Response"), "ref", ref="voice.response", ref_path="response_id", in_list=False,
               value=lambda r: f"{r.response.business_date:%Y-%m-%d}"),
        OWNER,
        DATE,
    ],
    url="follow-ups",
    help=T("低分客户由谁、在何时之前联系并解决。", "Who speaks with whom after a low score, by when, and what came of it."),
    related=("owner", "customer__party", "contact", "response"),
    search=lambda r: (r.number,),
    found_by=("customer",),
    clauses=("4.2.4",),
    states=FollowUpState,
)  # fmt: skip
