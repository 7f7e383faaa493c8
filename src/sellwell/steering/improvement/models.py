"""Courses, who must have passed them, what people were trained in and how they were assessed."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sellwell.kernel.models import CompanyRow
from sellwell.kernel.models.base import ABOUT_A_PERSON
from sellwell.kernel.values import State, T

USER = settings.AUTH_USER_MODEL


class CourseState(State):
    """Whether a course is still given."""

    ACTIVE = "active", T("在用", "In use")
    RETIRED = "retired", T("停用", "Retired")


class RecordState(State):
    """Whether a result counts."""

    VALID = "valid", T("有效", "Valid")
    VOID = "void", T("作废", "Void")


class AssessmentKind(State):
    """What an assessment is about."""

    PROBATION = "probation", T("试用期考核", "Probation")
    SKILL = "skill", T("岗位技能考核", "Skills of the post")
    REGULAR = "regular", T("定期考核", "Regular review")


class Course(CompanyRow):
    """What is taught: the mark that passes and how long a pass lasts."""

    noun = T("课程", "Course")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=200, default="", blank=True)
    hours = models.DecimalField(max_digits=6, decimal_places=1)
    pass_mark = models.PositiveSmallIntegerField(default=60)
    valid_months = models.PositiveSmallIntegerField(default=0)  # 0: a pass lasts for good
    state = models.CharField(max_length=10, default=CourseState.ACTIVE.value)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "code"], name="course_code_unique"),
            models.CheckConstraint(condition=Q(state__in=CourseState.values()), name="course_state_known"),
            models.CheckConstraint(condition=Q(pass_mark__lte=100), name="course_pass_mark"),
        ]

    def __str__(self) -> str:
        return self.name


class CourseRule(CompanyRow):
    """People of `role` (everybody where empty) must have passed the course; until then `operations` are refused."""

    noun = T("培训要求", "Course rule")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="rules")
    role = models.CharField(max_length=40, default="", blank=True)
    operations = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    days = models.PositiveSmallIntegerField(default=30)  # of grace, from the later of the rule and the post
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="courserule_dates"
            )
        ]


class PersonalRecord(CompanyRow):
    """A result of one person, kept with the department of the day it was written."""

    scope_columns = ABOUT_A_PERSON

    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    department_path = models.CharField(max_length=200, default="", blank=True)
    held_on = models.DateField()
    score = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    state = models.CharField(max_length=10, default=RecordState.VALID.value)
    void_reason = models.CharField(max_length=200, default="", blank=True)
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def subject(self) -> UUID:
        """The person."""
        return self.user_id


class Training(PersonalRecord):
    """One person's result in one course."""

    noun = T("培训记录", "Training")
    personal = ("trainer", "note", "void_reason")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="trainings")
    trainer = models.CharField(max_length=80, default="", blank=True)
    valid_until = models.DateField(null=True)  # the first day on which the pass no longer counts
    note = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RecordState.values()), name="training_state_known"),
            models.CheckConstraint(condition=Q(score__lte=100), name="training_score"),
            models.UniqueConstraint(
                fields=["company_id", "user", "course", "held_on"],
                condition=Q(state="valid"),
                name="training_once_a_day",
            ),
        ]
        indexes = [models.Index(fields=["user", "course", "-held_on"], name="training_person")]


class Assessment(PersonalRecord):
    """One person's result in a review, and when the next one is due."""

    noun = T("考核记录", "Assessment")
    personal = ("note", "void_reason")
    kind = models.CharField(max_length=12)
    next_due_on = models.DateField(null=True)
    note = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RecordState.values()), name="assessment_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AssessmentKind.values()), name="assessment_kind_known"
            ),
            models.CheckConstraint(condition=Q(score__lte=100), name="assessment_score"),
        ]
        indexes = [models.Index(fields=["user", "-held_on"], name="assessment_person")]
