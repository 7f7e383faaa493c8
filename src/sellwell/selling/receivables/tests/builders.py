"""Invoices and receipts for tests, made by the operations themselves, and how each operation succeeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sellwell.kernel.testing import Case, builder
from sellwell.selling.contracts.tests.builders import a_buyer
from sellwell.selling.delivery.models import Shipment
from sellwell.selling.delivery.tests.builders import a_return, an_accepted_shipment, line_of
from sellwell.selling.receivables import accounts
from sellwell.selling.receivables.models import CreditAccount, Invoice, Receipt

if TYPE_CHECKING:
    from sellwell.testing.world import World


def an_invoice(
    world: World, state: str = "issued", shipment: Shipment | None = None, units: str = "", **values: Any
) -> Invoice:
    """An invoice over an accepted shipment: all of it, or so many units of its first line."""
    shipment = shipment or an_accepted_shipment(world)
    data = {"order": str(shipment.order_id), **values}
    if units:
        data["lines"] = [{"line": str(line_of(shipment).pk), "quantity": units}]
    invoice: Invoice = world.run("rep", "receivables.request_invoice", data=data).result
    if state == "void":
        world.run("finance", "receivables.void_request", invoice)
    if state == "issued":
        world.run("finance", "receivables.issue_invoice", invoice)
    invoice.refresh_from_db()
    return invoice


def a_receipt(
    world: World, amount: str = "100.00", state: str = "entered", customer: Any = None, **values: Any
) -> Receipt:
    """Money from the buyer, not matched."""
    data = {"customer": str((customer or a_buyer(world)).pk), "amount": amount, **values}
    receipt: Receipt = world.run("finance", "receivables.enter_receipt", data=data).result
    if state == "reversed":
        world.run("finance", "receivables.reverse_receipt", receipt, {"reason": "退票"})
    receipt.refresh_from_db()
    return receipt


def a_credit(world: World) -> Invoice:
    """A credit note of which something is left: its invoice was paid before it was reversed."""
    invoice = an_invoice(world)
    world.run("finance", "receivables.enter_receipt", data={"invoice": str(invoice.pk)})
    world.run("finance", "receivables.reverse_invoice", invoice, {"reason": "开错抬头"})
    return Invoice.objects.get(reverses=invoice)


def an_account(world: World, limit: str = "") -> CreditAccount:
    """The buyer's credit account, with this limit."""
    account = CreditAccount.objects.get(pk=accounts.ensure(world.ctx("finance"), a_buyer(world).pk))
    if limit:
        data = {"credit_limit": limit, "reason": "测试"}
        world.run("finance", "receivables.set_credit", account, data)
        account.refresh_from_db()
    return account


def match(invoice: Invoice, amount: str) -> dict[str, Any]:
    """The input that matches so much to one invoice."""
    return {"lines": [{"invoice": str(invoice.pk), "amount": amount}]}


def _in_state(world: World) -> Any:
    return lambda state: an_invoice(world, state)


def _receipt_in_state(world: World) -> Any:
    return lambda state: a_receipt(world, state=state)


@builder("receivables.open_account")
def _open_account(world: World) -> Case:
    return Case("finance", data={"customer": str(a_buyer(world).pk)})


@builder("receivables.set_credit")
def _set_credit(world: World) -> Case:
    data = {"credit_limit": "150000.00", "max_overdue_days": 20, "reason": "年度评审"}
    return Case("finance", an_account(world), data)


@builder("receivables.request_invoice")
def _request(world: World) -> Case:
    return Case("rep", data={"order": str(an_accepted_shipment(world).order_id), "note": "月结"})


@builder("receivables.void_request")
def _void(world: World) -> Case:
    return Case("finance", an_invoice(world, "requested"), in_state=_in_state(world))


@builder("receivables.issue_invoice")
def _issue(world: World) -> Case:
    return Case("finance", an_invoice(world, "requested"), in_state=_in_state(world))


@builder("receivables.reverse_invoice")
def _reverse(world: World) -> Case:
    return Case("finance", an_invoice(world), {"reason": "开错抬头"}, in_state=_in_state(world))


@builder("receivables.credit_return")
def _credit_return(world: World) -> Case:
    return Case("finance", a_return(world, "received"), in_state=lambda state: a_return(world, state))


@builder("receivables.enter_receipt")
def _enter(world: World) -> Case:
    data = {
        "customer": str(a_buyer(world).pk),
        "amount": "88.00",
        "bank_reference": "B-1",
        "payer_name": "某公司",
    }
    return Case("finance", data=data)


@builder("receivables.reverse_receipt")
def _reverse_receipt(world: World) -> Case:
    return Case("finance", a_receipt(world), {"reason": "退票"}, in_state=_receipt_in_state(world))


@builder("receivables.apply")
def _apply(world: World) -> Case:
    return Case(
        "finance", a_receipt(world), match(an_invoice(world), "50.00"), in_state=_receipt_in_state(world)
    )


@builder("receivables.unapply")
def _unapply(world: World) -> Case:
    receipt = a_receipt(world)
    world.run("finance", "receivables.apply", receipt, match(an_invoice(world), "50.00"))
    receipt.refresh_from_db()
    return Case("finance", receipt, in_state=_receipt_in_state(world))


@builder("receivables.apply_credit")
def _apply_credit(world: World) -> Case:
    credit = a_credit(world)
    return Case("finance", credit, match(an_invoice(world), "10.00"), in_state=_in_state(world))
