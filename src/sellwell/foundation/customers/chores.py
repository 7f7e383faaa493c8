"""What customers do by themselves: stragglers of merges are brought along, once a day."""

from __future__ import annotations

from uuid import UUID

from sellwell.foundation.customers import stragglers
from sellwell.kernel import system
from sellwell.kernel.chores import chore
from sellwell.kernel.door import run


@chore("customers.stragglers")
def bring_stragglers_along(company_id: UUID) -> bool:
    """Documents that were being written for a customer while it was merged go to the one that stayed."""
    found = stragglers.merges_with_stragglers(company_id)
    for merge in found:
        run("customers.bring_along", system.context(company_id), merge.pk)
    return bool(found)
