"""How an invitation is made: the one place that fills in number, place, secret, days and deadlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sellwell.control.voice import tokens
from sellwell.control.voice.models import Invitation, InvitationState, Programme, Questionnaire, Way
from sellwell.control.voice.people import Respondent
from sellwell.control.voice.rules.sampling import Left
from sellwell.kernel import drafting, numbering
from sellwell.kernel.effects import Effects, NewDeadline
from sellwell.kernel.ids import new_id
from sellwell.kernel.operations import Context

SEND, REMIND, EXPIRE = "voice.send", "voice.remind", "voice.expire"


@dataclass(frozen=True, slots=True)
class Terms:
    """What all invitations of one act share."""

    questionnaire: Questionnaire
    way: str
    valid_days: int
    remind_days: int
    language: str = "zh"
    programme: Programme | None = None
    round_id: UUID | None = None


def terms_of(programme: Programme, questionnaire: Questionnaire, round_id: UUID | None = None) -> Terms:
    """The terms of a programme."""
    return Terms(
        questionnaire,
        programme.way,
        programme.valid_days,
        programme.remind_days,
        programme=programme,
        round_id=round_id,
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """One to be made: for whom, or why not; when it goes out; what it is about."""

    who: Respondent
    left: Left | None
    send_at: datetime
    about: dict[str, Any]


def invite(effects: Effects, ctx: Context, terms: Terms, wanted: Sequence[Wanted]) -> list[Invitation]:
    """Write the invitations, those that are left out with their reason; each that goes out has its deadline."""
    numbers = numbering.draw(ctx.company_id, "SV", ctx.today.year, len(wanted)) if wanted else []
    made = [_one(ctx, terms, one, number) for one, number in zip(wanted, numbers, strict=True)]
    effects.insert(*made)
    effects.deadlines += [
        NewDeadline(SEND, row.pk, row.send_at)
        for row in made
        if row.state == InvitationState.PLANNED.value and row.send_at is not None
    ]
    for row in made:
        if row.state == InvitationState.SENT.value:
            effects.deadlines += followed(row)
    return made


def _one(ctx: Context, terms: Terms, wanted: Wanted, number: str) -> Invitation:
    """A link that is handed over is out at once; what goes by mail or SMS waits for its moment."""
    customer = wanted.who.customer
    row_id = new_id()
    state, times = InvitationState.PLANNED, {"send_at": wanted.send_at}
    if wanted.left is not None:
        state, times = InvitationState.LEFT_OUT, {}
    elif terms.way == Way.LINK:
        expires = ctx.now + timedelta(days=terms.valid_days)
        state, times = InvitationState.SENT, {"sent_at": ctx.now, "expires_at": expires}
    return drafting.document(
        Invitation, ctx, "SV", state, after=customer, id=row_id, number=number, questionnaire=terms.questionnaire,
        programme=terms.programme, round_id=terms.round_id, customer=customer, contact_id=wanted.who.contact_id,
        grade=customer.grade, way=str(terms.way), language=terms.language, valid_days=terms.valid_days,
        remind_days=terms.remind_days, token_hash=tokens.hash_of(tokens.secret(tokens.INVITATION, row_id)),
        left=wanted.left.value if wanted.left else "", **times, **wanted.about,
    )  # fmt: skip


def followed(row: Invitation) -> list[NewDeadline]:
    """What happens by itself to an invitation that is out: one reminder, and its end."""
    found = [NewDeadline(EXPIRE, row.pk, row.expires_at)] if row.expires_at is not None else []
    if row.remind_days and row.way != Way.LINK.value and row.sent_at is not None:
        found.append(NewDeadline(REMIND, row.pk, row.sent_at + timedelta(days=row.remind_days)))
    return found
