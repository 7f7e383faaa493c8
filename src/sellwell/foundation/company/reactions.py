"""What the organisation does on its days: reorganisations take effect by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, time
from uuid import UUID

from sellwell.foundation.company.models import Reorganisation, ReorganisationState
from sellwell.kernel import clock, system
from sellwell.kernel.door import run
from sellwell.kernel.models import Event
from sellwell.kernel.outbox import NotYet, reaction


@reaction("company.apply_on_its_day", on=["company.reorganisation_scheduled"])
def apply_on_its_day(event: Event) -> None:
    """Apply a scheduled reorganisation when its day begins; one that was withdrawn is left alone."""
    row = Reorganisation.objects.filter(pk=UUID(event.payload["reorganisation"])).first()
    if row is None or row.state != ReorganisationState.SCHEDULED.value:
        return
    begins = datetime.combine(row.effective_on, time(), clock.BUSINESS_ZONE).astimezone(UTC)
    if clock.now() < begins:
        raise NotYet(begins)
    run("company.apply_reorganisation", system.context(row.company_id), row.pk, {})
