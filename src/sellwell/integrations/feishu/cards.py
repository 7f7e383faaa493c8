"""A card in Feishu's form: an interactive card, whose header changes its colour once somebody decided."""

from __future__ import annotations

from typing import Any

from sellwell.integrations.messaging import Card


def draw(card: Card) -> dict[str, Any]:
    """Header, lines, a row of buttons, a note with the state. All who see it see it change."""
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
        "config": {"update_multi": True},
        "header": header,
        "card_link": {"url": card.url},
        "elements": elements,
    }
