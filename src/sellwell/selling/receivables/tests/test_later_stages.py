"""The stages after winning on the opportunity board: in delivery, then after-sales, told by orders, shipments and money."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sellwell.foundation.stock.tests.builders import stock_of
from sellwell.kernel import clock
from sellwell.selling.delivery.tests.builders import a_return, an_accepted_shipment
from sellwell.selling.orders.models import Order
from sellwell.selling.pipeline.models import Opportunity, Quotation
from sellwell.selling.pipeline.tests.builders import an_opportunity, priced
from sellwell.selling.receivables.tests.builders import an_invoice
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def an_order_of(world: World, opportunity: Opportunity) -> Order:
    """A confirmed order of the quotation that was accepted."""
    stock_of(world, priced(world, "P-001"), "10")
    quotation = Quotation.objects.get(opportunity=opportunity, state="accepted")
    data = {"customer": str(opportunity.customer_id), "quotation": str(quotation.pk)}
    order: Order = world.run("rep", "orders.create", data=data).result
    world.run("rep", "orders.confirm", order)
    order.refresh_from_db()
    return order


def board(world: World, role: str = "sales_manager") -> str:
    client = Client()
    client.force_login(world.user(role))
    answer = client.get("/opportunities/board")
    assert answer.status_code == 200
    world.see()
    return answer.content.decode()


def column_of(page: str, row: Any) -> str:
    """The column that a card stands in; it stands in one only."""
    columns = re.findall(r'<section class="pile"[^>]*data-state="(\w+)".*?</section>', page, re.DOTALL)
    whole = re.findall(r'<section class="pile".*?</section>', page, re.DOTALL)
    found = [name for name, text in zip(columns, whole, strict=True) if f'data-row="{row.pk}"' in text]
    assert len(found) == 1
    return found[0]


@clause("1.4.3")
def test_a_won_opportunity_goes_on_to_delivery_and_after_sales_and_leaves_when_all_is_paid(
    world: World,
) -> None:
    won = an_opportunity(world, stage="won")
    assert column_of(board(world), won) == "won"
    order = an_order_of(world, won)
    page = board(world)
    assert column_of(page, won) == "delivery"
    assert order.number in page and f"/orders/{order.pk}/" in page
    shipment = an_accepted_shipment(world, order=order)
    assert column_of(board(world), won) == "won"  # taken over, nothing open yet
    invoice = an_invoice(world, shipment=shipment)
    assert column_of(board(world), won) == "after_sales"
    with clock.at(clock.now() + timedelta(days=366)):
        assert column_of(board(world), won) == "won"  # the period of the policy is over
    world.run("finance", "receivables.enter_receipt", data={"invoice": str(invoice.pk)})
    assert column_of(board(world), won) == "won"
    a_return(world, shipment=shipment)
    assert column_of(board(world), won) == "after_sales"


@clause("1.4.3")
def test_a_card_leads_to_the_order_only_for_those_who_may_see_it(world: World) -> None:
    won = an_opportunity(world, stage="won")
    order = an_order_of(world, won)
    page = board(world, "service")
    assert column_of(page, won) == "delivery"
    may = world.ctx("service").actor.may("orders.view")
    assert (f"/orders/{order.pk}/" in page) == may
    assert f"/orders/{order.pk}/" not in board(world, "marketing")
    assert f"/orders/{order.pk}/" in board(world, "rep")


@clause("1.4.3")
def test_the_board_asks_as_often_for_many_cards_as_for_few(world: World) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            board(world)
        return len(asked)

    an_order_of(world, an_opportunity(world, stage="won"))
    board(world)  # rights and policies are cached from here on
    few = statements()
    for _ in range(4):
        an_order_of(world, an_opportunity(world, stage="won"))
    board(world)
    assert statements() == few
