"""Questionnaires in versions, and links that anybody may answer by."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sellwell.control.voice.rules import questions
from sellwell.control.voice.rules.questions import Block
from sellwell.kernel.models import Document, Owned
from sellwell.kernel.models.base import document_constraints, document_indexes
from sellwell.kernel.values import State, T


class QuestionnaireState(State):
    """A version is written, then asked as it stands, then asked no more."""

    DRAFT = "draft", T("草稿", "Draft")
    PUBLISHED = "published", T("已发布", "Published")
    RETIRED = "retired", T("已停用", "Retired")


class Questionnaire(Document):
    """One version of a questionnaire. Versions share the `family`: the identifier of the first."""

    noun = T("问卷", "Questionnaire")
    family = models.UUIDField(db_index=True)
    revision = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, default="", blank=True)
    intro = models.CharField(max_length=600, default="", blank=True)
    intro_en = models.CharField(max_length=600, default="", blank=True)
    thanks = models.CharField(max_length=600, default="", blank=True)
    thanks_en = models.CharField(max_length=600, default="", blank=True)
    blocks = models.JSONField(default=list)  # `rules.questions.stored`
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *document_constraints("questionnaire", QuestionnaireState),
            models.UniqueConstraint(fields=["family", "revision"], name="questionnaire_revision_unique"),
            models.UniqueConstraint(
                fields=["family"], condition=Q(state="published"), name="questionnaire_published_once"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False),
                name="questionnaire_published_when",
            ),
        ]
        indexes = list(document_indexes("questionnaire"))

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """A draft; what is published or retired runs by itself."""
        return Q(state=QuestionnaireState.DRAFT.value)

    def __str__(self) -> str:
        return self.title

    @property
    def asked(self) -> tuple[Block, ...]:
        """Its questions, in order."""
        return questions.read(self.blocks)

    def words(self, name: str) -> T:
        """A text in both languages: `title`, `intro` or `thanks`."""
        zh = getattr(self, name)
        return T(zh, getattr(self, f"{name}_en") or zh)


class OpenLinkState(State):
    """Whether anybody may still answer by it."""

    OPEN = "open", T("开放", "Open")
    CLOSED = "closed", T("已关闭", "Closed")


class OpenLink(Owned):
    """One link or QR code for everybody, without names: on a counter, a package, a fair. One answer per device, as far as a
    device can be known."""

    noun = T("公开链接", "Common link")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="links")
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default=OpenLinkState.OPEN.value)
    token_hash = models.CharField(max_length=64, unique=True)
    until = models.DateField(null=True)  # the first day on which it no longer works
    business_date = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=OpenLinkState.values()), name="openlink_state_known")
        ]
        indexes = [models.Index(fields=["company_id", "-business_date", "-id"], name="openlink_newest")]

    def __str__(self) -> str:
        return self.name
