"""The last day before today: things that now wait in people's lists, some late, some held for approval."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps

from sellwell.kernel import policy
from sellwell.kernel.policy import DEFAULTS
from sellwell.simulation import organisation
from sellwell.simulation.play import Play

BIG_ORDERS = 8
# Policies that somebody has proposed to change; the administrator publishes them. Some have been lying for days.
PROPOSED, PROPOSED_EARLIER = 6, 2
EARLIER = timedelta(days=5)


def leave_waiting(play: Play) -> None:
    """Act as the ready-made accounts do on a busy afternoon that ends before everything is done."""
    _big_orders(play)
    _policies(play, sorted(DEFAULTS)[PROPOSED_EARLIER:PROPOSED])
    _stock_loss(play)
    _credit(play)
    _rights(play)
    organisation.leave_waiting(play.stage)
    play.stage.settle()


def _big_orders(play: Play) -> None:
    """Orders far above the representative's limit: held, waiting for the regional manager."""
    stage, rep = play.stage, play.stage.user("rep")
    own = [c for c in play.customers if c.owner_id == rep.pk] or play.customers[:1]
    machines = [p for p in play.scene.products if p.product_line in ("机器人", "包装设备")]
    for number in range(BIG_ORDERS):
        product = machines[number % len(machines)]
        lines = [{"product": product.pk, "quantity": Decimal(4 + number)}]
        customer = own[number % len(own)]
        order = stage.act(rep, "orders.create", None, {"customer": customer.pk, "lines": lines})
        if order is not None:
            stage.act(rep, "orders.confirm", order)


def leave_earlier(play: Play) -> None:
    """What was begun some days before today, so that it is late now."""
    _policies(play, sorted(DEFAULTS)[:PROPOSED_EARLIER])


def _policies(play: Play, names: list[str]) -> None:
    """The sales manager proposes policies again as they are: drafts that wait for the administrator."""
    manager = play.stage.user("sales_manager")
    for name in names:
        rows = [{"cells": list(cells)} for cells in DEFAULTS[name].table.get("rows", [])]
        play.stage.act(
            manager, "company.draft_policy", None, {"name": name, "rows": rows, "note": "年度复核，沿用"}
        )
    policy.changed()


def _stock_loss(play: Play) -> None:
    """A count that came out far too low: held until somebody agrees."""
    level = (
        apps.get_model("stock.StockLevel")
        .objects.filter(product__product_line="机器人", on_hand__gt=6)
        .order_by("product__code")
        .first()
    )
    if level is not None:
        lines = [{"product": level.product_id, "direction": "loss", "quantity": Decimal(2)}]
        play.stage.act(
            play.stage.user("warehouse"),
            "stock.adjust",
            level.warehouse,
            {"lines": lines, "reason": "盘点差异"},
        )


def _credit(play: Play) -> None:
    """A credit limit that finance wants to raise a lot: held."""
    account: Any = (
        apps.get_model("receivables.CreditAccount")
        .objects.order_by("-credit_limit", "customer__number")
        .first()
    )
    if account is not None:
        data = {"credit_limit": Decimal(20_000_000), "reason": "年度框架协议"}
        play.stage.act(play.stage.user("finance"), "receivables.set_credit", account, data)


def _rights(play: Play) -> None:
    """A right that the administrator would give to the administrators' own role: held until the executive agrees."""
    data = {"role": "administrator", "verb": "orders.view", "scope": "company", "since": play.stage.today}
    play.stage.act(play.stage.user("administrator"), "company.set_grant", None, data)
