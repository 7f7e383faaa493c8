"""Feishu (飞书): interactive cards, whose header changes its colour once somebody decided."""

from __future__ import annotations

from typing import Any

from sellwell.integrations.messaging import Card, register
from sellwell.integrations.messaging.simulating import Simulator
from sellwell.kernel.values import T


class Feishu(Simulator):
    """Feishu's simulator."""

    name, title = "feishu", T("飞书", "Feishu")

    def draw(self, card: Card) -> dict[str, Any]:
        """An interactive card: header, lines, a row of buttons, a note with the state."""
        elements: list[dict[str, Any]] = [
            {"tag": "div", "text": {"tag": "plain_text", "content": line}} for line in card.lines
        ]
        if card.buttons:
            actions = [
                {"tag": "button", "text": {"tag": "plain_text", "content": label}, "url": url}
                for label, url in card.buttons
            ]
            elements.append({"tag": "action", "actions": actions})
        if card.state:
            elements.append({"tag": "note", "elements": [{"tag": "plain_text", "content": card.state}]})
        header = {
            "template": "grey" if card.state else "orange",
            "title": {"tag": "plain_text", "content": card.title},
        }
        return {
            "msg_type": "interactive",
            "card": {"header": header, "card_link": {"url": card.url}, "elements": elements},
        }


SIMULATOR = Feishu()
register("feishu", SIMULATOR)
