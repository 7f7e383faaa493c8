"""The whole base compared with itself: customers as records of `metrics.analysis.matching`, thresholds as a policy.

Telephones and e-mails are compared by their fingerprints, so no number is opened for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection

from sellwell.foundation.customers import policies
from sellwell.foundation.customers.models import Customer
from sellwell.kernel import policies as judges
from sellwell.kernel.operations import Context
from sellwell.kernel.personal_values import family_and_given
from sellwell.kernel.values import T
from sellwell.metrics.analysis.matching import COMPANIES, PERSONS, Kind, Pair
from sellwell.metrics.analysis.matching import match as match_records

KINDS = {"organisation": COMPANIES, "person": PERSONS}
_SCORE = Decimal("0.000001")

_RECORDS = """
SELECT c.id, p.kind, p.name, coalesce(p.uscc, ''), p.phone_blind, p.email_blind,
  coalesce(a.province || a.city || a.line, ''), coalesce(a.city, ''), coalesce(a.line, ''), coalesce(k.name, '')
FROM customers_customer c JOIN customers_party p ON p.id = c.party_id
LEFT JOIN LATERAL (
  SELECT province, city, line FROM customers_address WHERE customer_id = c.id ORDER BY is_default DESC, id DESC LIMIT 1
) a ON true
LEFT JOIN LATERAL (
  SELECT name FROM customers_contact WHERE customer_id = c.id ORDER BY is_primary DESC, id DESC LIMIT 1
) k ON true
WHERE c.company_id = %s AND c.state <> 'merged' AND p.erased_at IS NULL AND (%s OR c.id = ANY(%s))
ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two customers that may be one, in the order of their identifiers."""

    first: UUID
    second: UUID
    score: Decimal
    certain: bool
    levels: Mapping[str, str]


def records(company_id: UUID, only: Sequence[UUID] = ()) -> dict[str, list[dict[str, str]]]:
    """The company's customers as texts to compare, by kind of party; `only` these, where some are named."""
    found: dict[str, list[dict[str, str]]] = {kind: [] for kind in KINDS}
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, [company_id, not only, list(only)])
        for row_id, kind, name, uscc, phone, email, address, city, street, contact in cursor.fetchall():
            record = {"id": str(row_id), "phone": phone, "email": email}
            if kind == "person":
                family, given = family_and_given(name)
                record |= {"family": family, "given": given, "city": city, "street": street}
            else:
                record |= {"name": name, "uscc": uscc, "address": address, "contact": contact}
            found[kind].append(record)
    return found


def compare(ctx: Context) -> tuple[int, list[Likeness]]:
    """Every pair from the policy's threshold on, and how many customers were compared."""
    known = records(ctx.company_id)
    pairs = [one for kind, rows in known.items() for one in _pairs(ctx, kind, rows)]
    return sum(len(rows) for rows in known.values()), pairs


def compare_two(ctx: Context, customers: Iterable[Customer]) -> Likeness | None:
    """How alike two customers are; None where nothing but a name or a town speaks for it."""
    two = list(customers)
    known = records(ctx.company_id, [one.pk for one in two])
    kind = two[0].party.kind
    found = match_records(known[kind], KINDS[kind], 0.0) if len(known[kind]) == 2 else []
    return _likeness(found[0], thresholds(ctx, kind)[1]) if found else None


def _pairs(ctx: Context, kind: str, rows: list[dict[str, str]]) -> list[Likeness]:
    propose, certain = thresholds(ctx, kind)
    return [_likeness(pair, certain) for pair in match_records(rows, KINDS[kind], float(propose))]


def _likeness(pair: Pair, certain: Decimal) -> Likeness:
    first, second = sorted((UUID(pair.left), UUID(pair.right)))
    score = Decimal(repr(pair.score)).quantize(_SCORE)
    return Likeness(first, second, score, score >= certain, pair.levels)


def thresholds(ctx: Context, kind: str) -> tuple[Decimal, Decimal]:
    """From which score on a pair is proposed, and from which it is as good as certain."""
    outputs = judges.judge(policies.MATCHING, ctx, {"kind": kind}).outputs
    return Decimal(str(outputs["propose_from"])), Decimal(str(outputs["certain_from"]))


def words(kind: str, levels: Mapping[str, str]) -> list[tuple[bool, T]]:
    """What was compared in words: whether it speaks for the two being one, and the words."""
    known: Kind = KINDS[kind]
    told = []
    for one in known.comparisons:
        code = levels.get(one.column, "unknown")
        if code == "unknown" or (one.column == "branch" and code == "same"):
            continue
        told.append(
            next(((True, level.words) for level in one.levels if level.code == code), (False, one.differs))
        )
    return told
