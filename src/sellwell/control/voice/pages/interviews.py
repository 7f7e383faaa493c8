"""Guides, interviews with their record and quotations, studies with their findings."""

from __future__ import annotations

from typing import Any

from sellwell.control.voice import studying
from sellwell.control.voice.models import (
    Guide,
    Interview,
    InterviewAnswer,
    InterviewState,
    Passage,
    Study,
    StudyState,
)
from sellwell.control.voice.rules.studies import Aspect, lacking
from sellwell.control.voice.views import FINDINGS, GUIDES, INTERVIEWS, PASSAGES, STUDIES
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.registry import (
    choices,
    family,
    form,
    guide,
    list_page,
    new_button,
    panel,
    record_page,
    related,
)

family("/interviews/", "/interview-passages/", "/interview-guides/")
family("/studies/", "/study-findings/")

list_page(
    INTERVIEWS, section="voice", icon="users", order=50, new=["voice.plan_interview"],
    columns=["number", "customer", "contact", "guide", "state", "planned_on", "held_on", "lateness", "owner"],
    card=["customer", "state", "planned_on"],
    saved=[("planned", T("已计划", "Planned"), {"state": "planned"}), ("mine", T("我的", "Mine"), {"owner": "me"})],
    empty=T("还没有访谈。先有一份提纲，再约客户。", "No interviews yet. Make a guide, then plan one with a customer."),
)  # fmt: skip
record_page(
    INTERVIEWS, path=[InterviewState.PLANNED, InterviewState.HELD],
    facts=["customer", "contact", "guide", "planned_on", "held_on", "lateness", "with_whom", "cancelled_because"],
)  # fmt: skip
list_page(
    PASSAGES, section="voice", icon="tag", order=52, new=["voice.quote"], columns=["quote", "aspect", "themes", "customer", "interview", "business_date"],
    card=["quote", "aspect"],
    saved=[(aspect.value, aspect.label, {"aspect": aspect.value}) for aspect in Aspect],
    empty=T("还没有摘录。记录访谈后，把关键原话摘出来。", "No quotations yet. Once an interview is written down, take the words out that matter."),
)  # fmt: skip
record_page(PASSAGES, path=[], facts=["quote", "aspect", "themes", "customer", "interview", "business_date"])
list_page(
    GUIDES, section="voice", icon="book", order=54, new=["voice.add_guide"], card=["name", "state"],
    saved=[("active", T("在用", "In use"), {"state": "active"})],
    empty=T("还没有提纲。写下要问的几个问题。", "No guides yet. Write down what you want to ask."),
)  # fmt: skip
record_page(GUIDES, path=[], facts=["questions", "count"])
list_page(
    STUDIES, section="voice", icon="search", order=60, new=["voice.open_study"], columns=["title", "number", "state", "since", "until", "concluded_at", "owner"],
    card=["title", "state"], saved=[("open", T("进行中", "Under way"), {"state": "open"})],
    empty=T("还没有研究。选定期间与问卷，把数字与原话放在一起。", "No studies yet. Choose days and questionnaires; put numbers and words together."),
)  # fmt: skip
record_page(
    STUDIES,
    path=[StudyState.OPEN, StudyState.CONCLUDED],
    facts=["question", "since", "until", "concluded_at", "number"],
)
list_page(
    FINDINGS, section="voice", icon="star", order=62, card=["statement", "aspect"],
    saved=[(aspect.value, aspect.label, {"aspect": aspect.value}) for aspect in Aspect],
    empty=T("还没有研究发现。", "No findings yet."),
)  # fmt: skip
record_page(FINDINGS, path=[], facts=["statement", "aspect", "study", "numbers", "passages"])
new_button("voice.plan_interview")
related("customers.customer", INTERVIEWS, by="customer_id", title=T("访谈", "Interviews"), order=74,
        columns=["number", "guide", "state", "planned_on", "held_on", "owner"])  # fmt: skip
related(
    "voice.guide",
    INTERVIEWS,
    by="guide_id",
    place="main",
    order=20,
    columns=["number", "customer", "state", "planned_on"],
)


