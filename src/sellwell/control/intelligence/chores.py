"""What intelligence does by itself: the meetings of the next two weeks are planned, mail that waits is taken in."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction

from sellwell.control.intelligence import mailing
from sellwell.control.intelligence.models import Series, SeriesState
from sellwell.control.intelligence.operations.series import PLAN, days_ahead
from sellwell.kernel import clock, system
from sellwell.kernel.chores import chore
from sellwell.kernel.door import run

log = logging.getLogger(__name__)


@chore("intelligence.plan_meetings")
def plan_when_due(company_id: UUID) -> bool:
    """Every series has its meetings of the next two weeks."""
    today = clock.business_day(clock.now())
    is_done = False
    for series in Series.objects.filter(company_id=company_id, state=SeriesState.ACTIVE.value).order_by("id"):
        if not days_ahead(series, today):
            continue
        try:
            with transaction.atomic():
                run(PLAN, system.context(company_id), series.pk)
            is_done = True
        except Exception as error:
            # The text of the error may hold what people wrote; only its kind is logged.
            log.error("planning the meetings of %s failed: %s", series.pk, type(error).__name__)
    return is_done


@chore("intelligence.take_mail")
def take_mail(company_id: UUID) -> bool:
    """Mail that waits in the folder."""
    return any(told.is_taken for told in mailing.take_waiting(company_id))
