"""What a vendor's directory means for ours: who is new, changed, moved or gone, and what people must settle first.

Values in, a plan out. What the plan sends passes the same operation as an Excel file; what it only proposes (a department
that moved, somebody who has left) is for people to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from sellwell.integrations.messaging.rolls import Member, Roll, Unit

USERNAME = re.compile(r"^[a-z][a-z0-9._-]{1,58}$")
NUMBER_LENGTH, NAME_LENGTH, EXTERNAL_ID_LENGTH = 20, 80, 60


@dataclass(frozen=True, slots=True)
class OwnUnit:
    """A department here."""

    code: str
    name: str
    name_en: str
    kind: str
    external_id: str
    above: str  # the code of the one above, empty at the top
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class OwnPerson:
    """A person here, with the department and role of the longest held post."""

    id: str
    name: str
    username: str
    number: str
    employment: str
    hired_on: date
    speciality: str
    external_id: str
    is_active: bool
    department: str = ""  # its code
    department_name: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page that shows a plan: what, who or which department, and from what to what."""

    what: str  # new_unit | changed_unit | moved_unit | new | new_to_post | changed | moved | left | problem
    name: str
    before: str = ""
    after: str = ""
    person: str = ""  # the id of a person here, where a link leads to


@dataclass
class Plan:
    """What is sent, what is proposed, and every line of it in words."""

    departments: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    leavers: list[str] = field(default_factory=list)
    to_post: list[str] = field(
        default_factory=list
    )  # new people, by external id, whose post is for people to give
    lines: list[Line] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """The same for the same plan: what was looked at is what is done."""
        return sha256(repr((self.departments, self.people, self.leavers, self.to_post)).encode()).hexdigest()[
            :32
        ]


@dataclass(frozen=True, slots=True)
class Here:
    """What is here already."""

    units: tuple[OwnUnit, ...]
    people: tuple[OwnPerson, ...]
    roles: Mapping[str, str]  # what people call a role, and its code
    today: date
    guarded: frozenset[str] = frozenset()  # roles that no title typed over there may bring


def plan(roll: Roll, here: Here, linked: Callable[[str], str]) -> Plan:
    """The plan. `linked` makes our external id of an id over there."""
    found = Plan()
    codes = _units(found, roll.units, here, linked)
    _people(found, roll.members, here, linked, codes)
    begin = linked("")
    ours = [p for p in here.people if p.is_active and p.external_id.startswith(begin)]
    if not roll.members and ours:
        # An application that sees nobody is wrongly set up; a company does not empty from one day to the next.
        found.lines.append(Line("problem", "", after="nobody_seen"))
        return found
    there = {linked(member.id) for member in roll.members}
    for person in ours:
        if person.external_id not in there:
            found.leavers.append(person.id)
            found.lines.append(Line("left", person.name, person=person.id))
    return found


def _units(
    found: Plan, units: tuple[Unit, ...], here: Here, linked: Callable[[str], str]
) -> dict[str, OwnUnit]:
    """Departments, those above first. Gives the one here for each id over there, new ones included."""
    top = next((u for u in here.units if not u.above and not u.is_closed), None)
    by_external = {u.external_id: u for u in here.units if u.external_id}
    free_by_place = {(u.name, u.above): u for u in here.units if not u.external_id and not u.is_closed}
    codes: dict[str, OwnUnit] = {}
    for unit in units:
        external = linked(unit.id)
        above = codes.get(unit.above, top if not unit.above else None)
        mine = by_external.get(external) or free_by_place.get((unit.name, above.code if above else ""))
        is_too_long, is_closed = len(external) > EXTERNAL_ID_LENGTH, mine is not None and mine.is_closed
        if above is None or is_too_long or is_closed:
            why = "too_long" if is_too_long else "closed" if is_closed else "no_above"
            why = "circle" if unit.is_circular else why
            found.lines.append(Line("problem", unit.name, after=why))
            continue
        name = unit.name[:NAME_LENGTH]
        if mine is None:
            mine = OwnUnit(_code(external), name, "", "function", external, above.code)
            found.lines.append(Line("new_unit", name, after=above.name))
            found.departments.append(_unit_row(mine, name, external, above.code))
        elif mine.name != name or mine.external_id != external:
            found.lines.append(Line("changed_unit", name, before=mine.name if mine.name != name else ""))
            found.departments.append(_unit_row(mine, name, external, ""))
        if mine.above and mine.above != above.code:
            before = next((u.name for u in here.units if u.code == mine.above), mine.above)
            found.lines.append(Line("moved_unit", name, before=before, after=above.name))
        codes[unit.id] = mine
    return codes


