"""What privacy does when people leave, and when two customers become one: the stricter consent wins (B6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sellwell.foundation.customers.merging import moves_with_customer, on_merge, on_unmerge
from sellwell.foundation.privacy import merging
from sellwell.foundation.privacy.models import Consent, DataSubject, Request
from sellwell.foundation.privacy.rules.words import RequestState
from sellwell.kernel.extensions import owned_work

UNDER_WAY = [s.value for s in (RequestState.RECEIVED, RequestState.VERIFIED, RequestState.IN_PROGRESS)]


@owned_work.register("privacy.request")
def owned_requests(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
    """Requests under way that a person answers for."""
    rows = Request.objects.filter(owner_id=user_id, state__in=UNDER_WAY)
    return [(Request, list(rows.values_list("pk", flat=True)))]


moves_with_customer(DataSubject, "customer")
moves_with_customer(Consent, "customer")
moves_with_customer(Request, "customer")
on_merge.register("privacy")(merging.settle)
on_unmerge.register("privacy")(merging.settle)
