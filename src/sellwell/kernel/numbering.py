"""Numbers that people read: `SO-2026-000123`. Drawn as the last write of an operation, so the lock is short."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from sellwell.kernel.ids import new_id


def draw(company_id: UUID, kind: str, year: int, count: int = 1) -> list[str]:
    """The next `count` numbers of a series. Two transactions never get the same; a rolled-back one leaves no gap."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_series (id, version, company_id, kind, year, next_number) VALUES (%s, 1, %s, %s, %s, %s)"
            " ON CONFLICT (company_id, kind, year) DO UPDATE SET next_number = kernel_series.next_number + %s"
            " RETURNING next_number",
            [new_id(), company_id, kind, year, count + 1, count],
        )
        after: int = cursor.fetchone()[0]
    return [f"{kind}-{year}-{number:06d}" for number in range(after - count, after)]
