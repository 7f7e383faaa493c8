"""How people, wordings, consents, requests, looks, alarms, passes and assessments are read."""

from __future__ import annotations

from typing import Any

from sellwell.foundation.privacy.models import (
    Consent,
    ConsentText,
    DataSubject,
    ExportPass,
    ImpactAssessment,
    LookAlarm,
    Request,
)
from sellwell.foundation.privacy.rules.words import (
    Age,
    AlarmKind,
    AlarmState,
    ConsentKind,
    ConsentState,
    Finding,
    IdentityCheck,
    Law,
    Purpose,
    RefusalGround,
    RequestKind,
    RequestState,
    Source,
    Standing,
    TextState,
    Verdict,
    Way,
)
from sellwell.kernel import directory, history, takings
from sellwell.kernel.models import SecurityLog
from sellwell.kernel.values import T
from sellwell.kernel.views import VIEWS, Column, view


def person_name(row: Any) -> str:
    """Who it is: the contact, else the customer; empty once erased."""
    return row.contact.name if row.contact_id is not None else row.customer.party.name


_WHO = (
    Column("person", T("本人", "Person"), value=person_name, personal=True),
    Column(
        "customer", T("客户", "Customer"), "ref", path="customer__party__name", ref="customers.customer", ref_path="customer_id",
        filterable=True,
    ),
)  # fmt: skip
_ALONG = ("customer__party", "contact")

PERSONS = view(
    "privacy.persons", T("信息主体", "People"), DataSubject,
    [
        *_WHO,
        Column("law", T("适用法律", "Law"), "state", path="law", states=Law, filterable=True),
        Column("country", T("国家", "Country"), "code", path="country", filterable=True),
        Column("age", T("年龄", "Age"), "state", path="age", states=Age, filterable=True),
        Column("source", T("来源", "Source"), "state", path="source", states=Source, filterable=True),
        Column("informed_on", T("告知日期", "Informed on"), "date", path="informed_on", filterable=True),
        Column("state", T("处理", "Processing"), "state", path="state", states=Standing, filterable=True),
        Column("restricted_until", T("保存至", "Kept until"), "date", path="restricted_until", filterable=True),
    ],
    url="privacy-persons",
    help=T("登记过来源、告知和适用法律的人。", "People with their source, notice and the law that protects them."),
    related=_ALONG, order=("-id",), label=lambda row: person_name(row) or "—", clauses=("4.3.1", "4.3.4"), states=Standing,
)  # fmt: skip

TEXTS = view(
    "privacy.texts", T("同意文本", "Consent wordings"), ConsentText,
    [
        Column("purpose", T("用途", "Purpose"), "state", path="purpose", states=Purpose, sortable=True, filterable=True),
        Column("number", T("版本", "Version"), "quantity", path="number", sortable=True),
        Column("state", T("状态", "State"), "state", path="state", states=TextState, filterable=True),
        Column("kind", T("同意方式", "Kind"), "state", path="kind", states=ConsentKind, filterable=True),
        Column("months", T("有效期（月）", "Valid for (months)"), "quantity", path="months"),
        Column("since", T("自", "Since"), "date", path="since", sortable=True, filterable=True),
        Column("until", T("至（不含）", "Until (excluded)"), "date", path="until"),
        Column("counts_from", T("自此版本起有效", "Counts from version"), "quantity", path="counts_from"),
        Column("text", T("文本", "Wording"), path="text", in_list=False),
        Column("text_en", T("英文文本", "Wording in English"), path="text_en", in_list=False),
    ],
    url="consent-texts",
    help=T("征求同意时出示的告知文本，每个用途有版本。", "What people are told when they are asked, in versions for each purpose."),
    order=("purpose", "-number"), label=str, clauses=("4.3.1",), states=TextState,
)  # fmt: skip

