"""Credit accounts: one row per customer, opened at first need with the default terms of the customer's grade."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from sellwell.kernel import ledger, policies, system
from sellwell.kernel.effects import Change, image
from sellwell.kernel.ids import new_id
from sellwell.kernel.operations import REGISTRY, Context
from sellwell.selling.receivables.models import CreditAccount
from sellwell.selling.receivables.policies import DEFAULT_LIMIT


def default_terms(ctx: Context, grade: str) -> tuple[Decimal, int]:
    """The limit and the days overdue that the policy gives to a grade."""
    outputs: Any = policies.judge(DEFAULT_LIMIT, ctx, {"grade": grade}).outputs or {}
    return outputs.get("limit") or Decimal(0), int(outputs.get("max_overdue_days") or 0)


_OPEN = """
INSERT INTO receivables_creditaccount (id, version, company_id, customer_id, credit_limit, max_overdue_days, reviewed_on)
SELECT %s, 1, c.company_id, c.id, %s, %s, NULL FROM customers_customer c WHERE c.id = %s
ON CONFLICT (customer_id) DO NOTHING RETURNING new.id, to_jsonb(new)
"""


def ensure(ctx: Context, customer_id: UUID) -> UUID | None:
    """The credit account of a customer, opened now if there is none; None for an unknown customer.

    Two transactions at once open one account: the second waits for the first. Opening leaves a ledger entry of its
    own, in the transaction that needed the account and under its request.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM receivables_creditaccount WHERE customer_id = %s", [customer_id])
        found = cursor.fetchone()
        if found is not None:
            account_id: UUID = found[0]
            return account_id
        cursor.execute("SELECT grade FROM customers_customer WHERE id = %s", [customer_id])
        row = cursor.fetchone()
        if row is None:
            return None
        limit, days = default_terms(ctx, row[0])
        cursor.execute(_OPEN, [new_id(), limit, days, customer_id])
        opened = cursor.fetchone()
    if opened is not None:
        _note(ctx, opened[0], opened[1])
        return opened[0]
    return CreditAccount.objects.values_list("pk", flat=True).get(customer_id=customer_id)


def _note(ctx: Context, account_id: UUID, row: Any) -> None:
    """The ledger entry of an account that opened by itself: the system did it, within what somebody was doing."""
    job = system.context(ctx.company_id)
    change = Change(CreditAccount, account_id, None, image(row))
    ledger.write(
        REGISTRY["receivables.open_account"],
        Context(job.actor, ctx.company_id, ctx.now, ctx.channel, ctx.request_id, within="receivables.credit"),
        row_id=account_id,
        given={},
        assessment=None,
        policies=[],
        answers=[],
        changes=ledger.change_images([change], ledger.Sealer()),
    )
