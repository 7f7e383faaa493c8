"""What privacy does by itself: consents that ran out expire, unusual looks raise alarms."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery

from sellwell.foundation.privacy import watching
from sellwell.foundation.privacy.models import Consent, ConsentText
from sellwell.foundation.privacy.rules.words import ConsentState, TextState
from sellwell.kernel import clock, system
from sellwell.kernel.chores import chore
from sellwell.kernel.door import run

MOST = 200  # of one round; the next one goes on


@chore("privacy.expire")
def expire(company_id: UUID) -> bool:
    """Consents past their day, and those to wordings that no longer count. `may_use` says so from the day itself on."""
    today = clock.business_day(clock.now())
    in_force = ConsentText.objects.filter(
        company_id=company_id, purpose=OuterRef("purpose"), state=TextState.IN_FORCE.value
    )
    rows = Consent.objects.filter(company_id=company_id, state=ConsentState.GRANTED.value).annotate(
        counts_from=Subquery(in_force.values("counts_from")[:1])
    )
    due = rows.filter(Q(expires_on__lte=today) | Q(text__number__lt=F("counts_from")))
    ids = list(due.values_list("pk", flat=True)[:MOST])
    for consent_id in ids:
        run("privacy.expire_consent", system.context(company_id), consent_id)
    return bool(ids)


@chore("privacy.watch")
def watch(company_id: UUID) -> bool:
    """One alarm for each person, day and kind."""
    found = watching.unusual(company_id, clock.business_day(clock.now()))
    for one in found:
        data = {"user": one.user_id, "day": one.day, "kind": one.kind, "count": one.count, "limit": one.limit}
        run("privacy.raise_alarm", system.context(company_id), None, data)
    return bool(found)
