"""Messages where people are: what a system of messages must do, which ones there are, and who is reached where.

A card is sent under a key of ours. Sending again under the same key gives the same card, never a second one; an update
changes what the card says. WeCom, DingTalk, Feishu, mail and SMS each have a package beside this one, with a simulator.
A company that is connected to a vendor is served by the vendor; without a connection the simulator takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sellwell.kernel.values import T, speaking

if TYPE_CHECKING:
    from sellwell.integrations.messaging.vendor import Vendor
    from sellwell.kernel.models import User


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

    @property
    def title(self) -> T:
        """What people call it."""

    def send(self, address: str, card: Card, key: str) -> str:
        """Bring a card to an address; gives the card's identifier there, the same for the same key."""

    def update(self, card_id: str, card: Card, key: str) -> None:
        """Change what a card says, where the system can; sent messages of mail and SMS stay as they are."""


class Failure(Exception):
    """A vendor did not do what it was asked: its own code, and what that means in words."""

    def __init__(self, system: str, call: str, code: str, meaning: T) -> None:
        super().__init__(f"{system} {call}: {code}")
        self.system, self.call, self.code, self.meaning = system, call, code, meaning


class Unreachable(Failure):
    """No answer, too many calls, or a fault at the vendor's: another attempt later may succeed."""


class Declined(Failure):
    """The vendor said no; asking again changes nothing before somebody changes a setting."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a company is known by at a vendor. The secret is never printed."""

    connection_id: UUID
    company_id: UUID
    system: str
    app_id: str  # WeCom: the corp id; DingTalk: the client id; Feishu: the app id
    agent_id: str  # WeCom and DingTalk
    secret: str = field(repr=False)
    company_code: str = ""  # what people's links with the vendor name the company by
    base_url: str = ""  # takes the place of the vendor's own hosts


class AddressBook(Protocol):
    """Where somebody is reached, as the organisation's room knows it."""

    def addresses(self, user_id: UUID, company_id: UUID) -> dict[str, str]:
        """Address by system; a system that does not reach them is left out."""

    def holder(self, keys: Keys, account: str) -> User | None:
        """Whose account at the vendor this is; None where it is linked to nobody."""


class Connections(Protocol):
    """Which company is connected to which vendor, as the organisation's room knows it."""

    def keys(self, system: str, company_id: UUID) -> Keys | None:
        """The keys of a company at a vendor; None where it is not connected."""

    def for_sign_in(self) -> list[Keys]:
        """Every connection that people may sign in through, for a page that knows nobody yet."""


MESSENGERS: dict[str, Messenger] = {}
VENDORS: dict[str, type[Vendor]] = {}
_book: AddressBook | None = None
_connections: Connections | None = None


def register(name: str, messenger: Messenger) -> None:
    """Name the messenger of a system: the simulator that serves where no company is connected."""
    MESSENGERS[name] = messenger


def register_vendor(vendor: type[Vendor]) -> type[Vendor]:
    """Name the adapter that serves companies which are connected to its system."""
    VENDORS[vendor.name] = vendor
    return vendor


def register_book(book: AddressBook) -> None:
    """Name the one address book of this process."""
    global _book
    _book = book


def register_connections(connections: Connections) -> None:
    """Name the one register of connections of this process."""
    global _connections
    _connections = connections


def addresses(user_id: UUID, company_id: UUID) -> dict[str, str]:
    """Where somebody is reached."""
    return _book.addresses(user_id, company_id) if _book is not None else {}


def holder(keys: Keys, account: str) -> User | None:
    """Whose account at the vendor this is."""
    return _book.holder(keys, account) if _book is not None else None


def for_sign_in() -> list[Keys]:
    """Every connection that people may sign in through."""
    return _connections.for_sign_in() if _connections is not None else []


def messenger(name: str, company_id: UUID) -> Messenger | None:
    """What brings a company's cards: the vendor where it is connected, else the simulator; None: no such system."""
    keys = _connections.keys(name, company_id) if _connections is not None else None
    # One attempt: the only worker waits for it, and what fails is tried again later by itself.
    return adapter(keys, attempts=1) if keys is not None else MESSENGERS.get(name)


def words(text: T, reader: User) -> str:
    """A text in the language of whoever gets it."""
    with speaking(reader.language):
        return str(text)


def meaning(system: str, code: str) -> T:
    """What a vendor's code means, for people who must put it right."""
    meaning_of = getattr(VENDORS.get(system) or MESSENGERS.get(system), "meaning_of", None)
    return meaning_of(code) if meaning_of is not None else T(code, code)


@lru_cache(maxsize=64)
def adapter(keys: Keys, **options: Any) -> Vendor:
    """The adapter of a connection, kept with its token; changed keys make another one."""
    return VENDORS[keys.system](keys, **options)