def record_of(row: Interview, ctx: Context) -> dict[str, Any]:
    """The guide's questions with what was said, and the passages taken out of it."""
    said = dict(InterviewAnswer.objects.filter(interview=row).values_list("position", "text"))
    quoted: dict[int, list[Passage]] = {}
    for one in Passage.objects.filter(interview=row, is_void=False).order_by("id"):
        quoted.setdefault(one.position, []).append(one)
    lines = [
        {"place": n, "question": text, "said": said.get(n, ""), "quoted": quoted.get(n, [])}
        for n, text in enumerate(row.questions, 1)
    ]
    return {
        "lines": lines,
        "is_held": row.state == InterviewState.HELD.value,
        "aspects": {a.value: a.label for a in Aspect},
    }


panel(
    INTERVIEWS.row_type,
    "record",
    T("提纲与记录", "Guide and record"),
    "voice/_interview.html",
    context=record_of,
    place="main",
    order=10,
)


def findings_of(row: Study, ctx: Context) -> dict[str, Any]:
    """The findings by aspect, each with its numbers and quotations; and what is still missing."""
    rows = studying.findings(row)
    ids = {key for one in rows for key in one.passages}
    words = {
        p.pk: p for p in Passage.objects.filter(pk__in=ids, is_void=False).exclude(quote="").select_related("interview__customer__party")
    }  # fmt: skip
    parts = [
        {
            "aspect": aspect,
            "findings": [
                {
                    "row": one,
                    "numbers": [{**number, "text": T(**number["what"])} for number in one.numbers],
                    "words": [words[key] for key in one.passages if key in words],
                }
                for one in rows
                if one.aspect == aspect.value
            ],
        }
        for aspect in Aspect
    ]
    missing = lacking(studying.stated([row.pk]).get(row.pk, []))
    is_open = row.state == StudyState.OPEN.value
    return {"parts": parts, "missing": missing if is_open else [], "is_open": is_open}


panel(
    STUDIES.row_type,
    "findings",
    T("发现", "Findings"),
    "voice/_findings.html",
    context=findings_of,
    place="main",
    order=10,
)


def numbers_of(row: Study, ctx: Context) -> dict[str, Any]:
    """Every number that a finding may rest on."""
    return {"numbers": studying.numbers(row)}


panel(
    STUDIES.row_type,
    "numbers",
    T("可用的数字", "Numbers there are"),
    "voice/_numbers.html",
    context=numbers_of,
    place="side",
    order=5,
)


# --- forms ---------------------------------------------------------------------------------------------------------------------


def guides_in_use(row: Any, ctx: Context) -> list[tuple[str, T | str]]:
    """The guides that interviews are planned by."""
    rows = Guide.objects.filter(company_id=ctx.company_id, state="active").order_by("name")
    return [(str(one.pk), one.name) for one in rows]


def number_choices(row: Study, ctx: Context) -> list[tuple[str, T | str]]:
    """The numbers of the study's days."""
    return [(one.key, one.label) for one in studying.numbers(row)]


def passage_choices(row: Study, ctx: Context) -> list[tuple[str, T | str]]:
    """What was said in the study's days, by aspect."""
    found: list[tuple[str, T | str]] = []
    head = ""
    for one in studying.passages(row):
        if one.aspect != head:
            head = one.aspect
            found.append(("", Aspect(head).label))
        found.append((str(one.pk), f"“{one.quote[:60]}” {one.interview.customer}"))
    return found


def asked_questions(row: Any, ctx: Context) -> dict[str, Any]:
    """One line for each question of the guide, in order."""
    return {
        "held_on": ctx.today,
        "answers": [{"question": n, "text": ""} for n, _ in enumerate(row.questions, 1)],
    }


def questions_above(operation: str, ctx: Context) -> dict[str, Any] | None:
    """Says where the questions stand while the record is written."""
    return {"said": True} if operation == "voice.record_interview" else None


guide("voice/_questions_above.html", questions_above)
choices("voice.plan_interview", "guide", guides_in_use)
choices("voice.add_finding", "numbers", number_choices)
choices("voice.add_finding", "passages", passage_choices)
form("voice.plan_interview", pick={"contact": "customer"}, initial=lambda row, ctx: {"planned_on": ctx.today})
form("voice.record_interview", wide=True, initial=asked_questions)
form("voice.change_guide", wide=True, initial=lambda row, ctx: {"name": row.name, "questions": row.questions})
form("voice.recode", initial=lambda row, ctx: {"aspect": row.aspect, "themes": row.themes})
form("voice.add_finding", wide=True)
form("voice.open_study", wide=True)
