"""What activities demands of check-ins: a position only from somebody who agreed to that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sellwell.kernel.operations import Assessment, Context, guard
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.activities import queries

NO_CONSENT = Reason(
    "activities.no_location_consent",
    T(
        "您尚未同意记录定位。请在“我的一天”中同意，或只填写地点。",
        "You have not agreed to positions. Agree on the page “My day”, or name the place only.",
    ),
)


@guard(
    "activities.location_consent",
    T("定位须本人同意", "Positions need consent"),
    on=["pipeline.check_in", "pipeline.start_visit"],
    clauses=["2.2.4"],
)
def location_consent(assessments: list[Assessment], ctx: Context) -> Mapping[int, Objection]:
    """A position without consent is refused; the place in words is always enough."""
    located = [i for i, a in enumerate(assessments) if _has_position(a.given)]
    if not located or queries.allows_location(ctx.company_id, ctx.user_id):
        return {}
    return {index: NO_CONSENT.refuse(path="place") for index in located}


def _has_position(given: Any) -> bool:
    """Whether a whole position was sent; half of one is refused by the verb itself."""
    return None not in (getattr(given, "latitude", None), getattr(given, "longitude", None))
