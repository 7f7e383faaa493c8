"""What voice does as days go by: holds the rounds whose day has come (2.4.3, 4.2.4), sends campaigns (4.2.1)."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from sellwell.control.voice.models import (
    Campaign,
    CampaignState,
    ProgrammeState,
    Questionnaire,
    QuestionnaireState,
    Round,
    RoundState,
)
from sellwell.kernel import clock, system
from sellwell.kernel.chores import chore, each
from sellwell.kernel.door import run
from sellwell.kernel.values import Refusal

log = logging.getLogger(__name__)


@chore("voice.hold_rounds")
def hold_rounds(company_id: UUID) -> bool:
    """Every planned round of a running programme whose day has come, and whose questionnaire can be asked. One that cannot be
    held stays planned and turns late."""
    today = clock.business_day(clock.now())
    published = Questionnaire.objects.filter(
        family=OuterRef("programme__family"), state=QuestionnaireState.PUBLISHED.value
    )
    due = Round.objects.filter(
        Exists(published), company_id=company_id, state=RoundState.PLANNED.value, planned_on__lte=today,
        programme__state=ProgrammeState.ACTIVE.value,
    )  # fmt: skip
    is_done = False
    for round_id in list(due.order_by("planned_on", "id").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                run("voice.hold_round", system.context(company_id), round_id)
            is_done = True
        except Refusal as refusal:
            log.warning("the survey round %s is not held: %s", round_id, refusal.code)
    return is_done


@chore("voice.send_campaigns")
def send_campaigns(company_id: UUID) -> bool:
    """The next batch of every campaign that is being sent. The worker comes again until nobody is left; what it had done
    before it was stopped stays done."""
    rows = Campaign.objects.filter(company_id=company_id, state=CampaignState.SENDING.value).order_by(
        "number"
    )
    return bool(
        each("the campaign", rows, lambda row: run("voice.send_campaign", system.context(company_id), row.pk))
    )
