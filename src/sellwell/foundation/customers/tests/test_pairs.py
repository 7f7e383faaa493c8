"""Possible duplicates: the daily search, verdicts, thresholds as policy, masks; groups, teams and tax titles (1.4.2, 4.3.5)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from sellwell.foundation.customers import groups, queries, sides
from sellwell.foundation.customers.chores import search_daily
from sellwell.foundation.customers.models import (
    Customer,
    GroupMembership,
    MatchPair,
    MatchRun,
    TaxTitle,
    TeamMember,
    ValueSource,
)
from sellwell.foundation.customers.pages.depth import group_of
from sellwell.foundation.customers.rules import accounts as account_rules
from sellwell.foundation.customers.rules.team import Place, objections
from sellwell.foundation.customers.tests.builders import (
    a_contact,
    a_customer,
    a_member,
    a_pair,
    a_subsidiary,
    a_title,
)
from sellwell.foundation.customers.views import CUSTOMERS, TITLES
from sellwell.kernel import clock, outbox
from sellwell.kernel.values import Objection
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.refusals import refused
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def drain(world: World) -> None:
    while outbox.drain([world.company.pk]):
        world.see()
    world.see()


def twins(world: World) -> tuple[Customer, Customer]:
    """One company entered twice: once with its code, once from a business card."""
    data = {"province": "云川省", "city": "云川市", "address": "机械路 8 号", "contact_name": "闻人景行"}
    one = a_customer(world, name="苏州和泰精密机械有限责任公司", **data)
    other = a_customer(world, name="和泰（苏州）精密机械有限公司", uscc="", **data)
    return one, other


@clause("4.3.5", breaks=True)
def test_a_customer_entered_twice_is_found_named_judged_merged_and_named_no_more(world: World) -> None:
    one, other = twins(world)
    a_customer(world, name="望海水务有限公司")
    assert search_daily(world.company.pk) and not search_daily(world.company.pk)
    drain(world)
    run = MatchRun.objects.get()
    assert (run.state, run.customers, run.new) == ("done", 3, 1)
    pair = MatchPair.objects.get()
    assert {pair.first_id, pair.second_id} == {one.pk, other.pk}
    second = Customer.objects.get(pk=pair.second_id)
    world.run("marketing", "customers.decide_pair", pair, {"verdict": "same", "reason": "同址同联系人"})
    assert "customers_known_twice" in naming(world, "4.3.5", second)
    world.run("marketing", "customers.merge", one, {"other": str(other.pk), "reason": "同址同联系人"})
    assert naming(world, "4.3.5", second) == set()
    pair.refresh_from_db()
    assert pair.state == "merged"


@clause("4.3.5", breaks=True)
def test_a_pair_that_nobody_judges_is_named_until_somebody_does(world: World) -> None:
    pair = a_pair(world)
    assert naming(world, "4.3.5", pair) == set()
    MatchPair.objects.filter(pk=pair.pk).update(found_on=world.today - timedelta(days=15))
    assert naming(world, "4.3.5", pair) == {"duplicates_judged_in_time"}
    world.run("marketing", "customers.decide_pair", pair, {"verdict": "different", "reason": "两家公司"})
    assert naming(world, "4.3.5", pair) == set()


def test_what_was_judged_different_is_not_proposed_again_and_comes_back_after_an_unmerge(
    world: World,
) -> None:
    one, other = twins(world)
    world.run("marketing", "customers.find_duplicates")
    drain(world)
    pair = MatchPair.objects.get()
    world.run("marketing", "customers.decide_pair", pair, {"verdict": "same", "reason": "同一家"})
    world.run("marketing", "customers.merge", one, {"other": str(other.pk), "reason": "同一家"})
    merge = queries.merge_that_took(other.pk)
    world.run("marketing", "customers.unmerge", merge, {"reason": "核实为两家"})
    world.run("marketing", "customers.find_duplicates")
    drain(world)
    pair.refresh_from_db()
    assert (MatchPair.objects.count(), pair.state, pair.decision) == (1, "different", "核实为两家")


def test_one_search_at_a_time(world: World) -> None:
    world.run("marketing", "customers.find_duplicates")
    assert refused(world, "marketing", "customers.find_duplicates") == {"customers.matching_under_way"}


def test_a_search_that_never_ended_does_not_block_the_next(world: World) -> None:
    stuck = world.run("marketing", "customers.find_duplicates").result
    MatchRun.objects.filter(pk=stuck.pk).update(asked_at=clock.now() - timedelta(hours=7))
    world.run("marketing", "customers.find_duplicates")
    stuck.refresh_from_db()
    assert stuck.state == "failed"


@clause("4.3.5")
def test_nobody_proposes_a_pair_and_judges_it_the_same_alone(world: World) -> None:
    pair = a_pair(world)
    same = {"verdict": "same", "reason": "地址相同"}
    assert refused(world, "marketing", "customers.decide_pair", pair, same) == {"customers.pair_own"}
    world.run("sales_manager", "customers.decide_pair", pair, same)


def test_the_other_side_is_masked_for_those_who_may_not_see_it(world: World) -> None:
    mine = a_customer(world)
    theirs = a_customer(world, by="account_manager", note="重点跟进")
    lines = {line.field: line.values for line in sides.lines(world.ctx("rep"), mine, theirs)}
    assert lines["name"][1] == "" and lines["owner"][1] and "note" not in lines
    assert "*" in sides.sides(world.ctx("rep"), mine, theirs)[1].name


def test_a_page_of_pairs_asks_as_often_for_one_as_for_many(world: World) -> None:
    def statements() -> int:
        browser = Client()
        browser.force_login(world.user("marketing"))
        browser.get("/")
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get("/customers/duplicates/")
        assert answer.status_code == 200
        world.see()
        return len(asked.captured_queries)

    a_pair(world)
    few = statements()
    for _ in range(4):
        data = {"first": str(a_customer(world).pk), "second": str(a_customer(world, uscc="").pk)}
        world.run("marketing", "customers.propose_pair", data=data)
    assert statements() <= few + 1


# --- groups ------------------------------------------------------------------------------------------------------------


@clause("1.4.2", breaks=True)
def test_no_group_runs_in_a_circle_and_one_that_does_is_named(world: World) -> None:
    top = a_customer(world)
    middle = a_subsidiary(world, top)
    below = a_subsidiary(world, middle)
    assert refused(world, "rep", "customers.set_parent", top, {"parent": str(below.pk)}) == {
        "customers.group_cycle"
    }
    assert refused(world, "rep", "customers.set_parent", top, {"parent": str(top.pk)}) == {
        "customers.group_itself"
    }
    assert naming(world, "1.4.2", top) == set()
    planted = GroupMembership.objects.create(parent=below.party, child=top.party, since=world.today)
    assert "groups_without_circles" in naming(world, "1.4.2", top)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_groupmembership SET until = since + 1 WHERE id = %s", [planted.pk])
    assert naming(world, "1.4.2", top) == set()


def test_a_group_reads_from_the_top_down_as_of_a_day(world: World) -> None:
    top = a_customer(world)
    middle = a_subsidiary(world, top)
    below = a_subsidiary(world, middle)
    tree = groups.members(below.party_id, world.today)
    assert [(m.party_id, m.depth) for m in tree] == [
        (top.party_id, 0),
        (middle.party_id, 1),
        (below.party_id, 2),
    ]
    world.run("rep", "customers.leave_group", middle)
    assert [m.party_id for m in groups.members(top.party_id, world.today)] == [top.party_id]
    assert len(groups.members(middle.party_id, world.today)) == 2
    sums = groups.rolled_up([top, middle], world.today, world.today + timedelta(days=1))
    assert sums == {top.pk: {}, middle.pk: {}}


@clause("1.4.2")
def test_a_membership_that_ends_later_still_holds(world: World) -> None:
    top, other = a_customer(world), a_customer(world)
    child = a_subsidiary(world, top)
    world.run("rep", "customers.leave_group", child, {"until": str(world.today + timedelta(days=60))})
    # no circle within the days that are left, and one parent at a time
    assert refused(world, "rep", "customers.set_parent", top, {"parent": str(child.pk)}) == {
        "customers.group_cycle"
    }
    world.run("rep", "customers.set_parent", child, {"parent": str(other.pk)})
    [old, new] = GroupMembership.objects.filter(child=child.party).order_by("since")
    assert (old.until, new.since, new.until) == (world.today, world.today, None)


@clause("1.4.2")
def test_a_parent_of_next_week_is_not_the_top_today(world: World) -> None:
    top, child = a_customer(world), a_customer(world)
    soon = str(world.today + timedelta(days=7))
    world.run("rep", "customers.set_parent", child, {"parent": str(top.pk), "since": soon})
    assert [m.party_id for m in groups.members(child.party_id, world.today)] == [child.party_id]
    then = groups.members(child.party_id, world.today + timedelta(days=7))
    assert [m.party_id for m in then] == [top.party_id, child.party_id]


def test_who_may_not_see_sales_reads_the_group_without_its_sums(world: World) -> None:
    child = a_subsidiary(world)
    assert "totals" in group_of(child, world.ctx("finance"))
    assert "totals" not in group_of(child, world.ctx("marketing"))


# --- teams -------------------------------------------------------------------------------------------------------------


@clause("1.4.2")
def test_a_member_sees_the_customer_for_the_days_of_the_team(world: World) -> None:
    customer = a_customer(world)
    contact = a_contact(world, customer)
    ctx = world.ctx("account_manager")
    assert not CUSTOMERS.rows(ctx.actor).filter(pk=customer.pk).exists()
    member = a_member(world, customer)
    assert CUSTOMERS.rows(ctx.actor).filter(pk=customer.pk).exists()
    world.run(
        "account_manager",
        "customers.change_contact",
        contact,
        {"name": "闻人景行", "purchase_role": "decider"},
    )
    TeamMember.objects.filter(pk=member.pk).update(since=world.today - timedelta(days=3))
    member.refresh_from_db()
    world.run("sales_manager", "customers.end_member", member)
    assert not CUSTOMERS.rows(ctx.actor).filter(pk=customer.pk).exists()


@clause("1.3.2")
def test_a_place_is_ended_and_never_prolonged(world: World) -> None:
    customer = a_customer(world)
    ends = world.today + timedelta(days=5)
    member = a_member(world, customer, since=str(world.today - timedelta(days=3)), until=str(ends))
    later = {"until": str(ends + timedelta(days=300))}
    assert refused(world, "sales_manager", "customers.end_member", member, later) == {"customers.team_longer"}
    world.run("sales_manager", "customers.end_member", member, {"until": str(world.today)})


def test_shares_of_one_day_add_up_to_at_most_a_hundred(world: World) -> None:
    customer = a_customer(world)
    a_member(world, customer, share="70")
    data = {"customer": str(customer.pk), "user": str(world.user("service").pk), "share": "40"}
    assert refused(world, "sales_manager", "customers.add_member", None, data) == {"customers.team_shares"}
    again = {**data, "user": str(world.user("account_manager").pk), "share": "10"}
    assert refused(world, "sales_manager", "customers.add_member", None, again) == {"customers.team_twice"}
    world.run("sales_manager", "customers.add_member", data={**data, "share": "30"})


DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 20))
PLACES = st.lists(
    st.builds(
        lambda user, share, since, length: Place(user, Decimal(share), since, since + timedelta(days=length)),
        st.sampled_from("abcdef"), st.integers(0, 100), DAYS, st.integers(1, 8),
    ),
    max_size=6,
)  # fmt: skip


@given(PLACES)
def test_no_accepted_place_takes_any_day_above_a_hundred(wanted: list[Place]) -> None:
    """Brute force over every day agrees with the rule, which looks only where places begin."""
    held: list[Place] = []
    for place in wanted:
        days = [date(2026, 1, 1) + timedelta(days=n) for n in range(40)]
        would = max(
            sum((p.share for p in [*held, place] if p.on(day)), Decimal(0)) for day in days if place.on(day)
        )
        twice = any(p.user == place.user and p.on(day) and place.on(day) for p in held for day in days)
        assert bool(objections(held, place)) == (would > 100 or twice)
        if would <= 100 and not twice:
            held.append(place)


# --- tax titles, sources ------------------------------------------------------------------------------------------------


def test_one_title_is_the_default_and_its_account_is_sealed(world: World) -> None:
    customer = a_customer(world)
    first, second = a_title(world, customer), a_title(world, customer, title="第二抬头")
    assert (first.is_default, second.is_default) == (True, False)
    world.run("rep", "customers.change_tax_title", second, {"title": "第二抬头", "is_default": True})
    assert list(TaxTitle.objects.filter(is_default=True).values_list("pk", flat=True)) == [second.pk]
    assert "6222021234561234" not in str(TaxTitle.objects.filter(pk=first.pk).values().get())
    assert TITLES.column("account", world.ctx("marketing").actor) is None
    masked = TITLES.column("account_masked", world.ctx("marketing").actor)
    assert masked is not None and masked.read(TaxTitle.objects.get(pk=first.pk)) == "6222 **** **** 1234"
    wrong = {"customer": str(customer.pk), "title": "甲", "tax_number": "91350100M00000000X", "account": "12"}
    assert refused(world, "rep", "customers.add_tax_title", None, wrong) == {
        "customers.uscc",
        "customers.account",
    }


def test_account_numbers_have_one_form() -> None:
    assert account_rules.read_account("６２２２ 0212-3456 1234") == "6222021234561234"
    assert isinstance(account_rules.read_account("62220212345612X4"), Objection)


@clause("4.3.5")
def test_each_value_says_where_it_came_from(world: World) -> None:
    customer = a_customer(world)
    data = {"name": customer.party.name, "industry": "水务", "source": "register"}
    world.run("rep", "customers.change", customer, data)
    known = dict(ValueSource.objects.filter(customer=customer).values_list("field", "source"))
    assert known == {
        "name": "typed",
        "uscc": "typed",
        "phone": "typed",
        "email": "typed",
        "industry": "register",
    }
