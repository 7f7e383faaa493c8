"""Every verb of training and assessment, in life-cycle order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sellwell.foundation.company import queries as company
from sellwell.foundation.company.access import RoleCode
from sellwell.kernel import generations
from sellwell.kernel.effects import Effects
from sellwell.kernel.inputs import Code, Input, Name, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment as Assessed
from sellwell.kernel.operations import Context, operation
from sellwell.kernel.values import Objection, Reason, T
from sellwell.steering.improvement import queries, rules
from sellwell.steering.improvement.models import (
    Assessment,
    AssessmentKind,
    Course,
    CourseRule,
    CourseState,
    RecordState,
    Training,
)
from sellwell.steering.improvement.rules import GatedVerb

CODE_TAKEN = Reason(
    "improvement.code_taken", T("课程编码 {code} 已被使用。", "The course code {code} is taken.")
)
RETIRED = Reason(
    "improvement.course_retired",
    T("课程“{course}”已停用，请选择在用课程。", "“{course}” is retired. Choose a course in use."),
)
PAST_RULE = Reason(
    "improvement.past_rule",
    T("培训要求不能追溯，请从今天或以后开始。", "A course rule does not reach back; start today or later."),
)
ENDS_BEFORE = Reason("improvement.ends_before", T("结束日期须晚于开始日期。", "It must end after it starts."))
FUTURE = Reason(
    "improvement.future",
    T("日期不能晚于今天，请在结束后登记。", "The day lies ahead; record the result afterwards."),
)
TWICE = Reason(
    "improvement.twice",
    T(
        "此人当天已有该课程的记录。如有错误，请先作废。",
        "There is a record of this course on that day. Void it first if it is wrong.",
    ),
)
NOT_HERE = Reason(
    "improvement.not_here", T("此人在本公司没有任职。", "This person holds no post in the company.")
)
NEXT_BEFORE = Reason(
    "improvement.next_before", T("下次考核日须晚于本次。", "The next assessment must come after this one.")
)
OWN_RESULT = Reason(
    "improvement.own_result",
    T("不能登记自己的成绩，请由他人登记。", "Nobody records an own result; ask a colleague."),
)


# --- courses -----------------------------------------------------------------------------------------------------------


class CourseHead(Input):
    """What creation and change have in common."""

    name: Name = field(T("名称", "Name"), max_length=80)
    purpose: ShortText = field(T("目的", "Purpose"), "")
    hours: Decimal = field(T("学时", "Hours"), Decimal(4), gt=0, le=1000, max_digits=6, decimal_places=1)
    pass_mark: int = field(T("合格分", "Pass mark"), 60, ge=0, le=100)
    valid_months: int = field(
        T("有效期（月）", "Valid for (months)"),
        0,
        ge=0,
        le=120,
        help=T("0 表示长期有效。", "0: a pass lasts for good."),
    )


class AddCourse(CourseHead):
    """A new course."""

    code: Code = field(T("编码", "Code"), min_length=1, max_length=20)


def assess_add(row: None, given: AddCourse, ctx: Context) -> Assessed:
    """A course's code is its own in the company."""
    taken = Course.objects.filter(company_id=ctx.company_id, code=given.code).exists()
    return Assessed(objections=(CODE_TAKEN.refuse(path="code", code=given.code),) if taken else ())


@operation(
    "improvement.add_course", T("新建课程", "Add course"), Course, input=AddCourse, creates=True, assess=assess_add,
    clauses=["1.4.5"], help=T("新建培训课程：合格分与有效期。", "A course with its pass mark and how long a pass lasts."),
)  # fmt: skip
def add_course(row: None, given: AddCourse, ctx: Context, assessment: Assessed) -> Effects:
    """Write the course."""
    effects = Effects(result=Course(company_id=ctx.company_id, **given.model_dump()))
    effects.insert(effects.result)
    effects.search.append(effects.result)
    return effects


@operation(
    "improvement.change_course", T("修改课程", "Change course"), Course, input=CourseHead, from_states=[CourseState.ACTIVE],
    clauses=["1.4.5"],
    help=T("修改课程；已登记的成绩按当时的合格分与有效期保留。", "Change a course; results on record keep the mark and validity of their day."),
)  # fmt: skip
def change_course(course: Course, given: CourseHead, ctx: Context, assessment: Assessed) -> Effects:
    """Set the head anew."""
    effects = Effects(result=course)
    effects.update(course, **given.model_dump())
    effects.search.append(course)
    return effects


@operation(
    "improvement.retire_course", T("停用课程", "Retire course"), Course, from_states=[CourseState.ACTIVE], danger=True,
    clauses=["1.4.5"],
    help=T("停用课程：相应的培训要求随之失效，成绩保留。", "The course is no longer given; its rules no longer count, results stay."),
)  # fmt: skip
def retire_course(course: Course, given: Any, ctx: Context, assessment: Assessed) -> Effects:
    """The course and its rules count no more."""
    effects = Effects(result=course)
    effects.update(course, state=CourseState.RETIRED.value)
    generations.bump(queries.GENERATION)
    return effects


