"""What pages add to the rooms: pinned views, groups, folded heads, the outlook of a form, held tasks, clauses in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel.door import NOT_PERMITTED
from sellwell.kernel.models import Task
from sellwell.kernel.operations import REGISTRY
from sellwell.selling.orders.tests.builders import an_order
from sellwell.testing.world import World
from sellwell.web import charts, entries, tasks
from sellwell.web.clauses import words_of
from sellwell.web.forms import derive
from sellwell.web.models import SavedView

pytestmark = pytest.mark.django_db


def browser(world: World, role: str) -> Client:
    """Somebody of a role at the browser."""
    client = Client()
    client.force_login(world.user(role))
    return client


def text(client: Client, url: str) -> str:
    """A page's text."""
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_a_saved_view_is_pinned_to_its_owner_s_menu_and_taken_out_again(world: World) -> None:
    rep = browser(world, "rep")
    rep.post("/orders/views?state=draft", {"name": "待我确认", "pinned": "1"})
    world.see()
    kept = SavedView.objects.get(name="待我确认")
    assert 'href="/orders/?state=draft"' in text(rep, "/customers/")
    assert "待我确认" not in text(browser(world, "warehouse"), "/orders/")
    world.see()
    rep.post(f"/orders/views/{kept.pk}/pin")
    assert "待我确认" not in text(rep, "/customers/")


def test_a_colleague_s_shared_view_is_pinned_as_an_own_copy(world: World) -> None:
    manager, rep = browser(world, "regional_manager"), browser(world, "rep")
    manager.post("/orders/views?state=draft", {"name": "草稿检查", "shared": "1"})
    world.see()
    kept = SavedView.objects.get(name="草稿检查")
    assert rep.post(f"/orders/views/{kept.pk}/pin").status_code == 302
    world.see()
    own = SavedView.objects.get(name="草稿检查", owner=world.user("rep"))
    assert own.pinned and not own.shared
    kept.refresh_from_db()
    assert not kept.pinned


def test_a_view_that_is_not_shared_cannot_be_pinned_by_others(world: World) -> None:
    browser(world, "regional_manager").post("/orders/views?state=draft", {"name": "只给我"})
    world.see()
    kept = SavedView.objects.get(name="只给我")
    assert browser(world, "rep").post(f"/orders/views/{kept.pk}/pin").status_code == 404


def test_a_list_in_groups_counts_and_sums_what_the_reader_sees(world: World) -> None:
    first, second = an_order(world), an_order(world)
    html = text(browser(world, "rep"), "/orders/?group=owner")
    assert world.user("rep").name in html
    assert f"{first.total + second.total:,.2f}" in html
    assert "row-link" not in html
    world.see()
    assert "row-link" in text(browser(world, "rep"), "/orders/?group=no_such_column")


def test_optional_and_empty_fields_of_an_entry_head_fold_away(world: World) -> None:
    head = derive.fields_of(REGISTRY["orders.create"].input)
    usual = {one.path: one.value for one in head}
    derive.fill(head, {"note": "送到东门"})
    entries.fold(head, usual)
    folded = {one.name for one in head if one.folded}
    assert head[0].name not in folded and "note" not in folded
    assert "consignee" in folded
    assert "data-fold" in text(browser(world, "rep"), "/orders/new")


def test_a_form_tells_before_it_is_sent_what_would_come_of_it(world: World) -> None:
    customer = a_customer(world)
    rep = browser(world, "rep")
    url = f"/do/customers.change/{customer.pk}/"
    assert f'hx-post="{url}outlook"' in text(rep, url)
    world.see()
    answer = rep.post(f"{url}outlook", {"name": "改名有限公司"})
    assert answer.status_code == 200 and "可以直接办理" in answer.content.decode()
    world.see()
    customer.refresh_from_db()
    assert str(customer) != "改名有限公司"  # asking changes nothing
    assert rep.post(f"{url}outlook", {}).content == b""  # not whole yet: nothing to say


def test_the_outlook_is_as_closed_as_the_form(world: World) -> None:
    customer = a_customer(world)
    stranger = browser(world, "auditor")
    answer = stranger.post(f"/do/customers.change/{customer.pk}/outlook", {"name": "改名有限公司"})
    assert answer.status_code == 200 and str(NOT_PERMITTED.text).split("{")[0] in answer.content.decode()
    assert stranger.get(f"/do/customers.change/{customer.pk}/outlook").status_code == 405
    assert stranger.post("/do/no.such/outlook").status_code == 404


def test_a_task_on_a_held_row_waits_and_is_not_late(world: World) -> None:
    order = an_order(world)
    task = Task.objects.filter(row_id=order.pk, state="open").first()
    assert task is not None
    after = task.due_at + timedelta(days=3)
    actor = world.ctx("rep").actor
    assert tasks.lines([task], actor, after)[0].tone == "late"
    type(order).objects.filter(pk=order.pk).update(held_by=order.pk)
    held = tasks.lines([task], actor, after)[0]
    assert held.tone == "held" and held.act == "" and not held.late
    assert replace(held, about="制度 v2", task=replace_number(task, "2")).name == "制度 v2"


def replace_number(task: Task, number: str) -> Task:
    """The task with another number, not saved."""
    task.row_number = number
    return task


def test_a_record_says_what_can_be_made_of_it_and_its_clause_in_words(world: World) -> None:
    order = an_order(world)
    rep = browser(world, "rep")
    html = text(rep, f"/orders/{order.pk}/")
    assert str(words_of("5.2.2")) in html
    assert "未填" in html
    world.see()
    assert f"/orders/new?customer={order.customer_id}" in text(rep, f"/customers/{order.customer_id}/")


def test_every_clause_of_an_operation_has_its_words(world: World) -> None:
    named = {clause for operation in REGISTRY.values() for clause in operation.clauses}
    assert not [clause for clause in sorted(named) if not words_of(clause)]


def test_the_small_trend_is_scaled_to_its_largest_month() -> None:
    points = [
        (date(2026, 9, 1), Decimal(50)),
        (date(2026, 10, 1), Decimal(-3)),
        (date(2026, 11, 1), Decimal(100)),
    ]
    drawn = charts.spark(points)
    assert [bar.height for bar in drawn] == [charts.HEIGHT // 2, 1, charts.HEIGHT]
    assert [bar.is_now for bar in drawn] == [False, False, True]
    assert charts.spark([(date(2026, 11, 1), Decimal(0))]) == []
