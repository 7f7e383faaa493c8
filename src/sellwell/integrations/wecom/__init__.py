"""WeCom (企业微信): template cards of the kind `button_interaction`, whose buttons change once somebody decided."""

from __future__ import annotations

from typing import Any

from sellwell.integrations.messaging import Card, register
from sellwell.integrations.messaging.simulating import Simulator
from sellwell.integrations.wecom import adapter
from sellwell.integrations.wecom.cards import draw
from sellwell.kernel.values import T


class WeCom(Simulator):
    """WeCom's simulator."""

    name, title = "wecom", T("企业微信", "WeCom")

    def draw(self, card: Card) -> dict[str, Any]:
        """A template card."""
        return draw(card)


SIMULATOR = WeCom()
register("wecom", SIMULATOR)
