"""The proof, the part about people: forbidden pairs, approvals, customers, and departments that meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sellwell.foundation.company.rules.days import Stretch, holds, stretches
from sellwell.foundation.company.rules.proof import Found, Held, Organisation, Presence, Unit, joined


def conflicts(organisation: Organisation, presence: Presence, since: date, until: date) -> list[Found]:
    """People who hold both sides of a pair, by their own posts and by those they stand in for."""
    pairs = [p for p in organisation.pairs if p.per == "person"]
    lenders: dict[str, set[str]] = defaultdict(set)
    for absence in organisation.away:
        if absence.deputy:
            lenders[absence.deputy].add(absence.person)
    waived: dict[tuple[str, str], list[Stretch]] = defaultdict(list)
    for one in organisation.waived:
        waived[one.person, one.pair].append(Stretch(one.since, one.until))
    both: dict[frozenset[str], list[str]] = {}

    def broken(roles: frozenset[str]) -> list[str]:
        if roles not in both:
            verbs = frozenset().union(*(organisation.verbs.get(role, frozenset()) for role in roles))
            both[roles] = [p.code for p in pairs if verbs & p.a and verbs & p.b]
        return both[roles]

    found: list[Found] = []
    for person in sorted(set(presence.posts) | set(lenders)):
        changes = presence.changes([person, *lenders[person]])
        changes |= {d for p in pairs for w in waived[person, p.code] for d in (w.since, w.until)}
        mine: dict[str, list[Found]] = defaultdict(list)
        for days in stretches(since, until, changes):
            roles = roles_on(person, lenders[person], presence, days.since)
            for code in broken(roles):
                if not any(holds(days.since, w.since, w.until) for w in waived[person, code]):
                    mine[code].append(Found("conflict", days.since, days.until, people=(person,), code=code))
        for code in sorted(mine):
            found += joined(mine[code])
    return found


def roles_on(person: str, lenders: Iterable[str], presence: Presence, day: date) -> frozenset[str]:
    """The roles that somebody may act in that day: one's own, and those of absent people one stands in for."""
    people = [person]
    if presence.is_there(person, day):
        people += [
            lender
            for lender in lenders
            if lender != person and person in presence.stands(lender, day)
        ]  # fmt: skip
    return frozenset(
        p.role for who in people for p in presence.posts.get(who, ()) if holds(day, p.since, p.until)
    )


def alone(organisation: Organisation, presence: Presence, since: date, until: date) -> list[Found]:
    """Pairs of one sale that need two people: days on which only one person could do either side."""
    found: list[Found] = []
    for pair in organisation.pairs:
        if pair.per != "document":
            continue
        side_a = _who_may(organisation, pair.a)
        side_b = _who_may(organisation, pair.b)
        if not side_a or not side_b or _always_two(side_a, side_b, presence, since, until):
            continue
        people = {p.person for p in (*side_a, *side_b)}
        mine: list[Found] = []
        for days in stretches(since, until, presence.changes(people)):
            a, b = _there(side_a, presence, days.since), _there(side_b, presence, days.since)
            if a and b and len(a | b) == 1:
                mine.append(Found("pair_alone", days.since, days.until, people=tuple(a), code=pair.code))
        found += joined(mine)
    return found


def _who_may(organisation: Organisation, verbs: frozenset[str]) -> list[Held]:
    roles = {role for role, known in organisation.verbs.items() if known & verbs}
    return [post for post in organisation.held if post.role in roles]


def _there(posts: Iterable[Held], presence: Presence, day: date) -> set[str]:
    return {p.person for p in posts if holds(day, p.since, p.until) and presence.is_there(p.person, day)}


def _always_two(a: list[Held], b: list[Held], presence: Presence, since: date, until: date) -> bool:
    """Whether people who are there on every day already make two: then no day needs to be looked at."""

    def steady(posts: list[Held]) -> set[str]:
        return {
            p.person
            for p in posts
            if p.since <= since and (p.until is None or p.until >= until) and not presence.away.get(p.person)
        }

    always_a, always_b = steady(a), steady(b)
    return bool(always_a and always_b and len(always_a | always_b) > 1)