def _unit_row(unit: OwnUnit, name: str, external: str, above: str) -> dict[str, Any]:
    row = {
        "external_id": external,
        "code": unit.code,
        "name": name,
        "name_en": unit.name_en,
        "kind": unit.kind,
    }
    return row | ({"above": above} if above else {})


def _code(external: str) -> str:
    """A code for a department that has none over there: it never changes, whatever the department is called later."""
    return f"{external.partition(':')[0].upper()}-{sha256(external.encode()).hexdigest()[:8].upper()}"


def _people(
    found: Plan, members: tuple[Member, ...], here: Here, linked: Callable[[str], str],
    codes: Mapping[str, OwnUnit],
) -> None:  # fmt: skip
    by_external = {p.external_id: p for p in here.people if p.external_id}
    usernames = {p.username: p for p in here.people}
    numbers = {p.number: p for p in here.people}
    for member in members:
        external = linked(member.id)
        mine = by_external.get(external)
        if len(external) > EXTERNAL_ID_LENGTH:
            found.lines.append(Line("problem", member.name, after="too_long"))
        elif mine is not None and not mine.is_active:
            found.lines.append(Line("problem", member.name, after="left_here", person=mine.id))
        elif mine is not None:
            _known(found, member, mine, numbers, codes)
        else:
            _new(found, member, external, usernames, numbers, here, codes)


def _known(
    found: Plan, member: Member, mine: OwnPerson, numbers: dict[str, OwnPerson],
    codes: Mapping[str, OwnUnit],
) -> None:  # fmt: skip
    """Somebody who is linked: the name, the number and the department may have changed."""
    name, number = member.name[:NAME_LENGTH], member.number[:NUMBER_LENGTH] or mine.number
    if numbers.get(number, mine) is not mine:
        found.lines.append(Line("problem", name, after="number_taken", person=mine.id))
        return
    numbers[number] = mine
    row: dict[str, Any] = {
        "external_id": mine.external_id, "name": name, "username": mine.username, "number": number,
        "employment": mine.employment, "hired_on": mine.hired_on.isoformat(), "speciality": mine.speciality,
    }  # fmt: skip
    places = [codes[unit] for unit in member.units if unit in codes]
    is_moved = bool(mine.role and places) and mine.department not in {place.code for place in places}
    if is_moved:
        found.lines.append(
            Line("moved", name, before=mine.department_name, after=places[0].name, person=mine.id)
        )
        row |= {"department": places[0].code, "role": mine.role}
    if (name, number) != (mine.name, mine.number):
        before = " ".join(dict.fromkeys([mine.name, mine.number]))
        found.lines.append(Line("changed", name, before=before, after=f"{name} {number}", person=mine.id))
    if is_moved or (name, number) != (mine.name, mine.number):
        found.people.append(row)


def _new(
    found: Plan, member: Member, external: str, usernames: dict[str, OwnPerson],
    numbers: dict[str, OwnPerson], here: Here, codes: Mapping[str, OwnUnit],
) -> None:  # fmt: skip
    """Somebody who is linked to nobody here. The same user name or number as somebody's: probably the same human, but
    nobody is linked by a guess - people say so."""
    name, number = member.name[:NAME_LENGTH], (member.number or member.id)[:NUMBER_LENGTH]
    username = _username(member, external)
    same = usernames.get(username) or numbers.get(number)
    if same is not None:
        why = "not_linked" if not same.external_id else "taken"
        found.lines.append(Line("problem", name, before=member.id, after=why, person=same.id))
        return
    hired_on = member.joined_on or here.today
    row: dict[str, Any] = {
        "external_id": external, "name": name, "username": username, "number": number,
        "hired_on": hired_on.isoformat(),
    }  # fmt: skip
    places = [codes[unit] for unit in member.units if unit in codes]
    role = here.roles.get(member.title.strip(), "")
    is_guarded = role in here.guarded
    if is_guarded:
        found.to_post.append(external)
        role = ""
    if places and role:
        row |= {"department": places[0].code, "role": role}
    post = places[0].name if places and role else ""
    found.lines.append(Line("new_to_post" if is_guarded else "new", name, before=member.title, after=post))
    found.people.append(row)
    made = OwnPerson("", name, username, number, "full_time", hired_on, "", external, True)
    usernames[username] = numbers[number] = made


def _username(member: Member, external: str) -> str:
    """The account's own name where it can be one here."""
    for wanted in (member.login, member.id):
        if USERNAME.match(cleaned := wanted.lower()):
            return cleaned
    return f"{external.partition(':')[0]}.{sha256(external.encode()).hexdigest()[:10]}"
