"""What higher rooms tell relations while they act: somebody was in touch with a customer."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.relations.models import Standing


def in_touch(customer_id: UUID, on: date) -> None:
    """Until the next run whoever was reached is neither overdue nor about to be recycled. Outside the ledger: decision 0007."""
    earlier = Q(last_contact_on__isnull=True) | Q(last_contact_on__lte=on)
    Standing.objects.filter(earlier, pk=customer_id).update(
        last_contact_on=on, visit_due_on=None, recycle_on=None, warned_on=None
    )
