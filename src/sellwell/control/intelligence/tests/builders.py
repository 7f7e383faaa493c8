"""Items, competitors, cards and meetings for tests, made by the operations, and how each operation succeeds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sellwell.control.intelligence.models import (
    Action,
    Attendee,
    Award,
    BattleCard,
    Competitor,
    Item,
    Meeting,
    PriceSeen,
    Rival,
    Series,
)
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel import clock, system
from sellwell.kernel.door import run
from sellwell.kernel.models import ApprovalRequest
from sellwell.kernel.testing import Case, builder
from sellwell.selling.pipeline.tests.builders import an_opportunity, priced

if TYPE_CHECKING:
    from sellwell.testing.world import World

SEEN = "对手在华东把同类水泵降价一成，代理商今天通知。"
RECEIVED = "客户设备科当面告知"


@contextmanager
def later(world: World, **delta: float) -> Iterator[None]:
    """The world so much later."""
    with clock.at(clock.now() + timedelta(**delta)):
        yield


def a_colleague(world: World) -> str:
    """Whoever has an action: the account manager."""
    return str(world.user("account_manager").pk)


def days_on(world: World, days: int) -> str:
    """A day so many days on."""
    return str(world.today + timedelta(days=days))


def sent(world: World, by: str = "rep", **values: Any) -> Item:
    """An item as somebody sent it in."""
    data = {"kind": "price", "text": SEEN, "lawful": "open", **values}
    made: Item = world.run(by, "intelligence.submit", data=data).result
    return made


def by_mail(world: World, by: str = "rep", key: str = "a" * 40) -> Item:
    """An item that came by mail: its source is not declared."""
    data = {"text": SEEN, "topic": "对手降价", "message_key": key}
    made: Item = world.run(by, "intelligence.take_mail", data=data).result
    return made


def screen(world: World, item: Item, decision: str = "accept", by: str = "marketing", **values: Any) -> Any:
    """Somebody screens it."""
    data = {"decision": decision, "reliability": "B", "credibility": "2", **values}
    return world.run(by, "intelligence.screen", item, data)


def an_item(world: World, state: str = "submitted", by: str = "rep", **values: Any) -> Item:
    """An item, brought to a state step by step."""
    item = sent(world, by, **values)
    order = ["submitted", "screened", "analysed", "assigned", "done", "answered", "closed"]
    if state == "rejected":
        screen(world, item, "reject", reason="与本公司产品无关")
    elif state == "duplicate":
        screen(world, item, "duplicate", original=str(sent(world, "account_manager").pk))
    else:
        for step in order[1 : order.index(state) + 1]:
            go_on(world, item, step)
    return again(item)


def go_on(world: World, item: Item, step: str) -> None:
    """One step of the loop."""
    if step == "screened":
        screen(world, item)
    if step == "analysed":
        data = {"finding": "对手清库存，影响华东两个月。"}
        world.run("marketing", "intelligence.analyse", item, data)
    if step == "assigned":
        action = {
            "text": "走访三家重点客户说明差异",
            "owner": a_colleague(world),
            "due_on": days_on(world, 5),
        }
        data = {"strategy": "不跟价，加送备件。", "actions": [action]}
        world.run("sales_manager", "intelligence.decide", item, data)
    if step == "done":
        for action in Action.objects.filter(item=item, state="open"):
            world.run("account_manager", "intelligence.complete_action", action, {"result": "三家均续约"})
    if step == "answered":
        world.run("marketing", "intelligence.answer", item, {"answer": "已据此加送备件，三家客户续约。"})
    if step == "closed":
        world.run("rep", "intelligence.close", item)


def again(row: Any) -> Any:
    """The row as the database has it now."""
    return type(row).objects.get(pk=row.pk)


def an_action(world: World, state: str = "open") -> Action:
    """The action of an item, in a state."""
    item = an_item(world, "assigned")
    action: Action = Action.objects.get(item=item)
    if state == "done":
        go_on(world, item, "done")
    if state == "cancelled":
        world.run("sales_manager", "intelligence.cancel_action", action, {"reason": "客户已关停"})
    return again(action)


def confirmed(world: World, item: Item | None = None, verdict: str = "true") -> Item:
    """An item that proved true, or not."""
    item = item or an_item(world, "done")
    data = {"verdict": verdict, "note": "代理商价目表为证"}
    world.run("sales_manager", "intelligence.confirm", item, data)
    return again(item)


def an_award(world: World, state: str = "standing") -> Award:
    """Points of an item."""
    item = confirmed(world)
    data = {"quality": 4, "novelty": 3, "impact": 2}
    world.run("marketing", "intelligence.award", item, data)
    award: Award = Award.objects.get(item=item)
    if state == "reversed":
        world.run("sales_manager", "intelligence.reverse_award", award, {"reason": "计分有误"})
    return again(award)


def a_competitor(world: World, code: str = "C-01", state: str = "active") -> Competitor:
    """A competitor of the register; the same one for the same code."""
    known: dict[str, Competitor] = world.made.setdefault("competitors", {})
    if code not in known or not Competitor.objects.filter(pk=known[code].pk).exists():
        data = {"code": code, "name": f"远帆机械{code}", "strengths": "价格低", "weaknesses": "售后慢"}
        known[code] = world.run("marketing", "intelligence.add_competitor", data=data).result
    if state == "retired":
        world.run("marketing", "intelligence.retire_competitor", known[code])
    return again(known[code])


def a_price_seen(world: World) -> PriceSeen:
    """A price seen at a competitor."""
    data = {
        "competitor": str(a_competitor(world).pk), "their_product": "YF-200", "product": str(priced(world).pk),
        "price": "99.00",
    }  # fmt: skip
    made: PriceSeen = world.run("rep", "intelligence.see_price", data=data).result
    return made


def a_rival(world: World) -> Rival:
    """A competitor named in an opportunity of the representative."""
    data = {"opportunity": str(an_opportunity(world).pk), "competitor": str(a_competitor(world).pk)}
    made: Rival = world.run("rep", "intelligence.name_rival", data=data).result
    return made


CARD = {
    "title": "对远帆：比总成本",
    "we_say": "三年总成本低 12%，有实测。",
    "they_say": "便宜一成",
    "avoid": "不谈其经营状况",
}


def a_card(world: World, state: str = "draft", code: str = "C-01", **values: Any) -> BattleCard:
    """A battle card in a state, by its verbs."""
    data = {**CARD, "competitor": str(a_competitor(world, code).pk), **values}
    card: BattleCard = world.run("marketing", "intelligence.draft_card", data=data).result
    if state in ("in_force", "replaced", "expired"):
        in_force(world, card)
    if state == "replaced":
        in_force(world, world.run("marketing", "intelligence.revise_card", card, CARD).result)
    if state == "expired":
        with later(world, days=200):
            run("intelligence.expire_card", system.context(world.company.pk), card.pk)
    if state == "cancelled":
        world.run("marketing", "intelligence.cancel_card", card)
    world.see()
    return again(card)


def in_force(world: World, card: BattleCard) -> None:
    """The sales manager agrees."""
    request = world.run("marketing", "intelligence.put_card_in_force", card).hold
    assert request is not None
    world.run("sales_manager", "approvals.approve", ApprovalRequest.objects.get(pk=request.pk))


def series_data(world: World, **values: Any) -> dict[str, Any]:
    """What a series says: tomorrow's weekday, so that the first meeting is near."""
    day = (world.today + timedelta(days=1)).isoweekday()
    return {
        "name": "华东周例会", "department": str(world.department("EAST").pk), "rhythm": "weekly", "day": day,
        "starts_at": "09:30", "taker": str(world.user("account_manager").pk), "clauses": ["2.4.4"], **values,
    }  # fmt: skip


