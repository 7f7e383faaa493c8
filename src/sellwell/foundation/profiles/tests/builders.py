"""Profiles for tests, made by the operations, and how each operation succeeds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sellwell.foundation.profiles.models import Profile
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from sellwell.testing.world import World

CONTENT = {
    "name": "农产品",
    "brings": ["catalog.kind:goods", "orders.channel:direct"],
    "units": ["筐", "千克"],
}


def the_profile(world: World, code: str) -> Profile:
    """One of the company's profiles, as it is now."""
    world.see()
    return Profile.objects.get(company_id=world.company.pk, code=code)


def a_profile(world: World, code: str = "farming", **values: Any) -> Profile:
    """A profile of the company's own, off."""
    made: Profile = world.run(
        "administrator", "profiles.make", data={"code": code, **CONTENT, **values}
    ).result
    return the_profile(world, made.code)


def switched_on(world: World, code: str) -> Profile:
    """A profile that is on from today."""
    profile = the_profile(world, code)
    world.run("executive", "profiles.switch_on", profile, {"since": world.today.isoformat()})
    return the_profile(world, code)


def in_state(world: World) -> Any:
    """A profile brought into a state by the verbs; off and on are as they were installed."""

    def bring(state: str) -> Profile:
        if state == "planned":
            since = (world.today + timedelta(days=9)).isoformat()
            world.run("executive", "profiles.switch_on", the_profile(world, "internet"), {"since": since})
        if state == "ending":
            until = (world.today + timedelta(days=9)).isoformat()
            world.run("executive", "profiles.switch_off", the_profile(world, "retail"), {"until": until})
        return the_profile(world, "retail" if state in ("active", "ending") else "internet")

    return bring


def switch_off(world: World, code: str, days: int = 1) -> None:
    """A profile is off from some days ahead."""
    until = world.today + timedelta(days=days)
    world.run("executive", "profiles.switch_off", the_profile(world, code), {"until": until.isoformat()})


@builder("profiles.make")
def _make(world: World) -> Case:
    return Case("administrator", data={"code": "farming", **CONTENT})


@builder("profiles.change")
def _change(world: World) -> Case:
    return Case("administrator", a_profile(world), {**CONTENT, "name": "农产品与食品", "units": ["筐"]})


@builder("profiles.switch_on")
def _switch_on(world: World) -> Case:
    data = {"since": world.today.isoformat()}
    return Case("executive", the_profile(world, "internet"), data, in_state(world))


@builder("profiles.switch_off")
def _switch_off(world: World) -> Case:
    until = world.today + timedelta(days=1)
    return Case("executive", the_profile(world, "retail"), {"until": until.isoformat()}, in_state(world))
