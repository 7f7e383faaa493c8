"""What privacy does by itself: consents that ran out expire, unusual looks raise alarms."""

from __future__ import annotations

from uuid import UUID

from sellwell.foundation.privacy import watching
from sellwell.foundation.privacy.models import Consent, ConsentText
from sellwell.foundation.privacy.rules.words import ConsentState, TextState
from sellwell.kernel import clock, system
from sellwell.kernel.chores import chore, each
from sellwell.kernel.door import run

MOST = 200  # of one round; the next one goes on


@chore("privacy.expire")
def expire(company_id: UUID) -> bool:
    """Consents past their day, and those to wordings that no longer count. `may_use` says so from the day itself on."""
    today = clock.business_day(clock.now())
    granted = Consent.objects.filter(company_id=company_id, state=ConsentState.GRANTED.value)
    ids = list(
        granted.filter(expires_on__lte=today).order_by("expires_on").values_list("pk", flat=True)[:MOST]
    )
    if not ids and (worn := _worn_texts(company_id)):
        ids = list(granted.filter(text_id__in=worn).values_list("pk", flat=True)[:MOST])

    def end(consent_id: UUID) -> None:
        run("privacy.expire_consent", system.context(company_id), consent_id)

    return bool(each("privacy.expire", ids, end))


def _worn_texts(company_id: UUID) -> list[UUID]:
    """Wordings to which consents no longer count. Few: the consents are found by them, not one by one."""
    texts = ConsentText.objects.filter(company_id=company_id)
    known = list(texts.values_list("pk", "purpose", "number", "state", "counts_from"))
    least = {purpose: first for _, purpose, _, state, first in known if state == TextState.IN_FORCE.value}
    return [pk for pk, purpose, number, _, _ in known if number < least.get(purpose, 0)]


@chore("privacy.watch")
def watch(company_id: UUID) -> bool:
    """One alarm for each person, day and kind."""
    found = watching.unusual(company_id, clock.business_day(clock.now()))
    for one in found:
        data = {"user": one.user_id, "day": one.day, "kind": one.kind, "count": one.count, "limit": one.limit}
        run("privacy.raise_alarm", system.context(company_id), None, data)
    return bool(found)
