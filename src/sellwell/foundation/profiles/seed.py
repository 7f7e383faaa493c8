"""Companies from before there were profiles get all four, on since ever, with what they use beside them: nothing that
they do stops working."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sellwell.foundation.company import queries as company
from sellwell.foundation.profiles import queries
from sellwell.foundation.profiles.install import bring_in
from sellwell.foundation.profiles.models import Profile, ProfileItem
from sellwell.foundation.profiles.shipped import SHIPPED
from sellwell.kernel.ids import new_id
from sellwell.kernel.seeds import seed_with


@seed_with
def seed_profiles(since: date) -> None:
    """Every company that has no profile; what people set stays as it is."""
    served = set(Profile.objects.values_list("company_id", flat=True))
    for company_id in company.companies():
        if company_id not in served:
            made = bring_in(company_id, since, list(SHIPPED))
            _bring_what_is_used(company_id, since, made[0])


def _bring_what_is_used(company_id: UUID, since: date, profile: Profile) -> None:
    """Units, tax classes and kinds of open records that no shipped profile brings, into one that is on."""
    used = queries.use_counts(company_id).keys() - queries.spans(company_id).keys()
    ProfileItem.objects.bulk_create(
        ProfileItem(
            id=new_id(), company_id=company_id, profile=profile, topic=subject, code=code, since=since
        )
        for subject, code in sorted(used)
        if code
    )
