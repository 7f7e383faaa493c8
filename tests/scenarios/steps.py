"""Steps of a sale as the stories tell them: who does what, and what the next owner then finds on the list."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sellwell.kernel import checks, outbox
from sellwell.kernel.models import Fact, Task
from sellwell.selling.receivables.models import Posting

if TYPE_CHECKING:
    from sellwell.testing.world import World


@dataclass
class Story:
    """One sale being told."""

    world: World

    def does(self, role: str, operation: str, row: Any = None, **data: Any) -> Any:
        """Somebody does a step; gives its row, as the database has it now."""
        known = {name: str(value.pk) if hasattr(value, "pk") else value for name, value in data.items()}
        result = self.world.run(role, operation, row, known).result
        self.react()
        result.refresh_from_db()
        return result

    def react(self) -> None:
        """Reactions that are due have run."""
        while outbox.drain([self.world.company.pk]):
            self.world.see()
        self.world.see()

    def todo(self, operation: str, row: Any) -> Task:
        """The open task that asks for a step on a row: exactly one, with somebody's name or a role's, and a due time."""
        task = Task.objects.get(operation=operation, row_id=row.pk, state="open")
        assert task.owner_id or task.role
        assert task.due_at is not None
        return task

    def nothing_todo(self, row: Any) -> bool:
        """Whether a row is in nobody's list any more."""
        return not Task.objects.filter(row_id=row.pk, state="open").exists()

    def posted(self, measure: str) -> Decimal:
        """The sum of a measure over all facts."""
        return sum((fact.amount for fact in Fact.objects.filter(measure=measure)), Decimal(0))

    def balance(self, account: str) -> Decimal:
        """What stands on an account."""
        return sum((p.debit - p.credit for p in Posting.objects.filter(account=account)), Decimal(0))


def unbroken() -> list[checks.Finding]:
    """Everything that any check of the house finds wrong."""
    return checks.run_all(list(checks.CHECKS))
