"""Programmes and their rounds, invitations, what came back, and what follows from low scores."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sellwell.control.voice.models.questionnaires import OpenLink, Questionnaire
from sellwell.control.voice.rules.sampling import Left
from sellwell.kernel.models import CompanyRow, Document, Owned
from sellwell.kernel.models.base import document_constraints, document_indexes
from sellwell.kernel.values import State, T

CUSTOMER, CONTACT = "customers.Customer", "customers.Contact"


class ProgrammeState(State):
    """Whether it asks anybody."""

    ACTIVE = "active", T("运行中", "Running")
    PAUSED = "paused", T("已暂停", "Paused")
    ENDED = "ended", T("已结束", "Ended")


class Trigger(State):
    """What sets it off."""

    DELIVERY = "delivery", T("交付验收后", "After an accepted delivery")
    COMPLAINT = "complaint", T("投诉结案后", "After a closed complaint")
    CALENDAR = "calendar", T("按日历", "By the calendar")


class Way(State):
    """How the link reaches somebody."""

    MAIL = "mail", T("邮件", "Mail")
    SMS = "sms", T("短信", "SMS")
    LINK = "link", T("链接或二维码，自行转交", "Link or QR code, handed over")


class Programme(Document):
    """Surveys that go out by themselves: after events within 48 hours, or by the calendar (clause 4.2.4)."""

    noun = T("调查计划", "Survey programme")
    title = models.CharField(max_length=120)
    family = models.UUIDField()  # of the questionnaire: always its published version is asked
    trigger = models.CharField(max_length=12)
    way = models.CharField(max_length=6, default=Way.MAIL.value)
    delay_hours = models.PositiveSmallIntegerField(default=24)
    months = models.PositiveSmallIntegerField(default=12)  # between rounds
    share = models.DecimalField(
        max_digits=9, decimal_places=6, default=1
    )  # of those concerned, who are asked
    grades = ArrayField(models.CharField(max_length=2), default=list, blank=True)  # empty: all
    regions = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    valid_days = models.PositiveSmallIntegerField(default=14)
    remind_days = models.PositiveSmallIntegerField(default=5)  # 0: no reminder
    held_within = models.PositiveSmallIntegerField(
        default=7
    )  # days after its planned day a round still counts as held
    seed = models.CharField(max_length=40)

    class Meta:
        constraints = [
            *document_constraints("programme", ProgrammeState),
            models.CheckConstraint(condition=Q(trigger__in=Trigger.values()), name="programme_trigger_known"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="programme_share"),
            models.CheckConstraint(condition=Q(delay_hours__lte=48), name="programme_within_48_hours"),
        ]
        indexes = list(document_indexes("programme"))

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """It runs by itself."""
        return Q(pk__in=[])

    def __str__(self) -> str:
        return self.title


class RoundState(State):
    """A round is planned for a day, then held; or left out with a reason."""

    PLANNED = "planned", T("已计划", "Planned")
    HELD = "held", T("已开展", "Held")
    LEFT_OUT = "left_out", T("已取消", "Left out")


class Round(CompanyRow):
    """One run of a programme by the calendar: planned for a day, held by drawing whom to ask."""

    noun = T("调查轮次", "Survey round")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="rounds")
    state = models.CharField(max_length=10, default=RoundState.PLANNED.value)
    planned_on = models.DateField()
    held_on = models.DateField(null=True)
    latest_on = models.DateField()  # the last day on which it counts as held as planned
    seed = models.CharField(max_length=60, default="", blank=True)
    population = models.PositiveIntegerField(default=0)
    drawn = models.PositiveIntegerField(default=0)
    invited = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "planned_on"], name="round_once_a_day"),
            models.CheckConstraint(condition=Q(state__in=RoundState.values()), name="round_state_known"),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(held_on__isnull=False), name="round_held_when"
            ),
        ]
        indexes = [models.Index(fields=["company_id", "-planned_on", "-id"], name="round_newest")]

    def __str__(self) -> str:
        return f"{self.programme} {self.planned_on:%Y-%m-%d}"


class InvitationState(State):
    """From plan to answer, or to why there was none."""

    PLANNED = "planned", T("待发送", "To be sent")
    SENT = "sent", T("已发送", "Sent")
    STARTED = "started", T("作答中", "Begun")
    ANSWERED = "answered", T("已作答", "Answered")
    EXPIRED = "expired", T("已过期", "Expired")
    LEFT_OUT = "left_out", T("未邀请", "Not asked")
    FAILED = "failed", T("未送达", "Not delivered")
    OPTED_OUT = "opted_out", T("已拒收", "Opted out")


class Invitation(Document):
    """One person asked once. The link's secret is a signature over the identifier; here stands only its hash."""

    noun = T("调查邀请", "Survey invitation")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="invitations")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, null=True, related_name="invitations")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, null=True, related_name="invitations")
    customer = models.ForeignKey(CUSTOMER, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(CONTACT, on_delete=models.PROTECT, null=True, related_name="+")
    grade = models.CharField(max_length=2, default="", blank=True)  # the customer's, as it was
    way = models.CharField(max_length=6)
    language = models.CharField(max_length=2, default="zh")
    source_type = models.CharField(
        max_length=60, default="", blank=True
    )  # what it is about: a shipment, a complaint
    source_id = models.UUIDField(null=True)
    product_id = models.UUIDField(null=True)
    happened_at = models.DateTimeField(null=True)
    token_hash = models.CharField(max_length=64, unique=True)
    left = models.CharField(max_length=16, default="", blank=True)  # `rules.sampling.Left`
    send_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    valid_days = models.PositiveSmallIntegerField(default=14)
    remind_days = models.PositiveSmallIntegerField(default=5)  # 0: no reminder
    problem = models.CharField(
        max_length=60, default="", blank=True
    )  # a system's code for why it could not deliver

    class Meta:
        constraints = [
            *document_constraints("invitation", InvitationState),
            models.CheckConstraint(condition=Q(left__in=["", *Left.values()]), name="invitation_left_known"),
            models.CheckConstraint(condition=Q(way__in=Way.values()), name="invitation_way_known"),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "left_out", "opted_out"]) | Q(sent_at__isnull=False),
                name="invitation_sent_when",
            ),
            # An event asks once, however often it is told.
            models.UniqueConstraint(
                fields=["programme", "source_id"],
                condition=Q(source_id__isnull=False),
                name="invitation_event_once",
            ),
            models.UniqueConstraint(
                fields=["round", "customer"], condition=Q(round__isnull=False), name="invitation_round_once"
            ),
        ]
        indexes = [
            *document_indexes("invitation"),
            models.Index(fields=["customer", "-sent_at"], name="invitation_customer"),
            models.Index(fields=["contact", "-sent_at"], name="invitation_contact"),
            models.Index(fields=["company_id", "sent_at"], name="invitation_sent"),
        ]

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """It waits for the customer; what is due is sent, reminded and expired by itself."""
        return Q(pk__in=[])


