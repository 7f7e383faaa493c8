"""Places in a customer's team: nobody twice on one day, shares of at most 100 percent on every day. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sellwell.kernel.values import Objection, Reason, T

ALL = Decimal(100)
ENDS_BEFORE = Reason("customers.team_until", T("结束日期须晚于开始日期。", "It must end after it began."))
TWICE = Reason(
    "customers.team_twice",
    T("此人在这段时间已是团队成员。", "This person is on the team in these days already."),
)
TOO_MUCH = Reason(
    "customers.team_shares",
    T(
        "{day} 起各成员份额合计 {total}%，超过 100%。最多还可分 {left}%。",
        "From {day} the shares would add up to {total} %. At most {left} % is left.",
    ),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in a team within its days; `until` is exclusive."""

    user: str
    share: Decimal
    since: date
    until: date | None

    def on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.since <= day and (self.until is None or day < self.until)

    def meets(self, other: Place) -> bool:
        """Whether both hold on some day."""
        return self.on(other.since) or other.on(self.since)


def objections(places: Iterable[Place], wanted: Place) -> list[Objection]:
    """What speaks against one more place."""
    if wanted.until is not None and wanted.until <= wanted.since:
        return [ENDS_BEFORE.refuse(path="until")]
    beside = [place for place in places if place.meets(wanted)]
    found = [TWICE.refuse(path="user")] if any(place.user == wanted.user for place in beside) else []
    # Only days of the wanted place count: those of others were judged when they were made.
    starts = [wanted.since, *(p.since for p in beside if wanted.on(p.since))]
    sums = [(sum((p.share for p in beside if p.on(day)), wanted.share), day) for day in starts]
    total, day = min(sums, key=lambda one: (-one[0], one[1]))
    if total > ALL:
        left = max(Decimal(0), ALL - (total - wanted.share))
        found.append(TOO_MUCH.refuse(path="share", day=day, total=total, left=left))
    return found


def day_after(day: date) -> date:
    """The next day."""
    return day + timedelta(days=1)
