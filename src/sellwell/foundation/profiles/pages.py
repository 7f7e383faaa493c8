"""What people see of profiles: the list, a profile with what it brings and what uses it, and its spans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sellwell.foundation.profiles import queries
from sellwell.foundation.profiles.extensions import all_subjects
from sellwell.foundation.profiles.models import Profile, ProfileState
from sellwell.foundation.profiles.operations import UNIT
from sellwell.foundation.profiles.views import PROFILES, SPANS
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.registry import choices, form, list_page, panel, record_page, related, section

section("house", T("制度与权限", "Rules and rights"), order=90)

list_page(
    PROFILES,
    section="house",
    icon="building",
    order=5,
    new=["profiles.make"],
    columns=["name", "state", "about", "on_since", "on_until", "origin"],
    card=["name", "about", "state"],
    empty=T(
        "还没有行业模板。新建一个，选好类别后启用。", "No industry profiles yet. Make one, choose its kinds, switch it on."
    ),
)  # fmt: skip
record_page(
    PROFILES,
    path=[ProfileState.OFF, ProfileState.PLANNED, ProfileState.ON, ProfileState.ENDING],
    facts=["about", "state", "on_since", "on_until", "origin", "code"],
)
list_page(SPANS)
related("profiles.profile", SPANS, by="profile_id", place="side", order=30, columns=["since", "until"])


def content_of(profile: Profile, ctx: Context) -> dict[str, Any]:
    """What a profile brings, subject by subject, with the open records that have each kind and whether others bring it."""
    brought = queries.brings(profile, ctx.today)
    elsewhere = queries.lasting(ctx.company_id, ctx.today, profile.pk)
    used = queries.use_counts(ctx.company_id)
    groups = []
    for name, subject in all_subjects().items():
        names = queries.names_of(subject)
        kinds = sorted(code for subject_name, code in brought if subject_name == name)
        kinds.sort(key=lambda code: list(names).index(code) if code in names else len(names))
        groups.append(
            {
                "title": subject.title,
                "kinds": [
                    {
                        "name": queries.label(names, code),
                        "used": used.get((name, code), 0),
                        "alone": (name, code) not in elsewhere,
                    }
                    for code in kinds
                ],
            }
        )
    return {"groups": groups}


panel("profiles.profile", "content", T("包含与在用", "What it brings, what is in use"), "profiles/content.html",
      context=content_of, place="main", order=10)  # fmt: skip


# --- forms -------------------------------------------------------------------------------------------------------------


def kinds(row: Profile | None, ctx: Context) -> list[tuple[str, T | str]]:
    """Everything that a profile may bring, under its subjects; units are written below."""
    found: list[tuple[str, T | str]] = []
    for name, subject in all_subjects().items():
        if subject.codes is not None:
            found.append(("", subject.title))
            found += [(f"{name}:{code}", label) for code, label in subject.codes()]
    return found


def as_it_stands(profile: Profile, ctx: Context) -> Mapping[str, Any]:
    """A profile's words and content, to be changed."""
    brought = sorted(queries.brings(profile, ctx.today))
    return {name: getattr(profile, name) for name in ("name", "name_en", "about", "about_en")} | {
        "brings": [f"{subject}:{code}" for subject, code in brought if subject != UNIT],
        "units": [code for subject, code in brought if subject == UNIT],
    }


for _verb in ("profiles.make", "profiles.change"):
    choices(_verb, "brings", kinds)
form("profiles.make", wide=True)
form("profiles.change", wide=True, initial=as_it_stands)
form("profiles.switch_on", initial=lambda profile, ctx: {"since": ctx.today})
