"""Closing a month while others post: what was under way is in before, what comes after is refused; nothing slips in behind."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from sellwell.kernel.models import Fact, LedgerEntry, PostingPeriod
from sellwell.kernel.writing import open_month
from sellwell.selling.orders.tests.builders import an_order
from sellwell.selling.orders.tests.test_concurrency import at_once, world
from sellwell.testing.world import World

__all__ = ["world"]


def the_open_month(world: World) -> PostingPeriod:
    """The running month as a posting would begin it, the months before it closed."""
    with transaction.atomic():
        month = open_month(world.company.pk, world.today)
    for before in PostingPeriod.objects.filter(company_id=world.company.pk, month__lt=month).order_by(
        "month"
    ):
        world.run("finance", "periods.close", before)
    return PostingPeriod.objects.get(company_id=world.company.pk, month=month)


def test_nothing_is_posted_behind_a_closing(world: World) -> None:
    orders = [an_order(world, (("P-005", "1"),)) for _ in range(8)]
    this_month = the_open_month(world)
    acts = [lambda o=o: world.run("rep", "orders.confirm", o) for o in orders]
    acts.insert(4, lambda: world.run("finance", "periods.close", this_month))
    answers = at_once(world, acts)
    this_month.refresh_from_db()
    assert this_month.state == "closed"
    refused = [answer for answer in answers if answer == "period.closed"]
    posted = Fact.objects.filter(measure="booked").values("document_id").distinct().count()
    assert posted == len(orders) - len(refused), answers
    # Asked of the ledger's order, too (a moment is taken before the locks): nothing was written after the closing.
    closing = LedgerEntry.objects.get(operation="periods.close", row_id=this_month.pk)
    assert not LedgerEntry.objects.filter(operation="orders.confirm", seq__gt=closing.seq).exists()
    world.run("finance", "periods.reopen", this_month, {"reason": "补记"})
    for order in orders:
        order.refresh_from_db()
        if order.state == "draft":
            world.run("rep", "orders.confirm", order)
    assert Fact.objects.filter(measure="booked").values("document_id").distinct().count() == len(orders)


def test_a_closing_waits_for_a_posting_that_is_under_way(world: World) -> None:
    order = an_order(world, (("P-005", "1"),))
    this_month = the_open_month(world)
    with transaction.atomic():
        world.run("rep", "orders.confirm", order)

        def close() -> object:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '300ms'")
            return world.run("finance", "periods.close", this_month)

        with pytest.raises(Exception, match="lock timeout"):
            at_once(world, [close])
    world.see()
    this_month.refresh_from_db()
    assert this_month.state == "open"
    world.run("finance", "periods.close", this_month)
    assert Fact.objects.filter(recorded_month=this_month.month).exists()
