"""What plans does by itself: opens the cycles of a new period, passes them to new heads, takes other rooms' proofs."""

from __future__ import annotations

from itertools import groupby
from uuid import UUID

from sellwell.kernel import clock, system
from sellwell.kernel.chores import chore
from sellwell.kernel.door import run
from sellwell.steering.plans import extensions, queries
from sellwell.steering.plans.operations.cycles import BY_DOCUMENT
from sellwell.steering.plans.rules import StepKind


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
    strayed = queries.strayed(company_id)
    for cycle in strayed:
        run("plans.follow_head", system.context(company_id), cycle.pk)
    return bool(strayed)


@chore("plans.prove_steps")
def prove_steps(company_id: UUID) -> bool:
    """Steps whose turn it is and that a room's own document proves."""
    waiting = queries.waiting_steps(company_id)
    is_done = False
    for kind, group in groupby(sorted(waiting, key=lambda pair: pair[1].kind), key=lambda pair: pair[1].kind):
        facts = [queries.facts_of(cycle, cycle.department.path) for cycle, _ in group]
        for cycle_id, offered in extensions.offers(StepKind(kind), facts).items():
            if any(offer.proves for _, offer in offered):
                run(BY_DOCUMENT, system.context(company_id), cycle_id)
                is_done = True
    return is_done
