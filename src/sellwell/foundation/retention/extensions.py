"""What retention adds to lower rooms: open work of people, erasure. A case is no reason to keep somebody's
data, so it is no open business."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.customers.merging import one_per_customer, stays_with_customer
from sellwell.foundation.privacy.extensions import hold, of_customers_documents
from sellwell.foundation.privacy.rules.words import Group, Purpose, Source
from sellwell.foundation.retention import joining  # noqa: F401 - what follows a merge
from sellwell.foundation.retention.models import UNDER_WAY, Intervention, Score
from sellwell.kernel import personal
from sellwell.kernel.extensions import owned_work
from sellwell.kernel.values import T

STATES = [state.value for state in UNDER_WAY]


@owned_work.register("retention.intervention")
def owned_cases(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
    """Cases of a person that are under way."""
    rows = Intervention.objects.filter(owner_id=user_id, state__in=STATES)
    return [(Intervention, list(rows.values_list("pk", flat=True)))]


def _erase_cases(subject: UUID) -> int:
    return personal.blank_columns(Intervention, Q(customer__party_id=subject))


personal.register_eraser("retention.intervention", _erase_cases)


# --- merging: what happens to the rows of a customer ----------------------------------------------------------------------

one_per_customer(Intervention, "customer", by=["playbook", "opened_on"])
stays_with_customer(Score, "customer", "reckoned anew with each run")


# --- personal data that the room holds ---------------------------------------------------------------------------------

hold("retention.intervention", T("挽留任务", "Cases of retention"), purposes=(Purpose.CONTRACT,), sources=(Source.REGISTRATION, Source.ORDER),
     of=of_customers_documents, day="opened_on", groups={"offer": Group.BEHAVIOUR})  # fmt: skip
