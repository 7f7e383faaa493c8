"""Feishu (飞书): interactive cards, whose header changes its colour once somebody decided."""

from __future__ import annotations

from typing import Any

from sellwell.integrations.feishu import adapter
from sellwell.integrations.feishu.cards import draw
from sellwell.integrations.messaging import Card, register
from sellwell.integrations.messaging.simulating import Simulator
from sellwell.kernel.values import T


class Feishu(Simulator):
    """Feishu's simulator."""

    name, title = "feishu", T("飞书", "Feishu")

    def draw(self, card: Card) -> dict[str, Any]:
        """An interactive card."""
        return draw(card)


SIMULATOR = Feishu()
register("feishu", SIMULATOR)
