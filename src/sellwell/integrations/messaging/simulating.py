"""What the simulators share: they keep every card by its key, and so prove that none is delivered twice."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sellwell.integrations.messaging import Card
from sellwell.kernel.values import T


@dataclass
class Kept:
    """A card as the system shows it now."""

    address: str
    body: dict[str, Any]
    sent: int = 1  # how many times it was asked for
    updates: list[dict[str, Any]] = field(default_factory=list)


class Simulator(ABC):
    """A system of messages in memory. `draw` gives the card in the system's own form."""

    name = ""
    title = T("", "")

    def __init__(self) -> None:
        self.cards: dict[str, Kept] = {}
        self.is_down = False

    @abstractmethod
    def draw(self, card: Card) -> dict[str, Any]:
        """The card in this system's form."""

    def send(self, address: str, card: Card, key: str) -> str:
        """Keep the card under the identifier that belongs to its key."""
        if self.is_down:
            raise ConnectionError(self.name)
        card_id = f"{self.name}-{sha256(key.encode()).hexdigest()[:24]}"
        if card_id in self.cards:
            self.cards[card_id].sent += 1
        else:
            self.cards[card_id] = Kept(address, self.draw(card))
        return card_id

    def update(self, card_id: str, card: Card, key: str) -> None:
        """Change the card; the same state twice is one change."""
        if self.is_down:
            raise ConnectionError(self.name)
        kept, body = self.cards.get(card_id), self.draw(card)
        if kept is not None and kept.body != body:
            kept.body = body
            kept.updates.append(body)

    def to(self, address: str) -> list[Kept]:
        """What an address was sent."""
        return [kept for kept in self.cards.values() if kept.address == address]
