"""Two customers merge, business goes on, they part: each row is where it belongs and money is true (B6, clauses 4.3.5, 1.4.2)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sellwell.foundation.customers import queries
from sellwell.foundation.customers.merging import LINKED
from sellwell.foundation.customers.models import Customer, Merge
from sellwell.foundation.customers.tests.builders import a_contact, two_with_one_phone
from sellwell.kernel import checks, generations
from sellwell.kernel.models import Fact
from sellwell.kernel.values import Refusal
from sellwell.selling.contracts.tests.builders import goods
from sellwell.selling.delivery.tests.builders import a_return, a_shipment
from sellwell.selling.orders.tests.builders import a_confirmed_order, an_order
from sellwell.selling.pipeline.tests.builders import a_quotation, an_opportunity
from sellwell.selling.receivables import queries as money
from sellwell.selling.receivables.models import Invoice, Receipt
from sellwell.selling.receivables.tests.builders import a_receipt, an_invoice
from sellwell.testing.marks import clause
from sellwell.testing.world import World

SHIP_TO = {"ship_to": "机械路 1 号"}
# What the builder of the two wrote past the door, and what the ledger therefore cannot know.
PLANTED = ("origin is not", "phone is not", "phone_blind is not", "phone_last4_blind is not")


# Tables with one row per customer: the loser's rests where the survivor has its own.
RESTING = {linked.label for linked in LINKED.values() if linked.how == "one"}


def where() -> dict[tuple[str, str], Any]:
    """Every row of every table that moves, with its customer."""
    found = {}
    for linked in LINKED.values():
        if linked.how == "stays" or linked.of != "customer":
            continue
        rows = linked.model._default_manager.filter(**{f"{linked.column}__isnull": False})
        found |= {(linked.label, str(pk)): owner for pk, owner in rows.values_list("pk", linked.column)}
    return found


class Tale:
    """What happens to two customers; each step says whose the new rows are."""

    def __init__(self, world: World) -> None:
        self.world = world
        goods(world)  # with stock, before an offer makes it without
        self.survivor, self.loser = two_with_one_phone(world)
        self.belongs: dict[tuple[str, str], Any] = {}

    def step(self, whose: Customer, act: Callable[[], Any]) -> Any:
        """Do something; the rows that came of it belong to `whose` once the two have parted."""
        before, two = where(), (self.survivor.pk, self.loser.pk)
        made = act()
        for key, holder in where().items():
            if key not in before and holder in two:
                self.belongs[key] = whose.pk
        return made

    def order(self, whose: Customer, holder: Customer) -> Any:
        return self.step(whose, lambda: a_confirmed_order(self.world, customer=str(holder.pk), **SHIP_TO))

    def merge(self) -> Merge:
        data = {"other": str(self.loser.pk), "reason": "电话相同"}
        self.world.run("marketing", "customers.merge", self.survivor, data)
        return Merge.objects.get(loser=self.loser, state="done")

    def clean(self) -> list[checks.Finding]:
        found = checks.run_all(list(checks.CHECKS))
        return [one for one in found if not one.problem.startswith(PLANTED)]


def business(tale: Tale, whose: Customer, holder: Customer, kind: str) -> None:
    """A piece of work of a kind, for `holder`, that belongs to `whose` in the end."""
    world, step = tale.world, tale.step
    if kind == "contact":
        step(whose, lambda: a_contact(world, holder))
    elif kind == "opportunity":
        found = step(whose, lambda: an_opportunity(world, holder, stage="match"))
        step(whose, lambda: a_quotation(world, opportunity=found, state="sent"))
    elif kind == "order":
        tale.order(whose, holder)
    elif kind == "receipt":
        step(whose, lambda: a_receipt(world, "50.00", customer=holder))
    else:
        order = tale.order(whose, holder)
        shipment = step(whose, lambda: a_shipment(world, "accepted", order=order))
        if kind in ("invoiced", "paid"):
            invoice = step(whose, lambda: an_invoice(world, shipment=shipment))
        if kind == "paid":
            enter = {"invoice": str(invoice.pk)}
            step(whose, lambda: world.run("finance", "receivables.enter_receipt", data=enter))


def goes_on(tale: Tale, order: Any, shipped: Any, invoice: Any, kind: str) -> None:
    """Work on the loser's documents after the merge: it goes back with them."""
    world, step, loser = tale.world, tale.step, tale.loser
    if kind == "ship":
        step(loser, lambda: a_shipment(world, "shipped", order=order))
    elif kind == "return":
        step(loser, lambda: a_return(world, "received", shipment=shipped))
    elif kind == "invoice":
        step(loser, lambda: an_invoice(world, shipment=shipped))
    elif kind == "pay":
        enter = {"invoice": str(invoice.pk), "amount": "10.00"}
        step(loser, lambda: world.run("finance", "receivables.enter_receipt", data=enter))


