"""What every database holds from the start: default rights, incompatible duties, policies, the calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

SEEDS: list[Callable[[date], None]] = []

# Default rights and policies hold for the past too: historic documents are read under them.
BEGINNING = date(2000, 1, 1)


def seed_with(function: Callable[[date], None]) -> Callable[[date], None]:
    """Register a room's own seed; each leaves what it finds as it is."""
    SEEDS.append(function)
    return function


def seed() -> None:
    """Bring defaults in where they are missing. Runs after every migration, as the owner role."""
    from sellwell.kernel import access, calendar, policy

    access.seed_defaults(BEGINNING)
    policy.seed_defaults()
    calendar.seed()
    for function in SEEDS:
        function(BEGINNING)
