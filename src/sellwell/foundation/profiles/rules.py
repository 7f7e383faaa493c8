"""What profiles allow on a day, and what is lost when one goes. Pure: values in, values out (clause 1.1.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

Kind = tuple[str, str]  # subject and code: ("contracts.kind", "service")


@dataclass(frozen=True, slots=True)
class Span:
    """Some days, `until` not among them; None has no end."""

    since: date
    until: date | None

    def covers(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.since <= day and (self.until is None or day < self.until)


def state_on(day: date, since: date | None, until: date | None) -> str:
    """`active`, `ending`, `planned` or `inactive`: what the span of a profile that counts means on a day."""
    if since is None or (until is not None and (until <= day or until <= since)):
        return "inactive"
    if since > day:
        return "planned"
    return "active" if until is None else "ending"


def allows(spans: Mapping[Kind, Iterable[Span]], kind: Kind, day: date) -> bool:
    """Whether some profile brings a kind on a day."""
    return any(span.covers(day) for span in spans.get(kind, ()))


def lasts(spans: Iterable[Span], day: date) -> bool:
    """Whether some spans, one after another, cover a day and all days after it."""
    known = list(spans)
    while covering := [span for span in known if span.covers(day)]:
        ends = [span.until for span in covering if span.until is not None]
        if len(ends) < len(covering):
            return True
        day = max(ends)
    return False


def lost(brought: Collection[Kind], by_others: Collection[Kind]) -> set[Kind]:
    """What only this profile brings: what a company could not do without it."""
    return set(brought) - set(by_others)