def a_series(world: World, state: str = "active", **values: Any) -> Series:
    """A weekly meeting of the east, chaired by its manager."""
    count = world.made["series"] = world.made.get("series", 0) + 1
    data = series_data(world, **{"name": f"华东周例会{count}", **values})
    made: Series = world.run("regional_manager", "intelligence.plan_series", data=data).result
    if state == "ended":
        world.run("regional_manager", "intelligence.end_series", made)
    return again(made)


def a_meeting(world: World, state: str = "planned") -> Meeting:
    """The next meeting of a new series, brought to a state at its time. States after the start need the clock moved there: a
    meeting that was called for now begins now."""
    data = {
        "title": "价格应对会", "planned_at": (clock.now() + timedelta(minutes=10)).isoformat(),
        "people": [str(world.user("rep").pk)], "taker": a_colleague(world),
    }  # fmt: skip
    meeting: Meeting = world.run("regional_manager", "intelligence.call_meeting", data=data).result
    if state in ("running", "held", "sent"):
        world.run("regional_manager", "intelligence.start_meeting", meeting)
    if state in ("held", "sent"):
        world.run(
            "account_manager",
            "intelligence.finish_meeting",
            meeting,
            {"minutes": "讨论应对降价，定两项行动。"},
        )
    if state == "sent":
        world.run("account_manager", "intelligence.send_minutes", meeting)
    if state == "cancelled":
        world.run("regional_manager", "intelligence.cancel_meeting", meeting, {"reason": "主持人出差"})
    return again(meeting)


