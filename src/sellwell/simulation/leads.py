"""Leads of the simulated company: fairs are marketing's, which hands them to the regions; the south collects its own."""

from __future__ import annotations

from typing import Any

from sellwell.foundation.company.queries import department_by_code
from sellwell.kernel import policy
from sellwell.kernel.models import User
from sellwell.selling.pipeline.splitting import SPLIT
from sellwell.simulation.people import Stage

VARIATION = ("collect", "SOUTH", "fair", '"rep, account_manager"')
NOTE = "展会上看过样机，希望尽快上门。"


def vary(stage: Stage) -> None:
    """The south collects the leads of its fairs itself: drafted by sales, published by somebody else."""
    rows = (VARIATION, *policy.DEFAULTS[SPLIT].table["rows"])
    data = {
        "name": SPLIT,
        "rows": [{"cells": list(row)} for row in rows],
        "note": "华南展会线索由本区自行获取",
    }
    draft = stage.act(stage.user("sales_manager"), "company.draft_policy", None, data)
    if draft is not None:
        publisher = stage.user("administrator")
        stage.act(publisher, "company.publish_policy", draft, {"since": stage.today})


def bring(stage: Stage, seller: User, place: str, data: dict[str, Any]) -> None:
    """A lead of a place: what a fair brought comes by marketing and is handed over at once, the rest by the seller."""
    if data["source"] != "fair":
        stage.act(seller, "pipeline.add_lead", None, data)
        return
    finder = stage.user("marketing")
    lead = stage.act(finder, "pipeline.add_lead", None, data)
    if lead is not None:
        target = department_by_code(stage.company_id, place)
        stage.act(finder, "pipeline.hand_over_lead", lead, {"department": target.pk, "note": NOTE})
