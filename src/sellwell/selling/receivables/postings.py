"""Double entry: every act that moves money writes sides that add up to zero, in the transaction of the act.

    accepted   contract_asset  net    / revenue net          invoice   receivable total / contract_asset net, tax
    receipt    bank  total            / advance              applied   advance          / receivable

Reversals, returns and credits are the same entries with the other sign. See docs/rules/receivables.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sellwell.kernel.ids import new_id
from sellwell.kernel.values import ZERO
from sellwell.selling.receivables.models import Account, Posting

if TYPE_CHECKING:
    from sellwell.kernel.effects import Effects
    from sellwell.kernel.operations import Context


def post(
    effects: Effects,
    ctx: Context,
    document: Any,
    customer_id: UUID,
    sides: Mapping[str, Decimal],
    day: date | None = None,
) -> None:
    """Write one entry for a document. Positive sides are debits, negative ones credits; they must add up to zero."""
    if sum(sides.values(), ZERO) != ZERO:
        raise ValueError(f"an entry of {document._meta.label_lower} does not balance: {dict(sides)}")
    if unknown := set(sides) - set(Account.values()):
        raise ValueError(f"no such account: {sorted(unknown)}")
    entry = new_id()
    rows = [
        Posting(
            company_id=ctx.company_id,
            document_type=document._meta.label_lower,
            document_id=document.pk,
            entry=entry,
            account=account,
            customer_id=customer_id,
            debit=max(amount, ZERO),
            credit=max(-amount, ZERO),
            business_date=day or ctx.today,
            at=ctx.now,
        )
        for account, amount in sides.items()
        if amount
    ]
    if rows:
        effects.insert(*rows)


def carry(
    effects: Effects, ctx: Context, document: Any, account: str, amount: Decimal, ends: tuple[UUID, UUID]
) -> None:
    """Carry a balance of an account from the first customer to the second, as one entry of a merge."""
    entry = new_id()
    for customer_id, side in ((ends[0], -amount), (ends[1], amount)):
        effects.insert(
            Posting(
                company_id=document.company_id, document_type=document._meta.label_lower, document_id=document.pk,
                entry=entry, account=account, customer_id=customer_id, debit=max(side, ZERO),
                credit=max(-side, ZERO), business_date=ctx.today, at=ctx.now,
            )
        )  # fmt: skip


def accepted(net: Decimal) -> dict[str, Decimal]:
    """The customer took over goods or services (negative: they came back)."""
    return {"contract_asset": net, "revenue": -net}


def invoiced(net: Decimal, tax: Decimal) -> dict[str, Decimal]:
    """An invoice was issued (negative: a red-letter one)."""
    return {"receivable": net + tax, "contract_asset": -net, "tax": -tax}


def received(total: Decimal) -> dict[str, Decimal]:
    """Money came in (negative: it went back)."""
    return {"bank": total, "advance": -total}


def applied(amount: Decimal) -> dict[str, Decimal]:
    """Money received settles an invoice (negative: no longer)."""
    return {"advance": amount, "receivable": -amount}