def an_attendee(world: World) -> Attendee:
    """The representative, who should read the minutes of a meeting."""
    meeting = a_meeting(world, "sent")
    found: Attendee = Attendee.objects.get(meeting=meeting, user=world.user("rep"))
    return found


# --- how each operation succeeds ---------------------------------------------------------------------------------------------


@builder("intelligence.submit")
def _submit(world: World) -> Case:
    data = {"kind": "price", "text": SEEN, "lawful": "open", "competitor": str(a_competitor(world).pk)}
    return Case("rep", data=data)


@builder("intelligence.record_feedback")
def _feedback(world: World) -> Case:
    data = {"customer": str(a_customer(world).pk), "text": "交期说变就变", "happened_on": str(world.today)}
    return Case("rep", data=data)


@builder("intelligence.take_mail")
def _mail(world: World) -> Case:
    return Case("rep", data={"text": SEEN, "topic": "对手降价", "message_key": "b" * 40})


@builder("intelligence.declare_source")
def _declare(world: World) -> Case:
    return Case("rep", by_mail(world), {"lawful": "open"}, lambda state: an_item(world, state))


@builder("intelligence.screen")
def _screen(world: World) -> Case:
    return Case("marketing", sent(world), {"decision": "accept"}, lambda state: an_item(world, state))


@builder("intelligence.analyse")
def _analyse(world: World) -> Case:
    data = {"finding": "影响华东两个月"}
    return Case("marketing", an_item(world, "screened"), data, lambda state: an_item(world, state))


@builder("intelligence.decide")
def _decide(world: World) -> Case:
    action = {"text": "走访重点客户", "owner": a_colleague(world), "due_on": days_on(world, 5)}
    data = {"strategy": "不跟价，加送备件", "actions": [action]}
    return Case("sales_manager", an_item(world, "analysed"), data, lambda state: an_item(world, state))


@builder("intelligence.answer")
def _answer(world: World) -> Case:
    data = {"answer": "已据此加送备件"}
    return Case("marketing", an_item(world, "done"), data, lambda state: an_item(world, state))


@builder("intelligence.close")
def _close(world: World) -> Case:
    return Case("rep", an_item(world, "answered"), {}, lambda state: an_item(world, state))


@builder("intelligence.escalate")
def _escalate(world: World) -> Case:
    item = sent(world, "rep", is_urgent=True)
    Item.objects.filter(pk=item.pk).update(due_at=clock.now() - timedelta(minutes=1))
    return Case("sales_manager", again(item), {}, lambda state: an_item(world, state))


@builder("intelligence.comment")
def _comment(world: World) -> Case:
    return Case("rep", sent(world), {"text": "补充：代理商周五再来"})


