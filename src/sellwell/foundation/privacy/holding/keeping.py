"""How long personal data is kept: the rules per table, what is due, and until when the law keeps what a person wants gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max

from sellwell.foundation.privacy import policies
from sellwell.foundation.privacy.extensions import Holding, all_holdings
from sellwell.foundation.privacy.holding.copies import whom
from sellwell.foundation.privacy.models import Request
from sellwell.kernel.values import months_later

MOST = 10_000  # counts stop here
STATUTORY = "restrict"


@dataclass(frozen=True, slots=True)
class Rule:
    """How long rows of a table are kept, and how many are older than that."""

    holding: Holding
    months: int | None
    then: str
    due: int


def rules_of(company_id: UUID, on: date) -> list[Rule]:
    """The rule of each table with personal data, with the number of rows that are due; one query a table."""
    found = []
    for label, holding in all_holdings().items():
        months, then = policies.kept_for(company_id, on, label)
        due = 0
        if months is not None and holding.day:
            old = {f"{holding.day}__lt": months_later(on, -months)}
            due = holding.rows(company_id).filter(**old).order_by()[: MOST + 1].count()
        found.append(Rule(holding, months, then, due))
    return found


def kept_until(request: Request) -> date | None:
    """Until when the law asks to keep documents of the person who wants to be forgotten; None where there are none."""
    person = whom(request)
    ends: list[date] = []
    for label, holding in all_holdings().items():
        months, then = policies.kept_for(request.company_id, request.received_on, label)
        wanted = holding.of(person) if holding.of is not None else None
        if then != STATUTORY or months is None or wanted is None or not holding.day:
            continue
        last: Any = holding.rows(person.company_id).filter(wanted).aggregate(last=Max(holding.day))["last"]
        if last is not None:
            ends.append(months_later(_day(last), months))
    return max(ends, default=None)


def _day(value: Any) -> date:
    found: date = value.date() if hasattr(value, "date") else value
    return found
