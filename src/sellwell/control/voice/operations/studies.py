"""Studies: surveys, interviews and sales figures together; findings with numbers and quotations (clause 2.4.2)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from sellwell.control.voice import studying
from sellwell.control.voice.models import Finding, Questionnaire, Study, StudyQuestionnaire, StudyState
from sellwell.control.voice.rules.studies import Aspect, lacking
from sellwell.kernel import clock, drafting
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Code, Input, Name, Ref, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

OPEN = StudyState.OPEN
CLAUSES = ["2.4.2"]
ENDS_BEFORE = Reason("voice.study_ends_before", T("结束日须晚于开始日。", "It must end after it starts."))
NO_NUMBERS = Reason(
    "voice.finding_no_numbers",
    T("请至少选择一个数字作为依据。", "Choose at least one number that it rests on."),
)
NO_WORDS = Reason(
    "voice.finding_no_words", T("请至少选择一段客户原话作为依据。", "Choose at least one quotation that it rests on.")
)  # fmt: skip
UNKNOWN_NUMBER = Reason("voice.finding_number", T("没有“{name}”这个数字。", "There is no number “{name}”."))
UNKNOWN_WORDS = Reason(
    "voice.finding_words", T("所选原话不在研究期间内，或已删除。", "A quotation is not of the study's period, or was erased.")
)  # fmt: skip
LACKING = Reason("voice.study_lacks", T("还不能形成结论：{what}。", "It cannot be concluded yet: {what}."))
CONCLUDED = Reason(
    "voice.study_is_concluded", T("研究已形成结论，不再改动。", "The study is concluded and stays as it is.")
)

Statement = Annotated[Code, Field(min_length=4, max_length=600)]


class OpenStudy(Input):
    """What is asked, over which days, from which questionnaires."""

    title: Name = field(T("题目", "Title"))
    question: Statement = field(T("要弄清的问题", "What is to be found out"))
    since: date = field(T("自", "Since"))
    until: date = field(T("至（不含）", "Until (excluded)"))
    questionnaires: list[Ref("voice.questionnaire")] = field(
        T("所用问卷", "Questionnaires"), default_factory=list, max_length=10
    )


def assess_open(row: None, given: OpenStudy, ctx: Context) -> Assessment:
    """Some days."""
    return Assessment(objections=() if given.until > given.since else (ENDS_BEFORE.refuse(path="until"),))


@operation(
    "voice.open_study", T("新建专题研究", "Open study"), Study, input=OpenStudy, creates=True, assess=assess_open, clauses=CLAUSES,
    help=T("把问卷、访谈与销售数据放在一起，得出有数字、有原话的发现。", "Surveys, interviews and sales figures together, for findings with numbers and words."),
)  # fmt: skip
def open_study(row: None, given: OpenStudy, ctx: Context, assessment: Assessment) -> Effects:
    """Under way, to be concluded within a month of its period."""
    made = drafting.document(
        Study,
        ctx,
        "ST",
        OPEN,
        title=given.title,
        question=given.question,
        since=given.since,
        until=given.until,
    )
    effects = Effects(result=made)
    effects.insert(made)
    ids = list(dict.fromkeys(given.questionnaires))
    sources = Questionnaire.objects.filter(pk__in=ids)
    effects.insert(
        *(StudyQuestionnaire(company_id=ctx.company_id, study=made, questionnaire=one) for one in sources)
    )
    due_at = clock.day_begins(max(given.until, ctx.today) + timedelta(days=30))
    effects.tasks.append(NewTask("voice.conclude", made, due_at=due_at))
    effects.search.append(made)
    return effects


class AddFinding(Input):
    """What was found, and what it rests on."""

    aspect: Aspect = field(T("方面", "On what"))
    statement: Statement = field(T("发现", "Finding"))
    numbers: list[Code] = field(
        T("依据的数字", "Numbers it rests on"), default_factory=list, max_length=20,
        help=T("按研究期间算出，添加时定格。", "Reckoned over the study's days, and kept as they are now."),
    )  # fmt: skip
    passages: list[UUID] = field(
        T("依据的客户原话", "Quotations it rests on"), default_factory=list, max_length=20
    )


def assess_finding(row: Study, given: AddFinding | None, ctx: Context) -> Assessment:
    """At least a number and a quotation, all of the study's own days."""
    if given is None:
        return Assessment()
    known = {one.key: one for one in studying.numbers(row)}
    found: list[Objection] = []
    if not given.numbers:
        found.append(NO_NUMBERS.refuse(path="numbers"))
    if not given.passages:
        found.append(NO_WORDS.refuse(path="passages"))
    found += [UNKNOWN_NUMBER.refuse(path="numbers", name=name) for name in given.numbers if name not in known]
    there = {one.pk for one in studying.passages(row)}
    if set(given.passages) - there:
        found.append(UNKNOWN_WORDS.refuse(path="passages"))
    chosen = [known[name].kept() for name in dict.fromkeys(given.numbers) if name in known]
    return Assessment(content={"aspect": given.aspect.value}, carry=chosen, objections=tuple(found))


@operation(
    "voice.add_finding", T("添加发现", "Add finding"), Study, input=AddFinding, from_states=[OPEN], assess=assess_finding,
    clauses=CLAUSES, help=T("一条发现须有数字，也须有客户原话。", "A finding has its numbers and its quotations."),
)  # fmt: skip
def add_finding(row: Study, given: AddFinding, ctx: Context, assessment: Assessment) -> Effects:
    """With the numbers as they stand today."""
    effects = Effects(result=row)
    effects.insert(
        Finding(
            company_id=row.company_id, study=row, aspect=given.aspect.value, statement=given.statement, numbers=assessment.carry,
            passages=list(dict.fromkeys(given.passages)), added_at=ctx.now,
        )
    )  # fmt: skip
    return effects


def assess_drop(row: Finding, given: Any, ctx: Context) -> Assessment:
    """Only while the study is under way."""
    is_open = row.study.state == OPEN.value
    return Assessment(objections=() if is_open else (CONCLUDED.refuse(),))


@operation(
    "voice.drop_finding", T("撤回发现", "Take finding back"), Finding, assess=assess_drop, danger=True, clauses=CLAUSES,
    help=T("研究形成结论前可撤回。", "As long as the study is under way."),
)  # fmt: skip
def drop_finding(row: Finding, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """It no longer counts."""
    effects = Effects(result=row)
    effects.update(row, is_void=True)
    return effects


def assess_conclude(row: Study, given: Any, ctx: Context) -> Assessment:
    """Preference, change of demand and market trend, each with numbers and quotations."""
    missing = lacking(studying.stated([row.pk]).get(row.pk, []))
    if not missing:
        return Assessment()
    what = T("；".join(one.zh for one in missing), "; ".join(one.en for one in missing))
    return Assessment(objections=(LACKING.refuse(what=what),))


@operation(
    "voice.conclude", T("形成结论", "Conclude"), Study, from_states=[OPEN], assess=assess_conclude, clauses=CLAUSES,
    help=T(
        "客户偏好、需求变化、市场走势三方面都有发现，且各有数字与原话，才能形成结论。",
        "Once there are findings on preference, change of demand and market trend, each with numbers and quotations.",
    ),
)  # fmt: skip
def conclude(row: Study, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """It stays as it is."""
    effects = Effects(result=row)
    effects.update(row, state=StudyState.CONCLUDED.value, concluded_at=ctx.now)
    return effects
