"""What people read of profiles: each with the days since which it is on, and every span that it was."""

from __future__ import annotations

from sellwell.foundation.profiles import (
    seed,  # noqa: F401 - companies from before there were profiles get them with every migration
)
from sellwell.foundation.profiles.models import Profile, ProfileSpan, ProfileState
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view


def origin(row: Profile) -> str:
    """Who made it."""
    return str(T("随产品提供", "Shipped") if row.is_shipped else T("公司自建", "The company's own"))


PROFILES = view(
    "profiles.view",
    T("行业模板", "Industry profiles"),
    Profile,
    [
        Column("name", T("名称", "Name"), value=lambda row: str(row.title)),
        Column("code", T("代码", "Code"), "code", path="code", sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", value=lambda row: row.state, states=ProfileState),
        Column("about", T("适用于", "For whom"), value=lambda row: str(T(row.about, row.about_en or row.about))),
        Column("on_since", T("自", "Since"), "date", value=lambda row: row.on_since),
        Column("on_until", T("至（不含）", "Until (excluded)"), "date", value=lambda row: row.on_until),
        Column("origin", T("来源", "Origin"), value=origin),
    ],
    url="industry-profiles",
    help=T(
        "公司从事的行业：各自可用的产品、单位、税类、合同、渠道与验收方式。",
        "The trades of the company: the products, units, taxes, contracts, channels and ways of acceptance of each.",
    ),
    order=("-is_shipped", "id"),
    search=lambda row: (row.code, row.name, row.name_en),
    label=lambda row: str(row.title),
    clauses=("1.1.4",),
    states=ProfileState,
)  # fmt: skip

SPANS = view(
    "profiles.spans",
    T("行业模板启用期", "Spans of industry profiles"),
    ProfileSpan,
    [
        Column(
            "profile", T("行业模板", "Industry profile"), "ref", "profile__name", ref="profiles.profile", filterable=True
        ),
        Column("since", T("自", "Since"), "date", "since", sortable=True, filterable=True),
        Column("until", T("至（不含）", "Until (excluded)"), "date", "until", sortable=True),
    ],
    url="industry-profile-spans",
    help=T("各行业模板何时启用、何时停用。", "From when until when each profile was on."),
    related=("profile",),
    order=("-since", "-id"),
    label=lambda row: f"{row.profile} {row.since:%Y-%m-%d}",
)  # fmt: skip