class ResponseState(State):
    """Begun, then sent in."""

    STARTED = "started", T("作答中", "Begun")
    SUBMITTED = "submitted", T("已提交", "Sent in")


class Response(Owned):
    """What one person answered, with the customer's place as it was. The scores of the whole stand beside the answers."""

    noun = T("答卷", "Response")
    read_along = ("customer", "questionnaire", "invitation", "link")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="responses")
    invitation = models.OneToOneField(
        Invitation, on_delete=models.PROTECT, null=True, related_name="response"
    )
    link = models.ForeignKey(OpenLink, on_delete=models.PROTECT, null=True, related_name="responses")
    device = models.CharField(max_length=64, default="", blank=True)  # a hash of the device's own mark
    customer = models.ForeignKey(CUSTOMER, on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey(CONTACT, on_delete=models.PROTECT, null=True, related_name="+")
    grade = models.CharField(max_length=2, default="", blank=True)
    state = models.CharField(max_length=10, default=ResponseState.STARTED.value)
    language = models.CharField(max_length=2, default="zh")
    business_date = models.DateField()  # begun; once sent in: the day of that
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    passed = ArrayField(
        models.CharField(max_length=8), default=list, blank=True
    )  # questions passed over without an answer
    nps = models.SmallIntegerField(null=True)
    csat = models.SmallIntegerField(null=True)
    ces = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ResponseState.values()), name="response_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="started") | Q(submitted_at__isnull=False), name="response_submitted_when"
            ),
            models.CheckConstraint(
                condition=Q(invitation__isnull=False) ^ Q(link__isnull=False), name="response_by_one_way"
            ),
            models.UniqueConstraint(
                fields=["link", "device"], condition=Q(link__isnull=False), name="response_device_once"
            ),
        ]
        indexes = [
            models.Index(fields=["company_id", "-business_date", "-id"], name="response_newest"),
            models.Index(fields=["questionnaire", "-business_date", "-id"], name="response_form"),
            models.Index(fields=["customer", "-business_date"], name="response_customer"),
            models.Index(fields=["owner", "-business_date", "-id"], name="response_owner"),
            models.Index(fields=["department_path", "-business_date", "-id"], name="response_dept"),
        ]

    def subject(self) -> UUID:
        """Whoever answered: the contact, else the customer's party; without a name the response alone."""
        return self.contact_id or (self.customer.party_id if self.customer_id else self.pk)

    def __str__(self) -> str:
        return f"{self.questionnaire} {self.business_date:%Y-%m-%d}"


