"""Identity keys of parties: read into one form, sealed for keeping, looked up by blind index (clause 1.4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from sellwell.foundation.customers import rules
from sellwell.kernel import personal
from sellwell.kernel.personal_values import read_email, read_phone
from sellwell.kernel.values import Objection


class Given(Protocol):
    """Inputs that carry identity keys; an empty text is no key."""

    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a party in their one form; empty where there is none."""

    uscc: str = ""
    phone: str = ""
    email: str = ""

    @property
    def named(self) -> list[str]:
        """The names of the keys that are there."""
        return [name for name in ("uscc", "phone", "email") if getattr(self, name)]


def read(given: Given, uscc: str = "", kind: str = "organisation") -> tuple[Keys, list[Objection]]:
    """The keys of an input, and everything that is wrong with them, by path."""
    found: dict[str, str] = {}
    wrong: list[Objection] = []
    for name, text, reader in (
        ("uscc", uscc, rules.read_uscc),
        ("phone", given.phone, read_phone),
        ("email", given.email, read_email),
    ):
        value = reader(text) if text else ""
        if isinstance(value, Objection):
            wrong.append(value.at(name))
        else:
            found[name] = value
    if uscc and kind == "person":
        wrong.append(rules.USCC_OF_PERSON.refuse(path="uscc"))
    return Keys(**found), wrong


def sealed_phone(subject: UUID, phone: str) -> dict[str, Any]:
    """The columns that hold a phone: the envelope and its blind indexes."""
    return {
        "phone": personal.seal(subject, phone) if phone else None,
        "phone_blind": personal.blind(phone, "phone") if phone else "",
        "phone_last4_blind": personal.blind_last4(phone, "phone") if phone else "",
    }


def sealed_email(subject: UUID, email: str) -> dict[str, Any]:
    """The columns that hold an e-mail address."""
    return {
        "email": personal.seal(subject, email) if email else None,
        "email_blind": personal.blind(email, "email") if email else "",
    }


def claim(company_id: UUID, keys: Keys) -> None:
    """Nobody else can register one of these keys until this transaction ends, so two hands cannot enter one customer twice."""
    names = sorted(f"customers/{company_id}/{name}/{getattr(keys, name)}" for name in keys.named)
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
