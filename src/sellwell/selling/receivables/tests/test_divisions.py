"""Divisions: results by month as they were posted, who sees them, and approval limits of their own (clause 2.2.2)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from sellwell.foundation.catalog.models import Product
from sellwell.foundation.company import divisions
from sellwell.foundation.company.extensions import results
from sellwell.foundation.company.models import Department
from sellwell.foundation.company.pages.divisions import statement, year_of
from sellwell.foundation.company.policies import DIVISION_LIMITS
from sellwell.kernel import clock, generations, policy
from sellwell.kernel.models import ApprovalRequest, Fact
from sellwell.kernel.values import Period
from sellwell.selling.contracts.tests.builders import goods
from sellwell.selling.delivery.tests.builders import a_return, an_accepted_shipment
from sellwell.selling.orders.models import OrderLine
from sellwell.selling.orders.tests.builders import an_order
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def a_division(world: World, code: str = "EAST", **values: Any) -> Department:
    """A department turned into a division."""
    Department.objects.filter(code=code).update(kind="division", **values)
    generations.bump("organisation")
    return Department.objects.get(code=code)


def earned(row: Department, world: World) -> list[tuple[Decimal, Decimal, Decimal]]:
    period = Period(world.today - timedelta(days=40), world.today + timedelta(days=1))
    found = [one for _, asked in results for one in asked(row, period)]
    return [(one.revenue, one.cost, one.without_cost) for one in found]


def limit(world: World, *rows: tuple[str, str, str]) -> None:
    """Publish limits of divisions."""
    data = {"name": DIVISION_LIMITS, "rows": [{"cells": list(row)} for row in (*rows, ("-", "-", "-"))]}
    draft = world.run("finance", "company.draft_policy", data=data).result
    world.run("administrator", "company.publish_policy", draft, {"since": str(world.today)})


@clause("2.2.2")
def test_results_are_revenue_at_the_price_and_cost_of_the_order_and_returns_take_from_both(
    world: World,
) -> None:
    east = a_division(world)
    shipment = an_accepted_shipment(world)
    line = OrderLine.objects.get(order=shipment.order_id)
    OrderLine.objects.filter(pk=line.pk).update(unit_cost=Decimal("60"))
    assert earned(east, world) == [(line.net, 60 * line.quantity, 0)]
    assert earned(world.department("SOUTH"), world) == []
    back = a_return(world, shipment=shipment)
    world.run("warehouse", "delivery.receive_return", back)
    revenue, cost, unknown = earned(east, world)[0]
    assert cost == 60 * (line.quantity - 1) and unknown == 0
    assert revenue == sum(Fact.objects.filter(measure="accepted").values_list("amount", flat=True))
    OrderLine.objects.filter(pk=line.pk).update(unit_cost=None)
    assert earned(east, world) == [(revenue, 0, revenue)]


@clause("2.2.2")
def test_a_statement_is_the_sum_of_its_months_and_its_rate_knows_only_what_has_a_cost(world: World) -> None:
    """By hand, from the facts: one sale at 60 apiece, the same again without a known cost."""
    east = a_division(world)
    first, second = an_accepted_shipment(world), an_accepted_shipment(world)
    OrderLine.objects.filter(order=first.order_id).update(unit_cost=Decimal("60"))
    OrderLine.objects.filter(order=second.order_id).update(unit_cost=None)
    posted = {
        one.pk: Fact.objects.filter(
            measure="accepted", source__in=one.lines.values_list("pk", flat=True)
        ).values_list("amount", "quantity")
        for one in (first, second)
    }
    ((known, quantity),), ((unknown, _),) = posted[first.pk], posted[second.pk]
    found = statement(east, year_of("", world.today), world.ctx("sales_manager"))
    assert found is not None and found.shows_margin
    assert found.total.revenue == sum(one.revenue for one in found.months) == known + unknown
    assert found.total.cost == 60 * quantity and found.total.without_cost == unknown
    assert found.total.margin == known - 60 * quantity
    assert found.rate == ((known - 60 * quantity) / known).quantize(Decimal("0.001"))
    assert statement(east, year_of("", world.today), world.ctx("rep")) is None


@clause("2.2.2")
def test_results_stay_as_they_were_posted_when_the_department_moves(world: World) -> None:
    east = a_division(world)
    an_accepted_shipment(world)
    before = earned(east, world)
    assert before
    Department.objects.filter(pk=east.pk).update(path="HQ.WEST.EAST.")
    assert earned(Department.objects.get(code="WEST"), world) == []
    assert earned(east, world) == before  # asked by the path of then


@clause("2.2.2")
def test_a_division_by_line_adds_up_its_line_wherever_it_was_sold(world: World) -> None:
    goods(world)
    Product.objects.filter(code="P-001").update(product_line="pumps")
    an_accepted_shipment(world)
    south = a_division(world, "SOUTH", product_line="pumps")
    assert earned(south, world) == earned(world.department("EAST"), world) != []
    assert earned(a_division(world, "WEST", product_line="robots"), world) == []


@clause("2.2.2")
def test_margins_are_absent_for_those_without_the_right(world: World) -> None:
    east = a_division(world)
    shipment = an_accepted_shipment(world)
    OrderLine.objects.filter(order=shipment.order_id).update(unit_cost=Decimal("60"))
    shown = {}
    for role in ("sales_manager", "regional_manager", "rep", "service"):
        client = Client()
        client.force_login(world.user(role))
        answer = client.get(f"/departments/{east.pk}/results")
        assert answer.status_code == 200, role
        shown[role] = answer.content.decode() + client.get(f"/departments/{east.pk}/").content.decode()
        world.see()
    assert "毛利" in shown["sales_manager"] and "毛利" in shown["regional_manager"]
    for role in ("rep", "service"):
        assert "销货成本" not in shown[role] and "毛利</" not in shown[role]
    client.force_login(world.user("executive"))
    assert client.get(f"/departments/{world.department('SOUTH').pk}/results").status_code == 404


@clause("2.2.2")
def test_a_division_has_limits_of_its_own_and_others_have_not(world: World) -> None:
    east = a_division(world)
    order = an_order(world)
    limit(world, ("EAST", f"> {order.total}", "regional_manager"))
    assert world.run("rep", "orders.confirm", order).hold is None  # the very amount is within
    limit_below = order.total - Decimal("0.01")
    draft = an_order(world)
    # A later version of the same day takes the place of the first.
    with_limit = [{"cells": ["EAST", f"> {limit_below}", "regional_manager"]}, {"cells": ["-", "-", "-"]}]
    made = world.run(
        "finance", "company.draft_policy", data={"name": DIVISION_LIMITS, "rows": with_limit}
    ).result
    tomorrow = world.today + timedelta(days=1)
    world.run("administrator", "company.publish_policy", made, {"since": str(tomorrow)})
    with clock.at(clock.now() + timedelta(days=1)):
        outcome = world.run("rep", "orders.confirm", draft)
        assert outcome.hold is not None
        request = ApprovalRequest.objects.get(pk=outcome.hold.pk)
        assert [o["code"] for o in request.objections] == ["company.over_division_limit"]
        (shown,) = divisions.limits_of(east, world.today)
        assert (shown.amounts, shown.approvers.zh) == (f"> {limit_below}", "区域经理")
        world.run("regional_manager", "approvals.approve", request)
        draft.refresh_from_db()
        assert draft.state == "confirmed"
        Department.objects.filter(code="EAST").update(kind="regional")
        generations.bump("organisation")
        assert world.run("rep", "orders.confirm", an_order(world)).hold is None


def test_the_division_of_an_act_is_the_nearest_above_else_the_one_of_its_line(world: World) -> None:
    a_division(world)
    a_division(world, "SOUTH", product_line="robot")
    of = divisions.division_of
    assert of(world.company.pk, "HQ.EAST.", "robot", world.today) == "EAST"
    assert of(world.company.pk, "HQ.NORTH.", "robot", world.today) == "SOUTH"
    assert of(world.company.pk, "HQ.NORTH.", "", world.today) == ""
    assert policy.in_force(DIVISION_LIMITS, world.company.pk, world.today).version == 1
