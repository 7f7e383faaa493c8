"""Evidence: what was kept and what was not, of delivery and receivables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sellwell.kernel.evidence import Evidence
from sellwell.kernel.values import Period
from sellwell.selling.delivery import evidence as delivery
from sellwell.selling.delivery.models import Shipment
from sellwell.selling.delivery.tests.builders import a_shipment
from sellwell.selling.receivables import evidence as receivables
from sellwell.selling.receivables.models import Invoice
from sellwell.selling.receivables.tests.builders import a_credit, a_receipt, an_invoice
from sellwell.testing.marks import clause
from sellwell.testing.world import World, world

__all__ = ["world"]


def figures(world: World, collect: Any) -> tuple[int, int]:
    found: Evidence = collect(world.company.pk, Period(world.today.replace(day=1)))
    return found.concerned, found.kept


@clause("5.2.3", "5.2.5", "5.3.1", "5.3.2")
def test_deliveries_that_kept_the_clauses_and_some_that_did_not(world: World) -> None:
    late, unaccepted = a_shipment(world, "shipped"), a_shipment(world, "delivered")
    a_shipment(world, "accepted")
    Shipment.objects.filter(pk=late.pk).update(expected_on=world.today - timedelta(days=4), carrier="")
    before = world.ctx("rep").now - timedelta(days=9)
    Shipment.objects.filter(pk=unaccepted.pk).update(delivered_at=before)
    assert figures(world, delivery.complete_shipments) == (3, 2)
    assert figures(world, delivery.confirmed_notes) == (3, 2)
    assert figures(world, delivery.proven_deliveries) == (2, 0)
    assert figures(world, delivery.accepted_whole) == (1, 1)
    assert figures(world, delivery.accepted_in_time) == (2, 1)


@clause("5.3.2", "5.3.3", "5.3.4", "5.3.5")
def test_money_that_kept_the_clauses_and_some_that_did_not(world: World) -> None:
    a_credit(world)
    late = an_invoice(world)
    a_receipt(world)
    Invoice.objects.filter(pk=late.pk).update(due_on=world.today - timedelta(days=1))
    assert figures(world, receivables.invoices_rest_on_acceptance) == (2, 2)
    assert figures(world, receivables.paid_in_time) == (2, 1)
    assert figures(world, receivables.matched_money) == (2, 1)
    concerned, kept = figures(world, receivables.balanced_entries)
    assert concerned == kept > 0
    assert figures(world, receivables.reversals_by_another) == (1, 1)
