"""Leads, opportunities, visits and quotations for tests, made by the operations, and how each operation succeeds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.foundation.pricing.tests.builders import a_price
from sellwell.kernel import clock
from sellwell.kernel.testing import Case, builder
from sellwell.selling.pipeline.models import Lead, Opportunity, Quotation, Visit

if TYPE_CHECKING:
    from sellwell.foundation.catalog.models import Product
    from sellwell.foundation.customers.models import Customer
    from sellwell.testing.world import World

Lines = Sequence[tuple[str, ...]]
ONE_LINE: Lines = (("P-001", "2"),)
NEEDS = "现有水泵能耗过高，需要更换为高效型号。"


def priced(world: World, code: str = "P-001", price: str = "113.00") -> Product:
    """A product with a list price (tax inside); the same one for the same code."""
    known: dict[str, Product] = world.made.setdefault("goods", {})
    if code not in known:
        known[code] = a_product(world, code, cost="60.00")
        a_price(world, known[code], price)
    return known[code]


def line_data(world: World, lines: Lines) -> list[dict[str, Any]]:
    """Lines as an operation takes them: (product code, quantity) or (code, quantity, unit price)."""
    return [
        {
            "product": str(priced(world, code).pk),
            "quantity": quantity,
            **({"unit_price": price[0]} if price else {}),
        }
        for code, quantity, *price in lines
    ]


def a_lead(world: World, by: str = "rep", **values: Any) -> Lead:
    """A new lead with a phone of its own."""
    count = world.made["leads"] = world.made.get("leads", 0) + 1
    data = {
        "name": f"望海{count}号水务公司",
        "contact_name": "令狐知远",
        "phone": f"136{count:08d}",
        "need": NEEDS,
        **values,
    }
    lead: Lead = world.run(by, "pipeline.add_lead", data=data).result
    return lead


def an_opportunity(
    world: World,
    customer: Customer | None = None,
    *,
    stage: str = "develop",
    by: str = "rep",
    lines: Lines = ONE_LINE,
    **values: Any,
) -> Opportunity:
    """An opportunity, brought to a stage (develop, needs, match, trial, offer, won, lost) step by step."""
    customer = customer or a_customer(world, by)
    data = {"customer": str(customer.pk), "title": "泵站改造", "expected_amount": "100000.00", **values}
    found: Opportunity = world.run(by, "pipeline.add_opportunity", data=data).result
    if stage == "lost":
        world.run(by, "pipeline.lose", found, {"reason": "预算取消"})
        return _again(found)
    if stage in ("needs", "match", "trial", "offer", "won"):
        world.run(by, "pipeline.analyse_needs", found, {"needs": NEEDS})
    if stage in ("match", "trial", "offer", "won"):
        products = [
            {"product": str(priced(world, line[0]).pk), "quantity": line[1], "fit": 4} for line in lines
        ]
        world.run(by, "pipeline.match_products", found, {"products": products})
    if stage == "trial":
        world.run(by, "pipeline.begin_trial", found, trial_until(world, 7))
    if stage in ("offer", "won"):
        a_quotation(
            world, opportunity=found, state="accepted" if stage == "won" else "sent", by=by, lines=lines
        )
    return _again(found)


def trial_until(world: World, days: int) -> dict[str, str]:
    """A trial that ends in so many days, as the operation takes it."""
    return {"trial": "样泵试运行，流量达标即通过", "until": (world.today + timedelta(days=days)).isoformat()}


def _again(row: Any) -> Any:
    """The row as the database has it now."""
    return type(row).objects.get(pk=row.pk)


def a_quotation(
    world: World, customer: Customer | None = None, *, lines: Lines = ONE_LINE, state: str = "draft", by: str = "rep",
    opportunity: Opportunity | None = None, **values: Any,
) -> Quotation:  # fmt: skip
    """A quotation, brought to a state: draft, sent, accepted, declined, replaced, expired."""
    customer = customer or (opportunity.customer if opportunity is not None else a_customer(world, by))
    data = {"customer": str(customer.pk), "lines": line_data(world, lines), **values}
    if opportunity is not None:
        data["opportunity"] = str(opportunity.pk)
    if state == "expired":
        return _expired(world, data, by)
    quotation: Quotation = world.run(by, "pipeline.add_quotation", data=data).result
    if state in ("sent", "accepted", "replaced"):
        world.run(by, "pipeline.send_quotation", quotation)
    if state == "accepted":
        world.run(by, "pipeline.accept_quotation", quotation)
    if state == "declined":
        world.run(by, "pipeline.decline_quotation", quotation, {"reason": "价格偏高"})
    if state == "replaced":
        world.run(by, "pipeline.revise_quotation", quotation)
    return _again(quotation)


def _expired(world: World, data: dict[str, Any], by: str) -> Quotation:
    overdue = an_overdue_quotation(world, data, by)
    world.run(by, "pipeline.expire_quotation", overdue)
    return _again(overdue)  # type: ignore[no-any-return]


def an_overdue_quotation(world: World, data: dict[str, Any] | None = None, by: str = "rep") -> Quotation:
    """A quotation sent five days ago that was good for two days."""
    data = data or {"customer": str(a_customer(world, by).pk), "lines": line_data(world, ONE_LINE)}
    then = clock.now() - timedelta(days=5)
    with clock.at(then):
        data = {**data, "valid_until": (clock.business_day(then) + timedelta(days=2)).isoformat()}
        quotation: Quotation = world.run(by, "pipeline.add_quotation", data=data).result
        world.run(by, "pipeline.send_quotation", quotation)
    return _again(quotation)  # type: ignore[no-any-return]


def a_visit(
    world: World, customer: Customer | None = None, *, state: str = "planned", by: str = "rep", **values: Any
) -> Visit:
    """A visit in an hour, brought to a state: planned, started, done (with a next step), cancelled."""
    customer = customer or a_customer(world, by)
    planned_at = (clock.now() + timedelta(hours=1)).isoformat()
    data = {"customer": str(customer.pk), "planned_at": planned_at, "purpose": "了解需求", **values}
    visit: Visit = world.run(by, "pipeline.plan_visit", data=data).result
    if state in ("started", "done"):
        world.run(by, "pipeline.check_in", visit, {"place": "客户会议室"})
    if state == "done":
        world.run(by, "pipeline.write_minutes", visit, {"minutes": "确认了需求。", "next_step": "寄送样本"})
    if state == "cancelled":
        world.run(by, "pipeline.cancel_visit", visit, {"reason": "客户改期"})
    return _again(visit)  # type: ignore[no-any-return]


# --- leads -------------------------------------------------------------------------------------------------------------


@builder("pipeline.add_lead")
def _add_lead(world: World) -> Case:
    return Case("rep", data={"name": "望海水务公司", "phone": "13600009999", "need": NEEDS})


@builder("pipeline.assign_lead")
def _assign_lead(world: World) -> Case:
    return Case("regional_manager", row=a_lead(world), data={"owner": str(world.user("account_manager").pk)})


@builder("pipeline.hand_over_lead")
def _hand_over_lead(world: World) -> Case:
    data = {"department": str(world.department("EAST").pk), "note": "客户要看样品，约了下周。"}
    return Case("marketing", row=a_lead(world, by="marketing", source="fair"), data=data)


@builder("pipeline.contact_lead")
def _contact_lead(world: World) -> Case:
    return Case("rep", row=a_lead(world), data={"outcome": "约定下周拜访。"})


@builder("pipeline.qualify_lead")
def _qualify_lead(world: World) -> Case:
    data = {"name": "望海水务有限公司", "title": "泵站改造", "expected_amount": "80000.00"}
    return Case("rep", row=a_lead(world), data=data)


@builder("pipeline.discard_lead")
def _discard_lead(world: World) -> Case:
    return Case("rep", row=a_lead(world), data={"reason": "没有采购计划"})


# --- opportunities -----------------------------------------------------------------------------------------------------


@builder("pipeline.add_opportunity")
def _add_opportunity(world: World) -> Case:
    return Case(
        "rep",
        data={"customer": str(a_customer(world).pk), "title": "泵站改造", "expected_amount": "50000.00"},
    )


@builder("pipeline.change_opportunity")
def _change_opportunity(world: World) -> Case:
    return Case(
        "rep",
        row=an_opportunity(world),
        data={"title": "二期改造", "expected_amount": "90000.00", "probability": "0.5"},
    )


@builder("pipeline.analyse_needs")
def _analyse_needs(world: World) -> Case:
    return Case("rep", row=an_opportunity(world), data={"needs": NEEDS})


@builder("pipeline.match_products")
def _match_products(world: World) -> Case:
    products = [{"product": str(priced(world).pk), "quantity": "2", "fit": 4, "why": "流量和扬程相符"}]
    return Case("rep", row=an_opportunity(world, stage="needs"), data={"products": products})


@builder("pipeline.begin_trial")
def _begin_trial(world: World) -> Case:
    return Case("rep", row=an_opportunity(world, stage="match"), data=trial_until(world, 7))


@builder("pipeline.offer")
def _offer(world: World) -> Case:
    """A sent quotation brings an opportunity to the offer by itself; here it is back at the match, as after a transfer."""
    opportunity = an_opportunity(world, stage="offer")
    Opportunity.objects.filter(pk=opportunity.pk).update(state="match")
    return Case("rep", row=_again(opportunity))


@builder("pipeline.win")
def _win(world: World) -> Case:
    """Accepting wins by itself; here the opportunity is still at the offer although its quotation was accepted."""
    opportunity = an_opportunity(world, stage="offer")
    Quotation.objects.filter(opportunity=opportunity).update(state="accepted")
    return Case("rep", row=opportunity)


@builder("pipeline.lose")
def _lose(world: World) -> Case:
    return Case("rep", row=an_opportunity(world), data={"reason": "预算取消"})


@builder("pipeline.comment")
def _comment(world: World) -> Case:
    return Case("rep", row=an_opportunity(world), data={"text": "竞争对手也在报价。"})


# --- visits ------------------------------------------------------------------------------------------------------------


@builder("pipeline.plan_visit")
def _plan_visit(world: World) -> Case:
    planned_at = (clock.now() + timedelta(days=1)).isoformat()
    return Case(
        "rep", data={"customer": str(a_customer(world).pk), "planned_at": planned_at, "purpose": "了解需求"}
    )


@builder("pipeline.start_visit")
def _start_visit(world: World) -> Case:
    return Case(
        "rep",
        data={
            "customer": str(a_customer(world).pk),
            "place": "客户车间",
        },
    )


@builder("pipeline.check_in")
def _check_in(world: World) -> Case:
    return Case("rep", row=a_visit(world), data={"place": "客户会议室"})


@builder("pipeline.write_minutes")
def _write_minutes(world: World) -> Case:
    return Case(
        "rep", row=a_visit(world, state="started"), data={"minutes": "确认了需求。", "next_step": "寄送样本"}
    )


@builder("pipeline.follow_up")
def _follow_up(world: World) -> Case:
    return Case("rep", row=a_visit(world, state="done"), data={"outcome": "样本已寄出。"})


@builder("pipeline.cancel_visit")
def _cancel_visit(world: World) -> Case:
    return Case("rep", row=a_visit(world), data={"reason": "客户改期"})


# --- quotations --------------------------------------------------------------------------------------------------------


@builder("pipeline.add_quotation")
def _add_quotation(world: World) -> Case:
    return Case("rep", data={"customer": str(a_customer(world).pk), "lines": line_data(world, ONE_LINE)})


@builder("pipeline.change_quotation")
def _change_quotation(world: World) -> Case:
    return Case("rep", row=a_quotation(world), data={"lines": line_data(world, [("P-001", "3", "110.00")])})


@builder("pipeline.send_quotation")
def _send_quotation(world: World) -> Case:
    return Case("rep", row=a_quotation(world))


@builder("pipeline.accept_quotation")
def _accept_quotation(world: World) -> Case:
    return Case("rep", row=a_quotation(world, state="sent"))


@builder("pipeline.decline_quotation")
def _decline_quotation(world: World) -> Case:
    return Case("rep", row=a_quotation(world, state="sent"), data={"reason": "价格偏高"})


@builder("pipeline.expire_quotation")
def _expire_quotation(world: World) -> Case:
    return Case("rep", row=an_overdue_quotation(world))


@builder("pipeline.revise_quotation")
def _revise_quotation(world: World) -> Case:
    return Case("rep", row=a_quotation(world, state="sent"))
