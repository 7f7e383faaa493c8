"""People as subjects of data, wordings, consents, requests, alarms, passes for exports, impact assessments."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sellwell.foundation.privacy.rules.words import (
    Age,
    AlarmKind,
    AlarmState,
    ConsentKind,
    ConsentState,
    Law,
    Purpose,
    RequestKind,
    RequestState,
    Source,
    Standing,
    TextState,
)
from sellwell.kernel.models import CompanyRow, Document
from sellwell.kernel.models.base import ABOUT_A_PERSON
from sellwell.kernel.values import T

USER = settings.AUTH_USER_MODEL
OF_CUSTOMER = {
    "own": "customer__owner_id",
    "team": "customer__department_path",
    "department": "customer__department_path",
    "region": "customer__region",
    "product_line": "customer__product_line",
}


class OfPerson(CompanyRow):
    """A row about one person: a customer that is a person, or somebody who speaks for one (then `contact` is set).

    `subject_id` is the person as other rooms name it: the contact, else the party.
    """

    scope_columns = OF_CUSTOMER
    read_along = ("customer",)

    subject_id = models.UUIDField()
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey("customers.Contact", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        abstract = True

    def subject(self) -> UUID:
        """The person."""
        return self.subject_id


class DataSubject(OfPerson):
    """What is known of somebody that decides which rules apply: country, age, source, notice, restriction."""

    noun = T("信息主体", "Person")
    country = models.CharField(max_length=2, default="CN")
    law = models.CharField(max_length=8, default=Law.PIPL.value)
    age = models.CharField(max_length=10, default=Age.ADULT.value)
    source = models.CharField(max_length=16, default=Source.REGISTRATION.value)
    informed_on = models.DateField(null=True)  # when the person was told what for (PIPL art. 17)
    state = models.CharField(max_length=12, default=Standing.NORMAL.value)
    restricted_until = models.DateField(null=True)
    restricted_ground = models.CharField(max_length=20, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "subject_id"], name="datasubject_once"),
            models.CheckConstraint(condition=Q(law__in=Law.values()), name="datasubject_law_known"),
            models.CheckConstraint(condition=Q(age__in=Age.values()), name="datasubject_age_known"),
            models.CheckConstraint(condition=Q(state__in=Standing.values()), name="datasubject_state_known"),
        ]
        indexes = [models.Index(fields=["customer"], name="datasubject_customer")]


class ConsentText(CompanyRow):
    """One version of what people are told and agree to, for a purpose, in two languages.

    `counts_from`: consents to wordings before this number no longer count; set when a change was one of substance.
    """

    noun = T("同意文本", "Consent wording")
    purpose = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, default=ConsentKind.GENERAL.value)
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    text_en = models.TextField(default="", blank=True)
    months = models.PositiveSmallIntegerField(default=24)  # how long a consent lasts; 0: until withdrawn
    state = models.CharField(max_length=10, default=TextState.DRAFT.value)
    counts_from = models.PositiveSmallIntegerField(default=1)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    published_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "purpose", "number"], name="consenttext_number"),
            models.UniqueConstraint(
                fields=["company_id", "purpose"], condition=Q(state="in_force"), name="consenttext_in_force"
            ),
            models.UniqueConstraint(
                fields=["company_id", "purpose"], condition=Q(state="draft"), name="consenttext_one_draft"
            ),
            models.CheckConstraint(condition=Q(state__in=TextState.values()), name="consenttext_state_known"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values()), name="consenttext_purpose"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="consenttext_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{Purpose(self.purpose).label} v{self.number}"


class Consent(OfPerson):
    """What somebody said about a purpose: a yes with wording, time, channel and proof, and perhaps a no later."""

    noun = T("同意", "Consent")
    personal = ("note",)
    purpose = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, default=ConsentKind.GENERAL.value)
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=10)
    way = models.CharField(max_length=10)
    guardian = models.BooleanField(default=False)
    said_at = models.DateTimeField()  # of the newest word: asked, granted or refused
    granted_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)  # the first day on which it no longer counts
    withdrawn_on = models.DateField(null=True)
    withdrawn_way = models.CharField(max_length=10, default="", blank=True)
    proof_file = models.ForeignKey("kernel.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    proof_reference = models.CharField(max_length=60, default="", blank=True)
    note = models.CharField(max_length=200, default="", blank=True)
    merged_from = models.UUIDField(null=True)  # the customer whose consent was stricter when two became one
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values()), name="consent_purpose_known"),
            models.CheckConstraint(condition=Q(state__in=ConsentState.values()), name="consent_state_known"),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(granted_on__isnull=False, text__isnull=False),
                name="consent_granted_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(withdrawn_on__isnull=False), name="consent_withdrawn_when"
            ),
        ]
        indexes = [
            models.Index(fields=["subject_id", "purpose", "-said_at", "-id"], name="consent_newest"),
            models.Index(fields=["customer", "-said_at", "-id"], name="consent_customer"),
            models.Index(fields=["company_id", "-said_at", "-id"], name="consent_list"),
            models.Index(fields=["expires_on"], name="consent_expiry", condition=Q(state="granted")),
        ]

    def __str__(self) -> str:
        return str(Purpose(self.purpose).label)


class Request(Document):
    """What somebody asks of us about their own data, with its clocks."""

    noun = T("个人信息请求", "Privacy request")
    personal = ("text", "answer")
    read_along = ("customer",)
    subject_id = models.UUIDField()
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey("customers.Contact", on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=12)
    law = models.CharField(max_length=8)
    way = models.CharField(max_length=10)
    received_on = models.DateField()
    text = models.TextField(default="", blank=True)
    acknowledge_by = models.DateTimeField()
    due_at = models.DateTimeField()
    stop_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_how = models.CharField(max_length=12, null=True)
    copied_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(default="", blank=True)
    ground = models.CharField(max_length=20, null=True)
    kept_until = models.DateField(null=True)  # of what the law asks to keep
    extended = models.BooleanField(default=False)
    escalated = models.PositiveSmallIntegerField(default=0)  # clocks that ran out: 1, 2, 3

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "number"], name="privacyrequest_number"),
            models.CheckConstraint(condition=Q(state__in=RequestState.values()), name="privacyrequest_state"),
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values()), name="privacyrequest_kind"),
        ]
        indexes = [
            models.Index(fields=["company_id", "-business_date", "-id"], name="privacyrequest_newest"),
            models.Index(fields=["customer"], name="privacyrequest_customer"),
            models.Index(fields=["company_id", "state", "due_at"], name="privacyrequest_due"),
        ]

    def subject(self) -> UUID:
        """Who asks."""
        return self.subject_id


class LookAlarm(CompanyRow):
    """One person's looks and exports of one day were unusual."""

    noun = T("异常查看", "Look alarm")
    scope_columns = ABOUT_A_PERSON
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    department_path = models.CharField(max_length=200, default="", blank=True)
    day = models.DateField()
    kind = models.CharField(max_length=10)
    count = models.PositiveIntegerField()
    limit = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default=AlarmState.OPEN.value)
    raised_at = models.DateTimeField()
    finding = models.CharField(max_length=12, null=True)
    words = models.CharField(max_length=200, default="", blank=True)
    settled_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "user", "day", "kind"], name="lookalarm_once"),
            models.CheckConstraint(condition=Q(state__in=AlarmState.values()), name="lookalarm_state_known"),
            models.CheckConstraint(condition=Q(kind__in=AlarmKind.values()), name="lookalarm_kind_known"),
        ]
        indexes = [models.Index(fields=["company_id", "-day", "-id"], name="lookalarm_newest")]


class ExportPass(CompanyRow):
    """Leave for one person to take out so many rows of one list until a moment; large ones were approved."""

    noun = T("导出许可", "Export pass")
    scope_columns = {"own": "user_id"}
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    view = models.CharField(max_length=60)
    rows = models.PositiveIntegerField()
    purpose = models.CharField(max_length=20)
    reason = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "view", "-made_at"], name="exportpass_user")]


class ImpactAssessment(CompanyRow):
    """What a use may do to people, and what is done against it; kept for three years (PIPL art. 56)."""

    noun = T("影响评估", "Impact assessment")
    title = models.CharField(max_length=120)
    purposes = ArrayField(models.CharField(max_length=20))
    lawful = models.TextField()
    risks = models.TextField()
    measures = models.TextField()
    verdict = models.CharField(max_length=16)
    assessed_on = models.DateField()
    review_on = models.DateField()
    keep_until = models.DateField()
    assessed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["company_id", "-assessed_on", "-id"], name="impactassessment_newest")]

    def __str__(self) -> str:
        return self.title
