"""Chores: what a room does by itself as time goes by. Workers ask every chore again and again; each knows what is due.

    @chore("manual.measure")
    def measure_when_due(company_id: UUID) -> bool: ...

A chore looks first, cheaply, whether anything is due; then it does its work through the door. One worker at a time does
a chore of a company.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from sellwell.kernel.door import see_companies

log = logging.getLogger(__name__)

Chore = Callable[[UUID], bool]
CHORES: dict[str, Chore] = {}


def chore(name: str) -> Callable[[Chore], Chore]:
    """Register the decorated function; it says whether it did anything."""

    def declare(function: Chore) -> Chore:
        if name in CHORES:
            raise ValueError(f"the chore {name} is declared twice")
        CHORES[name] = function
        return function

    return declare


def each(name: str, keys: Iterable[Hashable], do: Callable[[Any], Any]) -> int:
    """`do` for each of some keys, each in a savepoint of its own: one that fails stops no other. Gives how many went well."""
    done = 0
    for key in keys:
        try:
            with transaction.atomic():
                do(key)
            done += 1
        except Exception as error:
            # The text of the error may hold what people wrote; only its kind is logged.
            log.error("%s of %s failed: %s", name, getattr(key, "pk", key), type(error).__name__)
    return done


def do_due(companies: Iterable[UUID]) -> int:
    """Every chore once for every company; gives how many had something to do. One that fails stops no other."""
    done = 0
    for company_id in companies:
        see_companies([company_id])
        for name, function in CHORES.items():
            try:
                with transaction.atomic():
                    done += _is_ours(name, company_id) and function(company_id)
            except Exception as error:
                # The text of the error may hold what people wrote; only its kind is logged.
                log.error("the chore %s failed: %s", name, type(error).__name__)
    see_companies([])
    return done


def _is_ours(name: str, company_id: UUID) -> bool:
    """Whether no other worker is at this chore now; holds until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{name} {company_id}"])
        return bool(cursor.fetchone()[0])