@builder("intelligence.complete_action")
def _complete(world: World) -> Case:
    return Case(
        "account_manager", an_action(world), {"result": "三家均续约"}, lambda state: an_action(world, state)
    )


@builder("intelligence.reassign_action")
def _reassign(world: World) -> Case:
    data = {"owner": str(world.user("rep").pk), "due_on": days_on(world, 9), "reason": "原负责人休假"}
    return Case("sales_manager", an_action(world), data, lambda state: an_action(world, state))


@builder("intelligence.cancel_action")
def _cancel(world: World) -> Case:
    return Case(
        "sales_manager", an_action(world), {"reason": "客户已关停"}, lambda state: an_action(world, state)
    )


@builder("intelligence.chase_action")
def _chase(world: World) -> Case:
    action = an_action(world)
    Action.objects.filter(pk=action.pk).update(due_on=world.today - timedelta(days=1))
    return Case("sales_manager", again(action), {}, lambda state: an_action(world, state))


@builder("intelligence.comment_action")
def _comment_action(world: World) -> Case:
    return Case("account_manager", an_action(world), {"text": "周三去第一家"})


@builder("intelligence.confirm")
def _confirm(world: World) -> Case:
    data = {"verdict": "true", "note": "价目表为证"}
    return Case("sales_manager", an_item(world, "done"), data, lambda state: an_item(world, state))


@builder("intelligence.award")
def _award(world: World) -> Case:
    data = {"quality": 4, "novelty": 3, "impact": 2}
    return Case("marketing", confirmed(world), data, lambda state: an_item(world, state))


@builder("intelligence.reverse_award")
def _reverse(world: World) -> Case:
    return Case(
        "sales_manager", an_award(world), {"reason": "计分有误"}, lambda state: an_award(world, state)
    )


@builder("intelligence.add_competitor")
def _add_competitor(world: World) -> Case:
    return Case("marketing", data={"code": "C-09", "name": "临港动力", "strengths": "交期短"})


@builder("intelligence.change_competitor")
def _change_competitor(world: World) -> Case:
    data = {"name": "远帆机械集团", "strengths": "渠道深"}
    return Case("marketing", a_competitor(world), data)


@builder("intelligence.retire_competitor")
def _retire(world: World) -> Case:
    return Case("marketing", a_competitor(world))


@builder("intelligence.watch_again")
def _watch(world: World) -> Case:
    return Case("marketing", a_competitor(world, state="retired"))


@builder("intelligence.see_price")
def _see_price(world: World) -> Case:
    data = {
        "competitor": str(a_competitor(world).pk), "their_product": "YF-200", "product": str(priced(world).pk), "price": "99.00",
    }  # fmt: skip
    return Case("rep", data=data)


@builder("intelligence.void_price")
def _void_price(world: World) -> Case:
    return Case("marketing", a_price_seen(world), {"reason": "看错型号"})


@builder("intelligence.name_rival")
def _name_rival(world: World) -> Case:
    data = {"opportunity": str(an_opportunity(world).pk), "competitor": str(a_competitor(world).pk)}
    return Case("rep", data=data)


@builder("intelligence.drop_rival")
def _drop_rival(world: World) -> Case:
    return Case("rep", a_rival(world))


@builder("intelligence.draft_card")
def _draft_card(world: World) -> Case:
    return Case("marketing", data={**CARD, "competitor": str(a_competitor(world).pk)})


@builder("intelligence.change_card")
def _change_card(world: World) -> Case:
    return Case("marketing", a_card(world), CARD, lambda state: a_card(world, state))


@builder("intelligence.put_card_in_force")
def _put_card(world: World) -> Case:
    return Case("marketing", a_card(world), {}, lambda state: a_card(world, state), held=True)


@builder("intelligence.revise_card")
def _revise_card(world: World) -> Case:
    return Case("marketing", a_card(world, "in_force"), CARD, lambda state: a_card(world, state))


@builder("intelligence.expire_card")
def _expire_card(world: World) -> Case:
    card = a_card(world, "in_force")
    BattleCard.objects.filter(pk=card.pk).update(valid_until=world.today)
    return Case("sales_manager", again(card), {}, lambda state: a_card(world, state))


