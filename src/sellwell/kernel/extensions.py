"""Extension points: a lower room declares what others may add; higher rooms register; nobody imports upwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sellwell.kernel.values import T

F = TypeVar("F", bound=Callable[..., Any])


class Extension(Generic[F]):
    """A typed point: functions of one shape, registered under the name of what they speak for."""

    known: dict[str, Extension[Any]] = {}

    def __init__(self, name: str, help: str) -> None:
        if name in Extension.known:
            raise ValueError(f"the extension point {name} is declared twice")
        self.name, self.help = name, help
        self.functions: dict[str, F] = {}
        Extension.known[name] = self

    def register(self, key: str) -> Callable[[F], F]:
        """Register the decorated function under `key`."""

        def declare(function: F) -> F:
            if key in self.functions:
                raise ValueError(f"{self.name}: {key} is registered twice")
            self.functions[key] = function
            return function

        return declare

    def __iter__(self) -> Any:
        return iter(self.functions.items())


# Open work of a person, table by table: (user_id) -> [(model, [ids])]. A leaver's work is handed over through these.
owned_work: Extension[Callable[..., Any]] = Extension("owned_work", "rows that have an accountable owner")

# Operations whose tasks are nobody else's business (having read something): never handed over, dropped on leaving.
own_tasks: set[str] = set()

# Written procedures for a clause: (clause, company_id, day) -> [(title, url)]. The clause's page shows them in place.
procedures: Extension[Callable[..., Any]] = Extension(
    "procedures", "procedures in force that carry a clause out"
)


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """A record that a meeting should look at, and why. No name: each reader is shown those that they may see."""

    row_type: str
    row_id: UUID
    why: T


@dataclass(frozen=True, slots=True)
class AgendaPoint:
    """A point for an agenda: how many records are meant, and the first of them."""

    title: T
    count: int
    entries: tuple[AgendaEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class AgendaAsked:
    """What a meeting is about: a company, a department with those below it (its path), a moment, the clauses it watches,
    and the series that it belongs to."""

    company_id: UUID
    department_path: str
    now: datetime
    clauses: tuple[str, ...] = ()
    series_id: UUID | None = None


# Live exceptions for the agendas of meetings: (asked) -> a point, or None where there is nothing to say.
agenda_items: Extension[Callable[[AgendaAsked], AgendaPoint | None]] = Extension(
    "agenda_items", "live exceptions that meetings have on their agenda"
)
