"""Items through their loop: who may do what, when it is late, what legal has to do with it, what it earns."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from sellwell.control.intelligence.models import Action, Award, Item, Step
from sellwell.control.intelligence.tests.builders import (
    SEEN,
    a_competitor,
    again,
    an_item,
    by_mail,
    confirmed,
    days_on,
    go_on,
    later,
    screen,
    sent,
)
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel import calendar, clock, deadlines, personal
from sellwell.kernel.models import Fact, Task
from sellwell.kernel.values import Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def refused(world: World, role: str, verb: str, row: Any, data: dict[str, Any] | None = None) -> str:
    with pytest.raises(Refusal) as refusal:
        world.run(role, f"intelligence.{verb}", row, data or {})
    return refusal.value.code


def tasks(row: Any, verb: str) -> list[tuple[str, str]]:
    rows = Task.objects.filter(row_id=row.pk, operation=f"intelligence.{verb}", state="open").order_by("role")
    return list(rows.values_list("role", "owner__username"))


@clause("2.4.1")
def test_three_fields_are_enough(world: World) -> None:
    item = sent(world)
    assert item.topic == "对手在华东把同类水泵降价一成，代理商今天通知"
    assert (item.channel, item.happened_on, item.is_timely) == ("visit", world.today, True)
    assert tasks(item, "screen") == [("marketing", "rep")]


@clause("2.4.1")
def test_what_was_got_wrongly_is_not_taken(world: World) -> None:
    data = {"kind": "price", "text": SEEN, "lawful": "wrong"}
    assert refused(world, "rep", "submit", None, data) == "intelligence.wrong_source"
    assert refused(world, "rep", "submit", None, {**data, "lawful": "undeclared"}) == "intelligence.declare"
    assert not Item.objects.exists()


@clause("2.4.1")
def test_prices_from_a_competitors_people_warn_and_wait_for_legal(world: World) -> None:
    data = {"kind": "price", "text": SEEN, "lawful": "rival"}
    outcome = world.run("rep", "intelligence.submit", data=data)
    assert [o.code for o in outcome.warnings] == ["intelligence.cartel"]
    held = screen(world, outcome.result).hold
    assert held is not None and again(outcome.result).state == "submitted"
    world.run("legal", "approvals.approve", held)
    assert again(outcome.result).state == "screened"


def test_legal_may_say_no(world: World) -> None:
    item = sent(world, lawful="unsure")
    held = screen(world, item).hold
    world.run("legal", "approvals.reject", held, {"note": "来源不当"})
    item = again(item)
    assert item.state == "submitted" and item.held_by is None
    screen(world, item, "reject", reason="法务认为来源不当")
    assert again(item).state == "rejected"


def test_a_mail_waits_for_its_senders_declaration(world: World) -> None:
    item = by_mail(world)
    assert (
        refused(world, "marketing", "screen", item, {"decision": "accept", "kind": "price"})
        == "intelligence.not_declared"
    )
    assert refused(world, "rep", "declare_source", item, {"lawful": "undeclared"}) == "intelligence.declare"
    world.run("rep", "intelligence.declare_source", item, {"lawful": "wrong"})
    assert (
        refused(world, "marketing", "screen", item, {"decision": "accept", "kind": "price"})
        == "intelligence.got_wrongly"
    )
    other = by_mail(world, key="c" * 40)
    world.run("rep", "intelligence.declare_source", other, {"lawful": "open"})
    assert refused(world, "marketing", "screen", other, {"decision": "accept"}) == "intelligence.sort_it"
    screen(world, other, kind="price")
    assert again(other).kind == "price"


def test_the_same_mail_comes_once(world: World) -> None:
    by_mail(world)
    with pytest.raises(Refusal) as refusal:
        by_mail(world, "account_manager")
    assert refusal.value.code == "intelligence.mail_once"


@clause("2.4.4")
def test_nobody_screens_confirms_or_rewards_an_item_of_their_own(world: World) -> None:
    item = sent(world, "marketing")
    assert tasks(item, "screen") == [("sales_manager", "marketing")]
    assert refused(world, "marketing", "screen", item, {"decision": "accept"}) == "intelligence.own_item"
    screen(world, item, by="sales_manager")
    assert (
        refused(world, "marketing", "confirm", item, {"verdict": "true", "note": "已见"})
        == "intelligence.own_truth"
    )
    world.run("sales_manager", "intelligence.confirm", item, {"verdict": "true", "note": "已见价目表"})
    assert (
        tasks(item, "award") == [("sales_manager", "marketing")]
        or tasks(item, "award")[0][0] == "sales_manager"
    )
    data = {"quality": 3, "novelty": 2, "impact": 2}
    assert refused(world, "marketing", "award", item, data) == "intelligence.own_points"


def test_a_screening_needs_what_its_decision_needs(world: World) -> None:
    item = sent(world)
    assert refused(world, "marketing", "screen", item, {"decision": "reject"}) == "intelligence.why_not"
    assert refused(world, "marketing", "screen", item, {"decision": "duplicate"}) == "intelligence.which_one"
    same = {"decision": "duplicate", "original": str(item.pk)}
    assert refused(world, "marketing", "screen", item, same) == "intelligence.itself"


@clause("2.4.4")
def test_the_whole_loop_with_its_steps_and_its_answer(world: World) -> None:
    item = an_item(world, "answered")
    done = Step.objects.filter(item=item, done_at__isnull=False).order_by("due_at")
    assert {s.kind for s in done} == {"screen", "analyse", "decide", "act", "answer"}
    assert tasks(item, "close") == [("", "rep")]
    assert refused(world, "marketing", "answer", item, {"answer": "再说一遍"}) == "wrong_state"
    world.run("rep", "intelligence.close", item)
    item = again(item)
    assert (
        item.state == "closed"
        and item.closed_at is not None
        and not Task.objects.filter(row_id=item.pk, state="open")
    )


def test_without_actions_the_answer_is_next(world: World) -> None:
    item = an_item(world, "analysed")
    world.run("sales_manager", "intelligence.decide", item, {"strategy": "影响小，不采取行动。"})
    assert again(item).state == "done" and tasks(item, "answer") == [("", "marketing")]


def test_the_last_action_takes_the_item_on(world: World) -> None:
    item = an_item(world, "analysed")
    who = str(world.user("account_manager").pk)
    actions = [{"text": f"走访第 {n} 家", "owner": who, "due_on": days_on(world, n)} for n in (2, 4)]
    world.run("sales_manager", "intelligence.decide", item, {"strategy": "逐家走访", "actions": actions})
    first, second = Action.objects.filter(item=item).order_by("due_on")
    world.run("account_manager", "intelligence.complete_action", first, {"result": "已走访"})
    assert again(item).state == "assigned"
    world.run("sales_manager", "intelligence.cancel_action", second, {"reason": "客户已关停"})
    assert again(item).state == "done"


def test_actions_need_people_of_the_company_and_a_day_ahead(world: World) -> None:
    item = an_item(world, "analysed")
    who = str(world.user("account_manager").pk)
    past = {"text": "走访", "owner": who, "due_on": days_on(world, -1)}
    data = {"strategy": "逐家走访", "actions": [past]}
    assert refused(world, "sales_manager", "decide", item, data) == "intelligence.due_past"


@clause("2.4.4")
def test_an_urgent_price_move_is_screened_in_four_working_hours_or_passed_upwards(world: World) -> None:
    item = sent(world, is_urgent=True)
    assert item.due_at == calendar.add_working_time(item.created_at, Decimal(4))
    usual = sent(world)
    assert clock.business_day(usual.due_at) == calendar.add_working_days(world.today, 2)
    assert (
        refused(
            world,
            "rep",
            "submit",
            None,
            {"kind": "demand", "text": SEEN, "lawful": "open", "is_urgent": True},
        )
        == "intelligence.urgent_only"
    )
    with clock.at(item.due_at + timedelta(minutes=1)):
        deadlines.act([world.company.pk])
        world.see()
        assert {role for role, _ in tasks(item, "screen")} == {"marketing", "sales_manager"}
        assert {role for role, _ in tasks(usual, "screen")} == {"marketing"}


def test_a_late_action_goes_to_the_superior(world: World) -> None:
    item = an_item(world, "assigned")
    action = Action.objects.get(item=item)
    with later(world, days=6):
        deadlines.act([world.company.pk])
        world.see()
        assert tasks(action, "reassign_action")


def test_an_answer_that_nobody_reads_closes_by_itself(world: World) -> None:
    item = an_item(world, "answered")
    with later(world, days=14):
        deadlines.act([world.company.pk])
        world.see()
        assert again(item).state == "closed"


@clause("2.4.5")
def test_points_go_to_the_sender_and_come_back_when_it_proves_false(world: World) -> None:
    item = confirmed(world)
    assert refused(world, "marketing", "award", item, {"quality": 6, "novelty": 1, "impact": 1}) == "invalid"
    world.run("marketing", "intelligence.award", item, {"quality": 4, "novelty": 3, "impact": 2})
    award = Award.objects.get(item=item)
    assert (award.owner_id, award.points) == (world.user("rep").pk, Decimal("36.00"))
    assert (
        refused(world, "marketing", "award", item, {"quality": 1, "novelty": 1, "impact": 1})
        == "intelligence.has_points"
    )
    facts = Fact.objects.filter(measure="intelligence_points", person_id=world.user("rep").pk)
    assert facts.aggregate(sum=Sum("amount"))["sum"] == Decimal("36.00")
    world.run("sales_manager", "intelligence.confirm", item, {"verdict": "false", "note": "厂家澄清没有降价"})
    assert again(award).state == "reversed"
    assert facts.aggregate(sum=Sum("amount"))["sum"] == 0
    assert (
        refused(world, "marketing", "award", item, {"quality": 1, "novelty": 1, "impact": 1})
        == "intelligence.not_true"
    )


def test_what_was_late_and_led_to_nothing_is_worth_nothing(world: World) -> None:
    item = an_item(world, "screened", happened_on=days_on(world, -20))
    assert not item.is_timely and item.delay_days > 2
    world.run("sales_manager", "intelligence.confirm", item, {"verdict": "true", "note": "已见"})
    assert tasks(item, "award") == []
    data = {"quality": 5, "novelty": 3, "impact": 3}
    assert refused(world, "marketing", "award", item, data) == "intelligence.worth_nothing"


@clause("2.4.3")
def test_feedback_stands_on_the_customers_record_with_its_delay(world: World) -> None:
    customer = a_customer(world)
    data = {"customer": str(customer.pk), "text": "交期说变就变", "happened_on": days_on(world, -9)}
    item = world.run("rep", "intelligence.record_feedback", data=data).result
    assert item.kind == "feedback" and item.delay_days >= 5 and not item.is_timely
    future = {**data, "happened_on": days_on(world, 1)}
    assert refused(world, "rep", "record_feedback", None, future) == "intelligence.ahead"


def test_the_customers_owner_sees_what_others_learned_there_unless_it_is_confidential(world: World) -> None:
    customer = a_customer(world, "rep")
    item = sent(world, "sales_manager", customer=str(customer.pk))
    world.run("rep", "intelligence.comment", item, {"text": "我周五去问"})
    assert refused(world, "rep", "close", item) == "wrong_state"
    screen(world, item, confidentiality="secret")
    assert refused(world, "rep", "comment", again(item), {"text": "看得到吗"}) == "not_found"


def test_a_confidential_item_is_hidden_from_the_department(world: World) -> None:
    item = sent(world, "rep")
    world.run("regional_manager", "intelligence.comment", item, {"text": "知道了"})
    screen(world, item, confidentiality="secret")
    assert refused(world, "regional_manager", "comment", item, {"text": "还看得到吗"}) == "not_found"
    world.run("rep", "intelligence.comment", item, {"text": "提交人仍能看到"})


def test_an_item_without_a_customer_can_be_forgotten(world: World) -> None:
    item = an_item(world, "assigned")
    personal.erase(item.pk)
    item = again(item)
    assert item.text == "" and item.topic == "" and item.finding == ""
    assert Action.objects.get(item=item).text == ""


def test_a_retired_competitor_is_not_named(world: World) -> None:
    gone = a_competitor(world, state="retired")
    data = {"kind": "price", "text": SEEN, "lawful": "open", "competitor": str(gone.pk)}
    assert refused(world, "rep", "submit", None, data) == "intelligence.competitor_retired"


def test_go_on_brings_an_item_through(world: World) -> None:
    item = sent(world)
    for step in ("screened", "analysed", "assigned", "done", "answered", "closed"):
        go_on(world, item, step)
        assert again(item).state == step