# --- who must have passed what --------------------------------------------------------------------------------------------


class RequireCourse(Input):
    """Whom a course is for, by when, and what may not be done without it."""

    course: Ref("improvement.course") = field(T("课程", "Course"))  # type: ignore[valid-type]
    role: RoleCode | None = field(T("角色", "Role"), None, help=T("留空：全体人员。", "Empty: everybody."))
    operations: list[GatedVerb] = field(
        T("未通过不得办理", "Not to be done without it"), default_factory=list, max_length=20
    )
    days: int = field(
        T("宽限（天）", "Days of grace"),
        30,
        ge=0,
        le=365,
        help=T("自上岗或要求生效之日起。", "From taking up the post, or from the rule's start."),
    )
    since: date = field(T("自", "Since"))
    until: date | None = field(T("至（不含）", "Until (excluded)"), None)


def assess_require(row: None, given: RequireCourse, ctx: Context) -> Assessed:
    """Course, role and verbs exist; the rule does not reach back (the installation's may)."""
    course = Course.objects.get(pk=given.course)
    found: list[Objection] = []
    if course.state != CourseState.ACTIVE.value:
        found.append(RETIRED.refuse(path="course", course=course.name))
    if given.since < ctx.today and not ctx.actor.is_system:
        found.append(PAST_RULE.refuse(path="since"))
    if given.until is not None and given.until <= given.since:
        found.append(ENDS_BEFORE.refuse(path="until"))
    return Assessed(objections=tuple(found))


@operation(
    "improvement.require_course", T("设定培训要求", "Require course"), CourseRule, input=RequireCourse, creates=True,
    parent="course", assess=assess_require, clauses=["1.4.5"],
    help=T(
        "规定某角色须在期限内通过课程；可列出未通过不得办理的操作。",
        "People of a role must pass a course in time; verbs can be named that they may not do before.",
    ),
)  # fmt: skip
def require_course(row: None, given: RequireCourse, ctx: Context, assessment: Assessed) -> Effects:
    """Write the rule; it counts from its first day."""
    rule = CourseRule(
        company_id=ctx.company_id, course_id=given.course, role=given.role.value if given.role else "", days=given.days, since=given.since,
        operations=list(dict.fromkeys(verb.value for verb in given.operations)), until=given.until,
    )  # fmt: skip
    effects = Effects(result=rule)
    effects.insert(rule)
    generations.bump(queries.GENERATION)
    return effects


class EndRule(Input):
    """The first day on which the rule no longer counts."""

    until: date = field(T("至（不含）", "Until (excluded)"))


def assess_end(rule: CourseRule, given: EndRule | None, ctx: Context) -> Assessed:
    """It ends today or later, and after it began."""
    wrong = given is not None and (given.until <= rule.since or given.until < ctx.today)
    return Assessed(objections=(ENDS_BEFORE.refuse(path="until"),) if wrong else ())


@operation(
    "improvement.end_rule", T("结束培训要求", "End course rule"), CourseRule, input=EndRule, assess=assess_end,
    clauses=["1.4.5"], help=T("自该日起不再要求。", "It is no longer asked from that day on."),
)  # fmt: skip
def end_rule(rule: CourseRule, given: EndRule, ctx: Context, assessment: Assessed) -> Effects:
    """Set the rule's end."""
    effects = Effects(result=rule)
    effects.update(rule, until=given.until)
    generations.bump(queries.GENERATION)
    return effects


# --- results of people ------------------------------------------------------------------------------------------------------


class Result(Input):
    """What a training and an assessment have in common."""

    person: Ref("kernel.user") = field(T("人员", "Person"))  # type: ignore[valid-type]
    held_on: date = field(T("日期", "Day"))
    score: int = field(T("得分", "Score"), ge=0, le=100)
    note: Text = field(T("备注", "Note"), "")


def _result_objections(given: Result, ctx: Context) -> tuple[dict[str, Any] | None, list[Objection]]:
    """Where the person belongs, and what is wrong with any result."""
    scope = company.scope_columns(given.person, ctx.company_id, ctx.today)
    found = [] if scope is not None else [NOT_HERE.refuse(path="person")]
    if given.held_on > ctx.today:
        found.append(FUTURE.refuse(path="held_on"))
    if given.person == ctx.user_id:
        found.append(OWN_RESULT.refuse(path="person"))
    return scope, found


class RecordTraining(Result):
    """One person's result in one course."""

    course: Ref("improvement.course") = field(T("课程", "Course"))  # type: ignore[valid-type]
    trainer: ShortText = field(T("讲师", "Trainer"), "", max_length=80)


