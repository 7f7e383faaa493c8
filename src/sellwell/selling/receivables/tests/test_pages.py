"""Pages of receivables: lists, records, forms, ageing, a customer's money, and finance's day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.selling.contracts.tests.builders import a_buyer
from sellwell.selling.delivery.tests.builders import an_accepted_shipment
from sellwell.selling.receivables import papers
from sellwell.selling.receivables.models import Invoice
from sellwell.selling.receivables.pages import (
    collected_figure,
    late_payers,
    money,
    overdue_figure,
    proposed,
    to_invoice_figure,
    to_issue,
    unmatched_money,
)
from sellwell.selling.receivables.tests.builders import a_credit, a_receipt, an_account, an_invoice, match
from sellwell.testing.marks import clause
from sellwell.testing.world import World, world

__all__ = ["world"]

LISTS = [
    "/invoices/",
    "/invoice-lines/",
    "/receipts/",
    "/matches/",
    "/credit/",
    "/postings/",
    "/receivables/ageing",
]


@pytest.mark.parametrize("path", LISTS)
def test_lists(world: World, path: str) -> None:
    receipt = a_receipt(world)
    world.run("finance", "receivables.apply", receipt, match(an_invoice(world), "50.00"))
    page = signed_in(world, "finance").get(path)
    assert page.status_code == 200


def test_records_and_forms(world: World) -> None:
    account, credit, receipt = an_account(world), a_credit(world), a_receipt(world)
    invoice = an_invoice(world)
    client = signed_in(world, "finance")
    for path in (
        f"/invoices/{invoice.pk}/",
        f"/invoices/{credit.pk}/",
        f"/receipts/{receipt.pk}/",
        f"/credit/{account.pk}/",
        f"/customers/{a_buyer(world).pk}/",
        f"/do/receivables.enter_receipt/?invoice={invoice.pk}",
        f"/do/receivables.apply/{receipt.pk}/",
        f"/do/receivables.apply_credit/{credit.pk}/",
        f"/do/receivables.set_credit/{account.pk}/",
        f"/do/receivables.request_invoice/?order={invoice.order_id}",
        "/",
    ):
        assert client.get(path).status_code == 200, path


@clause("5.3.3")
def test_the_ageing_page_shows_what_is_late(world: World) -> None:
    client = signed_in(world, "finance")
    assert "没有未结清的发票" in client.get("/receivables/ageing").content.decode()
    invoice = an_invoice(world)
    Invoice.objects.filter(pk=invoice.pk).update(due_on=world.today - timedelta(days=45))
    page = client.get("/receivables/ageing").content.decode()
    assert a_buyer(world).party.name in page
    assert "226.00" in page


def test_a_rep_sees_only_own_debts(world: World) -> None:
    an_invoice(world)
    world.add("other", "rep", "SOUTH")
    assert (
        a_buyer(world).party.name not in signed_in(world, "other").get("/receivables/ageing").content.decode()
    )


def test_the_form_proposes_the_oldest_debt(world: World) -> None:
    invoice, receipt = an_invoice(world), a_receipt(world, "100.00")
    assert proposed(receipt, world.ctx("finance")) == {
        "lines": [{"invoice": invoice.pk, "amount": Decimal("100.00")}]
    }


@clause("5.3.3")
def test_the_day_of_finance(world: World) -> None:
    invoice = an_invoice(world)
    an_accepted_shipment(world)
    requested = an_invoice(world, "requested")
    a_receipt(world, "70.00")
    Invoice.objects.filter(pk=invoice.pk).update(due_on=world.today - timedelta(days=45))
    ctx = world.ctx("finance")
    assert overdue_figure(ctx).value == Decimal("226.00")
    assert collected_figure(ctx).value == Decimal("70.00")
    assert to_invoice_figure(ctx).value == Decimal("226.00")
    assert [w.level for w in late_payers(ctx)] == ["late"]
    assert len(unmatched_money(ctx)) == 1
    assert to_issue(ctx)["invoices"] == [requested]
    found = money(a_buyer(world), ctx)
    assert (found["exposure"].receivable, found["late"]) == (Decimal("452.00"), [invoice])


@clause("5.3.3")
def test_papers_for_the_customer(world: World) -> None:
    invoice = an_invoice(world)
    world.run("finance", "receivables.enter_receipt", data={"invoice": str(invoice.pk), "amount": "100.00"})
    found = papers.statement(a_buyer(world), world.today.replace(day=1), world.today)
    assert (found["opening"], found["charged"], found["paid"]) == (0, Decimal("226.00"), Decimal("100.00"))
    assert found["total"] == Decimal("126.00") == found["lines"][-1]["balance"]
    client = signed_in(world, "finance")
    for path in (f"/invoices/{invoice.pk}/paper.pdf", f"/customers/{invoice.customer_id}/statement.pdf"):
        assert client.get(path).content.startswith(b"%PDF"), path
    world.see()
    world.add("other", "rep", "SOUTH")
    assert signed_in(world, "other").get(f"/customers/{invoice.customer_id}/statement.pdf").status_code == 404


def test_an_approval_of_what_has_no_number_is_called_by_its_name(world: World) -> None:
    account = an_account(world)
    data = {"credit_limit": "9000000.00", "reason": "框架协议"}
    held = world.run("finance", "receivables.set_credit", account, data).hold
    assert held is not None and held.row_number == ""
    for path in ("/approvals/", f"/approvals/{held.pk}/", "/"):
        page = signed_in(world, "sales_manager").get(path).content.decode()
        assert a_buyer(world).party.name in page, path
