"""The pages of orders answer for those who may see them, and the grid's quote says price, stock and date."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from sellwell.foundation.stock.tests.builders import a_supply
from sellwell.kernel.models import LedgerEntry
from sellwell.selling.contracts.tests.builders import a_buyer, a_contract, goods
from sellwell.selling.orders.tests.builders import a_confirmed_order, an_order
from sellwell.testing.marks import clause
from sellwell.testing.world import World, world

__all__ = ["world"]


@pytest.fixture
def browser(world: World) -> Client:
    """Signed in as the rep."""
    client = Client()
    client.force_login(world.user("rep"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def quote(
    browser: Client, head: dict[str, Any], lines: list[dict[str, Any]], name: str = "orders", row: str = ""
) -> Any:
    url = f"/quote/{name}" + (f"?row={row}" if row else "")
    answer = browser.post(url, json.dumps({"head": head, "lines": lines}), content_type="application/json")
    assert answer.status_code == 200
    return answer.json()


@clause("5.2.1", "5.2.2")
def test_price_stock_and_date_appear_as_one_types(world: World, browser: Client) -> None:
    scarce = goods(world, "P-005", stock="1")
    supply = a_supply(world, scarce, 10)
    lines = [
        {"product": str(goods(world).pk), "quantity": "2"},
        {"product": "", "quantity": "4"},
        {"product": str(scarce.pk), "quantity": "3", "unit_price": "110"},
        {"product": str(goods(world).pk), "quantity": "abc"},
    ]
    said = quote(browser, {"customer": str(a_buyer(world).pk)}, lines)
    first, second = said["lines"]["0"]["values"], said["lines"]["2"]["values"]
    assert (Decimal(first["unit_price"]), first["available"], first["amount"]) == (
        Decimal(113),
        "100",
        "226.00",
    )
    assert "目录价" in first["price_why"]
    assert "手工单价" in second["price_why"]
    assert second["promised"] == supply.due_on.isoformat()
    assert [o["path"] for o in said["lines"]["2"]["objections"]] == ["product"]
    untyped = said["lines"]["3"]["values"]
    assert (Decimal(untyped["unit_price"]), untyped["amount"]) == (Decimal(113), None)
    assert said["totals"]["total"] == "556.00"


def test_a_quote_of_nothing_says_nothing(world: World, browser: Client) -> None:
    assert quote(browser, {}, [{"quantity": "1"}])["lines"] == {}


def test_a_quote_of_a_contract_uses_its_prices_and_tells_what_is_left(world: World, browser: Client) -> None:
    contract = a_contract(world, (("P-001", "5", "100.00"),), state="signed")
    lines = [{}, {"product": str(goods(world).pk), "quantity": "6"}]
    said = quote(browser, {"contract": str(contract.pk)}, lines)["lines"]["1"]
    assert Decimal(said["values"]["unit_price"]) == Decimal(100)
    assert [(o["code"], o["path"]) for o in said["objections"]] == [("orders.contract_left", "quantity")]


def test_entry_pages_start_from_their_source(world: World, browser: Client) -> None:
    contract = a_contract(world, (("P-001", "5"),), state="signed")
    order = an_order(world, (("P-001", "2", "99.00"),))
    for url in (
        "/orders/new",
        f"/orders/new?contract={contract.pk}",
        f"/orders/new?like={order.pk}",
        f"/orders/{order.pk}/edit",
    ):
        answer = browser.get(url)
        assert answer.status_code == 200, url
    assert "P-001" in browser.get(f"/orders/{order.pk}/edit").content.decode()
    said = quote(browser, {}, [{"product": str(goods(world).pk), "quantity": "1"}], row=str(order.pk))
    assert said["lines"]["0"]["values"]["amount"] == "113.00"


def test_errors_come_back_at_their_cell(world: World, browser: Client) -> None:
    sent = {"customer": str(a_buyer(world).pk), "lines": [{"product": str(goods(world).pk), "quantity": "0"}]}
    answer = browser.post(
        "/do/orders.create/",
        json.dumps({"data": sent, "key": "k", "version": None}),
        content_type="application/json",
    )
    assert answer.status_code in (400, 422)
    assert "lines.0.quantity" in answer.content.decode()


def test_list_and_record_show_how_far_an_order_is(world: World, browser: Client) -> None:
    order = a_confirmed_order(world)
    assert "未发货" in browser.get("/orders/").content.decode()
    record = browser.get(f"/orders/{order.pk}/").content.decode()
    assert "未收款" in record
    assert "P-001" in record
    assert "60.00" not in record  # the cost is not for the rep


@pytest.mark.parametrize("state", ["draft", "approved", "signed"])
def test_contract_pages(world: World, browser: Client, state: str) -> None:
    contract = a_contract(world, state=state)
    for url in ("/contracts/", f"/contracts/{contract.pk}/", "/contracts/new"):
        assert browser.get(url).status_code == 200, url
    answer = browser.get(f"/contracts/{contract.pk}/pdf")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"


def test_contract_entry_and_terms(world: World, browser: Client) -> None:
    contract = a_contract(world)
    assert browser.get(f"/contracts/{contract.pk}/edit").status_code == 200
    assert "{total_capitals}" in browser.get(f"/do/contracts.change_terms/{contract.pk}/").content.decode()
    lines = [{"product": str(goods(world).pk), "quantity": "2"}]
    said = quote(browser, {"customer": str(a_buyer(world).pk)}, lines, name="contracts")
    assert said["totals"]["total"] == "226.00"


def test_a_stranger_finds_nothing(world: World) -> None:
    order = an_order(world)
    world.add("other", "rep", "SOUTH")
    client = Client()
    client.force_login(world.user("other"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/orders/{order.pk}/").status_code == 404
    said = quote(
        client, {"customer": str(a_buyer(world).pk)}, [{"product": str(goods(world).pk), "quantity": "2"}]
    )
    assert said["lines"] == {}


def test_the_ledger_says_which_order_an_act_was_about(world: World) -> None:
    order = a_confirmed_order(world)
    client = Client()
    client.force_login(world.user("auditor"))
    assert f"订单 {order.number}" in client.get("/ledger/").content.decode()
    world.see()
    seq = LedgerEntry.objects.get(operation="orders.confirm", row_id=order.pk).seq
    html = client.get(f"/ledger/{seq}/").content.decode()
    assert f'href="/orders/{order.pk}/"' in html and "信用额度与逾期" in html  # the guard that was asked