WORK = st.lists(
    st.sampled_from(["contact", "opportunity", "order", "receipt", "shipped", "invoiced", "paid"]),
    max_size=3,
)
LATER = st.lists(st.sampled_from(["ship", "return", "invoice", "pay"]), max_size=3, unique=True)


@pytest.mark.django_db
@clause("4.3.5")
@settings(
    max_examples=12, phases=[Phase.generate], deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(WORK, WORK, WORK, LATER)
def test_merge_work_on_and_unmerge_gives_back_both(
    world: World, mine: list[str], theirs: list[str], since: list[str], later: list[str]
) -> None:
    world.made.clear()  # each example is rolled back
    with transaction.atomic():
        generations.forget()
        tale = Tale(world)
        for kind in mine:
            business(tale, tale.survivor, tale.survivor, kind)
        for kind in theirs:
            business(tale, tale.loser, tale.loser, kind)
        order = tale.order(tale.loser, tale.loser)
        shipped = tale.step(
            tale.loser, lambda: a_shipment(world, "accepted", order=tale.order(tale.loser, tale.loser))
        )
        billed = tale.step(
            tale.loser, lambda: a_shipment(world, "accepted", order=tale.order(tale.loser, tale.loser))
        )
        invoice = tale.step(tale.loser, lambda: an_invoice(world, shipment=billed))
        facts = dict(Fact.objects.values_list("pk", "customer_id"))
        apart = owed(tale.survivor) + owed(tale.loser)
        made = tale.merge()
        assert owed(tale.survivor) == apart and owed(tale.loser) == 0
        assert not [
            key for key, holder in where().items() if holder == tale.loser.pk and key[0] not in RESTING
        ]
        assert not tale.clean()
        for kind in since:
            business(tale, tale.survivor, tale.survivor, kind)
        for kind in later:
            goes_on(tale, order, shipped, invoice, kind)
        assert not tale.clean()
        world.run("sales_manager", "customers.unmerge", made, {"reason": "核实后是两家"})
        now = where()
        assert {key: now[key] for key in tale.belongs} == tale.belongs
        assert not tale.clean()
        assert facts.items() <= dict(Fact.objects.values_list("pk", "customer_id")).items()
        transaction.set_rollback(True)
    generations.forget()


def owed(customer: Customer) -> Decimal:
    """What a customer owes by its open invoices."""
    return sum((debt.open for debt in money.debts_of(customer.pk)), Decimal(0))


@pytest.mark.django_db
@clause("4.3.5")
def test_a_payment_across_both_stays_with_who_paid_and_both_accounts_are_true(world: World) -> None:
    """One receipt pays an invoice of each: after the parting it is the survivor's, and each owes what its documents say."""
    tale = Tale(world)
    bills = [
        an_invoice(
            world,
            shipment=a_shipment(
                world, "accepted", order=a_confirmed_order(world, customer=str(c.pk), **SHIP_TO)
            ),
        )
        for c in (tale.survivor, tale.loser)
    ]
    made = tale.merge()
    receipt = a_receipt(world, "60.00", customer=tale.survivor)
    lines = [{"invoice": str(bill.pk), "amount": "30.00"} for bill in bills]
    world.run("finance", "receivables.apply", receipt, {"lines": lines})
    world.run("sales_manager", "customers.unmerge", made, {"reason": "核实后是两家"})
    assert Receipt.objects.get(pk=receipt.pk).customer_id == tale.survivor.pk
    assert [Invoice.objects.get(pk=bill.pk).customer_id for bill in bills] == [
        tale.survivor.pk,
        tale.loser.pk,
    ]
    assert not tale.clean()
    undo = {"invoice": str(bills[1].pk)}
    world.run("finance", "receivables.unapply", receipt, undo)
    assert not tale.clean()


@pytest.mark.django_db
@clause("4.3.5")
def test_exposure_and_new_business_of_the_survivor_hold_the_losers(world: World) -> None:
    tale = Tale(world)
    a_confirmed_order(world, customer=str(tale.loser.pk), **SHIP_TO)
    ctx = world.ctx("finance")
    before = money.exposures(ctx, [tale.survivor.pk, tale.loser.pk])
    tale.merge()
    after = money.exposures(ctx, [tale.survivor.pk, tale.loser.pk])
    assert after[tale.survivor.pk].total == before[tale.loser.pk].total > 0 == after[tale.loser.pk].total
    with pytest.raises(Refusal) as refusal:
        an_order(world, customer=str(tale.loser.pk), **SHIP_TO)
    assert refusal.value.code == "customers.merged"
    posted = Fact.objects.filter(customer_id__in=queries.lineage(tale.survivor.pk)).count()
    assert posted == Fact.objects.count() > 0
