"""A vendor's directory as the adapters give it: departments and people. Pure values: what they mean here is a room's to say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Unit:
    """A department as the vendor knows it; `above` is empty right under the top."""

    id: str
    name: str
    above: str = ""
    is_circular: bool = False  # its superiors lead back to it, or to others that do


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
    """Those above before those below. A department whose superior is not shown to us stands right under the top; those that
    stand above each other in a circle, or below such, come last and say so."""
    known = {unit.id: unit for unit in units}
    found: dict[str, Unit] = {}
    circular: dict[str, Unit] = {}
    for unit in known.values():
        chain: dict[str, Unit] = {}
        here: Unit | None = unit
        while here is not None and here.id not in chain and here.id not in found and here.id not in circular:
            chain[here.id] = here
            here = known.get(here.above)
        if here is not None and (here.id in chain or here.id in circular):
            circular |= {pk: replace(one, is_circular=True) for pk, one in chain.items()}
            continue
        for one in reversed(chain.values()):
            found[one.id] = one if one.above in known else replace(one, above="")
    return (*found.values(), *circular.values())
