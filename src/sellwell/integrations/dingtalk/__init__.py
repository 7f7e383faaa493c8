"""DingTalk (钉钉): work notifications, whose status bar changes once somebody decided."""

from __future__ import annotations

from typing import Any

from sellwell.integrations.dingtalk import adapter
from sellwell.integrations.dingtalk.cards import draw
from sellwell.integrations.messaging import Card, register
from sellwell.integrations.messaging.simulating import Simulator
from sellwell.kernel.values import T


class DingTalk(Simulator):
    """DingTalk's simulator."""

    name, title = "dingtalk", T("钉钉", "DingTalk")

    def draw(self, card: Card) -> dict[str, Any]:
        """A work notification."""
        return draw(card)


SIMULATOR = DingTalk()
register("dingtalk", SIMULATOR)
