"""What the proof judges, each thing once, and which of it a counter-example breaks: one unit for both figures.

A thing is what somebody must answer for (a duty in a place), or what may go wrong by itself: a person (incompatible duties,
customers without anybody), a role that approvals name, a pair that needs two people, a region, a product line.
"""

from __future__ import annotations

from collections.abc import Iterable

from sellwell.foundation.company.rules.proof import Found, Organisation, covers

Thing = tuple[str, ...]


def things(organisation: Organisation) -> set[Thing]:
    """Everything that is judged."""
    o = organisation
    found: set[Thing] = {("duty", duty, p.region, p.line) for duty in o.duties for p in o.places}
    found |= {("person", h.person) for h in o.held}
    found |= {("person", a.deputy) for a in o.away if a.deputy}
    found |= {("person", c.person) for c in o.covered}
    found |= {("role", role) for route in o.routes for role in route.roles}
    found |= {("pair", p.code) for p in o.pairs if p.per == "document"}
    found |= {("region", u.region) for u in o.units if u.region}
    found |= {("region", c.place.region) for c in o.covered if c.place.region}
    found |= {("line", u.line) for u in o.units if u.line}
    return found


def broken(organisation: Organisation, found: Iterable[Found]) -> set[Thing]:
    """The things that any of these counter-examples is about."""
    return {thing for one in found for thing in _of(organisation, one)}


def _of(organisation: Organisation, one: Found) -> set[Thing]:
    match one.kind:
        case "no_position" | "two_positions" | "nobody" | "several":
            return {
                ("duty", one.duty, p.region, p.line)
                for p in organisation.places
                if covers(one.region, p.region) and covers(one.line, p.line)
            }
        case "conflict" | "owner_away" | "owner_gone":
            return {("person", person) for person in one.people}
        case "route_empty" | "route_dead" | "own_request":
            return {("role", role) for role in one.positions}
        case "pair_alone":
            return {("pair", one.code)}
        case "region_none" | "region_twice":
            return {("region", one.region)}
        case "line_twice":
            return {("line", one.line)}
    raise ValueError(one.kind)
