"""The ledger rebuilds every row: what was changed past the door is found, and a record shows how it stood on a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from sellwell.foundation.customers.models import Party
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel import checks, clock, personal
from sellwell.kernel.models import LedgerChange, User
from sellwell.selling.orders.models import Order, OrderLine
from sellwell.selling.orders.tests.builders import a_confirmed_order, an_order
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
ROWS = ["ledger.rows"]


def problems() -> list[str]:
    return [f.problem for f in checks.run_all(ROWS)]


def test_rows_that_went_through_the_door_are_as_the_ledger_says(world: World) -> None:
    a_confirmed_order(world)
    assert problems() == []


@clause("1.3.1")
def test_a_value_changed_past_the_door_is_found(world: World) -> None:
    order = a_confirmed_order(world)
    OrderLine.objects.filter(order=order).update(unit_price="1.00")
    Order.objects.filter(pk=order.pk).update(note="改过")
    found = {(f.record, f.problem) for f in checks.run_all(ROWS)}
    line = OrderLine.objects.get(order=order, is_void=False)
    assert found == {
        (f"orders.orderline {line.pk}", "unit_price is not what the ledger says"),
        (f"orders.order {order.pk}", "note is not what the ledger says"),
    }


@clause("1.3.1")
def test_a_document_that_nobody_made_is_found(world: World) -> None:
    order = an_order(world)
    order.pk, order.number, order._state.adding = None, "SO-SMUGGLED", True
    order.id = Order._meta.pk.get_default()
    order.save()
    assert [(f.record, f.problem) for f in checks.run_all(ROWS)] == [
        ("orders.order SO-SMUGGLED", "no ledger entry made it")
    ]


def test_a_sealed_name_is_compared_and_an_erased_one_is_no_difference(world: World) -> None:
    customer = a_customer(world)
    party = Party.objects.get(pk=customer.party_id)
    Party.objects.filter(pk=party.pk).update(name="别的名字")
    assert "name is not what the ledger says" in problems()
    Party.objects.filter(pk=party.pk).update(name=party.name)
    assert problems() == []
    personal.erase(party.pk)
    assert [p for p in problems() if "name" in p] == []


def test_credentials_never_stand_in_the_ledger(world: World) -> None:
    data = {"username": "new", "name": "新同事", "number": "E900", "hired_on": str(world.today)}
    world.run("hr", "company.hire", data=data)
    token = world.run("rep", "tokens.create", data={"label": "脚本"}).result
    change = LedgerChange.objects.get(table="kernel.user", row_id=User.objects.get(username="new").pk)
    assert "username" in change.after and "password" not in change.after
    assert "secret_hash" not in LedgerChange.objects.get(table="kernel.apitoken", row_id=token.pk).after


@clause("1.3.1")
def test_a_record_shows_how_it_stood_on_a_day(world: World) -> None:
    now = clock.now()
    with clock.at(now - timedelta(days=3)):
        order = an_order(world)
    world.run("rep", "orders.cancel", order, {"reason": "客户取消"})
    client = Client()
    client.force_login(world.user("rep"))
    path = f"/orders/{order.pk}/?as_of="
    then = client.get(path + str(world.today - timedelta(days=2))).content.decode()
    assert "草稿" in then and "已取消" in then
    before = client.get(path + str(world.today - timedelta(days=9))).content.decode()
    assert "那一天还没有这条记录" in before
    assert client.get(path + "yesterday").status_code == 404
