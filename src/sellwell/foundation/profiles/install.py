"""The shipped profiles for a company that is set up, with those on that it chose.

Rows without a ledger entry of their own stem from the installation, as the company's departments do.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sellwell.foundation.profiles.models import Profile, ProfileItem, ProfileSpan
from sellwell.foundation.profiles.shipped import SHIPPED
from sellwell.kernel import search
from sellwell.kernel.ids import new_id

# What the ready-made company deals in: machines, their installation and upkeep, a web shop for spare parts.
CHOSEN = ("manufacturing", "services", "retail")


def install(company_id: UUID, on: date, chosen: Collection[str] = CHOSEN) -> dict[str, Profile]:
    """All shipped profiles for a company that has none, with the chosen ones on from a day; gives them by code."""
    if not Profile.objects.filter(company_id=company_id).exists():
        search.write(bring_in(company_id, on, chosen))
    return {profile.code: profile for profile in Profile.objects.filter(company_id=company_id)}


def bring_in(company_id: UUID, on: date, chosen: Collection[str]) -> list[Profile]:
    """Write the shipped profiles with what they bring, and the spans of the chosen ones."""
    unknown = set(chosen) - SHIPPED.keys()
    if unknown:
        raise ValueError(f"no shipped profile is called {', '.join(sorted(unknown))}")
    made = [
        Profile(
            id=new_id(), company_id=company_id, code=code, name=one.name.zh, name_en=one.name.en,
            about=one.about.zh, about_en=one.about.en, is_shipped=True,
        )
        for code, one in SHIPPED.items()
    ]  # fmt: skip
    Profile.objects.bulk_create(made)
    ProfileItem.objects.bulk_create(
        ProfileItem(id=new_id(), company_id=company_id, profile=profile, topic=subject, code=code, since=on)
        for profile in made
        for subject, codes in SHIPPED[profile.code].brings.items()
        for code in codes
    )
    ProfileSpan.objects.bulk_create(
        ProfileSpan(id=new_id(), company_id=company_id, profile=profile, since=on)
        for profile in made
        if profile.code in chosen
    )
    return made
