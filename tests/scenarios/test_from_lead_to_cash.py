"""The whole sale through the door, from task to task: no step is in nobody's list, and every cent is accounted for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sellwell.kernel import access, links
from sellwell.selling.contracts.tests.builders import agree, goods, signing
from sellwell.selling.delivery.tests.builders import how_to_ship
from sellwell.testing.marks import clause
from sellwell.testing.world import World
from tests.scenarios.steps import Story, unbroken

D = Decimal
NEED = "装配线传感器老化，十月底前更换。"


def won_from_a_lead(story: Story) -> Any:
    """A lead becomes a customer and an opportunity, is quoted and accepted. Gives the accepted quotation."""
    pump = goods(story.world, "P-001", "113.00")
    lead = story.does("rep", "pipeline.add_lead", name="望海水务有限公司", contact_name="顾明远",
                      phone="13600000001", need=NEED)  # fmt: skip
    story.todo("pipeline.contact_lead", lead)
    story.does("rep", "pipeline.contact_lead", lead, outcome="电话沟通，需要报价。")
    story.todo("pipeline.qualify_lead", lead)
    close = str(story.world.today + timedelta(days=30))
    opportunity = story.does("rep", "pipeline.qualify_lead", lead, title="传感器更新", name=lead.name,
                             expected_amount="1000", expected_close=close)  # fmt: skip
    assert story.nothing_todo(lead)
    story.todo("pipeline.analyse_needs", opportunity)
    story.does("rep", "pipeline.analyse_needs", opportunity, needs=NEED)
    story.todo("pipeline.match_products", opportunity)
    products = [{"product": str(pump.pk), "quantity": "4", "fit": 4}]
    story.does("rep", "pipeline.match_products", opportunity, products=products)
    story.todo("pipeline.add_quotation", opportunity)
    line = {"product": str(pump.pk), "quantity": "4"}
    quotation = story.does("rep", "pipeline.add_quotation", customer=opportunity.customer, opportunity=opportunity,
                           lines=[line])  # fmt: skip
    story.todo("pipeline.send_quotation", quotation)
    story.does("rep", "pipeline.send_quotation", quotation)
    story.todo("pipeline.accept_quotation", quotation)
    return story.does("rep", "pipeline.accept_quotation", quotation)


def ordered_under_a_contract(story: Story, quotation: Any) -> Any:
    """A contract by its approvers and signatures, then the order, confirmed. Gives the order."""
    story.todo("contracts.create", quotation)
    contract = story.does("rep", "contracts.create", quotation=quotation)
    story.todo("contracts.approve", contract)
    agree(story.world, story.world.run("rep", "contracts.approve", contract).hold)
    story.todo("contracts.sign", contract)
    story.does("rep", "contracts.sign", contract, **signing(story.world))
    story.todo("orders.create", contract)
    order = story.does("rep", "orders.create", contract=contract, customer=contract.customer, lines=[
        {"product": str(line.product_id), "quantity": str(line.quantity)} for line in contract.lines.all()
    ])  # fmt: skip
    story.todo("orders.confirm", order)
    return story.does("rep", "orders.confirm", order)


def shipped_and_accepted(story: Story, order: Any, quantity: str) -> Any:
    """So many of the order's line go out and are taken over. Gives the shipment."""
    line = order.lines.get(is_void=False)
    shipment = story.does("warehouse", "delivery.plan_shipment", order=order,
                          lines=[{"line": str(line.pk), "quantity": quantity}])  # fmt: skip
    story.todo("delivery.pick", shipment)
    story.does("warehouse", "delivery.pick", shipment)
    story.todo("delivery.ship", shipment)
    story.does("warehouse", "delivery.ship", shipment, **how_to_ship(story.world))
    story.todo("delivery.confirm_delivery", shipment)
    story.does("rep", "delivery.confirm_delivery", shipment, signed_by="顾明远")
    story.todo("delivery.accept", shipment)
    return story.does("rep", "delivery.accept", shipment, accepted_by="顾明远")


def billed_and_paid(story: Story, order: Any) -> Any:
    """What was accepted is invoiced and paid. Gives the invoice."""
    story.todo("receivables.request_invoice", order)
    invoice = story.does("rep", "receivables.request_invoice", order=order)
    assert story.todo("receivables.issue_invoice", invoice).role == "finance"
    story.does("finance", "receivables.issue_invoice", invoice)
    assert story.todo("receivables.enter_receipt", invoice).role == "finance"
    story.does("finance", "receivables.enter_receipt", invoice=invoice, bank_reference=f"B-{invoice.number}")
    assert story.nothing_todo(invoice)
    return invoice


@clause("1.3.3", "1.4.3", "1.1.5")
def test_a_sale_passes_from_hand_to_hand_and_its_trace_shows_every_document(world: World) -> None:
    story = Story(world)
    quotation = won_from_a_lead(story)
    order = ordered_under_a_contract(story, quotation)
    story.todo("delivery.plan_shipment", order)
    shipment = shipped_and_accepted(story, order, "4")
    invoice = billed_and_paid(story, order)
    order.refresh_from_db()
    assert order.state == "closed"
    assert story.todo("contracts.close", order.contract).owner_id == world.user("rep").pk
    story.does("rep", "contracts.close", order.contract)

    told = links.chain(invoice, access.actor_for(world.user("rep"), world.today))
    types = [node.row_type for node in told]
    for document in ("pipeline.lead", "pipeline.opportunity", "pipeline.quotation", "contracts.contract",
                     "orders.order", "delivery.shipment", "receivables.invoice", "receivables.receipt"):  # fmt: skip
        assert document in types
    assert {n.id for n in told} == {
        n.id for n in links.chain(shipment, access.actor_for(world.user("rep"), world.today))
    }
    assert unbroken() == []


@clause("5.2.2", "5.2.5", "5.3.2")
def test_four_ordered_go_out_in_two_parts_one_comes_back_and_all_adds_up(world: World) -> None:
    story = Story(world)
    order = ordered_under_a_contract(story, won_from_a_lead(story))
    first = shipped_and_accepted(story, order, "1")
    billed_and_paid(story, order)
    second = shipped_and_accepted(story, order, "3")
    billed_and_paid(story, order)
    assert (story.posted("booked"), story.posted("shipped"), story.posted("accepted")) == (
        D(400),
        D(400),
        D(400),
    )
    assert (story.posted("invoiced"), story.posted("collected")) == (D(400), D(452))

    line = second.lines.get()
    back = story.does("rep", "delivery.request_return", shipment=second, reason="一件型号不符",
                      lines=[{"line": str(line.pk), "quantity": "1"}])  # fmt: skip
    assert story.todo("delivery.receive_return", back).role == "warehouse"
    story.does("warehouse", "delivery.receive_return", back)
    assert story.posted("accepted") == D(300)
    assert story.balance("revenue") == D(-300)
    assert story.nothing_todo(first)
    assert unbroken() == []


@clause("5.2.2")
def test_an_order_that_is_given_up_before_shipping_leaves_no_trace_in_stock_contract_or_bookings(
    world: World,
) -> None:
    story = Story(world)
    order = ordered_under_a_contract(story, won_from_a_lead(story))
    line = order.contract.lines.get()
    assert (line.ordered, order.lines.get().reserved) == (D(4), D(4))
    story.does("rep", "orders.cancel", order, reason="客户推迟到明年")
    line.refresh_from_db()
    assert (line.ordered, order.lines.get().reserved) == (D(0), D(0))
    assert story.posted("booked") == D(0)
    assert story.nothing_todo(order)
    story.todo("orders.create", order.contract)
    assert unbroken() == []
