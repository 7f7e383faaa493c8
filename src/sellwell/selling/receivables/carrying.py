"""Balances of customers that become one or part: postings never change, so entries of the merge carry them over.

After each, every account of both customers says what their documents say, as the check `receivables.control` proves.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

from sellwell.kernel.values import ZERO
from sellwell.selling.receivables import postings

if TYPE_CHECKING:
    from sellwell.foundation.customers.merging import Joined
    from sellwell.kernel.effects import Effects
    from sellwell.kernel.operations import Context

# What the documents of a customer make of each balance, less what its postings say.
_MISSING = """
SELECT account, sum(amount) FROM (
  SELECT 'receivable' AS account, total - settled AS amount FROM receivables_invoice
  WHERE customer_id = %(customer)s AND state = 'issued' AND origin <> 'import'
  UNION ALL
  SELECT 'advance', applied - total FROM receivables_receipt
  WHERE customer_id = %(customer)s AND state = 'entered' AND origin <> 'import'
  UNION ALL
  SELECT p.account, p.debit - p.credit FROM receivables_posting p JOIN (
    SELECT id FROM receivables_invoice WHERE customer_id = %(customer)s
    UNION ALL SELECT id FROM delivery_shipment WHERE customer_id = %(customer)s
    UNION ALL SELECT id FROM delivery_return WHERE customer_id = %(customer)s
  ) d ON d.id = p.document_id WHERE p.account = 'contract_asset'
  UNION ALL
  SELECT account, credit - debit FROM receivables_posting
  WHERE customer_id = %(customer)s AND account IN ('receivable', 'advance', 'contract_asset')
) found GROUP BY account HAVING sum(amount) <> 0 ORDER BY account
"""


def missing(customer_id: UUID) -> list[tuple[str, Decimal]]:
    """By how much the accounts of a customer differ from its documents."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, {"customer": customer_id})
        return [(account, amount) for account, amount in cursor.fetchall() if amount != ZERO]


def carry_over(effects: Effects, ctx: Context, joined: Joined) -> None:
    """What the merged customer's accounts say too much or too little goes to or comes from the survivor's."""
    for account, amount in missing(joined.loser_id):
        postings.carry(effects, ctx, joined.document, account, amount, (joined.survivor_id, joined.loser_id))
