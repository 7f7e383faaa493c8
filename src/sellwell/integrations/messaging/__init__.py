"""Messages where people are: what a system of messages must do, which ones there are, and who is reached where.

A card is sent under a key of ours. Sending again under the same key gives the same card, never a second one; an update
changes what the card says. WeCom, DingTalk, Feishu, mail and SMS each have a package beside this one, with a simulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sellwell.kernel.values import T


@dataclass(frozen=True, slots=True)
class Card:
    """What a message says: a title, lines, where to read on, the buttons, and its state in words ("open" has none)."""

    title: str
    lines: tuple[str, ...]
    url: str
    buttons: tuple[tuple[str, str], ...] = ()
    state: str = ""


class Messenger(Protocol):
    """A system that brings cards to people."""

    title: T

    def send(self, address: str, card: Card, key: str) -> str:
        """Bring a card to an address; gives the card's identifier there, the same for the same key."""

    def update(self, card_id: str, card: Card, key: str) -> None:
        """Change what a card says, where the system can; sent messages of mail and SMS stay as they are."""


class AddressBook(Protocol):
    """Where somebody is reached, as the organisation's room knows it."""

    def addresses(self, user_id: UUID) -> dict[str, str]:
        """Address by system; a system that does not reach them is left out."""


MESSENGERS: dict[str, Messenger] = {}
_book: AddressBook | None = None


def register(name: str, messenger: Messenger) -> None:
    """Name the messenger of a system; a later one takes the place of the simulator."""
    MESSENGERS[name] = messenger


def register_book(book: AddressBook) -> None:
    """Name the one address book of this process."""
    global _book
    _book = book


def addresses(user_id: UUID) -> dict[str, str]:
    """Where somebody is reached."""
    return _book.addresses(user_id) if _book is not None else {}
