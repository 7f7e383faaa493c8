"""Stories that break clauses of chapter 5 and see the evidence name the record, then mend it and see it vanish."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.foundation.stock.tests.builders import stock_of
from sellwell.kernel.models import LedgerEntry
from sellwell.kernel.values import Refusal
from sellwell.selling.contracts.models import Contract
from sellwell.selling.contracts.tests.builders import a_contract, goods
from sellwell.selling.delivery.models import Shipment, ShipmentLine
from sellwell.selling.delivery.tests.builders import a_shipment
from sellwell.selling.orders.models import OrderLine
from sellwell.selling.orders.tests.builders import a_confirmed_order, an_order
from sellwell.selling.receivables.models import Invoice
from sellwell.selling.receivables.tests.builders import a_credit, a_receipt, an_invoice
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.refusals import refused
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


# --- contracts ----------------------------------------------------------------------------------------------------------


@clause("5.1.1", "5.1.5", breaks=True)
def test_a_signed_text_that_was_changed_is_named_until_it_is_the_approved_one_again(world: World) -> None:
    contract = a_contract(world, state="signed")
    assert refused(world, "legal", "contracts.change_terms", contract, {"terms": []})
    assert naming(world, "5.1.1", contract) == naming(world, "5.1.5", contract) == set()
    text = contract.terms_text
    Contract.objects.filter(pk=contract.pk).update(terms_text="[]")  # past the door
    assert naming(world, "5.1.1", contract) == {"required_terms"}
    assert naming(world, "5.1.5", contract) == {"same_text"}
    Contract.objects.filter(pk=contract.pk).update(terms_text=text)
    assert naming(world, "5.1.1", contract) == naming(world, "5.1.5", contract) == set()


@clause("5.1.2", breaks=True)
def test_a_contract_without_its_signed_copy_is_refused_and_named_when_planted(world: World) -> None:
    approved = a_contract(world, state="approved")
    assert "invalid" in refused(world, "rep", "contracts.sign", approved, {"signed_on": str(world.today)})
    contract = a_contract(world, state="signed")
    signatory = contract.signatory  # without a scan the database itself refuses the row
    Contract.objects.filter(pk=contract.pk).update(signatory="")
    assert naming(world, "5.1.2", contract) == {"scans"}
    Contract.objects.filter(pk=contract.pk).update(signatory=signatory)
    assert naming(world, "5.1.2", contract) == set()


@clause("5.1.3", breaks=True)
def test_a_contract_signed_without_approval_is_refused_and_named_when_planted(world: World) -> None:
    draft = a_contract(world)
    assert refused(world, "rep", "contracts.sign", draft, {}) == {"wrong_state"}
    signed = a_contract(world, state="signed")
    assert naming(world, "5.1.3", signed) == set()
    Contract.objects.filter(pk=draft.pk).update(
        state="signed",
        signed_on=world.today,
        terms_text=signed.terms_text,
        text_hash=signed.text_hash,
        scan=signed.scan_id,
    )
    assert not LedgerEntry.objects.filter(row_id=draft.pk, operation="contracts.approve").exists()
    assert naming(world, "5.1.3", draft) == {"approved_first"}


# --- orders -------------------------------------------------------------------------------------------------------------


@clause("5.2.1", breaks=True)
def test_an_order_corrected_after_confirmation_is_named_and_one_that_stands_is_not(world: World) -> None:
    wrong = {"customer": "0", "lines": [{"product": "P-404", "quantity": "0"}]}
    with pytest.raises(Refusal) as refusal:
        world.run("rep", "orders.create", data=wrong)
    assert {o.path for o in refusal.value.objections} == {"customer", "lines.0.product", "lines.0.quantity"}
    order, right = a_confirmed_order(world), a_confirmed_order(world)
    assert naming(world, "5.2.1", order) == naming(world, "5.2.1", right) == set()
    world.run("rep", "orders.cancel", order, {"reason": "型号录错"})
    assert naming(world, "5.2.1", order) == {"corrected"}
    assert naming(world, "5.2.1", right) == set()


@clause("5.2.2", breaks=True)
def test_lines_short_of_stock_or_priced_by_hand_are_named_until_they_are_not(world: World) -> None:
    goods(world, "P-005", stock="1")
    short = a_confirmed_order(world, (("P-005", "3"),))
    assert naming(world, "5.2.2", short) == {"covered"}
    line = OrderLine.objects.select_related("product").get(order=short)
    stock_of(world, line.product, "20")
    world.run("rep", "orders.promise_again", short)
    assert naming(world, "5.2.2", short) == set()
    typed = a_confirmed_order(world, (("P-001", "1", "105.00"),))
    assert naming(world, "5.2.2", typed) == {"priced_by_rule"}
    assert naming(world, "5.2.2", a_confirmed_order(world)) == set()


@clause("5.2.2", breaks=True)
def test_a_confirmed_line_without_a_date_cannot_be_and_is_named_when_planted(world: World) -> None:
    draft = an_order(world)
    assert naming(world, "5.2.2", draft) == set()
    order = a_confirmed_order(world)
    line = OrderLine.objects.get(order=order)
    assert line.promised_on is not None
    OrderLine.objects.filter(pk=line.pk).update(promised_on=None)
    assert naming(world, "5.2.2", order) == {"dated"}
    OrderLine.objects.filter(pk=line.pk).update(promised_on=line.promised_on)
    assert naming(world, "5.2.2", order) == set()


# --- delivery -----------------------------------------------------------------------------------------------------------


@clause("5.2.3", "5.2.5", breaks=True)
def test_a_shipment_lacking_its_carrier_or_its_note_is_named_until_it_has_them(world: World) -> None:
    shipment = a_shipment(world, "shipped")
    assert naming(world, "5.2.3", shipment) == naming(world, "5.2.5", shipment) == set()
    carrier, expected = shipment.carrier, shipment.expected_on
    late = world.today - timedelta(days=4)
    Shipment.objects.filter(pk=shipment.pk).update(carrier="", expected_on=late)
    assert naming(world, "5.2.3", shipment) == {"complete_shipments"}
    assert naming(world, "5.2.5", shipment) == {"confirmed_notes"}
    Shipment.objects.filter(pk=shipment.pk).update(carrier=carrier, expected_on=expected)
    assert naming(world, "5.2.3", shipment) == naming(world, "5.2.5", shipment) == set()


@clause("5.3.2", breaks=True)
def test_a_delivery_that_waits_too_long_for_acceptance_is_named_until_accepted(world: World) -> None:
    shipment = a_shipment(world, "delivered")
    assert naming(world, "5.3.2", shipment) == set()
    before = world.ctx("rep").now - timedelta(days=9)
    Shipment.objects.filter(pk=shipment.pk).update(delivered_at=before)
    assert naming(world, "5.3.2", shipment) == {"accepted_in_time"}
    Shipment.objects.filter(pk=shipment.pk).update(delivered_at=shipment.delivered_at)
    assert naming(world, "5.3.2", shipment) == set()


# --- money --------------------------------------------------------------------------------------------------------------


@clause("5.3.3", breaks=True)
def test_an_invoice_past_its_due_date_is_named_until_it_is_paid(world: World) -> None:
    invoice = an_invoice(world)
    Invoice.objects.filter(pk=invoice.pk).update(due_on=world.today - timedelta(days=1))
    assert naming(world, "5.3.3", invoice) == {"paid_in_time"}
    Invoice.objects.filter(pk=invoice.pk).update(due_on=world.today + timedelta(days=30))
    assert naming(world, "5.3.3", invoice) == set()


@clause("5.3.4", breaks=True)
def test_money_that_is_not_matched_is_named_until_it_is(world: World) -> None:
    invoice, receipt = an_invoice(world), a_receipt(world)
    assert naming(world, "5.3.4", receipt) == {"matched_money"}
    lines = [{"invoice": str(invoice.pk), "amount": "100.00"}]
    world.run("finance", "receivables.apply", receipt, {"lines": lines})
    assert naming(world, "5.3.4", receipt) == set()


@clause("5.3.5", breaks=True)
def test_a_reversal_by_its_own_requester_is_named_and_one_by_another_is_not(world: World) -> None:
    note = a_credit(world)
    assert naming(world, "5.3.5", note) == set()
    asked_by = note.reverses.created_by_id
    Invoice.objects.filter(pk=note.reverses_id).update(created_by=world.user("finance").pk)
    assert naming(world, "5.3.5", note) == {"reversals_by_another"}
    Invoice.objects.filter(pk=note.reverses_id).update(created_by=asked_by)
    assert naming(world, "5.3.5", note) == set()


@clause("5.3.1", breaks=True)
def test_goods_that_were_rejected_are_named_and_goods_accepted_whole_are_not(world: World) -> None:
    shipment = a_shipment(world, "accepted")
    assert naming(world, "5.3.1", shipment) == set()
    other = a_shipment(world, "delivered")
    theirs = ShipmentLine.objects.get(shipment=other)
    rejected = [{"line": str(theirs.pk), "quantity": "1"}]
    world.run("rep", "delivery.accept", other, {"accepted_by": "客户质检", "rejected": rejected})
    assert naming(world, "5.3.1", other) == {"accepted_whole"}