class Answer(CompanyRow):
    """The answer to one question; a matrix has one for each of its lines."""

    noun = T("作答明细", "Answer")
    scope_through = "response"
    read_along = ("response__customer",)
    personal = ("text",)
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="answers")
    key = models.CharField(max_length=8)
    line = models.CharField(max_length=4, default="", blank=True)  # the line of a matrix
    number = models.SmallIntegerField(null=True)
    choices = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    text = models.TextField(default="", blank=True)
    is_void = models.BooleanField(default=False)  # taken back, or no longer asked

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "key", "line"], name="answer_once")]
        indexes = [models.Index(fields=["company_id", "key"], name="answer_key")]

    def subject(self) -> UUID:
        """Whoever answered."""
        return self.response.subject()

    def __str__(self) -> str:
        return f"{self.response} {self.key}"


class FollowUpState(State):
    """A low score is spoken about, then settled."""

    OPEN = "open", T("待联系", "To contact")
    CONTACTED = "contacted", T("已联系", "Contacted")
    RESOLVED = "resolved", T("已解决", "Resolved")


class FollowUp(Document):
    """What follows from a low score: one accountable person, a day, what was said and what was done (clause 4.2.4)."""

    noun = T("低分回访", "Follow-up of a low score")
    read_along = ("response__customer",)
    personal = ("said", "done")
    response = models.OneToOneField(Response, on_delete=models.PROTECT, related_name="follow_up")
    customer = models.ForeignKey(CUSTOMER, on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey(CONTACT, on_delete=models.PROTECT, null=True, related_name="+")
    metric = models.CharField(max_length=6)
    score = models.SmallIntegerField()
    due_at = models.DateTimeField()  # by when somebody must have spoken with them
    resolve_by = models.DateField()
    contacted_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=12, default="", blank=True)
    said = models.TextField(default="", blank=True)
    done = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            *document_constraints("followup", FollowUpState),
            models.CheckConstraint(
                condition=Q(state="open") | Q(contacted_at__isnull=False), name="followup_contacted_when"
            ),
            models.CheckConstraint(
                condition=~Q(state="resolved") | Q(resolved_at__isnull=False), name="followup_resolved_when"
            ),
        ]
        indexes = [
            *document_indexes("followup"),
            models.Index(
                fields=["company_id", "due_at"], name="followup_due", condition=~Q(state="resolved")
            ),
        ]

    def subject(self) -> UUID:
        """Whoever answered."""
        return self.response.subject()
