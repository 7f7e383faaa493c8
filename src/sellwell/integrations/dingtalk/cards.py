"""A card in DingTalk's form: a work notification with a status bar, which is what DingTalk can change afterwards."""

from __future__ import annotations

from typing import Any

from sellwell.integrations.messaging import Card

WAITING, DECIDED = "0xFFFF6A00", "0xFF8C8C8C"  # the colours of the bar


def draw(card: Card) -> dict[str, Any]:
    """Title, lines and status bar; opening it leads to the first button, where one tap is allowed the tap's page."""
    label, url = card.buttons[0] if card.buttons else ("", card.url)
    return {
        "msgtype": "oa",
        "oa": {
            "message_url": url,
            "pc_message_url": url,
            "head": {"bgcolor": WAITING if card.buttons else DECIDED, "text": card.title},
            "status_bar": {
                "status_value": card.state or label,
                "status_bg": DECIDED if card.state else WAITING,
            },
            "body": {"title": card.title, "content": "\n".join(card.lines)},
        },
    }
