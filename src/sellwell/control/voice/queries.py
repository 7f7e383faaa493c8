"""What voice reads: the way in of a respondent, answers so far, loads, and figures by set-based SQL."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count

from sellwell.control.voice.models import Answer, FollowUp, FollowUpState, Invitation, OpenLink
from sellwell.control.voice.rules.questions import Given


def source(invitation_id: UUID | None, link_id: UUID | None) -> Invitation | OpenLink:
    """The invitation or common link that somebody answers by."""
    if invitation_id is not None:
        return Invitation.objects.select_related("customer", "questionnaire").get(pk=invitation_id)
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


def open_follow_ups(people: Iterable[UUID]) -> dict[UUID, int]:
    """How many open follow-ups each person has."""
    rows = FollowUp.objects.filter(owner_id__in=list(people)).exclude(state=FollowUpState.RESOLVED.value)
    return dict(rows.values_list("owner_id").annotate(Count("pk")))