CONSENTS = view(
    "privacy.consents", T("同意", "Consents"), Consent,
    [
        *_WHO,
        Column("purpose", T("用途", "Purpose"), "state", path="purpose", states=Purpose, sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", path="state", states=ConsentState, sortable=True, filterable=True),
        Column("kind", T("同意方式", "Kind"), "state", path="kind", states=ConsentKind, filterable=True),
        Column("text", T("文本版本", "Wording"), "ref", path="text__number", ref="privacy.consenttext", ref_path="text_id"),
        Column("way", T("渠道", "Channel"), "state", path="way", states=Way, filterable=True),
        Column("granted_on", T("同意日期", "Granted on"), "date", path="granted_on", sortable=True, filterable=True),
        Column("expires_on", T("失效日期", "Expires on"), "date", path="expires_on", sortable=True, filterable=True),
        Column("withdrawn_on", T("撤回日期", "Withdrawn on"), "date", path="withdrawn_on", sortable=True, filterable=True),
        Column("proof_file", T("凭证文件", "Proof (file)"), "file", path="proof_file__name", ref="kernel.storedfile", ref_path="proof_file_id",
               in_list=False),
        Column("proof_reference", T("凭证编号", "Proof (reference)"), "code", path="proof_reference"),
        Column("guardian", T("监护人同意", "A guardian consented"), "bool", path="guardian", in_list=False),
        Column("note", T("说明", "Note"), path="note", in_list=False),
        Column("said_at", T("最近表态", "Last word"), "datetime", path="said_at", sortable=True, filterable=True),
    ],
    url="consents",
    help=T("谁同意了什么用途、何时、看了哪版文本、凭证在哪里；谁撤回了。", "Who agreed to what, when, to which wording, with which proof; and who withdrew."),
    related=(*_ALONG, "text", "proof_file"), order=("-said_at", "-id"), found_by=("customer",), search=lambda row: (),
    label=str, clauses=("4.3.1", "4.3.4"), states=ConsentState,
)  # fmt: skip

REQUESTS = view(
    "privacy.requests", T("个人信息请求", "Privacy requests"), Request,
    [
        Column("number", T("编号", "Number"), "code", path="number", sortable=True, filterable=True),
        *_WHO,
        Column("kind", T("请求", "Request"), "state", path="kind", states=RequestKind, sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", path="state", states=RequestState, sortable=True, filterable=True),
        Column("law", T("适用法律", "Law"), "state", path="law", states=Law, filterable=True),
        Column("way", T("渠道", "Channel"), "state", path="way", states=Way, filterable=True),
        Column("received_on", T("收到日期", "Received on"), "date", path="received_on", sortable=True, filterable=True),
        Column("acknowledge_by", T("回执期限", "Acknowledge by"), "datetime", path="acknowledge_by", sortable=True),
        Column("due_at", T("办结期限", "Answer by"), "datetime", path="due_at", sortable=True, filterable=True),
        Column("stop_at", T("最迟", "Hard stop"), "datetime", path="stop_at", sortable=True),
        Column("acknowledged_at", T("回执时间", "Acknowledged"), "datetime", path="acknowledged_at", in_list=False),
        Column("verified_how", T("核实方式", "Verified by"), "state", path="verified_how", states=IdentityCheck, in_list=False),
        Column("copied_at", T("副本整理时间", "Copy made"), "datetime", path="copied_at", in_list=False),
        Column("answered_at", T("答复时间", "Answered"), "datetime", path="answered_at", sortable=True, filterable=True),
        Column("ground", T("原因", "Ground"), "state", path="ground", states=RefusalGround, filterable=True, in_list=False),
        Column("kept_until", T("依法保存至", "Kept by law until"), "date", path="kept_until", in_list=False),
        Column("owner", T("承办人", "Works on it"), "person", path="owner", filterable=True),
        Column("text", T("内容", "In the person's words"), path="text", in_list=False),
        Column("answer", T("答复", "Answer"), path="answer", in_list=False),
        Column("business_date", T("登记日期", "Entered on"), "date", path="business_date", sortable=True, filterable=True),
    ],
    url="privacy-requests",
    help=T("本人就其个人信息提出的请求，各有时限。", "What people ask about their own data, each with its clocks."),
    related=(*_ALONG, "owner"), search=lambda row: (row.number,), found_by=("customer",), label=lambda row: row.number,
    clauses=("4.3.4",), states=RequestState,
)  # fmt: skip


def look_person(row: SecurityLog) -> str:
    """Who looked."""
    return directory.current().names({row.actor_id}).get(row.actor_id, "") if row.actor_id else ""


def look_what(row: SecurityLog) -> str:
    """The list that was taken out, or that numbers were shown."""
    name = str(row.assessment.get("view") or "")
    return (
        str(VIEWS[name].title)
        if name in VIEWS
        else str(history.objection_text(row.objections[0]) if row.objections else "")
    )


def look_why(row: SecurityLog) -> str:
    """What it was for, as far as somebody had to say."""
    purpose = row.assessment.get("purpose")
    return str(T(purpose["zh"], purpose["en"])) if isinstance(purpose, dict) else ""


LOOKS = view(
    "privacy.looks", T("查看与导出记录", "Looks and exports"), SecurityLog,  # type: ignore[arg-type]  # as in security.view
    [
        Column("at", T("时间", "When"), "datetime", path="at", sortable=True, filterable=True),
        Column("actor", T("人员", "Who"), value=look_person),
        Column("act", T("方式", "How"), value=lambda row: str(takings.TITLES.get(row.operation, row.operation))),
        Column("what", T("内容", "What"), value=look_what),
        Column("rows", T("数量", "How many"), "quantity", value=lambda row: row.assessment.get("rows") or 1),
        Column("personal", T("含个人信息", "Personal"), "bool", value=lambda row: bool(row.assessment.get("personal"))),
        Column("why", T("用途", "What for"), value=look_why),
        Column("operation", T("方式代码", "How (code)"), "code", path="operation", filterable=True, in_list=False),
    ],
    url="looks",
    help=T("谁在何时为何查看了号码、导出或打印了什么、多少条。", "Who looked at numbers, exported or printed what, how many, when and what for."),
    prepare=lambda rows: rows.filter(operation__in=list(takings.TITLES), code__startswith="reading."),
    order=("-at", "-id"), label=lambda row: f"{row.operation}", clauses=("4.3.4",),
)  # fmt: skip

ALARMS = view(
    "privacy.alarms", T("异常查看", "Look alarms"), LookAlarm,
    [
        Column("day", T("日期", "Day"), "date", path="day", sortable=True, filterable=True),
        Column("user", T("人员", "Who"), "person", path="user", filterable=True),
        Column("kind", T("类别", "Kind"), "state", path="kind", states=AlarmKind, filterable=True),
        Column("count", T("次数", "Count"), "quantity", path="count", sortable=True),
        Column("limit", T("警戒数", "Limit"), "quantity", path="limit"),
        Column("state", T("状态", "State"), "state", path="state", states=AlarmState, filterable=True),
        Column("finding", T("结论", "Finding"), "state", path="finding", states=Finding, filterable=True),
        Column("words", T("说明", "Words"), path="words", in_list=False),
        Column("settled_at", T("核查时间", "Settled"), "datetime", path="settled_at", in_list=False),
    ],
    url="look-alarms",
    help=T("一天内查看或导出过多、夜间或离职前查看，须由法务核查。", "Too many looks or rows on a day, at night or before leaving: legal looks into it."),
    related=("user",), order=("-day", "-id"), label=lambda row: f"{row.day:%Y-%m-%d} {AlarmKind(row.kind).label}",
    clauses=("4.3.4",), states=AlarmState,
)  # fmt: skip

PASSES = view(
    "privacy.passes", T("导出许可", "Export passes"), ExportPass,
    [
        Column("made_at", T("批准时间", "Since"), "datetime", path="made_at", sortable=True, filterable=True),
        Column("user", T("人员", "Who"), "person", path="user", filterable=True),
        Column("view", T("列表", "List"), value=lambda row: str(VIEWS[row.view].title) if row.view in VIEWS else row.view),
        Column("rows", T("行数（至多）", "Rows (at most)"), "quantity", path="rows", sortable=True),
        Column("purpose", T("用途", "Purpose"), "state", path="purpose", states=Purpose, filterable=True),
        Column("reason", T("说明", "Reason"), path="reason"),
        Column("until", T("有效至", "Until"), "datetime", path="until", sortable=True),
    ],
    url="export-passes",
    help=T("经批准的个人信息导出：谁、哪个列表、多少行、为什么、到什么时候。", "Approved exports of personal data: who, which list, how many rows, why, until when."),
    related=("user",), order=("-made_at", "-id"), label=lambda row: f"{row.view} {row.rows}", clauses=("4.3.4",),
)  # fmt: skip

ASSESSMENTS = view(
    "privacy.assessments", T("影响评估", "Impact assessments"), ImpactAssessment,
    [
        Column("title", T("名称", "Title"), path="title", sortable=True),
        Column("purposes", T("用途", "Purposes"), value=lambda row: "、".join(str(Purpose(p).label) for p in row.purposes)),
        Column("verdict", T("结论", "Verdict"), "state", path="verdict", states=Verdict, filterable=True),
        Column("assessed_on", T("评估日期", "Assessed on"), "date", path="assessed_on", sortable=True, filterable=True),
        Column("review_on", T("复评日期", "Review on"), "date", path="review_on", sortable=True, filterable=True),
        Column("keep_until", T("保存至", "Keep until"), "date", path="keep_until"),
        Column("assessed_by", T("评估人", "By"), "person", path="assessed_by"),
        Column("lawful", T("合法、正当、必要", "Lawful, fair, needed"), path="lawful", in_list=False),
        Column("risks", T("影响与风险", "Risks"), path="risks", in_list=False),
        Column("measures", T("保护措施", "Measures"), path="measures", in_list=False),
    ],
    url="impact-assessments",
    help=T("高风险处理前的个人信息保护影响评估，保存三年。", "Assessments before risky uses, kept for three years."),
    related=("assessed_by",), order=("-assessed_on", "-id"), label=str, clauses=("4.3.4",),
)  # fmt: skip
