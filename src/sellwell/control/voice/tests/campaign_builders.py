"""Campaigns for tests, made by the operations, and how each of their operations succeeds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sellwell.control.voice import chores
from sellwell.control.voice.models import Campaign, Recipient
from sellwell.foundation.customers.tests.builders import a_contact, a_customer
from sellwell.foundation.privacy.tests.builders import a_consent
from sellwell.foundation.relations.tests.builders import a_segment, judged
from sellwell.kernel import clock
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from sellwell.foundation.customers.models import Contact
    from sellwell.testing.world import World

MESSAGE = {
    "title": "秋季备件优惠", "goal": "more", "channel": "mail", "subject_zh": "{contact}，备件优惠",
    "text_zh": "{customer}您好：\n九月备件九折，详情请联系{seller}。", "holdout": "0",
}  # fmt: skip
DONE = {"conclusion": "效果高于对照，明年继续。"}


def willing(world: World, purpose: str = "marketing_email") -> Contact:
    """A contact who consented to the channel, with an address of its own: the simulated mail server forgets nothing."""
    count = world.made["willing"] = world.made.get("willing", 0) + 1
    contact = a_contact(world, email=f"{uuid4().hex}@example.com", phone=f"1370000{count:04d}")
    a_consent(world, contact, purpose)
    return contact


def everybody(world: World) -> Any:
    """The segment that every customer of today is in."""
    judged(world)
    return a_segment(world, ("kind", "is", "organisation"))


def a_campaign(world: World, state: str = "draft", **values: Any) -> Campaign:
    """A campaign to everybody, by marketing; at least one person may be written to."""
    if "segment" not in values:
        willing(world)
        values["segment"] = str(everybody(world).pk)
    row: Campaign = world.run("marketing", "voice.add_campaign", data={**MESSAGE, **values}).result
    steps = ["approved", "sending", "sent", "evaluated"]
    wanted = steps[: steps.index(state) + 1] if state in steps else ["approved"] if state == "stopped" else []
    for step in wanted:
        if step == "approved":
            world.run("sales_manager", "voice.approve_campaign", row)
        elif step == "sending":
            world.run("marketing", "voice.start_campaign", row)
        elif step == "sent":
            send_all(world)
        else:
            with clock.at(clock.now() + timedelta(days=31)):
                world.run("marketing", "voice.evaluate_campaign", row, DONE)
    if state == "stopped":
        world.run("marketing", "voice.stop_campaign", row, {"reason": "价格有误"})
    row.refresh_from_db()
    return row


def send_all(world: World) -> None:
    """What the worker does until nobody is left."""
    while chores.send_campaigns(world.company.pk):
        pass
    world.see()


def a_recipient(world: World, state: str = "sent") -> Recipient:
    """The newest person of a campaign of their own."""
    row = a_campaign(world, "sending" if state == "planned" else "sent")
    rows = Recipient.objects.select_related("campaign", "customer__party", "contact").filter(campaign=row)
    found = rows.exclude(state="left_out").latest("contact_id")
    if state == "failed":
        world.run("marketing", "voice.not_reached", found, {"problem": "550"})
    if state == "opted_out":
        world.run("service", "voice.unsubscribe", found, {})
    if state in ("held_out", "left_out"):
        Recipient.objects.filter(pk=found.pk).update(state=state)
    found.refresh_from_db()
    return found


def _in(world: World) -> Any:
    return lambda state: a_campaign(world, state)


@builder("voice.add_campaign")
def _add(world: World) -> Case:
    return Case("marketing", data={**MESSAGE, "segment": str(everybody(world).pk)})


@builder("voice.change_campaign")
def _change(world: World) -> Case:
    row = a_campaign(world)
    return Case(
        "marketing", row, {**MESSAGE, "segment": str(row.segment_id), "title": "冬季备件优惠"}, _in(world)
    )


@builder("voice.approve_campaign")
def _approve(world: World) -> Case:
    return Case("sales_manager", a_campaign(world), {}, _in(world))


@builder("voice.return_campaign")
def _return(world: World) -> Case:
    return Case("sales_manager", a_campaign(world, "approved"), {}, _in(world))


@builder("voice.start_campaign")
def _start(world: World) -> Case:
    return Case("marketing", a_campaign(world, "approved"), {}, _in(world))


@builder("voice.send_campaign")
def _send(world: World) -> Case:
    return Case("marketing", a_campaign(world, "sending"), {}, _in(world))


@builder("voice.stop_campaign")
def _stop(world: World) -> Case:
    return Case("marketing", a_campaign(world, "sending"), {"reason": "价格有误"}, _in(world))


@builder("voice.evaluate_campaign")
def _evaluate(world: World) -> Case:
    row = a_campaign(world, "sent")
    day = world.today - timedelta(days=40)
    Campaign.objects.filter(pk=row.pk).update(started_on=day, finished_on=day)
    row.refresh_from_db()
    return Case("marketing", row, DONE, _in(world))


@builder("voice.not_reached")
def _not_reached(world: World) -> Case:
    return Case("marketing", a_recipient(world), {"problem": "550"}, lambda state: a_recipient(world, state))


@builder("voice.unsubscribe")
def _unsubscribe(world: World) -> Case:
    return Case("service", a_recipient(world), {"way": "phone"}, lambda state: a_recipient(world, state))


def a_group(world: World, count: int) -> list[Contact]:
    """So many contacts, each of a customer of its own, who consented."""
    return [willing(world) for _ in range(count)]


def unwilling(world: World) -> Contact:
    """A contact whom nobody asked."""
    count = world.made["unwilling"] = world.made.get("unwilling", 0) + 1
    return a_contact(
        world, a_customer(world), email=f"unwilling{count}@example.com", phone=f"1360000{count:04d}"
    )
