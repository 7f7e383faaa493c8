"""Interviews with guides, what was said, coded passages of it, and studies that join words with numbers (clause 2.4.2)."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sellwell.control.voice.models.questionnaires import Questionnaire
from sellwell.control.voice.rules.studies import Aspect
from sellwell.kernel.models import CompanyRow, Document, Owned
from sellwell.kernel.models.base import document_constraints, document_indexes
from sellwell.kernel.values import State, T


class GuideState(State):
    """Whether interviews are planned by it."""

    ACTIVE = "active", T("在用", "In use")
    RETIRED = "retired", T("停用", "Retired")


class Guide(CompanyRow):
    """The questions of an interview, in their order."""

    noun = T("访谈提纲", "Interview guide")
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default=GuideState.ACTIVE.value)
    questions = ArrayField(models.CharField(max_length=300), default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=GuideState.values()), name="guide_state_known"),
            models.UniqueConstraint(fields=["company_id", "name"], name="guide_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class InterviewState(State):
    """Planned, held and written down, or called off."""

    PLANNED = "planned", T("已计划", "Planned")
    HELD = "held", T("已完成", "Held")
    CANCELLED = "cancelled", T("已取消", "Cancelled")


class Interview(Document):
    """A talk with a customer by a guide, planned for a day and written down."""

    noun = T("客户访谈", "Customer interview")
    personal = ("with_whom", "cancelled_because")
    guide = models.ForeignKey(Guide, on_delete=models.PROTECT, related_name="interviews")
    questions = ArrayField(models.CharField(max_length=300), default=list)  # the guide's, as they were
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey("customers.Contact", on_delete=models.PROTECT, null=True, related_name="+")
    with_whom = models.CharField(max_length=80, default="", blank=True)
    planned_on = models.DateField()
    held_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(null=True)
    cancelled_because = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            *document_constraints("interview", InterviewState),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(held_on__isnull=False), name="interview_held_when"
            ),
        ]
        indexes = [
            *document_indexes("interview"),
            models.Index(fields=["company_id", "planned_on"], name="interview_planned"),
        ]

    def subject(self) -> UUID:
        """With whom it is: the contact, else the customer's party."""
        return self.contact_id or self.customer.party_id


class InterviewAnswer(CompanyRow):
    """What was said to one question of the guide."""

    noun = T("访谈记录", "Interview answer")
    scope_through = "interview"
    read_along = ("interview__customer",)
    personal = ("text",)
    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="answers")
    position = models.PositiveSmallIntegerField()
    text = models.TextField(default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interview", "position"], name="interviewanswer_once")]

    def subject(self) -> UUID:
        """With whom the interview was."""
        return self.interview.subject()

    def __str__(self) -> str:
        return f"{self.interview} {self.position}"


class Passage(Owned):
    """A passage somebody said, word for word, with the themes it speaks of."""

    noun = T("访谈摘录", "Passage")
    read_along = ("interview__customer",)
    personal = ("quote",)
    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="passages")
    position = models.PositiveSmallIntegerField()
    quote = models.TextField()
    themes = ArrayField(models.CharField(max_length=40), default=list)
    aspect = models.CharField(max_length=12)
    is_void = models.BooleanField(default=False)
    business_date = models.DateField()  # the day of the interview

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(aspect__in=Aspect.values()), name="passage_aspect_known")
        ]
        indexes = [models.Index(fields=["company_id", "-business_date", "-id"], name="passage_newest")]

    def subject(self) -> UUID:
        """With whom the interview was."""
        return self.interview.subject()

    def __str__(self) -> str:
        return self.quote[:40]


class StudyState(State):
    """Under way, then concluded as it stands."""

    OPEN = "open", T("进行中", "Under way")
    CONCLUDED = "concluded", T("已形成结论", "Concluded")


class Study(Document):
    """A question about the market, answered from surveys, interviews and sales figures together."""

    noun = T("专题研究", "Study")
    title = models.CharField(max_length=120)
    question = models.CharField(max_length=600)
    since = models.DateField()
    until = models.DateField()  # exclusive
    concluded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *document_constraints("study", StudyState),
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="study_dates"),
        ]
        indexes = list(document_indexes("study"))

    def __str__(self) -> str:
        return self.title


class StudyQuestionnaire(CompanyRow):
    """A study reads the answers to a questionnaire."""

    noun = T("研究所用问卷", "Questionnaire of a study")
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="sources")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "questionnaire"], name="studyquestionnaire_once")
        ]


class Finding(CompanyRow):
    """What a study says on preference, change of demand or market trend, with the numbers and the words it rests on."""

    noun = T("研究发现", "Finding")
    scope_through = "study"
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="findings")
    aspect = models.CharField(max_length=12)
    statement = models.CharField(max_length=600)
    numbers = models.JSONField(
        default=list
    )  # as they were: [{"what": {"zh", "en"}, "n": 61, "value": "42.0", "unit": ""}]
    passages = ArrayField(models.UUIDField(), default=list)  # quotations, of the study's own period
    is_void = models.BooleanField(default=False)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(aspect__in=Aspect.values()), name="finding_aspect_known")
        ]

    def __str__(self) -> str:
        return self.statement[:60]
