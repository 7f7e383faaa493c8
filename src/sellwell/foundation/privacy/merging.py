"""Two customers become one, or two again: of two consents the stricter wins and goes along (B6).

Registered with the merging of customers. People who speak for a customer keep their consents, since they stay themselves;
only the customer of their rows changes. The two parties become one person: where the other said less, a row says so.
"""

from __future__ import annotations

from uuid import UUID

from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.privacy import queries
from sellwell.foundation.privacy.models import Consent, DataSubject, Request
from sellwell.foundation.privacy.rules import Said, strictest
from sellwell.foundation.privacy.rules.words import ConsentKind, ConsentState, Purpose, Way
from sellwell.kernel.effects import Effects
from sellwell.kernel.operations import Context

TABLES = ("privacy.datasubject", "privacy.consent", "privacy.request")


def merge(effects: Effects, ctx: Context, survivor: Customer, loser: Customer) -> dict[str, list[str]]:
    """Rows of the loser's contacts become the survivor's; the survivor's own person is bound by what either said.

    Gives the identifiers of the rows that moved and that were written, for `unmerge`.
    """
    moved = _moved(effects, loser.pk, survivor)
    made = _stricter(effects, ctx, survivor, loser)
    return {**moved, "made": [str(row.pk) for row in made]}


def _moved(effects: Effects, from_customer: UUID, to: Customer) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for model in (DataSubject, Consent, Request):
        rows = list(model._default_manager.filter(customer_id=from_customer, contact__isnull=False))
        for row in rows:
            effects.update(row, customer_id=to.pk)
        found[model._meta.label_lower] = [str(row.pk) for row in rows]
    return found


def _stricter(effects: Effects, ctx: Context, survivor: Customer, loser: Customer) -> list[Consent]:
    """A row for each purpose where both together allow less than the survivor alone."""
    made = []
    for purpose in Purpose:
        said = queries.said(survivor.company_id, [survivor.party_id, loser.party_id], purpose)
        mine = said.get(survivor.party_id)
        both = strictest(mine, said.get(loser.party_id))
        if both is not None and both != mine:
            made.append(_row(ctx, survivor, loser, purpose, both))
    effects.insert(*made)
    return made


def _row(ctx: Context, survivor: Customer, loser: Customer, purpose: Purpose, said: Said) -> Consent:
    """What the strictest of both is, as a consent of the survivor's own person; its proof stands with the rows it came of."""
    newest = (
        Consent.objects.filter(subject_id__in=[survivor.party_id, loser.party_id], purpose=purpose.value, text__isnull=False)
        .filter(text__number=said.text)
        .order_by("-said_at")
        .first()
    )
    is_granted = said.granted_on is not None and said.withdrawn_on is None and newest is not None
    state = ConsentState.GRANTED if is_granted else ConsentState.WITHDRAWN
    return Consent(
        company_id=survivor.company_id, subject_id=survivor.party_id, customer=survivor, purpose=purpose.value,
        kind=ConsentKind(said.kind).value, text=newest.text if newest is not None else None, state=state.value,
        way=newest.way if newest is not None else Way.PAPER.value, guardian=said.guardian, said_at=ctx.now,
        granted_on=said.granted_on, expires_on=said.expires_on,
        withdrawn_on=said.withdrawn_on or (None if is_granted else ctx.today), merged_from=loser.pk,
        recorded_by_id=ctx.user_id,
    )  # fmt: skip


def unmerge(effects: Effects, survivor: Customer, loser: Customer, kept: dict[str, list[str]]) -> None:
    """What moved goes back, and rows that only the merge wrote say nothing any more. A no that was said since stays with
    the survivor, whose person said it."""
    for model in (DataSubject, Consent, Request):
        for row in model._default_manager.filter(pk__in=kept.get(model._meta.label_lower, ())):
            effects.update(row, customer_id=loser.pk)
    for consent in Consent.objects.filter(pk__in=kept.get("made", ()), merged_from=loser.pk):
        effects.update(consent, state=ConsentState.RENEWED.value)
