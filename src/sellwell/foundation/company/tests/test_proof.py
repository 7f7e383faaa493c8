"""The proof against brute force: day by day, place by place, amount by amount, on small random organisations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from sellwell.foundation.company.rules import judged
from sellwell.foundation.company.rules.proof import (
    Accountable,
    Away,
    Covered,
    Found,
    Held,
    Organisation,
    Pair,
    Place,
    Route,
    Unit,
    Waived,
    prove,
)
from sellwell.testing.marks import clause

START = date(2026, 5, 1)
LENGTH = 8
END = START + timedelta(days=LENGTH)
DAYS = [START + timedelta(days=n) for n in range(LENGTH)]
PEOPLE, POSITIONS, ROLES = ("an", "bo", "cai", "ding"), ("P", "Q"), ("x", "y", "z")
REGIONS, LINES, DUTIES = ("E", "S"), ("l", "m"), ("claims", "price")
PLACES = tuple(Place(r, n) for r in REGIONS for n in LINES)
AMOUNTS = (Decimal(0), Decimal(100), Decimal(500))

days = st.integers(-2, LENGTH + 2).map(lambda n: START + timedelta(days=n))
spans = st.tuples(days, days).filter(lambda s: s[0] < s[1])
open_spans = st.one_of(spans, days.map(lambda d: (d, None)))
people, positions, roles = (st.sampled_from(s) for s in (PEOPLE, POSITIONS, ROLES))
regions, lines = st.sampled_from(("", *REGIONS)), st.sampled_from(("", *LINES))
verbs = st.frozensets(st.sampled_from("abcd"), max_size=2)

held = st.builds(
    lambda who, pos, role, r, n, s, leads: Held(who, pos, role, r, n, *s, leads),
    people, positions, roles, regions, lines, open_spans, st.booleans(),
)  # fmt: skip
away = st.builds(
    lambda who, s, deputy, lends: Away(who, *s, deputy, lends),
    people, spans, st.sampled_from(("", *PEOPLE)), st.booleans(),
).filter(lambda a: a.person != a.deputy)  # fmt: skip
tier = st.sampled_from([(a, b) for a in AMOUNTS for b in (*AMOUNTS, None) if b is None or a < b])
accountable = st.builds(
    lambda duty, pos, r, n, t, s: Accountable(duty, pos, r, n, *t, *s),
    st.sampled_from(DUTIES), positions, regions, lines, tier, open_spans,
)  # fmt: skip
pairs = st.builds(Pair, st.sampled_from(("p1", "p2")), verbs, verbs, st.sampled_from(("person", "document")))
organisations = st.builds(
    Organisation,
    duties=st.just(DUTIES),
    by_customer=st.frozensets(st.just("price")),
    places=st.just(PLACES),
    accountable=st.lists(accountable, max_size=4).map(tuple),
    held=st.lists(held, max_size=6).map(tuple),
    away=st.lists(away, max_size=4).map(tuple),
    pairs=st.lists(pairs, max_size=2, unique_by=lambda p: p.code).map(tuple),
    waived=st.lists(
        st.builds(lambda w, p, s: Waived(w, p, *s), people, st.sampled_from(("p1", "p2")), spans), max_size=2
    ).map(tuple),
    verbs=st.fixed_dictionaries(dict.fromkeys(ROLES, verbs)),
    routes=st.lists(st.builds(Route, st.just("r"), st.lists(roles, min_size=1, max_size=2).map(tuple)), max_size=2).map(tuple),
    last_resort=st.sampled_from((("z",), ("y", "z"))),
    covered=st.lists(
        st.builds(Covered, people, st.sampled_from(PLACES), st.integers(1, 3)), max_size=3
    ).map(tuple),
    units=st.lists(
        st.builds(
            lambda path, kind, r, n, s: Unit(path, kind, r, n, *s),
            st.sampled_from(("A.", "A.B.", "C.")), st.sampled_from(("regional", "product")), regions, lines, open_spans,
        ),
        max_size=3, unique_by=lambda u: u.path,
    ).map(tuple),
)  # fmt: skip


# --- brute force: written for one day, one place, one amount at a time, with nothing shared with the checker -------------


def on(day: date, row: object) -> bool:
    since, until = row.since, row.until  # type: ignore[attr-defined]
    return (since is None or since <= day) and (until is None or day < until)


def works(o: Organisation, who: str, day: date) -> bool:
    return any(h.person == who and on(day, h) for h in o.held)


def is_away(o: Organisation, who: str, day: date) -> bool:
    return any(a.person == who and on(day, a) for a in o.away)


def acting(o: Organisation, who: str, day: date, approving: bool = False) -> set[str]:
    if not is_away(o, who, day):
        return {who}
    return {
        a.deputy
        for a in o.away
        if a.person == who and on(day, a) and a.deputy and works(o, a.deputy, day)
        and not is_away(o, a.deputy, day) and (a.lends or not approving)
    }  # fmt: skip


def duty_facts(o: Organisation, day: date) -> Iterator[tuple[object, ...]]:
    for duty in o.duties:
        for place in o.places:
            for amount in (Decimal(0), Decimal(50), Decimal(100), Decimal(300), Decimal(500), Decimal(9999)):
                named = {
                    e.position
                    for e in o.accountable
                    if e.duty == duty and e.region in ("", place.region) and e.line in ("", place.line)
                    and e.above <= amount and (e.up_to is None or amount < e.up_to) and on(day, e)
                }  # fmt: skip
                where = (duty, place.region, place.line, amount)
                if len(named) != 1:
                    yield ("two_positions" if named else "no_position", *where)
                    continue
                if duty in o.by_customer:
                    continue
                posts = [
                    h for h in o.held
                    if h.position in named and h.region in ("", place.region) and h.line in ("", place.line) and on(day, h)
                ]  # fmt: skip
                heads = set().union(*(acting(o, h.person, day) for h in posts if h.leads))
                rest = set().union(*(acting(o, h.person, day) for h in posts if not h.leads))
                who = heads or rest
                if len(who) != 1:
                    yield ("several" if who else "nobody", *where)


def people_facts(o: Organisation, day: date) -> Iterator[tuple[object, ...]]:
    def roles_of(who: str) -> set[str]:
        return {h.role for h in o.held if h.person == who and on(day, h)}

    for who in PEOPLE:
        mine = roles_of(who)
        if works(o, who, day) and not is_away(o, who, day):
            for other in PEOPLE:
                if other != who and is_away(o, other, day) and who in acting(o, other, day):
                    mine |= roles_of(other)
        can = set().union(*(o.verbs[r] for r in mine)) if mine else set()
        for pair in o.pairs:
            waived = any(w.person == who and w.pair == pair.code and on(day, w) for w in o.waived)
            if pair.per == "person" and can & pair.a and can & pair.b and not waived:
                yield ("conflict", who, pair.code)
    for pair in o.pairs:
        if pair.per == "document":

            def side(verbs: frozenset[str]) -> set[str]:
                return {
                    w for w in PEOPLE
                    if not is_away(o, w, day) and any(o.verbs[r] & verbs for r in roles_of(w))
                }  # fmt: skip

            a, b = side(pair.a), side(pair.b)
            if a and b and not any(x != y for x in a for y in b):
                yield ("pair_alone", pair.code)


def route_facts(o: Organisation, day: date) -> Iterator[tuple[object, ...]]:
    for role in {r for route in o.routes for r in route.roles}:

        def deciders(r: str) -> set[str]:
            return set().union(
                *(acting(o, h.person, day, True) for h in o.held if h.role == r and on(day, h))
            )

        all_ = deciders(role).union(*(deciders(r) for r in o.last_resort))
        if not all_:
            yield ("route_dead", role)
        elif not deciders(role):
            yield ("route_empty", role)
        elif len(all_) == 1:
            yield ("own_request", role)


def place_facts(o: Organisation, day: date) -> Iterator[tuple[object, ...]]:
    for who in {c.person for c in o.covered}:
        if not works(o, who, day):
            yield ("owner_gone", who)
        elif not acting(o, who, day):
            yield ("owner_away", who)
    for region in {c.place.region for c in o.covered}:
        if not any(u.region == region and on(day, u) for u in o.units):
            yield ("region_none", region)
    for kind, what, values in (("regional", "region", REGIONS), ("product", "line", LINES)):
        for value in values:
            same = [u for u in o.units if u.kind == kind and getattr(u, what) == value and on(day, u)]
            if any(
                not a.path.startswith(b.path) and not b.path.startswith(a.path)
                for a in same for b in same if a is not b
            ):  # fmt: skip
                yield (f"{what}_twice", value)


def told(found: list[Found], day: date) -> set[tuple[object, ...]]:
    """The checker's findings of one day, spread out again over places and amounts."""
    facts: set[tuple[object, ...]] = set()
    for one in found:
        if not (one.since <= day < one.until):
            continue
        match one.kind:
            case "no_position" | "two_positions" | "nobody" | "several":
                for place in PLACES:
                    if one.region in ("", place.region) and one.line in ("", place.line):
                        for amount in (
                            Decimal(0),
                            Decimal(50),
                            Decimal(100),
                            Decimal(300),
                            Decimal(500),
                            Decimal(9999),
                        ):
                            if one.above <= amount and (one.up_to is None or amount < one.up_to):
                                facts.add((one.kind, one.duty, place.region, place.line, amount))
            case "conflict":
                facts.add((one.kind, one.people[0], one.code))
            case "pair_alone":
                facts.add((one.kind, one.code))
            case "route_dead" | "route_empty" | "own_request":
                facts.add((one.kind, one.positions[0]))
            case "owner_gone" | "owner_away":
                facts.add((one.kind, one.people[0]))
            case "region_none" | "region_twice":
                facts.add((one.kind, one.region))
            case "line_twice":
                facts.add((one.kind, one.line))
    return facts


