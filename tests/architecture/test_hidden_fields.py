"""Issue 2, section 2: a hidden field is absent everywhere. Generated for every view that has field groups.

A row is made by the builder of an operation of its type; then nobody holds the right to the groups any more, and the sales
manager looks at it from all sides. Page, list, sort, filter and REST are in test_views.py.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import python_calamine
from django.test import Client

from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.customers.tests.builders import a_customer, an_address
from sellwell.foundation.pricing.tests.builders import a_price
from sellwell.integrations.messaging.approvals import card_of
from sellwell.kernel import generations, history, links, search
from sellwell.kernel.models import ApprovalRequest, Grant
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.testing import BUILDERS
from sellwell.kernel.tests.builders import a_request
from sellwell.kernel.views import BY_TYPE, VIEWS, Column, View
from sellwell.selling.orders.models import OrderLine
from sellwell.selling.orders.tests.builders import a_confirmed_order
from sellwell.testing.builders import load
from sellwell.testing.world import World
from sellwell.web import cells, registry

load()
pytestmark = pytest.mark.django_db
WITH_GROUPS = sorted(name for name, view in VIEWS.items() if view.groups)
READER = "sales_manager"


@dataclass
class Scene:
    """A row of a view, seen by somebody from whom the groups are hidden."""

    world: World
    view: View
    row: Any
    hidden: list[Column]
    texts: set[str]  # what the hidden columns say, in every form that a page, a file or an interface writes

    def browser(self) -> Client:
        client = Client()
        client.force_login(self.world.user(READER))
        return client

    def get(self, url: str) -> Any:
        answer = self.browser().get(url)
        self.world.see()
        return answer

    def assert_silent(self, said: str) -> None:
        for text in self.texts:
            assert text not in said, (self.view.name, text)

    def assert_unnamed(self, headings: set[str]) -> None:
        seen = {str(c.label) for c in self.view.columns if not c.group}
        assert not headings & ({str(c.label) for c in self.hidden} - seen), self.view.name


def _person(world: World) -> Any:
    world.run("hr", "company.change_person", world.person("rep"), {"phone": "13500007777"})
    return world.person("rep")


def _address(world: World) -> Any:
    return world.run(
        "rep",
        "customers.change_address",
        an_address(world),
        {"kind": "invoice", "line": "机械路 3 号", "phone": "010-62345678"},
    ).result


def _order_line(world: World) -> Any:
    order = a_confirmed_order(world)
    OrderLine.objects.filter(order=order).update(unit_cost=Decimal("98765.4321"))
    return OrderLine.objects.filter(order=order).first()


def _special_price(world: World) -> Any:
    customer = a_customer(world, name="江南特价轴承")
    return a_price(world, a_product(world), kind="customer", customer=str(customer.pk))


# Rows whose hidden fields say something; a view without one here takes what an operation's builder makes.
MAKERS: dict[str, Callable[[World], Any]] = {
    "catalog.view": lambda world: a_product(world, cost="98765.4321"),
    "company.people": _person,
    "customers.addresses": _address,
    "orders.lines": _order_line,
    "pricing.view": _special_price,
}


def a_row(view: View, world: World) -> Any:
    """A row of the view whose hidden fields are filled."""
    if view.name in MAKERS:
        return MAKERS[view.name](world)
    for name in sorted(REGISTRY):
        case = BUILDERS[name](world) if REGISTRY[name].model is view.model else None
        if case is not None and case.row is not None:
            return case.row
    pytest.fail(f"{view.name}: no builder has such a row; add a maker")


def said_by(columns: list[Column], row: Any) -> set[str]:
    """The hidden values as texts long enough to be told from others by accident."""
    found: set[str] = set()
    for column in columns:
        value = column.read(row)
        if value in (None, ""):
            continue
        found |= {str(value), cells.plain_text(column.kind, value)}
        if isinstance(value, Decimal):
            found.add(format(value.normalize(), "f"))
    return {text for text in found if len(text) >= 5}


@pytest.fixture
def scene(request: pytest.FixtureRequest, world: World) -> Scene:
    view = VIEWS[request.param]
    hidden = [c for c in view.columns if c.group]
    row = a_row(view, world)
    row = view.rows(world.ctx("administrator").actor).filter(pk=row.pk).first() or row
    texts = said_by(hidden, row)
    assert texts, f"{view.name}: the hidden fields of the row are empty; add a maker that fills them"
    verbs = [f"{view.name}:{group}" for group in view.groups]
    Grant.objects.filter(verb__in=verbs).update(since=world.today - timedelta(days=9), until=world.today)
    generations.bump("rights")
    generations.forget()
    actor = world.ctx(READER).actor
    assert not [verb for verb in verbs if actor.may(verb)], "the groups are still granted"
    return Scene(world, view, row, hidden, texts)


def every_view(function: object) -> object:
    return pytest.mark.parametrize("scene", WITH_GROUPS, indirect=True)(function)


@every_view
def test_it_is_not_what_the_search_finds_or_names(scene: Scene) -> None:
    actor = scene.world.ctx(READER).actor
    scene.assert_silent(str(scene.view.label(scene.row)))
    for text in scene.texts:
        hits = [row.pk for view, rows in search.find(actor, text) if view is scene.view for row in rows]
        assert scene.row.pk not in hits, text
        listed = search.filter(scene.view.rows(actor), scene.view.row_type, text, actor)
        assert not listed.filter(pk=scene.row.pk).exists(), text


@every_view
def test_it_is_in_no_workbook(scene: Scene) -> None:
    Grant.objects.get_or_create(
        verb=scene.view.export,
        role=READER,
        scope="company",
        defaults={"since": scene.world.today - timedelta(days=9)},
    )
    generations.bump("rights")
    if scene.view.name not in registry.LISTS:
        pytest.fail(f"{scene.view.name} has no list")
    everything = ",".join(c.name for c in scene.view.columns)
    answer = scene.get(f"/{scene.view.url}/export?columns={everything}")
    assert answer.status_code == 200
    book = python_calamine.load_workbook(io.BytesIO(answer.content))
    rows = book.get_sheet_by_index(0).to_python()
    assert len(rows) >= 2
    scene.assert_silent("\n".join(str(cell) for line in rows[2:] for cell in line))
    scene.assert_unnamed({str(cell) for cell in rows[1]})


@every_view
def test_it_is_not_in_the_timeline(scene: Scene) -> None:
    moments = history.timeline(scene.row, scene.world.ctx(READER).actor)
    scene.assert_silent(str([m.changes for m in moments]))
    scene.assert_unnamed({str(label) for m in moments for label, _, _ in m.changes})
    if scene.view.name in registry.RECORDS:
        answer = scene.get(f"/{scene.view.url}/{scene.row.pk}/timeline")
        assert answer.status_code == 200
        scene.assert_silent(answer.content.decode())


@every_view
def test_it_is_not_in_how_the_row_was(scene: Scene) -> None:
    if scene.view.name not in registry.RECORDS:
        assert scene.get(f"/{scene.view.url}/{scene.row.pk}/?as_of={scene.world.today}").status_code == 404
        return
    answer = scene.get(f"/{scene.view.url}/{scene.row.pk}/?as_of={scene.world.today}")
    assert answer.status_code == 200
    text = answer.content.decode()
    scene.assert_silent(text.split("<main", 1)[-1])


def an_approval(scene: Scene) -> ApprovalRequest:
    """A request whose snapshot holds the hidden columns: what an assessment may hand on at most."""
    request = a_request(scene.world)
    request.snapshot = {c.name: "98765.4321" for c in scene.hidden} | {"amount": "12.00"}
    request.save(update_fields=["snapshot"])
    return request


@every_view
def test_it_is_not_on_an_approval_card(scene: Scene) -> None:
    request = an_approval(scene)
    client = Client()
    client.force_login(scene.world.user("regional_manager"))
    for url in ("/approvals/", f"/approvals/{request.pk}/"):
        page = client.get(url).content.decode()
        scene.world.see()
        assert request.number in page
        assert "98765.4321" not in page and "98,765.43" not in page, scene.view.name


@every_view
def test_it_is_not_in_a_message(scene: Scene) -> None:
    request = an_approval(scene)
    reader = scene.world.user("regional_manager")
    message = SimpleNamespace(
        user=reader, user_id=reader.pk, kind="asked_to_decide", step_id=None, event_id=None
    )
    card = card_of(message, request, scene.world.ctx("regional_manager"))  # type: ignore[arg-type]
    said = f"{card.title} {card.lines} {card.buttons}"
    assert request.number in said
    assert "98765" not in said
    scene.assert_silent(said)


@every_view
def test_it_is_not_on_the_trace(scene: Scene) -> None:
    actor = scene.world.ctx(READER).actor
    for node in links.chain(scene.row, actor):
        scene.assert_silent(f"{node.number} {node.title} {node.amount} {node.state}")
    if scene.view is BY_TYPE[scene.view.row_type]:
        answer = scene.get(f"/trace/{scene.view.row_type}/{scene.row.pk}/")
        scene.assert_silent(answer.content.decode().split("<main", 1)[-1])


def test_a_customer_s_name_finds_special_prices_only_for_those_who_may_know_them(world: World) -> None:
    view = VIEWS["pricing.view"]
    customer = a_customer(world, name="江南特价轴承")
    rule = a_price(world, a_product(world), kind="customer", customer=str(customer.pk))
    actor = world.ctx(READER).actor
    found = search.filter(view.rows(actor), view.row_type, "江南特价", actor)
    assert list(found.values_list("pk", flat=True)) == [rule.pk]
    Grant.objects.filter(verb="pricing.view:customer").update(
        since=world.today - timedelta(days=9), until=world.today
    )
    generations.bump("rights")
    actor = world.ctx(READER).actor
    assert not search.filter(view.rows(actor), view.row_type, "江南特价", actor).exists()
    assert view.rows(actor).filter(pk=rule.pk).exists(), "the price itself is still seen"