def routes(organisation: Organisation, presence: Presence, since: date, until: date) -> list[Found]:
    """Every role that an approval names has somebody who may decide, on every day; the requester never counts."""
    named: dict[str, set[str]] = defaultdict(set)
    for route in organisation.routes:
        for role in route.roles:
            named[role].add(route.name)
    by_role: dict[str, list[Held]] = defaultdict(list)
    for post in organisation.held:
        by_role[post.role].append(post)
    found: list[Found] = []
    for role in sorted(named):
        reach = (role, *(r for r in organisation.last_resort if r != role))
        people = {p.person for r in reach for p in by_role[r]}
        mine: list[Found] = []
        for days in stretches(since, until, presence.changes(people)):
            deciders = _deciders(by_role[role], presence, days.since)
            anybody = set().union(*(_deciders(by_role[r], presence, days.since) for r in reach))
            kind = "route_dead" if not anybody else "route_empty" if not deciders else ""
            if not kind and len(anybody) == 1:
                kind = "own_request"
            if kind:
                shown = tuple(sorted(anybody)) if kind == "own_request" else ()
                mine.append(
                    Found(kind, days.since, days.until, people=shown, positions=(role,),
                          code=",".join(sorted(named[role])))
                )  # fmt: skip
        found += joined(mine)
    return found


def _deciders(posts: Iterable[Held], presence: Presence, day: date) -> set[str]:
    found: set[str] = set()
    for post in posts:
        if holds(day, post.since, post.until):
            found |= presence.stands(post.person, day, approving=True)
    return found


def customers(organisation: Organisation, presence: Presence, since: date, until: date) -> list[Found]:
    """Customers whose owner is away without a deputy, or holds no post; and regions that no department works."""
    found: list[Found] = []
    by_owner: dict[str, int] = defaultdict(int)
    by_region: dict[str, int] = defaultdict(int)
    for one in organisation.covered:
        by_owner[one.person] += one.count
        by_region[one.place.region] += one.count
    for person in sorted(by_owner):
        mine: list[Found] = []
        for days in stretches(since, until, presence.changes([person])):
            gone = not presence.works(person, days.since)
            if gone or not presence.stands(person, days.since):
                kind = "owner_gone" if gone else "owner_away"
                mine.append(Found(kind, days.since, days.until, people=(person,), count=by_owner[person]))
        found += joined(mine)
    for region in sorted(by_region):
        working = [u for u in organisation.units if u.region == region and region]
        mine = []
        for days in stretches(since, until, [d for u in working for d in (u.since, u.until)]):
            if region and not any(holds(days.since, u.since, u.until) for u in working):
                mine.append(
                    Found("region_none", days.since, days.until, region=region, count=by_region[region])
                )
        found += joined(mine)
    return found


def units(organisation: Organisation, since: date, until: date) -> list[Found]:
    """Departments of one kind that work the same region or product line, neither above the other."""
    found: list[Found] = []
    for kind, what in (("regional", "region"), ("product", "line")):
        groups: dict[str, list[Unit]] = defaultdict(list)
        for unit in organisation.units:
            scope = getattr(unit, what)
            if unit.kind == kind and scope:
                groups[scope].append(unit)
        for scope, group in sorted(groups.items()):
            mine: list[Found] = []
            for days in stretches(since, until, [d for u in group for d in (u.since, u.until)]):
                there = [u for u in group if holds(days.since, u.since, u.until)]
                tops = [u for u in there if not any(o is not u and u.path.startswith(o.path) for o in there)]
                if len(tops) > 1:
                    paths = tuple(sorted(u.path for u in tops))
                    region, line = (scope, "") if what == "region" else ("", scope)
                    mine.append(
                        Found(f"{what}_twice", days.since, days.until, "", region, line, positions=paths)
                    )
            found += joined(mine)
    return found
