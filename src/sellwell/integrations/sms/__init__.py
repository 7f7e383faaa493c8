"""SMS: one short text, with a signature and a link. A sent text cannot be changed."""

from __future__ import annotations

from typing import Any

from sellwell.integrations.messaging import Card, register
from sellwell.integrations.messaging.simulating import Simulator
from sellwell.kernel.values import T

SIGNATURE = "【畅销】"
LENGTH = 70  # one text of Chinese characters, the link apart


class Sms(Simulator):
    """The simulator of an SMS gateway."""

    name, title = "sms", T("短信", "SMS")

    def draw(self, card: Card) -> dict[str, Any]:
        """Signature and title, cut to one text, and the link."""
        return {"text": f"{SIGNATURE}{card.title}"[:LENGTH] + f" {card.url}"}

    def update(self, card_id: str, card: Card, key: str) -> None:
        """A text stays as it was sent."""


SIMULATOR = Sms()
register("sms", SIMULATOR)
