"""Stories of money: invoiced in parts, paid in parts, credited, reversed - with every entry balanced."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sellwell.kernel import checks, outbox
from sellwell.kernel.models import Event, Fact, LedgerEntry, Task
from sellwell.kernel.values import Refusal
from sellwell.selling.contracts.tests.builders import a_buyer, agree
from sellwell.selling.delivery.tests.builders import a_return, an_accepted_shipment, line_of
from sellwell.selling.orders.tests.builders import a_confirmed_order, an_order
from sellwell.selling.receivables import ageing, queries
from sellwell.selling.receivables.models import Application, CreditAccount, Invoice, Posting, Receipt
from sellwell.selling.receivables.tests.builders import a_credit, a_receipt, an_account, an_invoice, match
from sellwell.testing.marks import clause
from sellwell.testing.world import World, world

__all__ = ["world"]

D = Decimal


def refused(
    world: World, role: str, operation: str, row: Any = None, data: Any = None
) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as found:
        world.run(role, operation, row, data)
    return [(o.code, o.path) for o in found.value.objections]


def unbroken() -> list[checks.Finding]:
    names = [
        name
        for name in checks.CHECKS
        if name.split(".")[0] in ("delivery", "receivables", "orders", "reactions")
    ]
    return checks.run_all(names)


def balances() -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for posting in Posting.objects.all():
        found[posting.account] = found.get(posting.account, D(0)) + posting.debit - posting.credit
    return {account: amount for account, amount in found.items() if amount}


def drain(world: World) -> None:
    while outbox.drain([world.company.pk]):
        world.see()
    world.see()


def again(row: Any) -> Any:
    row.refresh_from_db()
    return row


# --- invoices --------------------------------------------------------------------------------------------------------


@clause("5.3.2", "5.3.3", "5.3.4")
def test_from_acceptance_to_the_money_and_the_order_closes(world: World) -> None:
    shipment = an_accepted_shipment(world)
    assert balances() == {"contract_asset": D("200.00"), "revenue": D("-200.00")}
    invoice = an_invoice(world, shipment=shipment)
    assert (invoice.net, invoice.tax, invoice.total) == (D("200.00"), D("26.00"), D("226.00"))
    assert len(invoice.tax_number) == 20
    assert invoice.due_on == world.today + timedelta(days=shipment.order.payment_days)
    assert balances() == {"receivable": D("226.00"), "revenue": D("-200.00"), "tax": D("-26.00")}
    task = Task.objects.get(row_id=invoice.pk, state="open")
    assert (task.operation, task.role) == ("receivables.enter_receipt", "finance")
    world.run(
        "finance", "receivables.enter_receipt", data={"invoice": str(invoice.pk), "bank_reference": "B-7"}
    )
    assert again(invoice).settled == D("226.00")
    assert not Task.objects.filter(row_id=invoice.pk, state="open").exists()
    assert balances() == {"bank": D("226.00"), "revenue": D("-200.00"), "tax": D("-26.00")}
    drain(world)
    assert again(shipment.order).state == "closed"
    assert unbroken() == []


@clause("5.2.5", "5.3.2")
def test_only_what_was_accepted_can_be_invoiced_and_only_once(world: World) -> None:
    order = a_confirmed_order(world)
    asked = {"order": str(order.pk)}
    assert refused(world, "rep", "receivables.request_invoice", data=asked) == [
        ("receivables.nothing_to_invoice", "")
    ]
    shipment = an_accepted_shipment(world, order=order)
    an_invoice(world, "requested", shipment=shipment, units="1.5")
    more = {**asked, "lines": [{"line": str(line_of(shipment).pk), "quantity": "1"}]}
    assert refused(world, "rep", "receivables.request_invoice", data=more) == [
        ("receivables.more_than_accepted", "lines.0.quantity")
    ]


@clause("5.3.2")
def test_partial_invoices_add_up_to_the_cent(world: World) -> None:
    shipment = an_accepted_shipment(world, (("P-001", "3"),))
    line = line_of(shipment).order_line
    type(line).objects.filter(pk=line.pk).update(net=D("100.00"), tax=D("13.01"), total=D("113.01"))
    made = [an_invoice(world, shipment=shipment, units="1") for _ in range(3)]
    assert [i.net for i in made] == [D("33.33"), D("33.34"), D("33.33")]
    assert sum(i.tax for i in made) == D("13.01")
    assert sum(i.total for i in made) == D("113.01")


def test_a_void_request_can_be_asked_for_again(world: World) -> None:
    first = an_invoice(world, "void")
    line = first.lines.get().order_line
    assert (line.invoiced, line.invoiced_amount) == (D(0), D(0))
    assert Task.objects.filter(
        row_id=first.order_id, operation="receivables.request_invoice", state="open"
    ).exists()
    second = world.run("rep", "receivables.request_invoice", data={"order": str(first.order_id)}).result
    assert second.total == first.total
    assert unbroken() == []


def test_a_typed_tax_number_is_checked(world: World) -> None:
    invoice = an_invoice(world, "requested")
    assert refused(world, "finance", "receivables.issue_invoice", invoice, {"tax_number": "12"}) == [
        ("receivables.tax_number_form", "tax_number")
    ]
    world.run("finance", "receivables.issue_invoice", invoice, {"tax_number": "26312000000000000001"})
    other = an_invoice(world, "requested")
    assert refused(
        world, "finance", "receivables.issue_invoice", other, {"tax_number": "26312000000000000001"}
    ) == [("receivables.tax_number_taken", "tax_number")]


def test_who_asked_for_an_invoice_does_not_issue_it(world: World) -> None:
    world.post(world.user("rep"), "finance")
    invoice = an_invoice(world, "requested")
    assert refused(world, "rep", "receivables.issue_invoice", invoice)[0][0] == "sod.same_person"


# --- money -------------------------------------------------------------------------------------------------------------


@clause("5.3.3", "5.3.4")
def test_one_receipt_pays_several_invoices_in_part_and_back(world: World) -> None:
    first, second = an_invoice(world), an_invoice(world)
    receipt = a_receipt(world, "300.00")
    lines = [{"invoice": str(first.pk), "amount": "226.00"}, {"invoice": str(second.pk), "amount": "50.00"}]
    world.run("finance", "receivables.apply", receipt, {"lines": lines})
    assert (again(first).settled, again(second).settled, again(receipt).applied) == (
        D("226"),
        D("50"),
        D("276"),
    )
    assert balances()["advance"] == D("-24.00")
    world.run("finance", "receivables.unapply", receipt, {"invoice": str(first.pk)})
    assert (again(first).settled, again(receipt).applied) == (D(0), D(50))
    assert refused(world, "finance", "receivables.unapply", receipt, {"invoice": str(first.pk)}) == [
        ("receivables.not_matched", "invoice")
    ]
    assert sum(a.amount for a in Application.objects.all()) == D("50.00")
    assert unbroken() == []


@clause("5.3.3")
def test_money_without_a_designation_settles_the_oldest_debt(world: World) -> None:
    first, second = an_invoice(world), an_invoice(world)
    Invoice.objects.filter(pk=first.pk).update(due_on=world.today + timedelta(days=60))
    receipt = a_receipt(world, "300.00")
    world.run("finance", "receivables.apply", receipt)
    assert (again(first).settled, again(second).settled) == (D("74.00"), D("226.00"))


def test_everything_wrong_with_a_match_is_said_at_once(world: World) -> None:
    invoice, requested = an_invoice(world), an_invoice(world, "requested")
    receipt = a_receipt(world, "100.00")
    lines = [{"invoice": str(invoice.pk), "amount": "500"}, {"invoice": str(requested.pk), "amount": "-1"}]
    assert refused(world, "finance", "receivables.apply", receipt, {"lines": lines}) == [
        ("receivables.more_than_open", "lines.0.amount"),
        ("receivables.not_open", "lines.1.invoice"),
        ("receivables.not_positive", "lines.1.amount"),
        ("receivables.more_than_left", "lines"),
    ]


def test_the_same_bank_reference_is_entered_once(world: World) -> None:
    first = a_receipt(world, bank_reference="B-9")
    data = {"customer": str(a_buyer(world).pk), "amount": "1.00", "bank_reference": "B-9"}
    assert refused(world, "finance", "receivables.enter_receipt", data=data) == [
        ("receivables.reference_taken", "bank_reference")
    ]
    world.run("finance", "receivables.reverse_receipt", first, {"reason": "误登"})
    a_receipt(world, bank_reference="B-9")


@clause("5.3.4")
def test_a_bounced_receipt_opens_its_invoices_again(world: World) -> None:
    invoice = an_invoice(world)
    receipt = world.run("finance", "receivables.enter_receipt", data={"invoice": str(invoice.pk)}).result
    world.run("finance", "receivables.reverse_receipt", receipt, {"reason": "退票"})
    assert again(invoice).settled == D(0)
    assert (again(receipt).state, receipt.applied) == ("reversed", D(0))
    assert sum(f.amount for f in Fact.objects.filter(measure="collected")) == D(0)
    assert balances()["receivable"] == D("226.00")
    assert Task.objects.filter(
        row_id=invoice.pk, operation="receivables.enter_receipt", state="open"
    ).exists()
    assert unbroken() == []


# --- credits -----------------------------------------------------------------------------------------------------------


@clause("5.3.5")
def test_a_reversed_invoice_can_be_invoiced_again(world: World) -> None:
    invoice = an_invoice(world)
    world.run("finance", "receivables.reverse_invoice", invoice, {"reason": "抬头错误"})
    credit = Invoice.objects.get(reverses=invoice)
    assert (credit.total, credit.settled, again(invoice).settled) == (D("-226"), D("-226"), D("226"))
    assert credit.tax_number not in ("", invoice.tax_number)
    assert balances() == {"contract_asset": D("200.00"), "revenue": D("-200.00")}
    assert refused(world, "finance", "receivables.reverse_invoice", invoice, {"reason": "x"}) == [
        ("receivables.fully_credited", "")
    ]
    anew = world.run("rep", "receivables.request_invoice", data={"order": str(invoice.order_id)}).result
    assert anew.total == D("226.00")
    assert unbroken() == []


def test_a_credit_of_a_paid_invoice_settles_another(world: World) -> None:
    credit, invoice = a_credit(world), an_invoice(world)
    assert credit.settled == D(0)
    world.run("finance", "receivables.apply_credit", credit, match(invoice, "100.00"))
    assert (again(credit).settled, again(invoice).settled) == (D("-100"), D("100"))
    over = match(invoice, "126.01")
    assert [code for code, _ in refused(world, "finance", "receivables.apply_credit", credit, over)] == [
        "receivables.more_than_open",
        "receivables.more_than_left",
    ]
    assert unbroken() == []


@clause("5.3.1", "5.3.5")
def test_returned_goods_are_credited_by_themselves(world: World) -> None:
    shipment = an_accepted_shipment(world, (("P-001", "3"),))
    invoice = an_invoice(world, shipment=shipment)
    returned = a_return(world, "received", "1", shipment)
    drain(world)
    credit = Invoice.objects.get(reverses=invoice)
    assert (credit.state, credit.total) == ("requested", D("-113.00"))
    assert refused(world, "finance", "receivables.void_request", credit) == [
        ("receivables.credit_not_void", "")
    ]
    world.run("finance", "receivables.issue_invoice", credit)
    assert again(returned).state == "credited"
    assert (again(invoice).settled, again(credit).settled) == (D("113.00"), D("-113.00"))
    world.run("finance", "receivables.enter_receipt", data={"invoice": str(invoice.pk)})
    drain(world)
    assert again(shipment.order).state == "closed"
    assert unbroken() == []


def test_a_return_of_what_is_only_requested_voids_the_request(world: World) -> None:
    shipment = an_accepted_shipment(world)
    invoice = an_invoice(world, "requested", shipment=shipment)
    returned = a_return(world, "received", "1", shipment)
    drain(world)
    assert (again(invoice).state, again(returned).state) == ("void", "credited")
    assert unbroken() == []


# --- credit ------------------------------------------------------------------------------------------------------------


@clause("5.2.2")
def test_an_order_over_the_limit_waits_for_finance(world: World) -> None:
    account = an_account(world, "300.00")
    a_confirmed_order(world)
    order = an_order(world)
    outcome = world.run("rep", "orders.confirm", order)
    assert outcome.hold is not None
    assert [o["code"] for o in outcome.hold.objections] == ["receivables.credit_limit"]
    assert outcome.hold.objections[0]["measure"] == "152.00"
    agree(world, outcome.hold)
    assert again(order).state == "confirmed"
    found = queries.exposures(world.ctx("finance"), [account.customer_id])[account.customer_id]
    assert (found.total, found.available) == (D("452.00"), D("-152.00"))


@clause("5.2.2", "5.3.3")
def test_old_debts_hold_new_orders(world: World) -> None:
    an_account(world, "100000.00")
    invoice = an_invoice(world)
    Invoice.objects.filter(pk=invoice.pk).update(due_on=world.today - timedelta(days=40))
    outcome = world.run("rep", "orders.confirm", an_order(world))
    assert outcome.hold is not None
    assert [o["code"] for o in outcome.hold.objections] == ["receivables.overdue"]
    report = ageing.report(Invoice.objects.all(), world.today)
    assert [(row.name, row.total) for row in report.rows] == [(a_buyer(world).party.name, D("226.00"))]
    assert report.totals[2] == D("226.00")


def test_exposure_follows_the_sale_from_order_to_money(world: World) -> None:
    customer = a_buyer(world)

    def now() -> tuple[Decimal, ...]:
        found = queries.exposures(world.ctx("finance"), [customer.pk])[customer.pk]
        return found.ordered, found.shipped, found.receivable, found.unapplied

    order = a_confirmed_order(world)
    assert now() == (D("226.00"), 0, 0, 0)
    shipment = an_accepted_shipment(world, order=order)
    assert now() == (0, D("226.00"), 0, 0)
    invoice = an_invoice(world, shipment=shipment)
    assert now() == (0, 0, D("226.00"), 0)
    receipt = a_receipt(world, "300.00")
    assert now() == (0, 0, D("226.00"), D("300.00"))
    world.run("finance", "receivables.apply", receipt, match(invoice, "226.00"))
    assert now() == (0, 0, 0, D("74.00"))


def test_the_account_opens_by_itself_and_the_ledger_knows(world: World) -> None:
    a_confirmed_order(world)
    account = CreditAccount.objects.get(customer=a_buyer(world))
    assert account.credit_limit == D(200000)
    entry = LedgerEntry.objects.get(operation="receivables.open_account", row_id=account.pk)
    assert entry.within == "receivables.credit"
    assert checks.run_all(["ledger.hashes"]) == []


@clause("5.3.5")
def test_a_large_raise_of_the_limit_needs_approval(world: World) -> None:
    account = an_account(world)
    data = {"credit_limit": "900000.00", "reason": "新项目"}
    outcome = world.run("finance", "receivables.set_credit", account, data)
    assert outcome.hold is not None
    agree(world, outcome.hold)
    assert again(account).credit_limit == D("900000.00")


# --- checks ------------------------------------------------------------------------------------------------------------


@clause("5.3.4")
def test_the_checks_find_money_that_was_bent(world: World) -> None:
    invoice = an_invoice(world)
    receipt = a_receipt(world)
    Invoice.objects.filter(pk=invoice.pk).update(settled=D("10.00"))
    Receipt.objects.filter(pk=receipt.pk).update(applied=D("10.00"))
    found = {finding.check for finding in unbroken()}
    assert found >= {
        "receivables.settled",
        "receivables.receipts",
        "receivables.control",
        "receivables.counters",
    }


def test_events_carry_identifiers_only(world: World) -> None:
    an_invoice(world)
    payloads = Event.objects.filter(name="receivables.issued").values_list("payload", flat=True)
    assert [set(payload) for payload in payloads] == [{"invoice", "order"}]
