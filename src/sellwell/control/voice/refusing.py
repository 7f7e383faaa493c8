"""A no to surveys or campaigns stands where every other consent stands: in privacy's register, and only there."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from sellwell.foundation.customers import people
from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.privacy import queries as privacy
from sellwell.foundation.privacy.operations.consents import refuse_all
from sellwell.foundation.privacy.operations.whose import Found
from sellwell.foundation.privacy.queries import Purpose
from sellwell.foundation.privacy.rules.words import Way as Said
from sellwell.kernel.effects import Effects
from sellwell.kernel.operations import Context

__all__ = ["Purpose", "Said", "refuse"]


class Reached(Protocol):
    """A row that reached somebody: an invitation, a recipient."""

    customer: Customer
    contact_id: UUID | None


def refuse(effects: Effects, ctx: Context, row: Reached, purpose: Purpose, way: Said, note: str = "") -> None:
    """Whoever a row reached says no to a purpose. Said twice it is noted once; of whom nothing is known any more, not at all."""
    subject = row.contact_id or row.customer.party_id
    word = privacy.said(ctx.company_id, [subject], purpose, ctx.today).get(subject)
    somebody = people.people(ctx.company_id, [subject]).get(subject)
    if somebody is None or somebody.is_erased or (word is not None and word.refuses(ctx.today)):
        return
    refuse_all(effects, Found(somebody, row.customer), [purpose], way, ctx, note)
