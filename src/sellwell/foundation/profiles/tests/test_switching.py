"""Stories of profiles going on and off: several at once, from day to day, none while it is needed."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from sellwell.foundation.catalog.tests.builders import a_product, tax_classes
from sellwell.foundation.profiles import queries
from sellwell.foundation.profiles.models import Profile, ProfileSpan
from sellwell.foundation.profiles.tests.builders import (
    CONTENT,
    a_profile,
    switch_off,
    switched_on,
    the_profile,
)
from sellwell.kernel import clock
from sellwell.selling.contracts.tests.builders import a_contract, goods
from sellwell.testing.marks import clause
from sellwell.testing.refusals import codes, refusals
from sellwell.testing.world import World


@clause("1.1.4")
def test_several_are_on_at_once_and_any_of_them_may_bring_a_kind(world: World) -> None:
    before = queries.allowed(world.company.pk, "contracts.kind", world.today)
    assert before == {"goods", "service", "supply"}
    switched_on(world, "internet")
    assert queries.allowed(world.company.pk, "contracts.kind", world.today) == {*before, "subscription"}


@clause("1.1.4")
def test_a_profile_is_not_switched_off_while_what_is_open_rests_on_it_and_the_records_are_named(
    world: World,
) -> None:
    product = a_product(world, "SV-1", kind="service", tax="services", unit="次")
    contract = a_contract(world, kind="service")
    (said,) = refusals(
        world, "executive", "profiles.switch_off", the_profile(world, "services"),
        {"until": (world.today + timedelta(days=1)).isoformat()},
    )  # fmt: skip
    assert said.code == "profiles.still_used"
    # The product counts once, although its kind, its unit and its tax class rest on the profile.
    assert said.args["count"] == 2
    assert str(said.text).count("SV-1") == 1 and contract.number in str(said.text)
    world.run("marketing", "catalog.retire_product", product)
    world.run("rep", "contracts.cancel", contract, {"reason": "客户撤回"})
    switch_off(world, "services")


@clause("1.1.4")
def test_what_another_profile_brings_too_does_not_stand_in_the_way(world: World) -> None:
    goods(world)  # 台 and goods: manufacturing brings both, retail only goods
    switch_off(world, "retail")
    (said,) = refusals(
        world, "executive", "profiles.switch_off", the_profile(world, "manufacturing"),
        {"until": (world.today + timedelta(days=1)).isoformat()},
    )  # fmt: skip
    assert said.code == "profiles.still_used"


def test_days_of_switching(world: World) -> None:
    internet = the_profile(world, "internet")
    yesterday, today = (world.today - timedelta(days=1)).isoformat(), world.today.isoformat()
    assert codes(refusals(world, "executive", "profiles.switch_on", internet, {"since": yesterday})) == [
        ("profiles.on_from_today", "since")
    ]
    assert codes(refusals(world, "executive", "profiles.switch_off", internet, {"until": today})) == [
        ("wrong_state", "")
    ]
    internet = switched_on(world, "internet")
    assert codes(refusals(world, "executive", "profiles.switch_on", internet, {"since": today})) == [
        ("wrong_state", "")
    ]
    assert codes(refusals(world, "executive", "profiles.switch_off", internet, {"until": today})) == [
        ("profiles.off_from_tomorrow", "until")
    ]
    switch_off(world, "internet", days=5)
    internet = the_profile(world, "internet")
    early = (world.today + timedelta(days=4)).isoformat()
    assert codes(refusals(world, "executive", "profiles.switch_on", internet, {"since": early})) == [
        ("profiles.on_until", "since")
    ]
    again = world.today + timedelta(days=5)
    world.run("executive", "profiles.switch_on", internet, {"since": again.isoformat()})
    assert queries.allowed(world.company.pk, "contracts.kind", again) >= {"subscription"}


def test_a_planned_profile_is_called_off_before_it_begins(world: World) -> None:
    later = world.today + timedelta(days=20)
    world.run("executive", "profiles.switch_on", the_profile(world, "internet"), {"since": later.isoformat()})
    switch_off(world, "internet")
    assert "subscription" not in queries.allowed(world.company.pk, "contracts.kind", later)
    world.run("executive", "profiles.switch_on", the_profile(world, "internet"), {"since": later.isoformat()})


def test_administrator_and_executive_set_profiles_and_nobody_else(world: World) -> None:
    today = world.today.isoformat()
    assert codes(refusals(world, "sales_manager", "profiles.switch_on", the_profile(world, "internet"), {"since": today})) == [
        ("not_permitted", "")
    ]  # fmt: skip


# --- several spans -------------------------------------------------------------------------------------------------------


def on(world: World, code: str, days: int) -> Profile:
    """Switched on from some days ahead."""
    since = (world.today + timedelta(days=days)).isoformat()
    world.run("executive", "profiles.switch_on", the_profile(world, code), {"since": since})
    return the_profile(world, code)


def the_spans(code: str) -> list[tuple[date, date | None]]:
    return list(
        ProfileSpan.objects.filter(profile__code=code).order_by("since").values_list("since", "until")
    )


def test_a_planned_profile_with_an_end_is_not_switched_off_twice(world: World) -> None:
    on(world, "internet", 20)
    switch_off(world, "internet", days=30)
    profile = the_profile(world, "internet")
    assert profile.state == "planned"
    later = {"until": (world.today + timedelta(days=40)).isoformat()}
    assert codes(refusals(world, "executive", "profiles.switch_off", profile, later)) == [
        ("profiles.ends_already", "")
    ]


def test_what_is_on_today_counts_although_a_later_span_was_called_off(world: World) -> None:
    profile = a_profile(world)
    switched_on(world, profile.code)
    a_product(world, "F-1", unit="筐")
    ProfileSpan.objects.filter(profile=profile).update(until=world.today + timedelta(days=5))
    again = on(world, profile.code, 10)
    assert (again.state, again.on_until) == ("ending", world.today + timedelta(days=5))
    ProfileSpan.objects.filter(profile=profile, until__isnull=True).update(
        until=world.today + timedelta(days=10)
    )
    assert the_profile(world, profile.code).state == "ending"
    less = {**CONTENT, "units": ["千克"]}
    said = refusals(world, "administrator", "profiles.change", the_profile(world, profile.code), less)
    assert codes(said) == [("profiles.still_used", "brings")]
    today = {"since": world.today.isoformat()}
    said = refusals(world, "executive", "profiles.switch_on", the_profile(world, profile.code), today)
    assert codes(said) == [("profiles.on_until", "since")]


def test_a_profile_that_will_be_on_again_is_not_switched_on_before_or_after(world: World) -> None:
    switched_on(world, "internet")
    switch_off(world, "internet", days=5)
    on(world, "internet", 10)
    before = {"since": (world.today + timedelta(days=7)).isoformat()}
    said = refusals(world, "executive", "profiles.switch_on", the_profile(world, "internet"), before)
    assert codes(said) == [("profiles.on_ahead", "since")]


def test_of_two_spans_from_one_day_the_one_that_has_days_counts(world: World) -> None:
    on(world, "internet", 20)
    switch_off(world, "internet")
    on(world, "internet", 20)
    assert [since for since, _ in the_spans("internet")] == [world.today + timedelta(days=20)] * 2
    assert the_profile(world, "internet").state == "planned"
    with clock.at(clock.now() + timedelta(days=20)):
        assert the_profile(world, "internet").state == "active"


# --- at one moment --------------------------------------------------------------------------------------------------------


def test_switching_off_locks_every_profile_of_the_company(world: World) -> None:
    with CaptureQueriesContext(connection) as queries:
        switch_off(world, "retail")
    ids = [pk.hex for pk in Profile.objects.filter(company_id=world.company.pk).values_list("pk", flat=True)]
    locks = [q["sql"].replace("-", "") for q in queries.captured_queries if "FOR NO KEY UPDATE" in q["sql"]]
    assert any(all(pk in sql for pk in ids) for sql in locks)


@clause("1.1.4")
def test_no_product_is_made_of_a_kind_that_is_about_to_go(world: World) -> None:
    profile = a_profile(world)
    switched_on(world, profile.code)
    switch_off(world, profile.code, days=5)
    data = {"code": "F-1", "name": "苹果", "tax_class": str(tax_classes(world)["goods"].pk), "unit": "筐"}
    said = refusals(world, "marketing", "catalog.add_product", data=data)
    assert codes(said) == [("profiles.ending", "unit")]
    on(world, profile.code, 5)  # from the day on which it would go
    world.run("marketing", "catalog.add_product", data=data)
