"""The chart of any day, spans and layers against their limits, goals, and both lines of a matrix."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from sellwell.foundation.company import evidence, rollup, structure
from sellwell.foundation.company.models import Department
from sellwell.foundation.company.rules.chart import Limits, beyond, chart
from sellwell.foundation.company.rules.reorganising import Node, Post
from sellwell.foundation.company.tests.builders import a_goal, a_person
from sellwell.kernel import clock, generations
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import Fact
from sellwell.kernel.values import Period, Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def today_only(world: World) -> Period:
    return Period(world.today, world.today + timedelta(days=1))


def test_layers_spans_and_shares_of_a_small_company() -> None:
    nodes = [
        Node("HQ", "总部", head="boss"),
        Node("EAST", "华东", above="HQ", head="east"),
        Node("E1", "一部", above="EAST", head="lead"),
    ]
    posts = [
        Post("boss", "x", "HQ", layer=1),
        Post("east", "y", "EAST", layer=2),
        Post("lead", "z", "E1", layer=3),
    ]
    posts += [Post(f"rep{n}", "rep", "E1", layer=3) for n in range(4)]
    drawn = chart(nodes, posts)
    assert drawn.by_layer == {1: 1, 2: 1, 3: 5} and drawn.people == 7
    assert [(b.span, b.layers, b.total) for b in drawn.by_code.values()] == [(1, 1, 7), (1, 2, 6), (4, 4, 5)]
    limits = {"regional": Limits(2, 3, 3)}
    found = {(b.kind, b.code) for b in beyond(drawn, limits, {"boss": 1, "east": 2, "lead": 3})}
    assert found == {("span_large", "E1"), ("layers", "E1"), ("span_small", "EAST"), ("span_small", "HQ")}


@clause("2.2.1", breaks=True)
def test_a_department_without_a_head_is_named_until_it_has_one(world: World) -> None:
    world.add("southerner", "rep", "SOUTH")
    found = evidence.heads_and_layers(world.company.pk, today_only(world))
    south = world.department("SOUTH")
    assert south.pk in [b.row_id for b in found.broken]
    world.run("hr", "company.change_department", south, {"head": str(world.user("southerner").pk)})
    again = evidence.heads_and_layers(world.company.pk, today_only(world))
    assert south.pk not in [b.row_id for b in again.broken] and again.concerned == found.concerned


@clause("2.2.1")
def test_layers_over_the_limit_are_named(world: World) -> None:
    above = world.department("EAST")
    for n in range(3):
        leader = world.add(f"leader{n}", "rep", "EAST")
        data = {"code": f"DEEP{n}", "name": f"下级{n}", "parent": str(above.pk), "head": str(leader.pk)}
        above = world.run("hr", "company.add_department", data=data).result
    world.installed.departments["DEEP2"] = above
    world.add("deepest", "rep", "DEEP2")
    found = evidence.heads_and_layers(world.company.pk, today_only(world))
    why = {b.row_id: b.why.zh for b in found.broken}
    assert why[above.pk] == "管理层级 6，超过 4"


@clause("2.1.2", breaks=True)
def test_a_span_outside_the_limit_is_named_until_people_are_moved(world: World) -> None:
    for n in range(12):
        world.add(f"rep{n}", "rep", "EAST")
    found = evidence.spans_outside(world.company.pk, today_only(world))
    east = world.department("EAST").pk
    assert [b.why.zh for b in found.broken if b.row_id == east] == ["管理幅度 14，超过 12"]
    for n in range(3):
        post = world.user(f"rep{n}").assignments.get()
        world.run("hr", "company.end_assignment", post, {"until": str(world.today)})
    assert east not in [b.row_id for b in evidence.spans_outside(world.company.pk, today_only(world)).broken]


@clause("2.1.2", breaks=True)
def test_goals_without_departments_and_departments_without_goals_are_named(world: World) -> None:
    goal = a_goal(world)
    found = evidence.departments_without_a_goal(world.company.pk, today_only(world))
    assert goal.pk in [b.row_id for b in found.broken] and len(found.broken) == 15
    every = [str(pk) for pk in Department.objects.values_list("pk", flat=True)]
    world.run("executive", "company.serve_goal", goal, {"departments": every})
    assert not evidence.departments_without_a_goal(world.company.pk, today_only(world)).broken
    world.run("executive", "company.serve_goal", goal, {"departments": every[1:]})
    tomorrow = structure.goals(world.company.pk, world.today + timedelta(days=1))
    assert [str(d.pk) for d in tomorrow[2]] == every[:1]


@clause("2.1.2")
def test_a_department_named_again_on_the_same_day_goes_on_serving(world: World, client: Client) -> None:
    goal, east = a_goal(world), world.department("EAST")
    for departments in ([str(east.pk)], [], [str(east.pk)]):
        world.run("executive", "company.serve_goal", goal, {"departments": departments})
    without = structure.goals(world.company.pk, world.today + timedelta(days=1))[2]
    assert east.pk not in [d.pk for d in without]
    world.run("executive", "company.serve_goal", goal, {"departments": []})
    client.force_login(world.user("executive"))
    url = f"/goals/{goal.pk}/"
    assert east.name in client.get(url).content.decode()  # until the day is over
    world.see()
    with clock.at(clock.now() + timedelta(days=1)):
        assert east.name not in client.get(url).content.decode()


@clause("2.1.2")
def test_the_chart_of_a_past_day_shows_the_department_as_it_was(world: World) -> None:
    east, day = world.department("EAST"), world.today
    was = structure.as_of(world.company.pk, day)
    with clock.at(clock.now() + timedelta(days=30)):
        world.run(
            "hr", "company.change_department", east,
            {"name": "东部战区", "head": str(world.user("account_manager").pk)},
        )  # fmt: skip
        now = {n.code: n for n in structure.as_of(world.company.pk, world.today).nodes}
        then = structure.as_of(world.company.pk, day)
    assert (now["EAST"].name, now["EAST"].head) == ("东部战区", str(world.user("account_manager").pk))
    assert then.nodes == was.nodes
    assert next(n for n in then.nodes if n.code == "EAST").head == str(world.user("regional_manager").pk)


def test_nobody_heads_a_department_and_the_one_above(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        world.run(
            "hr",
            "company.change_department",
            world.department("EAST"),
            {"head": str(world.user("executive").pk)},
        )
    assert refusal.value.code == "company.own_superior"


def a_sale(world: World, amount: str, path: str, line: str, reverses: Fact | None = None) -> Fact:
    """A sale that was posted, as receivables would."""
    return Fact.objects.create(
        company_id=world.company.pk, measure="invoiced", happened_on=world.today, recorded_at=clock.now(),
        recorded_month=world.today.replace(day=1), amount=Decimal(amount), document_amount=Decimal(amount),
        department_path=path, product_line=line,
        region=world.department(path.rstrip(".").rpartition(".")[2]).region, document_type="x", document_id=new_id(), source=new_id(),
        reverses=reverses.pk if reverses else None,
    )  # fmt: skip


@clause("2.2.2", breaks=True)
def test_both_lines_add_up_to_the_same_and_a_sale_on_neither_line_is_named(world: World) -> None:
    a_sale(world, "100.00", "HQ.EAST.", "parts")
    a_sale(world, "50.00", "HQ.SOUTH.", "robot")
    a_sale(world, "25.00", "HQ.EAST.", "robot")
    added = rollup.rollup(world.company.pk, today_only(world))
    assert (added.by_region_line, added.by_product_line, added.difference) == (
        Decimal("175.00"),
        Decimal("175.00"),
        0,
    )
    assert added.by_department["HQ."] == Decimal("175.00") and added.by_department["HQ.EAST."] == Decimal(
        "125.00"
    )
    assert dict(added.by_line) == {"parts": Decimal("100.00"), "robot": Decimal("75.00")}
    assert evidence.lines_agree(world.company.pk, today_only(world)).kept == 3
    off = a_sale(world, "8.00", "HQ.EAST.", "")
    assert rollup.rollup(world.company.pk, today_only(world)).difference == Decimal("8.00")
    found = evidence.lines_agree(world.company.pk, today_only(world))
    assert [b.name for b in found.broken] == [f"{world.today.isoformat()} {off.document_id}"]
    a_sale(world, "-8.00", "HQ.EAST.", "", reverses=off)
    a_sale(world, "8.00", "HQ.EAST.", "parts")
    again = evidence.lines_agree(world.company.pk, today_only(world))
    assert rollup.rollup(world.company.pk, today_only(world)).difference == 0
    assert not again.broken


@pytest.mark.parametrize("role", ["hr", "executive", "regional_manager", "administrator"])
@pytest.mark.parametrize(
    "path", ["org-chart", "org-chart?on=2020-01-01", "org-chart?on=nonsense", "org-lines", "duty-matrix", "duty-proof", "composition"]
)  # fmt: skip
def test_the_pages_of_the_organisation_open(world: World, client: object, role: str, path: str) -> None:
    generations.forget()
    client.force_login(world.user(role))  # type: ignore[attr-defined]
    answer = client.get(f"/{path}")  # type: ignore[attr-defined]
    assert answer.status_code == 200


def test_a_branch_is_fetched_when_it_is_opened(world: World, client: object) -> None:
    client.force_login(world.user("hr"))  # type: ignore[attr-defined]
    text = client.get(f"/org-chart/part?code=EAST&on={world.today}").content.decode()  # type: ignore[attr-defined]
    assert a_person(world, "rep").user.name in text
    assert client.get("/org-chart/part?code=NOWHERE").status_code == 404  # type: ignore[attr-defined]


@clause("2.2.1")
def test_a_departments_page_tells_its_people_sales_goals_and_duties(world: World, client: object) -> None:
    a_sale(world, "125.00", "HQ.EAST.", "parts")
    a_sale(world, "75.00", "HQ.SOUTH.", "parts")
    goal = a_goal(world)
    world.run("executive", "company.serve_goal", goal, {"departments": [str(world.department("EAST").pk)]})
    data = {
        "code": "PARTS",
        "name": "备件部",
        "kind": "product",
        "parent": str(world.department("HQ").pk),
        "product_line": "parts",
    }
    line = world.run("hr", "company.add_department", data=data).result
    client.force_login(world.user("executive"))  # type: ignore[attr-defined]
    east = client.get(f"/departments/{world.department('EAST').pk}/").content.decode()  # type: ignore[attr-defined]
    assert "¥125.00" in east and "华东市场份额第一" in east and "区域目标与进度" in east
    assert "¥200.00" in client.get(f"/departments/{line.pk}/").content.decode()  # type: ignore[attr-defined]
