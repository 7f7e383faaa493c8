"""Meetings that repeat: series, meetings with agenda, who came, what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sellwell.kernel.models import CompanyRow, Document, Owned
from sellwell.kernel.models.base import document_constraints, document_indexes
from sellwell.kernel.values import State, T

if TYPE_CHECKING:
    from sellwell.kernel.access import Post

USER = settings.AUTH_USER_MODEL


class Rhythm(State):
    """How often a meeting comes."""

    WEEKLY = "weekly", T("每周", "Every week")
    MONTHLY = "monthly", T("每月", "Every month")


class SeriesState(State):
    """Whether further meetings are planned."""

    ACTIVE = "active", T("进行中", "Under way")
    ENDED = "ended", T("已结束", "Ended")


class Series(Owned):
    """A meeting that repeats; the owner chairs it."""

    noun = T("例会", "Meeting series")
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default="active")
    rhythm = models.CharField(max_length=8)
    day = models.PositiveSmallIntegerField()  # 1 to 7 from Monday, or the day of the month up to 28
    starts_at = models.CharField(max_length=5)  # "09:30", in the company's zone
    duration = models.PositiveSmallIntegerField(default=60)  # minutes
    department = models.ForeignKey("company.Department", on_delete=models.PROTECT, related_name="+")
    roles = ArrayField(
        models.CharField(max_length=40), default=list, blank=True
    )  # empty: everybody of the department
    taker = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    clauses = ArrayField(
        models.CharField(max_length=10), default=list, blank=True
    )  # whose breaches are looked at
    since = models.DateField()
    planned_until = models.DateField(null=True)  # the last day for which a meeting was planned

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company_id", "name"], condition=Q(state="active"), name="intel_series_name_unique"
            ),
            models.CheckConstraint(condition=Q(state__in=SeriesState.values()), name="intel_series_state_known"),
            models.CheckConstraint(condition=Q(rhythm__in=Rhythm.values()), name="intel_series_rhythm_known"),
            models.CheckConstraint(
                condition=Q(rhythm="weekly", day__gte=1, day__lte=7) | Q(rhythm="monthly", day__gte=1, day__lte=28),
                name="intel_series_day",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class MeetingState(State):
    """A meeting is planned, on, over with minutes, and its minutes are sent."""

    PLANNED = "planned", T("已计划", "Planned")
    RUNNING = "running", T("进行中", "Under way")
    HELD = "held", T("已召开", "Held")
    SENT = "sent", T("纪要已发", "Minutes sent")
    CANCELLED = "cancelled", T("已取消", "Cancelled")


class Meeting(Document):
    """One meeting; the owner chairs it. What is said may name people: it is its own subject."""

    noun = T("会议", "Meeting")
    personal = ("title", "minutes", "cancel_reason")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="meetings")
    title = models.CharField(max_length=120)
    planned_at = models.DateTimeField()
    occurrence_on = models.DateField(null=True)  # the day that the series means, before moves for holidays
    duration = models.PositiveSmallIntegerField(default=60)
    taker = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    minutes = models.TextField(default="", blank=True)
    cancel_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            *document_constraints("intel_meeting", MeetingState),
            models.UniqueConstraint(
                fields=["series", "occurrence_on"], condition=Q(series__isnull=False), name="meeting_once"
            ),
        ]
        indexes = [
            *document_indexes("intel_meeting"),
            models.Index(fields=["company_id", "-planned_at", "-id"], name="meeting_planned"),
        ]

    def subject(self) -> UUID:
        """The meeting itself."""
        return self.pk  # type: ignore[no-any-return]

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """Until its minutes are sent."""
        waiting = [MeetingState.PLANNED, MeetingState.RUNNING, MeetingState.HELD]
        return Q(state__in=[s.value for s in waiting])

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        """One's own are those one chairs, writes the minutes of, or is invited to."""
        if scope != "own":
            return super().scope_q(scope, user_id, post)
        invited = Attendee.objects.filter(user_id=user_id).values("meeting_id")
        mine = Q(owner_id=user_id) | Q(taker_id=user_id) | Q(pk__in=invited)
        return Q(company_id=post.company_id) & mine

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        if scope != "own":
            return super().in_scope(scope, user_id, post)
        if self.company_id != post.company_id:
            return False
        if user_id in (self.owner_id, self.taker_id):
            return True
        return Attendee.objects.filter(meeting_id=self.pk, user_id=user_id).exists()


class Presence(State):
    """Whether somebody came."""

    INVITED = "invited", T("已邀请", "Invited")
    PRESENT = "present", T("到会", "Present")
    EXCUSED = "excused", T("请假", "Excused")
    ABSENT = "absent", T("缺席", "Absent")


class Attendee(CompanyRow):
    """Somebody invited to a meeting: whether they came, and when they read the minutes."""

    noun = T("参会", "Attendance")
    scope_columns = {"own": "user_id", "department": "meeting__department_path"}
    read_along = ("meeting",)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendees")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    presence = models.CharField(max_length=8, default="invited")
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="attendee_once"),
            models.CheckConstraint(condition=Q(presence__in=Presence.values()), name="attendee_known"),
        ]
        indexes = [models.Index(fields=["user"], name="attendee_user")]

    @property
    def number(self) -> str:
        """What a task about it is called: the meeting."""
        return str(self.meeting.number)


class AgendaLine(CompanyRow):
    """A point of the agenda: found in live exceptions by `source`, or raised by somebody.

    `entries` holds the records concerned as type, identifier and reason; each reader sees those that they may see.
    """

    noun = T("议题", "Agenda point")
    personal = ("title_zh", "title_en", "note")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=60, default="", blank=True)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    count = models.PositiveIntegerField(default=0)
    entries = models.JSONField(default=list)
    note = models.TextField(default="", blank=True)
    raised_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "position"], name="agendaline_position")]

    def subject(self) -> UUID:
        """The meeting."""
        return self.meeting_id  # type: ignore[no-any-return]


class Decision(CompanyRow):
    """What a meeting decided."""

    noun = T("会议决定", "Decision")
    personal = ("text",)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="intel_decision_position")
        ]

    def subject(self) -> UUID:
        """The meeting."""
        return self.meeting_id  # type: ignore[no-any-return]
