"""WeCom (企业微信): template cards of the kind `button_interaction`, whose buttons change once somebody decided."""

from __future__ import annotations

from typing import Any

from sellwell.integrations.messaging import Card, register
from sellwell.integrations.messaging.simulating import Simulator
from sellwell.kernel.values import T


class WeCom(Simulator):
    """WeCom's simulator."""

    name, title = "wecom", T("企业微信", "WeCom")

    def draw(self, card: Card) -> dict[str, Any]:
        """A template card: title, lines, jump, buttons; a decided one has none and says how it ended."""
        drawn: dict[str, Any] = {
            "card_type": "button_interaction" if card.buttons else "text_notice",
            "main_title": {"title": card.title},
            "horizontal_content_list": [{"keyname": "", "value": line} for line in card.lines],
            "card_action": {"type": 1, "url": card.url},
            "button_list": [{"text": label, "type": 1, "url": url} for label, url in card.buttons],
        }
        return drawn | ({"sub_title_text": card.state} if card.state else {})


SIMULATOR = WeCom()
register("wecom", SIMULATOR)