@clause("2.1.4")
@given(organisations)
@settings(max_examples=400, deadline=None)
def test_the_proof_finds_what_brute_force_finds_and_nothing_else(o: Organisation) -> None:
    found = prove(o, START, END)
    assert all(START <= f.since < f.until <= END for f in found)
    assert judged.broken(o, found) <= judged.things(o)
    for day in DAYS:
        truth = {*duty_facts(o, day), *people_facts(o, day), *route_facts(o, day), *place_facts(o, day)}
        assert told(found, day) == truth, day


# Where the matrix is whole and people hold their posts throughout, only absences and deputies make a difference.
absences_only = st.builds(
    Organisation,
    duties=st.just(("claims",)),
    places=st.just(PLACES[:1]),
    accountable=st.just((Accountable("claims", "P", "", "", Decimal(0), None, START),)),
    held=st.lists(
        st.builds(
            lambda who, pos, leads: Held(who, pos, "x", "", "", START, None, leads),
            people, st.sampled_from(("P", "P", "Q")), st.booleans(),
        ),
        min_size=2, max_size=4,
    ).map(tuple),
    away=st.lists(away, min_size=2, max_size=5).map(tuple),
    verbs=st.just(dict.fromkeys(ROLES, frozenset[str]())),
    routes=st.just((Route("r", ("x",)),)),
    last_resort=st.just(("z",)),
    covered=st.just((Covered("an", PLACES[0], 1),)),
)  # fmt: skip


