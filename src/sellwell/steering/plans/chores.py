"""What plans does by itself: opens the cycles of a new period, passes them to new heads, takes other rooms' proofs."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sellwell.kernel import clock, system
from sellwell.kernel.chores import chore, each
from sellwell.kernel.door import run
from sellwell.steering.plans import queries
from sellwell.steering.plans.operations.cycles import BY_DOCUMENT


@chore("plans.open_cycles")
def open_when_due(company_id: UUID) -> bool:
    """On the first day of a period, and for departments that were set up since."""
    if not queries.cycles_to_open(company_id, clock.business_day(clock.now())):
        return False
    run("plans.open_cycles", system.context(company_id))
    return True


@chore("plans.follow_heads")
def follow_heads(company_id: UUID) -> bool:
    """A cycle under way belongs to who heads its department now, and stands where the department does."""
    return _run_each("plans.follow_head", company_id, [cycle.pk for cycle in queries.strayed(company_id)])


@chore("plans.follow_deputies")
def follow_deputies(company_id: UUID) -> bool:
    """While a head is away the step's task is the deputy's; afterwards it goes back."""
    return _run_each("plans.follow_deputy", company_id, queries.misplaced(company_id))


@chore("plans.prove_steps")
def prove_steps(company_id: UUID) -> bool:
    """Steps whose turn it is and that a room's own document proves."""
    proofs = queries.proofs_of(queries.waiting_steps(company_id))
    return _run_each(BY_DOCUMENT, company_id, list(proofs))


def _run_each(verb: str, company_id: UUID, cycles: Iterable[UUID]) -> bool:
    """A verb for each of some cycles; whether any was done."""
    return each(verb, cycles, lambda pk: run(verb, system.context(company_id), pk)) > 0
