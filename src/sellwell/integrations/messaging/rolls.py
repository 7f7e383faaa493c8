"""A vendor's directory as the adapters give it: departments and people. Pure values: what they mean here is a room's to say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Unit:
    """A department as the vendor knows it; `above` is empty right under the top."""

    id: str
    name: str
    above: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A person as the vendor knows them, the main department first. No telephone: nobody is found by one."""

    id: str
    name: str
    units: tuple[str, ...] = ()
    login: str = ""  # what a user name may be made of
    number: str = ""
    title: str = ""
    joined_on: date | None = None


@dataclass(frozen=True, slots=True)
class Roll:
    """Everybody whom the vendor shows to us, each once, and their departments, those above before those below."""

    units: tuple[Unit, ...]
    members: tuple[Member, ...]


def roll_of(units: list[Unit], members: Iterable[Member]) -> Roll:
    """The directory put together; who stands in several departments is taken as first told."""
    known: dict[str, Member] = {}
    for member in members:
        known.setdefault(member.id, member)
    return Roll(_in_order(units), tuple(known.values()))


def _in_order(units: list[Unit]) -> tuple[Unit, ...]:
    """Those above before those below. A department whose superior is not shown to us stands right under the top."""
    known = {unit.id: unit for unit in units}
    found: dict[str, Unit] = {}

    def place(unit: Unit) -> None:
        if unit.id in found:
            return
        above = known.get(unit.above)
        if above is not None:
            place(above)
        found[unit.id] = unit if above is not None else Unit(unit.id, unit.name)

    for unit in units:
        place(unit)
    return tuple(found.values())