@builder("intelligence.cancel_card")
def _cancel_card(world: World) -> Case:
    return Case("marketing", a_card(world), {}, lambda state: a_card(world, state))


@builder("intelligence.comment_card")
def _comment_card(world: World) -> Case:
    return Case("marketing", a_card(world), {"text": "等实测报告"})


@builder("intelligence.plan_series")
def _plan_series(world: World) -> Case:
    return Case("regional_manager", data=series_data(world))


@builder("intelligence.change_series")
def _change_series(world: World) -> Case:
    data = {
        name: value for name, value in series_data(world, starts_at="10:00").items() if name not in ("name", "department")
    }  # fmt: skip
    return Case("regional_manager", a_series(world), data, lambda state: a_series(world, state))


@builder("intelligence.end_series")
def _end_series(world: World) -> Case:
    return Case("regional_manager", a_series(world), {}, lambda state: a_series(world, state))


@builder("intelligence.plan_meetings")
def _plan_meetings(world: World) -> Case:
    series = a_series(world)
    Series.objects.filter(pk=series.pk).update(planned_until=world.today)
    Meeting.objects.filter(series=series).update(series=None, occurrence_on=None)
    return Case("regional_manager", again(series), {}, lambda state: a_series(world, state))


@builder("intelligence.call_meeting")
def _call(world: World) -> Case:
    at: datetime = clock.now() + timedelta(hours=3)
    data = {
        "title": "价格应对会", "planned_at": at.isoformat(), "people": [str(world.user("rep").pk)], "taker": a_colleague(world),
    }  # fmt: skip
    return Case("regional_manager", data=data)


def meeting_case(world: World, role: str, state: str, data: dict[str, Any] | None = None) -> Case:
    """How a verb on a meeting succeeds."""
    return Case(role, a_meeting(world, state), data or {}, lambda other: a_meeting(world, other))


@builder("intelligence.start_meeting")
def _start(world: World) -> Case:
    return meeting_case(world, "regional_manager", "planned")


@builder("intelligence.note_attendance")
def _attendance(world: World) -> Case:
    return meeting_case(world, "account_manager", "running", {"present": [str(world.user("rep").pk)]})


@builder("intelligence.raise_point")
def _raise(world: World) -> Case:
    return meeting_case(world, "rep", "planned", {"title": "样机不够用"})


@builder("intelligence.note_point")
def _note_point(world: World) -> Case:
    meeting = a_meeting(world, "running")
    world.run("rep", "intelligence.raise_point", meeting, {"title": "样机不够用"})
    position = meeting.agenda.order_by("-position").first().position
    data = {"point": position, "note": "下周调两台"}
    return Case("account_manager", again(meeting), data, lambda state: a_meeting(world, state))


@builder("intelligence.note_decision")
def _note_decision(world: World) -> Case:
    return meeting_case(world, "account_manager", "running", {"text": "不跟价"})


@builder("intelligence.agree_action")
def _agree(world: World) -> Case:
    data = {"text": "调两台样机", "owner": str(world.user("rep").pk), "due_on": days_on(world, 3)}
    return meeting_case(world, "account_manager", "running", data)


@builder("intelligence.finish_meeting")
def _finish(world: World) -> Case:
    return meeting_case(world, "account_manager", "running", {"minutes": "讨论应对降价"})


@builder("intelligence.send_minutes")
def _send(world: World) -> Case:
    return meeting_case(world, "account_manager", "held")


@builder("intelligence.read_minutes")
def _read(world: World) -> Case:
    return Case("rep", an_attendee(world))


@builder("intelligence.cancel_meeting")
def _cancel_meeting(world: World) -> Case:
    return meeting_case(world, "regional_manager", "planned", {"reason": "主持人出差"})


@builder("intelligence.comment_meeting")
def _comment_meeting(world: World) -> Case:
    return meeting_case(world, "rep", "planned", {"text": "我会晚到十分钟"})
