"""What voice reads: the way in of a respondent, answers so far, loads, and figures by set-based SQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from sellwell.control.voice.models import (
    Answer,
    FollowUp,
    FollowUpState,
    Interview,
    InterviewState,
    Invitation,
    OpenLink,
    Programme,
    ProgrammeState,
    Recipient,
    RecipientState,
    Round,
    RoundState,
)
from sellwell.control.voice.rules.causes import Cause
from sellwell.control.voice.rules.questions import Given
from sellwell.control.voice.rules.sampling import Left
from sellwell.kernel import clock
from sellwell.kernel.values import Period


def source(invitation_id: UUID | None, link_id: UUID | None) -> Invitation | OpenLink:
    """The invitation or common link that somebody answers by."""
    if invitation_id is not None:
        return Invitation.objects.select_related("customer", "questionnaire").get(pk=invitation_id)
    if link_id is None:
        raise ValueError("neither invitation nor link")
    return OpenLink.objects.select_related("questionnaire").get(pk=link_id)


def by_token(token_hash: str) -> Invitation | OpenLink | None:
    """Whose link this is."""
    rows = Invitation.objects.select_related("customer__party", "questionnaire")
    found = rows.filter(token_hash=token_hash).first()
    if found is not None:
        return found
    return OpenLink.objects.select_related("questionnaire").filter(token_hash=token_hash).first()


def answers(response_id: UUID) -> dict[str, Given]:
    """The answers of a response that count, by question. One query."""
    found: dict[str, Given] = {}
    for one in Answer.objects.filter(response_id=response_id, is_void=False).order_by("key", "line"):
        if one.line:
            before = found.get(one.key, Given()).rows
            found[one.key] = Given(rows=(*before, (one.line, one.number or 0)))
        else:
            found[one.key] = Given(one.number, tuple(one.choices), (), one.text)
    return found


def left_out(row: Programme | Round) -> dict[str, int]:
    """How many of a programme's or round's invitations were left out for a reason of consent, by reason. One query."""
    of = {"round": row} if isinstance(row, Round) else {"programme": row}
    rows = Invitation.objects.filter(**of, left__in=[Left.NO_CONSENT.value, Left.OPTED_OUT.value])
    return dict(rows.order_by().values_list("left").annotate(n=Count("pk")))


def written_to(company_id: UUID, period: Period) -> QuerySet[Recipient]:
    """Recipients to whom a campaign's message went out in a period, delivered to them or not yet refused."""
    rows = Recipient.objects.filter(company_id=company_id, sent_at__gte=clock.day_begins(period.since))
    if period.until is not None:
        rows = rows.filter(sent_at__lt=clock.day_begins(period.until))
    return (
        rows.exclude(state=RecipientState.FAILED.value)
        .select_related("campaign", "customer__party")
        .order_by("id")
    )


def recipient_by_token(token_hash: str) -> Recipient | None:
    """Whose way out of campaigns this is."""
    rows = Recipient.objects.select_related("campaign", "customer__party", "contact")
    return rows.filter(token_hash=token_hash).first()


def open_follow_ups(people: Iterable[UUID]) -> dict[UUID, int]:
    """How many open follow-ups each person has."""
    rows = FollowUp.objects.filter(owner_id__in=list(people)).exclude(state=FollowUpState.RESOLVED.value)
    return dict(rows.values_list("owner_id").annotate(Count("pk")))


# --- figures of the view for ISO 9001, 9.1.2 --------------------------------------------------------------------------------


def _between(column: str, since: date, until: date) -> Q:
    return Q(**{f"{column}__gte": clock.day_begins(since), f"{column}__lt": clock.day_begins(until)})


def follow_up_figures(company_id: UUID, since: date, until: date, now: datetime) -> dict[str, int]:
    """Follow-ups opened in some days: how many, contacted in time, settled, late and still open. One query."""
    rows = FollowUp.objects.filter(_between("created_at", since, until), company_id=company_id)
    return rows.aggregate(
        opened=Count("pk"),
        in_time=Count("pk", filter=Q(contacted_at__lte=F("due_at"))),
        settled=Count("pk", filter=Q(state=FollowUpState.RESOLVED.value)),
        late=Count(
            "pk", filter=Q(contacted_at__isnull=True, due_at__lt=now) | Q(contacted_at__gt=F("due_at"))
        ),
        waiting=Count("pk", filter=~Q(state=FollowUpState.RESOLVED.value)),
    )


def causes(company_id: UUID, since: date, until: date) -> list[tuple[Cause, int]]:
    """What low scores of some days were about, the most frequent first."""
    rows = FollowUp.objects.filter(_between("created_at", since, until), company_id=company_id).exclude(
        cause=""
    )
    counted = rows.order_by().values_list("cause").annotate(n=Count("pk")).order_by("-n", "cause")
    return [(Cause(cause), n) for cause, n in counted]


def interview_figures(company_id: UUID, since: date, until: date, today: date) -> dict[str, int]:
    """Interviews planned for some days: how many, held, held as planned, overdue, cancelled."""
    rows = Interview.objects.filter(company_id=company_id, planned_on__gte=since, planned_on__lt=until)
    return rows.aggregate(
        planned=Count("pk"),
        held=Count("pk", filter=Q(held_on__isnull=False)),
        as_planned=Count("pk", filter=Q(held_on__lte=F("planned_on"))),
        overdue=Count("pk", filter=Q(state=InterviewState.PLANNED.value, planned_on__lt=today)),
        cancelled=Count("pk", filter=Q(state=InterviewState.CANCELLED.value)),
    )


def round_figures(company_id: UUID, since: date, until: date, today: date) -> dict[str, int]:
    """Rounds planned for some days: how many, held as planned, not held in time, left out."""
    rows = Round.objects.filter(company_id=company_id, planned_on__gte=since, planned_on__lt=until)
    return rows.aggregate(
        planned=Count("pk"),
        as_planned=Count("pk", filter=Q(held_on__lte=F("latest_on"))),
        missed=Count(
            "pk",
            filter=Q(held_on__gt=F("latest_on")) | Q(state=RoundState.PLANNED.value, latest_on__lt=today),
        ),
        left_out=Count("pk", filter=Q(state=RoundState.LEFT_OUT.value)),
    )


def left_out_figures(company_id: UUID, since: date, until: date) -> list[tuple[Left, int]]:
    """Why people of some days were not asked: the sample is drawn by lot, and each that was left out has its reason."""
    rows = Invitation.objects.filter(
        company_id=company_id, business_date__gte=since, business_date__lt=until
    ).exclude(left="")
    counted = rows.order_by().values_list("left").annotate(n=Count("pk")).order_by("-n", "left")
    return [(Left(left), n) for left, n in counted]


def running(company_id: UUID) -> list[Programme]:
    """The programmes that ask now."""
    return list(
        Programme.objects.filter(company_id=company_id, state=ProgrammeState.ACTIVE.value).order_by("number")
    )
