"""Companies from before there were profiles get all four, on since ever: nothing that they do stops working."""

from __future__ import annotations

from datetime import date

from sellwell.foundation.company import queries as company
from sellwell.foundation.profiles.install import bring_in
from sellwell.foundation.profiles.models import Profile
from sellwell.foundation.profiles.shipped import SHIPPED
from sellwell.kernel.seeds import seed_with


@seed_with
def seed_profiles(since: date) -> None:
    """Every company that has no profile; what people set stays as it is."""
    served = set(Profile.objects.values_list("company_id", flat=True))
    for company_id in company.companies():
        if company_id not in served:
            bring_in(company_id, since, list(SHIPPED))
