"""From a lead to an accepted quotation, and what stands in the way."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sellwell.foundation.customers.models import Customer
from sellwell.foundation.customers.tests.builders import a_blocked_customer, a_customer
from sellwell.foundation.pricing.tests.builders import a_floor, a_price
from sellwell.kernel import checks as kernel_checks
from sellwell.kernel import clock, links, personal
from sellwell.kernel.models import Fact, LedgerEntry, Task
from sellwell.kernel.values import Period, Refusal
from sellwell.selling.pipeline import evidence, queries
from sellwell.selling.pipeline.models import (
    Lead,
    Opportunity,
    OpportunityProduct,
    Quotation,
    QuotationLine,
    Visit,
)
from sellwell.selling.pipeline.tests.builders import (
    NEEDS,
    a_lead,
    a_quotation,
    a_visit,
    an_opportunity,
    an_overdue_quotation,
    line_data,
    priced,
)
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
OURS = ["pipeline.stages", "pipeline.floor", "pipeline.totals", "pipeline.won", "customers.keys_once"]


def refused(world: World, role: str, operation: str, row: object = None, **data: object) -> list[str]:
    with pytest.raises(Refusal) as caught:
        world.run(role, operation, row, data)
    return [o.code for o in caught.value.objections]


def open_tasks(row: object) -> list[str]:
    return sorted(Task.objects.filter(row_id=row.pk, state="open").values_list("operation", flat=True))  # type: ignore[attr-defined]


# --- leads -------------------------------------------------------------------------------------------------------------


@clause("1.4.3", "1.3.2")
def test_a_lead_becomes_a_customer_with_an_opportunity(world: World) -> None:
    lead = a_lead(world, phone="13611112222")
    assert open_tasks(lead) == ["pipeline.contact_lead"]
    world.run("rep", "pipeline.contact_lead", lead, {"outcome": "有预算"})
    assert open_tasks(lead) == ["pipeline.qualify_lead"]
    data = {"name": "望海水务有限公司", "title": "泵站改造", "expected_amount": "80000.00"}
    opportunity = world.run("rep", "pipeline.qualify_lead", lead, data).result
    lead.refresh_from_db()
    customer = Customer.objects.select_related("party").get(pk=lead.customer_id)
    assert (lead.state, opportunity.state, opportunity.needs) == ("qualified", "develop", NEEDS)
    assert personal.open_(customer.party.phone) == "13611112222" and customer.owner_id == lead.owner_id
    assert open_tasks(lead) == [] and open_tasks(opportunity) == ["pipeline.analyse_needs"]
    chain = links.chain(opportunity, world.ctx("rep").actor)
    assert {node.row_type for node in chain} == {"pipeline.lead", "pipeline.opportunity"}
    within = set(
        LedgerEntry.objects.filter(within="pipeline.qualify_lead").values_list("operation", flat=True)
    )
    assert within == {"customers.add", "pipeline.add_opportunity"}


@clause("1.4.2")
def test_a_lead_of_a_known_customer_is_told_and_not_entered_again(world: World) -> None:
    a_customer(world, phone="13611112222")
    outcome = world.run("rep", "pipeline.add_lead", None, {"name": "望海水务", "phone": "13611112222"})
    assert [o.code for o in outcome.warnings] == ["pipeline.lead_is_customer"]
    codes = refused(world, "rep", "pipeline.qualify_lead", outcome.result, name="望海水务", title="改造")
    assert codes == ["customers.duplicate"]
    assert Lead.objects.get(pk=outcome.result.pk).state == "new"


@clause("1.4.2")
def test_an_open_lead_is_not_entered_twice(world: World) -> None:
    a_lead(world, by="account_manager", phone="13611112222")
    assert refused(world, "rep", "pipeline.add_lead", name="望海水务", phone="136 1111 2222") == [
        "pipeline.open_lead"
    ]
    assert refused(world, "rep", "pipeline.add_lead", name="望海水务") == ["pipeline.lead_unreachable"]


@clause("1.3.2")
def test_an_assigned_lead_takes_its_task_along(world: World) -> None:
    lead = a_lead(world)
    world.run(
        "regional_manager", "pipeline.assign_lead", lead, {"owner": str(world.user("account_manager").pk)}
    )
    assert Lead.objects.get(pk=lead.pk).owner_id == world.user("account_manager").pk
    assert Task.objects.get(row_id=lead.pk, state="open").owner_id == world.user("account_manager").pk


# --- stages ------------------------------------------------------------------------------------------------------------


@clause("1.4.3")
def test_no_stage_without_its_conditions(world: World) -> None:
    opportunity = an_opportunity(world)
    assert refused(world, "rep", "pipeline.analyse_needs", opportunity, needs="  ") == [
        "pipeline.needs_missing"
    ]
    assert refused(world, "rep", "pipeline.match_products", opportunity, products=[]) == ["wrong_state"]
    needs = an_opportunity(world, stage="needs")
    assert refused(world, "rep", "pipeline.match_products", needs, products=[]) == ["pipeline.no_product"]
    matched = an_opportunity(world, stage="match")
    assert refused(world, "rep", "pipeline.offer", matched) == ["pipeline.not_quoted"]
    offered = an_opportunity(world, stage="offer")
    assert refused(world, "rep", "pipeline.win", offered) == ["pipeline.not_agreed"]


@clause("1.4.3")
def test_a_quotation_does_not_come_before_the_match(world: World) -> None:
    early = an_opportunity(world, stage="needs")
    data = {
        "customer": str(early.customer_id),
        "opportunity": str(early.pk),
        "lines": line_data(world, [("P-001", "1")]),
    }
    assert refused(world, "rep", "pipeline.add_quotation", **data) == ["pipeline.too_early"]
    data["opportunity"] = str(an_opportunity(world, stage="match").pk)
    assert refused(world, "rep", "pipeline.add_quotation", **data) == ["pipeline.other_customer"]


@clause("1.4.3")
def test_a_sale_goes_through_its_stages_and_its_tasks(world: World) -> None:
    opportunity = an_opportunity(world, stage="match")
    assert open_tasks(opportunity) == ["pipeline.add_quotation"]
    quotation = a_quotation(world, opportunity=opportunity, lines=[("P-001", "2"), ("P-002", "1")])
    assert open_tasks(opportunity) == [] and open_tasks(quotation) == ["pipeline.send_quotation"]
    world.run("rep", "pipeline.send_quotation", quotation)
    assert Opportunity.objects.get(pk=opportunity.pk).state == "offer"
    assert open_tasks(quotation) == ["pipeline.accept_quotation"]
    world.run("rep", "pipeline.accept_quotation", quotation)
    won = Opportunity.objects.get(pk=opportunity.pk)
    assert (won.state, won.expected_amount, won.probability) == ("won", Decimal("339.00"), Decimal(1))
    assert open_tasks(quotation) == ["contracts.create"]
    fact = Fact.objects.get(measure="won", source=opportunity.pk)
    assert (fact.amount, fact.happened_on, fact.person_id) == (
        Decimal("339.00"),
        world.today,
        world.user("rep").pk,
    )
    assert queries.won_this_month(Opportunity.objects.all(), world.ctx("rep")) == (Decimal("339.00"), 1)
    assert not kernel_checks.run_all(OURS)
    found = evidence.stage_changes_without_conditions(world.company.pk, Period(world.today))
    assert (found.concerned, found.kept) == (1, 1)


@clause("1.4.3")
def test_a_new_match_voids_the_one_before(world: World) -> None:
    opportunity = an_opportunity(world, stage="match")
    other = priced(world, "P-002")
    world.run(
        "rep",
        "pipeline.match_products",
        opportunity,
        {"products": [{"product": str(other.pk), "quantity": "1"}]},
    )
    assert [m.product_id for m in queries.products_of(opportunity.pk)] == [other.pk]
    assert OpportunityProduct.objects.filter(opportunity=opportunity).count() == 2


@clause("1.4.3")
def test_checks_find_a_stage_without_conditions(world: World) -> None:
    opportunity = an_opportunity(world)
    Opportunity.objects.filter(pk=opportunity.pk).update(state="match")
    assert [f.record for f in kernel_checks.run_all(["pipeline.stages"])] == [opportunity.number]
    found = evidence.stage_changes_without_conditions(world.company.pk, Period(world.today))
    assert [b.row_id for b in found.broken] == [opportunity.pk]


def test_weighted_pipeline(world: World) -> None:
    an_opportunity(world, expected_amount="100000.00")  # 10 %
    an_opportunity(world, stage="needs", expected_amount="200000.00")  # 25 %
    an_opportunity(world, stage="lost", expected_amount="900000.00")
    assert queries.weighted_open(Opportunity.objects.all()) == (Decimal("60000.00"), Decimal("300000.00"))


# --- visits ------------------------------------------------------------------------------------------------------------


@clause("2.2.4")
def test_minutes_are_due_24_hours_after_the_check_in(world: World) -> None:
    visit = a_visit(world, state="started")
    assert visit.minutes_due_at == visit.checked_in_at + timedelta(hours=24)
    task = Task.objects.get(row_id=visit.pk, state="open")
    assert (task.operation, task.due_at) == ("pipeline.write_minutes", visit.minutes_due_at)
    world.run("rep", "pipeline.write_minutes", visit, {"minutes": "确认了需求。", "next_step": "寄送样本"})
    assert open_tasks(visit) == ["pipeline.follow_up"]
    world.run("rep", "pipeline.follow_up", visit, {"outcome": "已寄出"})
    assert open_tasks(visit) == []


@clause("2.2.4")
def test_late_minutes_are_shown_and_counted(world: World) -> None:
    with clock.at(clock.now() - timedelta(hours=30)):
        late, missing = a_visit(world, state="started"), a_visit(world, state="started")
        in_time = a_visit(world, state="done")
    world.run("rep", "pipeline.write_minutes", late, {"minutes": "补写。"})
    found = evidence.visits_without_minutes_in_time(world.company.pk, Period(world.today - timedelta(days=2)))
    assert (found.concerned, found.kept) == (3, 1)
    assert {b.row_id for b in found.broken} == {late.pk, missing.pk}
    assert queries.visits_without_minutes(Visit.objects.all(), world.ctx("rep")) == (1, 1)
    assert in_time.state == "done"


@clause("2.2.4")
def test_a_visit_that_nobody_planned(world: World) -> None:
    data = {"customer": str(a_customer(world).pk), "place": "客户车间", "latitude": "31.230000"}
    assert refused(world, "rep", "pipeline.start_visit", **data) == ["pipeline.half_position"]
    world.run("rep", "activities.allow_location")
    visit = world.run("rep", "pipeline.start_visit", None, {**data, "longitude": "121.470000"}).result
    assert (visit.state, visit.owner_id) == ("started", world.user("rep").pk)


@clause("2.2.4")
def test_the_next_step_lies_ahead(world: World) -> None:
    visit = a_visit(world, state="started")
    yesterday = str(world.today - timedelta(days=1))
    codes = refused(
        world,
        "rep",
        "pipeline.write_minutes",
        visit,
        minutes="纪要",
        next_step="回访",
        next_step_on=yesterday,
    )
    assert codes == ["pipeline.next_step_past"]


# --- quotations --------------------------------------------------------------------------------------------------------


@clause("5.2.1")
def test_prices_come_from_the_rules_and_may_be_typed_over(world: World) -> None:
    customer = a_customer(world)
    product = priced(world)
    a_price(world, product, "100.00", "customer", customer=str(customer.pk))
    quotation = a_quotation(world, customer, lines=[("P-001", "2"), ("P-001", "1", "90")])
    ruled, typed = queries.quotation_lines(quotation.pk)
    assert (ruled.unit_price, ruled.price_source, ruled.list_price) == (
        Decimal(100),
        "customer",
        Decimal(113),
    )
    assert (typed.unit_price, typed.price_source) == (Decimal(90), "manual")
    assert (quotation.total, quotation.net + quotation.tax) == (Decimal("290.00"), Decimal("290.00"))


@clause("5.2.1")
def test_every_wrong_line_is_told_at_its_cell(world: World) -> None:
    retired, unpriced = priced(world, "P-009"), priced(world, "P-010")
    world.run("marketing", "catalog.retire_product", retired)
    from sellwell.foundation.pricing.models import PriceRule

    PriceRule.objects.filter(product=unpriced).update(until=world.today)
    with pytest.raises(Refusal) as caught:
        a_quotation(world, lines=[("P-001", "1"), ("P-009", "1"), ("P-010", "1")])
    assert {(o.code, o.path) for o in caught.value.objections} == {
        ("pipeline.product_retired", "lines.1.product"),
        ("pricing.no_price", "lines.2.unit_price"),
    }
    assert refused(world, "rep", "pipeline.add_quotation", customer=str(a_customer(world).pk), lines=[]) == [
        "pipeline.no_lines"
    ]


@clause("2.2.4")
def test_below_the_floor_it_goes_out_only_with_approval(world: World) -> None:
    a_floor(world, priced(world), "100.00")
    quotation = a_quotation(world, lines=[("P-001", "2", "98.77")])
    outcome = world.run("rep", "pipeline.send_quotation", quotation)
    assert outcome.hold is not None
    assert refused(
        world, "rep", "pipeline.change_quotation", quotation, lines=line_data(world, [("P-001", "1")])
    ) == ["held"]
    world.run("regional_manager", "approvals.approve", outcome.hold, {})
    assert Quotation.objects.get(pk=quotation.pk).state == "sent"
    assert not kernel_checks.run_all(OURS)
    found = evidence.quotations_below_floor(world.company.pk, Period(world.today))
    assert (found.concerned, found.kept) == (1, 1)


@clause("2.2.4")
def test_checks_find_an_unapproved_price_below_the_floor(world: World) -> None:
    a_floor(world, priced(world), "100.00")
    quotation = a_quotation(world, state="sent")
    QuotationLine.objects.filter(quotation=quotation).update(unit_price=Decimal(50))
    assert [f.record for f in kernel_checks.run_all(["pipeline.floor"])] == [quotation.number]


@clause("2.2.4")
def test_a_margin_that_does_not_pay_needs_approval_and_tells_no_cost(world: World) -> None:
    quotation = a_quotation(world, lines=[("P-001", "2", "70")])  # net 61.95 at a cost of 60
    outcome = world.run("rep", "pipeline.send_quotation", quotation)
    assert outcome.hold is not None
    objection = outcome.hold.objections[0]
    assert (objection["code"], objection["args"]) == ("pipeline.low_margin", {})
    world.run("sales_manager", "approvals.approve", outcome.hold, {})
    assert Quotation.objects.get(pk=quotation.pk).state == "sent"


@clause("1.3.1")
def test_a_large_offer_goes_over_the_sellers_limit(world: World) -> None:
    quotation = a_quotation(world, lines=[("P-001", "5000")])  # 565,000.00
    outcome = world.run("rep", "pipeline.send_quotation", quotation)
    assert outcome.hold is not None
    world.run("regional_manager", "approvals.approve", outcome.hold, {})
    assert Quotation.objects.get(pk=quotation.pk).state == "sent"


@clause("2.2.4")
def test_a_revision_replaces_the_version_before(world: World) -> None:
    sent = a_quotation(world, state="sent", lines=[("P-001", "2", "110")])
    version = world.run("rep", "pipeline.revise_quotation", sent).result
    assert (version.number, version.revision, version.state) == (f"{sent.number}-2", 2, "draft")
    assert [li.unit_price for li in queries.quotation_lines(version.pk)] == [Decimal(110)]
    assert Quotation.objects.get(pk=sent.pk).state == "replaced"
    world.run("rep", "pipeline.send_quotation", version)
    third = world.run("rep", "pipeline.revise_quotation", version).result
    assert third.number == f"{sent.number}-3"
    assert [q.revision for q in queries.versions_of(Quotation.objects.all(), sent)] == [3, 2, 1]


@clause("2.2.4")
def test_an_expired_quotation_is_not_accepted(world: World) -> None:
    overdue = an_overdue_quotation(world)
    assert refused(world, "rep", "pipeline.accept_quotation", overdue) == ["pipeline.expired"]
    assert refused(world, "rep", "pipeline.expire_quotation", a_quotation(world, state="sent")) == [
        "pipeline.still_valid"
    ]
    world.run("rep", "pipeline.expire_quotation", overdue)
    assert open_tasks(overdue) == []


@clause("1.4.2")
def test_no_new_business_with_a_blocked_customer(world: World) -> None:
    customer = a_blocked_customer(world)
    data = {"customer": str(customer.pk), "lines": line_data(world, [("P-001", "1")])}
    assert "customers.blocked" in refused(world, "rep", "pipeline.add_quotation", **data)
    assert "customers.blocked" in refused(
        world, "rep", "pipeline.add_opportunity", customer=str(customer.pk), title="改造"
    )


def test_the_same_key_makes_one_quotation(world: World) -> None:
    data = {"customer": str(a_customer(world).pk), "lines": line_data(world, [("P-001", "1")])}
    first = world.run("rep", "pipeline.add_quotation", None, data, key="twice")
    again = world.run("rep", "pipeline.add_quotation", None, data, key="twice")
    assert again.replayed and again.result.pk == first.result.pk
    assert Quotation.objects.count() == 1


@clause("1.4.2")
def test_erasing_a_customer_takes_open_business_and_then_the_words(world: World) -> None:
    opportunity = an_opportunity(world)
    customer = opportunity.customer
    assert refused(world, "legal", "customers.erase", customer, ground="request", reference="D1") == [
        "customers.open_business"
    ]
    world.run("rep", "pipeline.lose", opportunity, {"reason": "不买了"})
    world.run("legal", "customers.erase", customer, {"ground": "request", "reference": "D1"})
    gone = Opportunity.objects.get(pk=opportunity.pk)
    assert (gone.title, gone.needs, gone.lost_reason, gone.number) == ("", "", "", opportunity.number)
    assert not kernel_checks.run_all(OURS)
