"""DingTalk (钉钉): action cards, updated in place once somebody decided."""

from __future__ import annotations

from typing import Any

from sellwell.integrations.messaging import Card, register
from sellwell.integrations.messaging.simulating import Simulator
from sellwell.kernel.values import T


class DingTalk(Simulator):
    """DingTalk's simulator."""

    name, title = "dingtalk", T("钉钉", "DingTalk")

    def draw(self, card: Card) -> dict[str, Any]:
        """An action card: text in Markdown, one button each with its address."""
        text = [f"### {card.title}", *card.lines, *([f"**{card.state}**"] if card.state else [])]
        buttons = card.buttons or (("查看", card.url),)
        return {
            "msgtype": "action_card",
            "action_card": {
                "title": card.title,
                "markdown": "\n\n".join(text),
                "btn_orientation": "1",
                "btn_json_list": [{"title": label, "action_url": url} for label, url in buttons],
            },
        }


SIMULATOR = DingTalk()
register("dingtalk", SIMULATOR)
