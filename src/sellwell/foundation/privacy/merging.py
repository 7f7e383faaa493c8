"""Two customers become one, or two again: of two consents the stricter wins and goes along (B6).

The rows of privacy move with their customer. People who speak for one stay themselves, and so do their consents. The two
parties become one person: where both together allow less than the survivor alone, a row of the survivor says so. Called
after the rows have moved, in the same transaction (`reactions.py`).
"""

from __future__ import annotations

from sellwell.foundation.customers.merging import Joined
from sellwell.foundation.privacy import queries
from sellwell.foundation.privacy.models import Consent
from sellwell.foundation.privacy.rules import Said, strictest
from sellwell.foundation.privacy.rules.words import ConsentKind, ConsentState, Purpose, Way
from sellwell.kernel.effects import Effects
from sellwell.kernel.operations import Context


def merge(effects: Effects, ctx: Context, joined: Joined) -> None:
    """A consent of the survivor's own person for each purpose where both together allow less than it did alone."""
    parties = [joined.survivor_party_id, joined.loser_party_id]
    for purpose in Purpose:
        said = queries.said(ctx.company_id, parties, purpose)
        mine = said.get(joined.survivor_party_id)
        both = strictest(mine, said.get(joined.loser_party_id))
        if both is not None and both != mine:
            effects.insert(_row(ctx, joined, purpose, both))


def _row(ctx: Context, joined: Joined, purpose: Purpose, said: Said) -> Consent:
    """What the strictest of both is. Its proof stands with the rows that it comes of."""
    of = Consent.objects.filter(
        subject_id__in=[joined.survivor_party_id, joined.loser_party_id], purpose=purpose.value
    )
    shown = of.filter(text__number=said.text).order_by("-said_at", "-id").first()
    is_granted = said.granted_on is not None and said.withdrawn_on is None and shown is not None
    return Consent(
        company_id=ctx.company_id, subject_id=joined.survivor_party_id, customer_id=joined.survivor_id, purpose=purpose.value,
        kind=ConsentKind(said.kind).value, text=shown.text if shown is not None else None,
        state=(ConsentState.GRANTED if is_granted else ConsentState.WITHDRAWN).value,
        way=shown.way if shown is not None else Way.PAPER.value, guardian=said.guardian, said_at=ctx.now,
        granted_on=said.granted_on, expires_on=said.expires_on,
        withdrawn_on=said.withdrawn_on or (None if is_granted else ctx.today), merged_from=joined.loser_id,
        recorded_by_id=ctx.user_id,
    )  # fmt: skip


def unmerge(effects: Effects, ctx: Context, joined: Joined) -> None:
    """What only the merge wrote says nothing any more. What the survivor's person said since stays."""
    silent = ConsentState.RENEWED.value
    for row in Consent.objects.filter(customer_id=joined.survivor_id, merged_from=joined.loser_id).exclude(
        state=silent
    ):
        effects.update(row, state=silent)
