"""What customers do by themselves: stragglers of merges are brought along; the base is searched for duplicates daily."""

from __future__ import annotations

from uuid import UUID

from sellwell.foundation.customers import stragglers
from sellwell.foundation.customers.models import Customer, MatchRun
from sellwell.kernel import clock, system
from sellwell.kernel.chores import chore
from sellwell.kernel.door import run


@chore("customers.stragglers")
def bring_stragglers_along(company_id: UUID) -> bool:
    """Documents that were being written for a customer while it was merged go to the one that stayed."""
    found = stragglers.merges_with_stragglers(company_id)
    for merge in found:
        run("customers.bring_along", system.context(company_id), merge.pk)
    return bool(found)


@chore("customers.matching")
def search_daily(company_id: UUID) -> bool:
    """Once a business day, where there is anything to compare."""
    today = clock.business_day(clock.now())
    if MatchRun.objects.filter(company_id=company_id, day=today).exists():
        return False
    if not Customer.objects.filter(company_id=company_id).exists():
        return False
    run("customers.find_duplicates", system.context(company_id))
    return True
