"""How guides, interviews, passages, studies and findings are read."""

from __future__ import annotations

from sellwell.control.voice.models import (
    Finding,
    Guide,
    GuideState,
    Interview,
    InterviewState,
    Passage,
    Study,
    StudyState,
)
from sellwell.control.voice.reading.columns import CONTACT, CUSTOMER, DATE, NUMBER, OWNER
from sellwell.control.voice.rules.studies import Aspect
from sellwell.kernel import clock
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view

ASPECT = Column("aspect", T("方面", "On what"), "state", path="aspect", states=Aspect, filterable=True)

GUIDES = view(
    "voice.guides", T("访谈提纲", "Interview guides"), Guide,
    [
        Column("name", T("名称", "Name"), path="name"),
        Column("state", T("状态", "State"), "state", path="state", states=GuideState, filterable=True),
        Column("count", T("题数", "Questions"), "quantity", value=lambda r: len(r.questions)),
        Column("questions", T("问题", "Questions"), value=lambda r: "\n".join(f"{n}. {q}" for n, q in enumerate(r.questions, 1)), in_list=False),
    ],
    url="interview-guides",
    help=T("客户访谈时依次要问的问题。", "What is asked in interviews, in order."),
    order=("-id",),
    label=lambda r: r.name,
    clauses=("2.4.2",),
    states=GuideState,
)  # fmt: skip


def lateness(row: Interview) -> T | str:
    """Whether an interview was held as planned, in words."""
    if row.state == InterviewState.PLANNED.value:
        return T("已逾期", "Overdue") if clock.business_day(clock.now()) > row.planned_on else ""
    return (
        T("晚于计划", "Later than planned")
        if row.held_on is not None and row.held_on > row.planned_on
        else ""
    )


INTERVIEWS = view(
    "voice.interviews", T("客户访谈", "Customer interviews"), Interview,
    [
        NUMBER,
        CUSTOMER,
        CONTACT,
        Column("guide", T("提纲", "Guide"), "ref", path="guide__name", ref="voice.guide", ref_path="guide_id", filterable=True),
        Column("state", T("状态", "State"), "state", path="state", states=InterviewState, filterable=True),
        Column("planned_on", T("计划日期", "Planned for"), "date", path="planned_on", filterable=True),
        Column("held_on", T("访谈日期", "Held on"), "date", path="held_on"),
        Column("lateness", T("是否按计划", "As planned"), value=lateness),
        Column("with_whom", T("受访人", "With whom"), path="with_whom", in_list=False),
        Column("cancelled_because", T("取消原因", "Cancelled because"), path="cancelled_because", in_list=False),
        OWNER,
        DATE,
    ],
    url="interviews",
    help=T("与客户的访谈：计划、记录、摘录。", "Talks with customers: planned, written down, quoted."),
    related=("owner", "customer__party", "contact", "guide"),
    search=lambda r: (r.number,),
    found_by=("customer",),
    clauses=("2.4.2", "4.2.4"),
    states=InterviewState,
)  # fmt: skip

PASSAGES = view(
    "voice.passages", T("访谈摘录", "Passages"), Passage,
    [
        Column("quote", T("原话", "Their words"), path="quote"),
        ASPECT,
        Column("themes", T("主题", "Themes"), value=lambda r: "、".join(r.themes)),
        Column("interview", T("访谈", "Interview"), "ref", path="interview__number", ref="voice.interview", ref_path="interview_id"),
        Column(
            "customer", T("客户", "Customer"), "ref", path="interview__customer__party__name", ref="customers.customer",
            ref_path="interview__customer_id",
        ),
        OWNER,
        DATE,
    ],
    url="interview-passages",
    help=T("访谈中的原话，按方面与主题标注。", "What was said, word for word, by aspect and theme."),
    related=("owner", "interview__customer__party"),
    label=lambda r: r.quote[:40],
    clauses=("2.4.2",),
)  # fmt: skip

STUDIES = view(
    "voice.studies", T("专题研究", "Studies"), Study,
    [
        Column("title", T("题目", "Title"), path="title"),
        NUMBER,
        Column("state", T("状态", "State"), "state", path="state", states=StudyState, filterable=True),
        Column("question", T("要弄清的问题", "What is to be found out"), path="question", in_list=False),
        Column("since", T("自", "Since"), "date", path="since"),
        Column("until", T("至（不含）", "Until (excluded)"), "date", path="until"),
        Column("concluded_at", T("结论时间", "Concluded"), "datetime", path="concluded_at"),
        OWNER,
        DATE,
    ],
    url="studies",
    help=T("问卷、访谈与销售数据合在一起的研究。", "Surveys, interviews and sales figures together."),
    related=("owner",),
    search=lambda r: (r.number, r.title),
    label=lambda r: r.title,
    clauses=("2.4.2",),
    states=StudyState,
)  # fmt: skip

FINDINGS = view(
    "voice.findings", T("研究发现", "Findings"), Finding,
    [
        Column("statement", T("发现", "Finding"), path="statement"),
        ASPECT,
        Column("study", T("研究", "Study"), "ref", path="study__title", ref="voice.study", ref_path="study_id", filterable=True),
        Column("numbers", T("数字", "Numbers"), "quantity", value=lambda r: len(r.numbers)),
        Column("passages", T("原话", "Quotations"), "quantity", value=lambda r: len(r.passages)),
        Column("is_void", T("已撤回", "Taken back"), "bool", path="is_void", filterable=True, in_list=False),
    ],
    url="study-findings",
    help=T("各项研究的发现。", "What studies found."),
    related=("study",),
    order=("-id",),
    label=lambda r: r.statement[:40],
    clauses=("2.4.2",),
)  # fmt: skip
