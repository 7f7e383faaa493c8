"""What retention does by itself: scores once a week, playbooks and judging once a day."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from sellwell.foundation.retention import queries
from sellwell.foundation.retention.models import Playbook, PlaybookState, Run
from sellwell.kernel import clock, system
from sellwell.kernel.chores import chore
from sellwell.kernel.door import run

log = logging.getLogger(__name__)

EVERY = timedelta(days=7)


@chore("retention.score")
def score_when_due(company_id: UUID) -> bool:
    """Seven days after the last run."""
    today = clock.business_day(clock.now())
    if Run.objects.filter(company_id=company_id, on__gt=today - EVERY).exists():
        return False
    if not queries.has_purchases(company_id):
        return False
    run("retention.score", system.context(company_id))
    return True


@chore("retention.follow_playbooks")
def follow_playbooks(company_id: UUID) -> bool:
    """Cases for whom a playbook is for, and outcomes that are known by now."""
    today = clock.business_day(clock.now())
    done = False
    for playbook in Playbook.objects.filter(company_id=company_id).exclude(state=PlaybookState.DRAFT.value):
        active = playbook.state == PlaybookState.ACTIVE.value
        if queries.due_to_judge([playbook.pk], today).exists():
            done |= _run("retention.measure", company_id, playbook.pk)
        if active and queries.wanted_by(playbook, today).exists():
            done |= _run("retention.apply", company_id, playbook.pk)
    return done


def _run(verb: str, company_id: UUID, playbook_id: UUID) -> bool:
    """One that fails stops no other."""
    try:
        with transaction.atomic():
            run(verb, system.context(company_id), playbook_id)
    except Exception as error:
        # The text of the error may hold what people wrote; only its kind is logged.
        log.error("%s of the playbook %s failed: %s", verb, playbook_id, type(error).__name__)
        return False
    return True