@clause("2.1.4")
@given(absences_only)
@settings(max_examples=300, deadline=None)
def test_deputies_who_are_away_themselves_stand_in_for_nobody(o: Organisation) -> None:
    found = prove(o, START, END)
    for day in DAYS:
        truth = {*duty_facts(o, day), *people_facts(o, day), *route_facts(o, day), *place_facts(o, day)}
        shown = {f for f in told(found, day) if len(f) < 3 or f[2:4] == (PLACES[0].region, PLACES[0].line)}
        assert shown == truth, day


# --- the examples of the page on the rule --------------------------------------------------------------------------------


def a_region(**changes: object) -> Organisation:
    """One region with a manager who answers for claims over 500,000, and a clerk for those below."""
    whole = {
        "duties": ("claims",),
        "places": (Place("East"), Place("South")),
        "accountable": (
            Accountable("claims", "clerk", "", "", Decimal(0), Decimal(500000), START),
            Accountable("claims", "manager", "", "", Decimal(500000), None, START),
        ),
        "held": (
            Held("he", "manager", "manager", "East", "", START),
            Held("si", "manager", "manager", "South", "", START),
            Held("ke", "clerk", "clerk", "", "", START),
        ),
    }
    return Organisation(**(whole | changes))  # type: ignore[arg-type]


@clause("2.1.4")
def test_claims_over_500000_in_the_east_have_nobody_while_the_manager_is_away() -> None:
    assert prove(a_region(), START, END) == []
    gone = Away("he", date(2026, 5, 3), date(2026, 5, 7))
    found = prove(a_region(away=(gone,)), START, END)
    assert found == [
        Found(
            "nobody", date(2026, 5, 3), date(2026, 5, 7), "claims", "East", "", Decimal(500000), None, (),
            ("manager",),
        )
    ]  # fmt: skip
    stood_in = Away("he", date(2026, 5, 3), date(2026, 5, 7), "si")
    assert prove(a_region(away=(stood_in,)), START, END) == []


@clause("2.1.4")
def test_a_deputy_gets_no_second_side_of_a_pair() -> None:
    pair = Pair("price_quote", frozenset({"price"}), frozenset({"quote"}))
    lent = Away("he", date(2026, 5, 3), date(2026, 5, 5), "ke")
    verbs = {"manager": frozenset({"price"}), "clerk": frozenset({"quote"})}
    found = prove(a_region(pairs=(pair,), verbs=verbs, away=(lent,)), START, END)
    assert found == [
        Found("conflict", date(2026, 5, 3), date(2026, 5, 5), people=("ke",), code="price_quote")
    ]
    waived = Waived("ke", "price_quote", START, END)
    assert prove(a_region(pairs=(pair,), verbs=verbs, away=(lent,), waived=(waived,)), START, END) == []
