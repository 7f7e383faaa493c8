"""The plans of the stages for a company that is set up.

Rows without a ledger entry of their own stem from the installation, as the company's departments do.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sellwell.foundation.relations.models import StagePlan
from sellwell.foundation.relations.shipped import PLANS
from sellwell.kernel.ids import new_id


def install(company_id: UUID, on: date) -> int:
    """A plan for each stage that has none at all; gives how many were written."""
    known = set(StagePlan.objects.filter(company_id=company_id).values_list("stage", flat=True))
    missing = [stage for stage in PLANS if stage.value not in known]
    StagePlan.objects.bulk_create(
        StagePlan(
            id=new_id(), company_id=company_id, stage=stage.value, goal=PLANS[stage].goal,
            strategy=PLANS[stage].strategy, service=PLANS[stage].service, contact_days=PLANS[stage].contact_days, since=on,
        )
        for stage in missing
    )  # fmt: skip
    return len(missing)
