"""Two customers become one, or two again: of two consents the stricter wins and goes along (B6).

The rows of privacy move with their customer. People who speak for one stay themselves, and so do their consents. The two
parties become one person: where all that became one allow less than the survivor alone, a row of the survivor says so. It
is written anew after each merge, each parting and each straggler, from what people said themselves: so it neither outlives
the merge that it comes of, nor goes with another. Called after the rows have moved, in the same transaction
(`reactions.py`). What is noted of the people (law, age, restriction) is read together by `queries.may_use`.
"""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from typing import Any
from uuid import UUID

from sellwell.foundation.customers import queries as customers
from sellwell.foundation.customers.merging import Joined
from sellwell.foundation.privacy import queries
from sellwell.foundation.privacy.models import Consent
from sellwell.foundation.privacy.rules import Said, strictest
from sellwell.foundation.privacy.rules.words import ConsentKind, ConsentState, Purpose, Way
from sellwell.kernel import clock
from sellwell.kernel.effects import Effects
from sellwell.kernel.operations import Context

SILENT = ConsentState.RENEWED.value


def settle(effects: Effects, ctx: Context, joined: Joined) -> None:
    """What only merges wrote says nothing any more; for each purpose where the survivor's own person and all that are one
    with it now allow less together, a new row says so. What the survivor's person said after a merge counts against it."""
    survivor = joined.survivor_party_id
    _silence(effects, survivor)
    others = customers.joined_to(joined.survivor_id)
    for purpose in Purpose if others else ():
        parties = [survivor, *(party for _, party, _ in others)]
        words = queries.newest_words(ctx.company_id, parties, purpose, ctx.today)
        own = words.get(survivor)
        mine = queries.said_by(own) if own is not None else None
        since = [
            (loser, queries.said_by(words[party]), at)
            for loser, party, at in others
            if party in words and (own is None or not _is_later(own, at))
        ]
        together = reduce(strictest, [said for _, said, _ in since], mine)
        if together is not None and together != mine:
            loser, _, at = since[-1]
            effects.insert(_row(ctx, joined, parties, purpose, together, loser, at))


def _silence(effects: Effects, survivor: UUID) -> None:
    """Rows that merges wrote, but for those that the person withdrew since: that no is its own."""
    written = Consent.objects.filter(subject_id=survivor, merged_from__isnull=False, withdrawn_way="")
    for row in written.exclude(state=SILENT):
        effects.update(row, state=SILENT)


def _is_later(own: Any, merged_at: datetime) -> bool:
    """Whether the person itself spoke after a merge: by the day of its word, and on one day by when it was entered."""
    return bool((own.word, own.said_at) > (clock.business_day(merged_at), merged_at))


def _row(
    ctx: Context, joined: Joined, parties: list[UUID], purpose: Purpose, said: Said, loser: UUID, at: datetime
) -> Consent:
    """What the strictest of all is. Its proof stands with the rows that it comes of."""
    of = Consent.objects.filter(subject_id__in=parties, purpose=purpose.value)
    shown = of.filter(text__number=said.text).order_by("-said_at", "-id").first()
    is_granted = said.granted_on is not None and said.withdrawn_on is None and shown is not None
    return Consent(
        company_id=ctx.company_id, subject_id=joined.survivor_party_id, customer_id=joined.survivor_id, purpose=purpose.value,
        kind=ConsentKind(said.kind).value, text=shown.text if shown is not None else None,
        state=(ConsentState.GRANTED if is_granted else ConsentState.WITHDRAWN).value,
        way=shown.way if shown is not None else Way.PAPER.value, guardian=said.guardian, said_at=at,
        granted_on=said.granted_on, expires_on=said.expires_on,
        withdrawn_on=said.withdrawn_on or (None if is_granted else ctx.today), merged_from=loser,
        recorded_by_id=ctx.user_id,
    )  # fmt: skip