def assess_training(row: None, given: RecordTraining, ctx: Context) -> Assessed:
    """A course in use, a day that has been, and no second record of the same day."""
    scope, found = _result_objections(given, ctx)
    course = Course.objects.get(pk=given.course)
    if course.state != CourseState.ACTIVE.value:
        found.append(RETIRED.refuse(path="course", course=course.name))
    same = Training.objects.filter(
        company_id=ctx.company_id, user_id=given.person, course=course, held_on=given.held_on,
        state=RecordState.VALID.value,
    )  # fmt: skip
    if same.exists():
        found.append(TWICE.refuse(path="held_on"))
    return Assessed(carry=(course, scope), objections=tuple(found))


@operation(
    "improvement.record_training", T("登记培训", "Record training"), Training, input=RecordTraining, creates=True,
    parent="course", assess=assess_training, clauses=["1.4.5"],
    help=T("登记一人一课的成绩；达到合格分即为通过。", "One person's result in a course; the pass mark decides."),
)  # fmt: skip
def record_training(row: None, given: RecordTraining, ctx: Context, assessment: Assessed) -> Effects:
    """The result, with whether it passed and until when that counts."""
    course, scope = assessment.carry
    passed = given.score >= course.pass_mark
    made = Training(
        **_common(given, ctx, scope), course=course, trainer=given.trainer, passed=passed,
        valid_until=rules.valid_until(given.held_on, passed, course.valid_months),
    )  # fmt: skip
    effects = Effects(result=made)
    effects.insert(made)
    return effects


def _common(given: Result, ctx: Context, scope: dict[str, Any]) -> dict[str, Any]:
    return {
        "company_id": ctx.company_id, "user_id": given.person, "department_path": scope["department_path"],
        "held_on": given.held_on, "score": given.score, "note": given.note, "recorded_by_id": ctx.user_id,
    }  # fmt: skip


class RecordAssessment(Result):
    """One person's result in a review."""

    kind: AssessmentKind = field(T("类别", "Kind"), AssessmentKind.REGULAR)
    passed: bool = field(T("合格", "Passed"), True)
    next_due_on: date | None = field(
        T("下次考核日", "Next one due"),
        None,
        help=T("留空则按考核周期。", "Empty: by the interval of assessments."),
    )


def assess_assessment(row: None, given: RecordAssessment, ctx: Context) -> Assessed:
    """A day that has been, of somebody else, and a next day after it."""
    scope, found = _result_objections(given, ctx)
    if given.next_due_on is not None and given.next_due_on <= given.held_on:
        found.append(NEXT_BEFORE.refuse(path="next_due_on"))
    return Assessed(carry=scope, objections=tuple(found))


@operation(
    "improvement.record_assessment", T("登记考核", "Record assessment"), Assessment, input=RecordAssessment, creates=True,
    assess=assess_assessment, clauses=["1.4.5"],
    help=T("登记一人的考核结果和下次考核日。", "One person's result in a review, and when the next is due."),
)  # fmt: skip
def record_assessment(row: None, given: RecordAssessment, ctx: Context, assessment: Assessed) -> Effects:
    """The result as given."""
    made = Assessment(
        **_common(given, ctx, assessment.carry),
        kind=given.kind.value,
        passed=given.passed,
        next_due_on=given.next_due_on,
    )
    effects = Effects(result=made)
    effects.insert(made)
    return effects


class Void(Input):
    """Why it does not count."""

    reason: ShortText = field(T("原因", "Reason"), min_length=2)


def assess_void(record: Training | Assessment, given: Void | None, ctx: Context) -> Assessed:
    """Nobody takes back an own result."""
    own = record.user_id == ctx.user_id
    return Assessed(objections=(OWN_RESULT.refuse(),) if own else ())


def _void(record: Training | Assessment, given: Void, ctx: Context, assessment: Assessed) -> Effects:
    effects = Effects(result=record)
    effects.update(record, state=RecordState.VOID.value, void_reason=given.reason)
    return effects


@operation(
    "improvement.void_training", T("作废培训记录", "Void training"), Training, input=Void, from_states=[RecordState.VALID],
    assess=assess_void, danger=True, clauses=["1.4.5"],
    help=T("登记有误时作废并说明原因；记录保留。", "For a record that was wrong; it stays, with the reason."),
)  # fmt: skip
def void_training(record: Training, given: Void, ctx: Context, assessment: Assessed) -> Effects:
    """The record no longer counts."""
    return _void(record, given, ctx, assessment)


@operation(
    "improvement.void_assessment", T("作废考核记录", "Void assessment"), Assessment, input=Void,
    from_states=[RecordState.VALID], assess=assess_void, danger=True, clauses=["1.4.5"],
    help=T("登记有误时作废并说明原因；记录保留。", "For a record that was wrong; it stays, with the reason."),
)  # fmt: skip
def void_assessment(record: Assessment, given: Void, ctx: Context, assessment: Assessed) -> Effects:
    """The record no longer counts."""
    return _void(record, given, ctx, assessment)
