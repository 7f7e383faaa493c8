"""What people read of training and assessment."""

from __future__ import annotations

from sellwell.kernel.access import ROLES
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view
from sellwell.steering.improvement.models import (
    Assessment,
    AssessmentKind,
    Course,
    CourseRule,
    CourseState,
    RecordState,
    Training,
)


def for_whom(rule: CourseRule) -> str:
    """The role of a rule, in words."""
    return str(ROLES[rule.role].name) if rule.role else str(T("全体人员", "Everybody"))


def verbs(rule: CourseRule) -> str:
    """The verbs that wait for the course, in words."""
    separator = str(T("、", ", "))
    return separator.join(str(REGISTRY[name].title) for name in rule.operations if name in REGISTRY)


PERSON = Column("person", T("姓名", "Person"), "person", path="user", filterable=True)
HELD_ON = Column("held_on", T("日期", "Day"), "date", path="held_on", sortable=True, filterable=True)
SCORE = Column("score", T("得分", "Score"), "quantity", path="score", sortable=True)
PASSED = Column("passed", T("通过", "Passed"), "bool", path="passed", filterable=True)
STATE = Column("state", T("状态", "State"), "state", path="state", states=RecordState, filterable=True)
NOTE = Column("note", T("备注", "Note"), path="note", in_list=False)
RECORDED_BY = Column("recorded_by", T("登记人", "Recorded by"), "person", path="recorded_by")
VOID_REASON = Column("void_reason", T("作废原因", "Why void"), path="void_reason", in_list=False)

COURSES = view(
    "improvement.courses",
    T("课程", "Courses"),
    Course,
    [
        Column("code", T("编码", "Code"), "code", path="code", sortable=True, filterable=True),
        Column("name", T("名称", "Name"), path="name", sortable=True, filterable=True),
        Column("purpose", T("目的", "Purpose"), path="purpose"),
        Column("hours", T("学时", "Hours"), "quantity", path="hours", sortable=True),
        Column("pass_mark", T("合格分", "Pass mark"), "quantity", path="pass_mark"),
        Column("valid_months", T("有效期（月）", "Valid for (months)"), "quantity", path="valid_months"),
        Column("state", T("状态", "State"), "state", path="state", states=CourseState, filterable=True),
    ],
    url="courses",
    help=T(
        "教什么、多少分合格、通过后管多久。", "What is taught, the mark that passes, how long a pass lasts."
    ),
    order=("code", "id"),
    search=lambda c: (c.code, c.name),
    label=lambda c: c.name,
    clauses=("1.4.5",),
    states=CourseState,
)

RULES = view(
    "improvement.rules",
    T("培训要求", "Course rules"),
    CourseRule,
    [
        Column(
            "course",
            T("课程", "Course"),
            "ref",
            path="course__name",
            ref="improvement.course",
            filterable=True,
        ),
        Column("role", T("适用角色", "For whom"), value=for_whom),
        Column("operations", T("未通过不得办理", "Not to be done without it"), value=verbs),
        Column("days", T("宽限（天）", "Days of grace"), "quantity", path="days"),
        Column("since", T("自", "Since"), "date", path="since", sortable=True, filterable=True),
        Column("until", T("至（不含）", "Until (excluded)"), "date", path="until", sortable=True),
    ],
    url="course-rules",
    help=T(
        "谁须在什么期限内通过什么课程，未通过不得办理什么。",
        "Who must pass which course by when, and what waits for it.",
    ),
    related=("course",),
    order=("-since", "-id"),
    label=lambda r: f"{r.course.name} · {for_whom(r)}",
    clauses=("1.4.5",),
)

TRAININGS = view(
    "improvement.trainings",
    T("培训记录", "Trainings"),
    Training,
    [
        PERSON,
        Column("course", T("课程", "Course"), "ref", path="course__name", ref="improvement.course", filterable=True),
        HELD_ON,
        SCORE,
        PASSED,
        Column("valid_until", T("有效至（不含）", "Valid until (excluded)"), "date", path="valid_until", sortable=True, filterable=True),
        Column("trainer", T("讲师", "Trainer"), path="trainer"),
        STATE,
        RECORDED_BY,
        NOTE,
        VOID_REASON,
    ],
    url="trainings",
    help=T("每人每课的成绩。", "What people were trained in, and how they did."),
    related=("user", "course", "recorded_by"),
    order=("-held_on", "-id"),
    label=lambda r: f"{r.user.name} · {r.course.name}",
    clauses=("1.4.5",),
    states=RecordState,
)  # fmt: skip

ASSESSMENTS = view(
    "improvement.assessments",
    T("考核记录", "Assessments"),
    Assessment,
    [
        PERSON,
        Column("kind", T("类别", "Kind"), value=lambda r: str(AssessmentKind(r.kind).label)),
        HELD_ON,
        SCORE,
        PASSED,
        Column(
            "next_due_on",
            T("下次考核日", "Next one due"),
            "date",
            path="next_due_on",
            sortable=True,
            filterable=True,
        ),
        STATE,
        RECORDED_BY,
        NOTE,
        VOID_REASON,
    ],
    url="assessments",
    help=T("每人的考核结果和下次考核日。", "How people were assessed, and when the next is due."),
    related=("user", "recorded_by"),
    order=("-held_on", "-id"),
    label=lambda r: f"{r.user.name} · {AssessmentKind(r.kind).label}",
    clauses=("1.4.5",),
    states=RecordState,
)
