"""Posting months: late numbers go to the open month; months close in order and open again with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.kernel.models import Fact, LedgerEntry, PostingPeriod
from sellwell.kernel.tests.builders import a_period
from sellwell.kernel.values import Refusal
from sellwell.kernel.writing import open_month
from sellwell.selling.orders.tests.builders import an_order
from sellwell.testing.world import World, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def this_month(world: World) -> PostingPeriod:
    month = open_month(world.company.pk, world.today)  # as a posting would begin it
    return PostingPeriod.objects.get(company_id=world.company.pk, month=month)


def refused(world: World, role: str, verb: str, period: PostingPeriod, **data: str) -> str:
    with pytest.raises(Refusal) as refusal:
        world.run(role, verb, period, data)
    world.see()
    return refusal.value.code


def test_what_happened_in_a_closed_month_is_recorded_in_the_open_one(world: World) -> None:
    before = a_period(world, "closed")
    order = an_order(world)
    type(order).objects.filter(pk=order.pk).update(business_date=before.month + timedelta(days=3))
    order.refresh_from_db()
    world.run("rep", "orders.confirm", order)
    facts = Fact.objects.filter(document_id=order.pk)
    assert facts and {fact.recorded_month for fact in facts} == {world.today.replace(day=1)}


def test_while_the_running_month_is_closed_nothing_is_posted_and_people_are_told(world: World) -> None:
    a_period(world, "closed")
    order, running = an_order(world), this_month(world)
    outcome = world.run("finance", "periods.close", running)
    assert [w.code for w in outcome.warnings] == ["period.still_running"]
    with pytest.raises(Refusal) as refusal:
        world.run("rep", "orders.confirm", order)
    assert refusal.value.code == "period.closed"
    assert f"{world.today:%Y-%m}" in refusal.value.objections[0].text.zh
    order.refresh_from_db()
    assert order.state == "draft" and not Fact.objects.filter(document_id=order.pk).exists()
    world.run("administrator", "periods.reopen", running, {"reason": "月末还有发货"})
    world.run("rep", "orders.confirm", order)


def test_months_close_in_their_order_and_open_from_the_latest(world: World) -> None:
    before, now = a_period(world), this_month(world)
    assert refused(world, "finance", "periods.close", now) == "period.earlier_open"
    coming = PostingPeriod.objects.create(
        company_id=world.company.pk, month=(now.month + timedelta(days=40)).replace(day=1)
    )
    world.run("finance", "periods.close", before)
    world.run("finance", "periods.close", now)
    assert refused(world, "finance", "periods.close", coming) == "period.not_yet"
    assert refused(world, "finance", "periods.reopen", before, reason="补记") == "period.later_closed"
    assert refused(world, "finance", "periods.reopen", now, reason="") == "invalid"
    assert refused(world, "auditor", "periods.reopen", now, reason="补记") == "not_permitted"
    assert refused(world, "rep", "periods.reopen", now, reason="补记") == "not_found"
    world.run("finance", "periods.reopen", now, {"reason": "补记运费"})
    entry = LedgerEntry.objects.filter(operation="periods.reopen").get()
    assert entry.row_id == now.pk and "补记运费" not in str(entry.given)


def test_finance_finds_the_months_on_their_page(world: World) -> None:
    period = a_period(world, "closed")
    client = signed_in(world, "finance")
    listed = client.get("/periods/").content.decode()
    assert f"/periods/{period.pk}/" in listed and "已结账" in listed
    assert f"{period.month:%Y-%m}" in client.get(f"/periods/{period.pk}/").content.decode()
    assert "打开月份" in client.get(f"/periods/{period.pk}/menu").content.decode()
    assert signed_in(world, "rep").get("/periods/").status_code in (403, 404)
