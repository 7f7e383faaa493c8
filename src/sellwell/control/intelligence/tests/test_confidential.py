"""What is confidential stays with those who handle it: in lists, records, search, actions, customers' pages and the API."""

from __future__ import annotations

import pytest
from django.test import Client

from sellwell.control.intelligence.models import Action
from sellwell.control.intelligence.tests.builders import (
    a_card,
    an_item,
    days_on,
    go_on,
    in_force,
    later,
    screen,
    sent,
)
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel import search
from sellwell.kernel.models import ApprovalRequest, Task
from sellwell.kernel.values import Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
WORDS = "对手内部裁撤华东团队"


def body(world: World, role: str, path: str, status: int = 200) -> str:
    client = Client()
    client.force_login(world.user(role))
    answer = client.get(path)
    world.see()
    assert answer.status_code == status, path
    return answer.content.decode()


@clause("2.4.4")
def test_a_confidential_item_and_its_actions_are_seen_by_those_who_handle_it(world: World) -> None:
    customer = a_customer(world)
    item = sent(world, "rep", text=f"{WORDS}。", customer=str(customer.pk))
    number = item.number
    assert number in body(world, "regional_manager", "/intelligence/")
    screen(world, item, confidentiality="secret")
    go_on(world, item, "analysed")
    action = {
        "text": f"{WORDS}后接洽",
        "owner": str(world.user("account_manager").pk),
        "due_on": days_on(world, 1),
    }
    world.run(
        "sales_manager", "intelligence.decide", item, {"strategy": "不声张，逐户接洽。", "actions": [action]}
    )
    made = Action.objects.get(item=item)
    for role in ("regional_manager", "administrator"):
        client = Client()
        client.force_login(world.user(role))
        for path in ("/intelligence/", "/action-items/", f"/customers/{customer.pk}/", "/search?q=裁撤"):
            answer = client.get(path)
            world.see()
            page = answer.content.decode()
            assert WORDS not in page and number not in page, (role, path)
        for path in (f"/intelligence/{item.pk}/", f"/action-items/{made.pk}/"):
            assert client.get(path).status_code in (403, 404), (role, path)
            world.see()
        assert search.find(world.ctx(role).actor, "裁撤") == []
    assert WORDS in body(world, "sales_manager", "/action-items/")
    assert WORDS in body(world, "account_manager", f"/action-items/{made.pk}/")


def test_a_confidential_action_that_is_late_goes_to_who_may_see_it(world: World) -> None:
    item = an_item(world, "submitted")
    screen(world, item, confidentiality="secret")
    for step in ("analysed", "assigned"):
        go_on(world, item, step)
    made = Action.objects.get(item=item)
    with later(world, days=10):
        world.run("sales_manager", "intelligence.chase_action", made)
    told = Task.objects.filter(row_id=made.pk, operation="intelligence.reassign_action", state="open")
    assert list(told.values_list("role", flat=True)) == ["sales_manager"]


@pytest.mark.parametrize("day", ["0001-01-01", "1890-06-01"])
def test_what_happened_in_another_age_is_refused(world: World, day: str) -> None:
    with pytest.raises(Refusal) as refusal:
        sent(world, happened_on=day)
    assert refusal.value.code == "intelligence.long_ago"


def test_nobody_approves_a_card_of_their_own(world: World) -> None:
    card = a_card(world)
    request = world.run("sales_manager", "intelligence.put_card_in_force", card).hold
    assert request is not None
    with pytest.raises(Refusal):
        world.run("sales_manager", "approvals.approve", ApprovalRequest.objects.get(pk=request.pk))


def test_an_expired_card_has_one_next_version(world: World) -> None:
    card = a_card(world, "expired")
    from sellwell.control.intelligence.tests.builders import CARD

    following = world.run("marketing", "intelligence.revise_card", card, CARD).result
    in_force(world, following)
    with pytest.raises(Refusal) as refusal:
        world.run("marketing", "intelligence.revise_card", card, CARD)
    assert refusal.value.code == "intelligence.card_revised"
    world.run("marketing", "intelligence.cancel_card", following)
    world.run("marketing", "intelligence.revise_card", card, CARD)


def test_a_quarter_in_other_digits_is_no_error(world: World) -> None:
    assert "积分榜" in body(world, "rep", "/intelligence/ranking?quarter=²²²²-Q1")
