"""Campaigns of the simulated company: one that was sent and evaluated, with a control group, and a draft that waits for approval."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from django.apps import apps

from sellwell.control.voice import chores
from sellwell.foundation.relations import queries as relations
from sellwell.kernel import clock
from sellwell.kernel.door import see_companies
from sellwell.simulation import privacy
from sellwell.simulation.people import Stage

AGO, COUNTED = timedelta(days=28), 21  # sent so long before the last day; days that count
SEGMENT = "新品推荐"
MOST, CONSENTED = 90, 0.8  # contacts who are asked for a consent beforehand, and the share that agrees
PURPOSE = "marketing_sms"


def a_day(stage: Stage, last: date) -> None:
    """The one campaign goes out some weeks before the last day."""
    if stage.today >= last - AGO and not apps.get_model("voice.Campaign")._default_manager.exists():
        send_one(stage)


def send_one(stage: Stage) -> None:
    """Sellers collect consents, marketing writes, a manager approves, the worker sends; a few unsubscribe."""
    segment: Any = apps.get_model("relations.Segment").objects.filter(name=SEGMENT).first()
    if segment is None:
        return
    pace, stage.pace = stage.pace, timedelta(seconds=2)
    with clock.at(stage.now):
        see_companies([stage.company_id])
        members = relations.members(segment.pk, stage.today)
    contacts: Any = apps.get_model("customers.Contact").objects.filter(customer__in=members, is_primary=True)
    for contact in list(contacts.select_related("customer__owner").order_by("customer__number")[:MOST]):
        if random.Random(f"text {contact.customer.number}").random() < CONSENTED:  # noqa: S311 - a simulation, no secret
            privacy.consented(stage, contact, PURPOSE, f"YX-{contact.customer.number}", "web")
    marketing = stage.user("marketing")
    row = stage.act(marketing, "voice.add_campaign", None, {
        "title": "新品试机邀请", "goal": "new", "segment": segment.pk, "channel": "sms",
        "text_zh": "{contact}您好，新款设备开放试机，详情请联系{seller}。", "holdout": "0.3", "unsegmented": 0,
        "result_days": COUNTED,
    })  # fmt: skip
    if row is not None:
        stage.act(stage.user("sales_manager"), "voice.approve_campaign", row)
        stage.act(marketing, "voice.start_campaign", row)
        _send(stage)
        _some_unsubscribe(stage, row)
    stage.pace = pace


def _send(stage: Stage) -> None:
    """As the worker does it, batch after batch."""
    with clock.at(stage.now):
        see_companies([stage.company_id])
        while chores.send_campaigns(stage.company_id):
            pass
    stage.settle()


def _some_unsubscribe(stage: Stage, row: Any) -> None:
    recipients: Any = apps.get_model("voice.Recipient").objects
    for recipient in list(recipients.filter(campaign=row, state="sent").order_by("customer__number")[5::17]):
        stage.act(stage.user("service"), "voice.unsubscribe", recipient, {"way": "sms"})


def leave_waiting(stage: Stage) -> None:
    """On the last day: what was sent is evaluated, and the next one is a draft."""
    marketing = stage.user("marketing")
    campaigns: Any = apps.get_model("voice.Campaign").objects
    for row in list(campaigns.filter(state="sent").order_by("number")):
        said = "按对照组比较后决定是否扩大到全部客户。"
        stage.act(marketing, "voice.evaluate_campaign", row, {"conclusion": said})
    segment: Any = apps.get_model("relations.Segment").objects.filter(name="待唤醒").first()
    if segment is not None:
        stage.act(marketing, "voice.add_campaign", None, {
            "title": "老客户回访优惠", "goal": "again", "segment": segment.pk, "channel": "mail", "language": "both",
            "subject_zh": "{contact}，好久不见", "subject_en": "A word from {company}",
            "text_zh": "{customer}您好：\n保养套餐本季九折，由{seller}为您安排。",
            "text_en": "Dear {contact},\nservice packages are 10 % off this quarter; {seller} will arrange it.",
        })  # fmt: skip
