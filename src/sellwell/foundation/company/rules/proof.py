"""The proof of the duty matrix (B2): who answers for what, everywhere, for every amount and on every day.

Values in, counter-examples out. `docs/rules/duty-proof.md` says it in prose with a worked table first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sellwell.foundation.company.rules.days import Stretch, holds, stretches

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Place:
    """A region and a product line in which work is done. Empty in a scope means everywhere."""

    region: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A position held by somebody in a scope. `leads`: this person heads the department of the post."""

    person: str
    position: str
    role: str
    region: str
    line: str
    since: date
    until: date | None = None
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which somebody is not there. `lends` says that the deputy may decide approvals, too."""

    person: str
    since: date
    until: date
    deputy: str = ""
    lends: bool = True


@dataclass(frozen=True, slots=True)
class Accountable:
    """A position answers for a duty in a scope and a tier of amounts (`above` inclusive, `up_to` exclusive)."""

    duty: str
    position: str
    region: str
    line: str
    above: Decimal
    up_to: Decimal | None
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sets of verbs that one person must not hold together (`person`) or do in one sale (`document`)."""

    code: str
    a: frozenset[str]
    b: frozenset[str]
    per: str = "person"


@dataclass(frozen=True, slots=True)
class Waived:
    """A conflict that somebody allowed for a time."""

    person: str
    pair: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Route:
    """Roles that an approval policy names somewhere."""

    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """So many customers belong to somebody in a place."""

    person: str
    place: Place
    count: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A department that works a region or a product line, from day to day; its path tells who is above it."""

    path: str
    kind: str
    region: str
    line: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Organisation:
    """All that the proof looks at."""

    duties: tuple[str, ...]
    # Of these the owner of each customer answers, so the matrix must name one position; who holds it is not asked.
    by_customer: frozenset[str] = frozenset()
    places: tuple[Place, ...] = ()
    accountable: tuple[Accountable, ...] = ()
    held: tuple[Held, ...] = ()
    away: tuple[Away, ...] = ()
    pairs: tuple[Pair, ...] = ()
    waived: tuple[Waived, ...] = ()
    verbs: dict[str, frozenset[str]] = field(default_factory=dict)  # by role
    routes: tuple[Route, ...] = ()
    last_resort: tuple[str, ...] = ()
    covered: tuple[Covered, ...] = ()
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One counter-example. `kind` is one of those that `proving.WORDS` tells; what does not apply is empty."""

    kind: str
    since: date
    until: date
    duty: str = ""
    region: str = ""
    line: str = ""
    above: Decimal = NONE
    up_to: Decimal | None = None
    people: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    code: str = ""
    count: int = 0


# What the matrix alone says; the other kinds of this part ask for the people, too.
OF_THE_MATRIX = ("no_position", "two_positions")


class Presence:
    """Who is there on a day, and who stands in."""

    def __init__(self, held: Iterable[Held], away: Iterable[Away]) -> None:
        self.posts: dict[str, list[Held]] = defaultdict(list)
        self.away: dict[str, list[Away]] = defaultdict(list)
        for post in held:
            self.posts[post.person].append(post)
        for absence in away:
            self.away[absence.person].append(absence)

    def works(self, person: str, day: date) -> bool:
        """Whether somebody holds any post that day."""
        return any(holds(day, p.since, p.until) for p in self.posts.get(person, ()))

    def is_there(self, person: str, day: date) -> bool:
        """Whether somebody holds a post that day and is not away."""
        return self.works(person, day) and not any(
            holds(day, a.since, a.until) for a in self.away.get(person, ())
        )

    def stands(self, person: str, day: date, *, approving: bool = False) -> set[str]:
        """Who acts for a holder that day: the holder, else the deputies who are there themselves."""
        absences = [a for a in self.away.get(person, ()) if holds(day, a.since, a.until)]
        if not absences:
            return {person}
        return {
            a.deputy
            for a in absences
            if a.deputy and self.is_there(a.deputy, day) and (a.lends or not approving)
        }

    def changes(self, people: Iterable[str]) -> set[date | None]:
        """Every day on which the presence of these people, or of their deputies, changes."""
        found: set[date | None] = set()
        for person in people:
            for name in (person, *(a.deputy for a in self.away.get(person, ()) if a.deputy)):
                for absence in self.away.get(name, ()):
                    found |= {absence.since, absence.until}
                for post in self.posts.get(name, ()):
                    found |= {post.since, post.until}
        return found


