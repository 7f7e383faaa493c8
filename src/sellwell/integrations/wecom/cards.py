"""A card in WeCom's form: a template card, with buttons while somebody is asked, without once it is decided."""

from __future__ import annotations

from typing import Any

from sellwell.integrations.messaging import Card

MOST_IN_TITLE, MOST_IN_TEXT, MOST_ON_BUTTON = 36, 160, 10


def draw(card: Card) -> dict[str, Any]:
    """Title, lines, jump, buttons; a decided one has none and says how it ended."""
    drawn: dict[str, Any] = {
        "card_type": "button_interaction" if card.buttons else "text_notice",
        "main_title": {"title": card.title[:MOST_IN_TITLE], "desc": "".join(card.lines[:1])[:MOST_IN_TITLE]},
        "sub_title_text": (card.state or "\n".join(card.lines[1:]))[:MOST_IN_TEXT],
        "card_action": {"type": 1, "url": card.url},
    }
    if card.buttons:
        drawn["button_list"] = [
            {"text": label[:MOST_ON_BUTTON], "type": 1, "url": url} for label, url in card.buttons
        ]
    return drawn
