"""What plans does by itself: opens the cycles of a new period, passes them to new heads, takes other rooms' proofs."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from sellwell.kernel import clock, system
from sellwell.kernel.chores import chore
from sellwell.kernel.door import run
from sellwell.steering.plans import queries
from sellwell.steering.plans.operations.cycles import BY_DOCUMENT

log = logging.getLogger(__name__)


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


@chore("plans.prove_steps")
def prove_steps(company_id: UUID) -> bool:
    """Steps whose turn it is and that a room's own document proves."""
    proofs = queries.proofs_of(queries.waiting_steps(company_id))
    return _run_each(BY_DOCUMENT, company_id, list(proofs))


def _run_each(verb: str, company_id: UUID, cycles: Iterable[UUID]) -> bool:
    """A verb for each of some cycles: one that fails stops no other. Whether any was done."""
    is_done = False
    for cycle_id in cycles:
        try:
            with transaction.atomic():
                run(verb, system.context(company_id), cycle_id)
            is_done = True
        except Exception as error:
            # The text of the error may hold what people wrote; only its kind is logged.
            log.error("%s of the cycle %s failed: %s", verb, cycle_id, type(error).__name__)
    return is_done