def covers(scope: str, place: str) -> bool:
    """Whether a scope field reaches a place: empty reaches everywhere."""
    return scope in ("", place)


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers for a position in a place over some days: exactly one person where all is well."""

    days: Stretch
    people: tuple[str, ...]


class Answering:
    """Who answers for a position in a place, stretch by stretch."""

    def __init__(self, organisation: Organisation, presence: Presence, since: date, until: date) -> None:
        self.presence, self.since, self.until = presence, since, until
        self.by_position: dict[str, list[Held]] = defaultdict(list)
        for post in organisation.held:
            self.by_position[post.position].append(post)
        self._known: dict[tuple[str, Place], list[Answer]] = {}

    def __call__(self, position: str, place: Place) -> list[Answer]:
        """The answers over the whole period."""
        key = (position, place)
        if key not in self._known:
            self._known[key] = self._find(position, place)
        return self._known[key]

    def _find(self, position: str, place: Place) -> list[Answer]:
        posts = [
            p
            for p in self.by_position.get(position, ())
            if covers(p.region, place.region) and covers(p.line, place.line)
        ]
        changes = self.presence.changes({p.person for p in posts})
        return [
            Answer(days, tuple(sorted(self._on(posts, days.since))))
            for days in stretches(self.since, self.until, changes)
        ]

    def _on(self, posts: Sequence[Held], day: date) -> set[str]:
        """Those who head a department go before the others; whoever is away is stood in for."""
        leading: set[str] = set()
        others: set[str] = set()
        for post in posts:
            if holds(day, post.since, post.until):
                (leading if post.leads else others).update(self.presence.stands(post.person, day))
        return leading or others


def prove(organisation: Organisation, since: date, until: date) -> list[Found]:
    """Every counter-example from `since` up to, not including, `until`."""
    from sellwell.foundation.company.rules import proof_people

    presence = Presence(organisation.held, organisation.away)
    found = duties(organisation, presence, since, until)
    found += proof_people.conflicts(organisation, presence, since, until)
    found += proof_people.alone(organisation, presence, since, until)
    found += proof_people.routes(organisation, presence, since, until)
    found += proof_people.customers(organisation, presence, since, until)
    found += proof_people.units(organisation, since, until)
    return found


def duties(organisation: Organisation, presence: Presence, since: date, until: date) -> list[Found]:
    """Exactly one accountable for each duty, place and tier of amounts, on every day."""
    answering = Answering(organisation, presence, since, until)
    by_duty: dict[str, list[Accountable]] = defaultdict(list)
    for entry in organisation.accountable:
        by_duty[entry.duty].append(entry)
    found: list[Found] = []
    for duty in organisation.duties:
        for above, up_to in tiers(by_duty[duty]):
            within = [e for e in by_duty[duty] if e.above <= above and (e.up_to is None or above < e.up_to)]
            one: list[tuple[Place, Found]] = []
            for place in organisation.places:
                one += [
                    (place, broken)
                    for broken in _in_place(duty, place, above, up_to, within, answering)
                    if duty not in organisation.by_customer or broken.kind in OF_THE_MATRIX
                ]
            found += together(one, organisation.places)
    return found


def tiers(entries: Iterable[Accountable]) -> list[tuple[Decimal, Decimal | None]]:
    """The amounts cut where any entry begins or ends; one tier from nothing upwards where none does."""
    cuts = sorted({NONE, *(e.above for e in entries), *(e.up_to for e in entries if e.up_to is not None)})
    return list(zip(cuts, [*cuts[1:], None], strict=True))


def _in_place(
    duty: str,
    place: Place,
    above: Decimal,
    up_to: Decimal | None,
    entries: Sequence[Accountable],
    answering: Answering,
) -> list[Found]:
    """The counter-examples of one duty in one place and tier."""
    here = [e for e in entries if covers(e.region, place.region) and covers(e.line, place.line)]
    changes = [day for e in here for day in (e.since, e.until)]
    found: list[Found] = []

    def note(kind: str, days: Stretch, people: tuple[str, ...], positions: Iterable[str]) -> None:
        found.append(
            Found(kind, days.since, days.until, duty, place.region, place.line, above, up_to, people,
                  tuple(sorted(positions)))
        )  # fmt: skip

    for days in stretches(answering.since, answering.until, changes):
        positions = {e.position for e in here if holds(days.since, e.since, e.until)}
        if len(positions) != 1:
            note("two_positions" if positions else "no_position", days, (), positions)
            continue
        for answer in answering(next(iter(positions)), place):
            cut = Stretch(max(days.since, answer.days.since), min(days.until, answer.days.until))
            if cut.since < cut.until and len(answer.people) != 1:
                note("several" if answer.people else "nobody", cut, answer.people, positions)
    return joined(found)


def joined(found: list[Found]) -> list[Found]:
    """Counter-examples that follow each other and say the same become one."""
    whole: list[Found] = []
    for one in found:
        last = whole[-1] if whole else None
        if last is not None and last.until == one.since and _same(last, one):
            whole[-1] = replace(last, until=one.until)
        else:
            whole.append(one)
    return whole


def _same(a: Found, b: Found) -> bool:
    return replace(a, since=b.since, until=b.until) == b


def together(found: Sequence[tuple[Place, Found]], places: Sequence[Place]) -> list[Found]:
    """Counter-examples that are the same for every product line of a region, or for all regions, become one."""
    lines: dict[str, set[str]] = defaultdict(set)
    for place in places:
        lines[place.region].add(place.line)
    by_region: dict[Found, list[Place]] = defaultdict(list)
    for place, one in found:
        by_region[replace(one, line="")].append(place)
    regional: dict[Found, list[str]] = defaultdict(list)
    kept: list[Found] = []
    for one, where in by_region.items():
        if {p.line for p in where} == lines[one.region]:
            regional[replace(one, region="")].append(one.region)
        else:
            kept += [replace(one, line=p.line) for p in where]
    for one, regions in regional.items():
        if set(regions) == set(lines):
            kept.append(one)
        else:
            kept += [replace(one, region=region) for region in regions]
    return sorted(kept, key=lambda f: (f.duty, f.above, f.region, f.line, f.since))
