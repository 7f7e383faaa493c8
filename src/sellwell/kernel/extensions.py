"""Extension points: a lower room declares what others may add; higher rooms register; nobody imports upwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

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
