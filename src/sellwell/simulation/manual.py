"""The manual in the simulated company: people confirm having read it, a department varies, a revision waits, figures stand."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from django.apps import apps

from sellwell.kernel import system
from sellwell.kernel.clock import at
from sellwell.kernel.door import run
from sellwell.kernel.models import ApprovalRequest
from sellwell.simulation.people import Stage

# Most people confirm at once; the others are reminded.
CONFIRMING = 0.93
REVISION = (
    "确认订单时系统先核对价格、信用、库存和合同余量，四项都通过后订单才生效；加急订单须经区域经理同意。"
)
VARIATION = "来自老客户的备件订单可先口头确认，当日补录，次日由内勤复核。"


def begin(stage: Stage, seed: int) -> None:
    """Everybody is asked to read the manual, and most do."""
    edition: Any = apps.get_model("manual.Edition").objects.get(number=1)
    stage.act(stage.user("hr"), "manual.ask_readers", edition)
    rng = random.Random(seed)  # noqa: S311 - a simulation, no secret; of its own, so that business stays as it was
    waiting = apps.get_model("manual.Reading").objects.filter(state="waiting").select_related("user")
    pace, stage.pace = stage.pace, timedelta(seconds=1)
    for reading in waiting.order_by("user__username", "role"):
        if rng.random() < CONFIRMING:
            stage.act(reading.user, "manual.acknowledge", reading)
    stage.pace = pace


def vary(stage: Stage) -> None:
    """The east does one thing otherwise, approved for half a year; the south proposes something."""
    department: Any = apps.get_model("company.Department").objects.get(code="EAST")
    manager = stage.user("regional_manager")
    data = {
        "process": "orders.order", "department": department.pk, "title": "华东备件订单当日补录", "text": VARIATION,
        "reason": "备件停机损失大，客户等不及", "since": stage.today, "until": stage.today + timedelta(days=180),
    }  # fmt: skip
    row = stage.act(manager, "manual.propose_variation", None, data)
    stage.act(manager, "manual.approve_variation", row)
    request = ApprovalRequest.objects.filter(row_id=row.pk, state="open").first() if row is not None else None
    if request is not None:
        stage.act(stage.user("sales_manager"), "approvals.approve", request, {"note": "试行半年，到期复核"})


def revise(stage: Stage) -> None:
    """Legal revises two clauses and submits the edition: it waits for the executive's approval."""
    editor = stage.user("administrator")
    draft = stage.act(editor, "manual.draft_edition", None, {"title": "次年修订", "note": "订单与拜访两条"})
    if draft is None:
        return
    stage.act(editor, "manual.change_passage", draft, {"number": "5.2.2", "zh": REVISION})
    stage.act(
        editor,
        "manual.change_passage",
        draft,
        {"number": "2.2.4", "bases": ["internal-control-9", "policy-team"]},
    )
    stage.act(editor, "manual.publish_edition", draft, {"since": stage.today + timedelta(days=14)})


def measure(stage: Stage) -> None:
    """Figures of half a year, as the worker would have measured them."""
    with at(stage.now):
        run("manual.measure", system.context(stage.company_id))
