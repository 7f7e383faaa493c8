"""Activities: what they count for, who sees them, what they refuse; routes, feeds, consent."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sellwell.foundation.customers.models import Merge
from sellwell.foundation.customers.tests.builders import a_contact, a_customer, two_with_one_phone
from sellwell.foundation.relations.tests.builders import a_pool, judged, standing
from sellwell.kernel import clock, history, personal
from sellwell.kernel.models import Fact, LedgerChange, Task
from sellwell.kernel.values import Refusal
from sellwell.selling.activities import queries
from sellwell.selling.activities.models import Activity, DayPlan
from sellwell.selling.activities.tests.builders import a_consent, a_feed, an_activity
from sellwell.selling.pipeline.models import Visit
from sellwell.selling.pipeline.tests.builders import a_visit, an_opportunity
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def refusal(world: World, by: str, operation: str, row: object = None, **data: object) -> tuple[str, str]:
    with pytest.raises(Refusal) as caught:
        world.run(by, operation, row, data)
    return caught.value.code, caught.value.objections[0].path


def contacts(customer_id: object) -> Decimal:
    rows = Fact.objects.filter(measure="activities.contact", customer_id=customer_id)
    return sum((fact.amount for fact in rows), Decimal(0))


@clause("4.2.1")
def test_calls_mails_messages_and_visits_are_contacts_and_notes_are_not(world: World) -> None:
    customer = a_customer(world)
    assert queries.last_contacts([customer.pk]) == {}
    an_activity(world, customer, kind="note")
    assert queries.last_contacts([customer.pk]) == {} and contacts(customer.pk) == 0
    an_activity(world, customer, kind="mail", happened_at=(clock.now() - timedelta(days=3)).isoformat())
    assert clock.business_day(queries.last_contacts([customer.pk])[customer.pk]) == world.today - timedelta(
        days=3
    )
    assert queries.last_contact_days(world.company.pk, world.today - timedelta(days=4)) == {}
    a_visit(world, customer, state="started")
    assert clock.business_day(queries.last_contacts([customer.pk])[customer.pk]) == world.today
    assert queries.last_contact_days(world.company.pk, world.today) == {customer.pk: world.today}
    assert contacts(customer.pk) == 2


def test_what_is_void_never_counted(world: World) -> None:
    activity = an_activity(world, state="open")
    assert Task.objects.filter(row_id=activity.pk, state="open").count() == 1
    world.run("rep", "activities.void", activity, {"reason": "记错客户"})
    assert queries.last_contacts([activity.customer_id]) == {} and contacts(activity.customer_id) == 0
    assert not Task.objects.filter(row_id=activity.pk, state="open").exists()
    assert Activity.objects.get(pk=activity.pk).text  # it stays readable


@clause("4.2.1")
def test_everything_stands_on_the_customers_one_timeline(world: World) -> None:
    customer = a_customer(world)
    an_activity(world, customer, text="电话里谈了交期。")
    visit = a_visit(world, customer, state="done")
    an_activity(world, customer, kind="note", text="老板喜欢钓鱼。")
    moments = history.whole_timeline(customer, world.ctx("rep").actor)
    assert [str(m.title) for m in moments[:3]] == ["备注", "拜访", "电话"]
    assert moments[1].url == f"/visits/{visit.pk}/" and moments[2].text == "电话里谈了交期。"
    stranger = world.add("far", "rep", "SOUTH")
    assert stranger and not any(m.text for m in history.whole_timeline(customer, world.ctx("far").actor))


def test_a_new_owner_of_the_customer_sees_what_was_said_before(world: World) -> None:
    activity = an_activity(world)
    world.add("second", "rep")
    assert refusal(world, "second", "activities.void", activity, reason="不对")[0] == "not_found"
    data = {
        "row_type": "customers.customer",
        "row": str(activity.customer_id),
        "to": str(world.user("second").pk),
    }
    world.run("regional_manager", "company.transfer", data=data)
    world.run("second", "activities.void", activity, {"reason": "不对"})


def test_what_an_entry_refuses(world: World) -> None:
    customer, other = a_customer(world), a_customer(world)
    given = {"customer": str(customer.pk), "text": "谈了交期。"}
    tomorrow = (clock.now() + timedelta(days=1)).isoformat()
    yesterday = (world.today - timedelta(days=1)).isoformat()
    say = "activities.log"
    assert refusal(world, "rep", say, **given, happened_at=tomorrow) == ("activities.ahead", "happened_at")
    contact = str(a_contact(world, other).pk)
    assert refusal(world, "rep", say, **given, contact=contact) == ("activities.other_contact", "contact")
    deal = str(an_opportunity(world, other).pk)
    assert refusal(world, "rep", say, **given, opportunity=deal) == (
        "activities.other_opportunity",
        "opportunity",
    )
    wanted = {"next_step": "报价", "next_step_on": yesterday}
    assert refusal(world, "rep", say, **given, **wanted) == ("activities.step_past", "next_step_on")
    today = {"next_step_on": world.today.isoformat()}
    assert refusal(world, "rep", say, **given, **today) == ("activities.day_without_step", "next_step")
    assert refusal(world, "rep", say, customer=str(customer.pk), text="") == ("invalid", "text")


@clause("4.2.1", breaks=True)
def test_a_customer_that_nobody_contacts_in_its_grades_time_is_named(world: World) -> None:
    with clock.at(clock.now() - timedelta(days=200)):
        customer, person, pooled = (
            a_customer(world),
            a_customer(world, kind="person", uscc=""),
            a_customer(world),
        )
        for one in (customer, person, pooled):
            an_activity(world, one)
    a_pool(world)
    world.run("rep", "relations.release", pooled, {"reason": "长期无需求"})
    assert naming(world, "4.2.1", customer) >= {"customers_not_contacted_in_time"}  # grade C: 180 days
    # The terms for persons name no days, and what is in a pool is nobody's.
    assert [
        (one.customer, one.days_late) for one in queries.owed(world.user("rep").pk, world.ctx("rep"))
    ] == [(customer, 20)]
    an_activity(world, customer)
    assert "customers_not_contacted_in_time" not in naming(world, "4.2.1", customer)
    assert queries.owed(world.user("rep").pk, world.ctx("rep")) == []


def test_a_note_is_no_contact_and_keeps_nobody_from_the_pool(world: World) -> None:
    with clock.at(clock.now() - timedelta(days=200)):
        customer = a_customer(world)
    judged(world)
    assert standing(world, customer).visit_due_on == world.today - timedelta(days=20)
    an_activity(world, customer, kind="note")
    assert standing(world, customer).visit_due_on is not None
    an_activity(world, customer, happened_at=(clock.now() - timedelta(days=2)).isoformat())
    assert standing(world, customer).visit_due_on is None
    a_visit(world, customer, state="started")
    assert standing(world, customer).last_contact_on == world.today
    judged(world)
    assert standing(world, customer).visit_due_on == world.today + timedelta(days=180)


def test_a_route_is_kept_and_only_of_ones_own_visits(world: World) -> None:
    first, second = a_visit(world), a_visit(world)
    day = clock.business_day(first.planned_at)
    wanted = [str(second.pk), str(first.pk)]
    for order in (wanted[::-1], wanted):
        world.run("rep", "activities.arrange_day", data={"day": day.isoformat(), "visits": order})
    plan = DayPlan.objects.get()
    assert [str(v) for v in plan.visits] == wanted and plan.version == 2
    assert LedgerChange.objects.filter(row_id=plan.pk).count() == 2
    foreign = a_visit(world, by="account_manager")
    bad = {"day": day.isoformat(), "visits": [str(foreign.pk)]}
    assert refusal(world, "sales_manager", "activities.arrange_day", **bad)[0] in (
        "not_permitted",
        "activities.not_my_day",
    )
    twice = {"day": day.isoformat(), "visits": [wanted[0], wanted[0]]}
    assert refusal(world, "rep", "activities.arrange_day", **twice) == ("activities.visit_twice", "visits")


@clause("2.2.4")
def test_a_position_is_kept_with_consent_only_and_only_roughly(world: World) -> None:
    visit = a_visit(world)
    where = {"place": "客户会议室", "latitude": "31.230416", "longitude": "121.473701"}
    code = refusal(world, "rep", "pipeline.check_in", visit, **where)
    assert code == ("activities.no_location_consent", "place")
    consent = a_consent(world)
    world.run("rep", "pipeline.check_in", visit, where)
    kept = Visit.objects.get(pk=visit.pk)
    assert (kept.latitude, kept.longitude) == (Decimal("31.230"), Decimal("121.474"))
    world.run("rep", "activities.withdraw_location", consent)
    assert (
        refusal(world, "rep", "pipeline.check_in", a_visit(world), **where)[0]
        == "activities.no_location_consent"
    )
    assert refusal(world, "rep", "activities.withdraw_location", consent)[0] == "activities.ended"


def test_one_feed_at_a_time_and_only_its_hash_is_kept(world: World) -> None:
    feed = a_feed(world)
    secret = feed.secret  # type: ignore[attr-defined]
    assert refusal(world, "rep", "activities.open_feed")[0] == "activities.feed_open"
    assert secret not in str(LedgerChange.objects.filter(row_id=feed.pk).values())
    assert "secret_hash" not in str(LedgerChange.objects.get(row_id=feed.pk).after)
    world.run("rep", "activities.revoke_feed", feed)
    assert refusal(world, "rep", "activities.revoke_feed", feed)[0] == "activities.ended"
    a_feed(world)


def test_words_about_an_erased_customer_are_gone(world: World) -> None:
    activity = an_activity(world, state="done")
    personal.erase(activity.customer.party_id)
    world.see()
    activity.refresh_from_db()
    assert (activity.text, activity.next_step, activity.outcome) == ("", "", "")


def test_service_notes_calls_of_every_customer(world: World) -> None:
    assert an_activity(world, a_customer(world), by="service").owner_id == world.user("service").pk


def test_contacts_follow_a_merge_and_what_is_void_takes_back_what_was_posted(world: World) -> None:
    survivor, loser = two_with_one_phone(world)
    activity = an_activity(world, loser)
    world.run("sales_manager", "customers.merge", survivor, {"other": str(loser.pk), "reason": "同一家公司"})
    merge = Merge.objects.get(loser=loser)
    assert queries.last_contact_days(world.company.pk, world.today) == {survivor.pk: world.today}
    activity.refresh_from_db()
    world.run("sales_manager", "activities.void", activity, {"reason": "记错客户"})
    assert contacts(survivor.pk) == contacts(loser.pk) == 0
    other = an_activity(world, survivor)
    world.run("sales_manager", "customers.unmerge", merge, {"reason": "两家不同的公司"})
    activity.refresh_from_db()
    assert (activity.customer_id, other.customer_id) == (loser.pk, survivor.pk)
    assert queries.last_contact_days(world.company.pk, world.today) == {survivor.pk: world.today}
