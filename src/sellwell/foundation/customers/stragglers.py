"""Documents that were being written for a customer while it was merged: found once a day, and brought along."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from sellwell.foundation.customers.merging import LINKED, Linked
from sellwell.foundation.customers.models import Merge, MergeState

LEFT = (
    "SELECT DISTINCT c.number FROM customers_customer c JOIN {table} t ON t.{column} = c.id"
    " WHERE c.merged_into_id IS NOT NULL"
)
_WITH_ROWS = (
    "SELECT DISTINCT c.id FROM customers_customer c JOIN {table} t ON t.{column} = c.id"
    " WHERE c.merged_into_id IS NOT NULL AND c.company_id = %s"  # few of many: found by their key
)


def moving_tables() -> list[Linked]:
    """The columns whose rows all go to the survivor."""
    return [linked for linked in LINKED.values() if linked.how == "moves" and linked.of == "customer"]


def names(linked: Linked) -> dict[str, str]:
    """The table and column as SQL names them."""
    quote = connection.ops.quote_name
    return {"table": quote(linked.model._meta.db_table), "column": quote(linked.column)}


def merges_with_stragglers(company_id: UUID) -> list[Merge]:
    """The merges whose customer has rows again."""
    found: set[UUID] = set()
    with connection.cursor() as cursor:
        for linked in moving_tables():
            cursor.execute(_WITH_ROWS.format(**names(linked)), [company_id])
            found |= {row[0] for row in cursor.fetchall()}
    return list(Merge.objects.filter(loser_id__in=found, state=MergeState.DONE.value)) if found else []
