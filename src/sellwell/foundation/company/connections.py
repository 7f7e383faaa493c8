"""Connections as the messages see them: keys by company and vendor, accounts of people, and who holds an account.

A person's external id says whose account it is: `wc:HENGDA:zhangsan` is the account `zhangsan` of company HENGDA's WeCom. The
company is part of it, since two companies of a group may each know a `zhangsan`.
"""

from __future__ import annotations

from uuid import UUID

from sellwell.foundation.company import queries
from sellwell.foundation.company.directory import seeing_every_company
from sellwell.foundation.company.models import Connection, ConnectionState, Person
from sellwell.integrations.messaging import Keys
from sellwell.kernel import generations, personal
from sellwell.kernel.models import MessageChoice, User

GENERATION = "connections"
PREFIXES = {"wecom": "wc", "dingtalk": "dt", "feishu": "fs"}


def external_id(system: str, company_code: str, account: str) -> str:
    """An account at a company's vendor as people and departments carry it."""
    return f"{PREFIXES[system]}:{company_code}:{account}"


def keys_of(row: Connection) -> Keys:
    """The keys of a connection, its secret opened."""
    return Keys(
        row.pk, row.company_id, row.system, row.app_id, row.agent_id,
        personal.open_(row.secret) or "", queries.company(row.company_id).code, row.base_url,
    )  # fmt: skip


class Register:
    """The register of connections (`messaging.Connections`), read again when one changes."""

    def __init__(self) -> None:
        self._generation = -1
        self._known: dict[tuple[str, UUID], tuple[Connection, Keys]] = {}

    def keys(self, system: str, company_id: UUID) -> Keys | None:
        """The keys of a company at a vendor, while the connection is in use."""
        found = self._now().get((system, company_id))
        return found[1] if found is not None else None

    def for_sign_in(self) -> list[Keys]:
        """Every connection in use that people may sign in through, by vendor."""
        return [keys for row, keys in self._now().values() if row.signs_in and row.moved_by is None]

    def trusted(self, system: str, company_id: UUID) -> Keys | None:
        """The keys of a company at a vendor whose word about accounts counts: nobody has led it elsewhere since."""
        found = self._now().get((system, company_id))
        return found[1] if found is not None and found[0].moved_by is None else None

    def _now(self) -> dict[tuple[str, UUID], tuple[Connection, Keys]]:
        generation = generations.current(GENERATION)
        if self._generation != generation:
            with seeing_every_company():
                rows = list(
                    Connection.objects.filter(state=ConnectionState.ON.value).order_by("system", "id")
                )
            self._known = {(row.system, row.company_id): (row, keys_of(row)) for row in rows}
            self._generation = generation
        return self._known


REGISTER = Register()


class Book:
    """Accounts at the vendors, the telephone of the employment, the mail address of the choice.

    Where a company is connected to a vendor, only a linked account is an address; elsewhere the simulator takes user names.
    """

    def addresses(self, user_id: UUID, company_id: UUID) -> dict[str, str]:
        """Where somebody is reached."""
        user = User.objects.get(pk=user_id)
        person = Person.objects.filter(user_id=user_id).first()
        found: dict[str, str] = {}
        for system in PREFIXES:
            keys = REGISTER.trusted(system, company_id)
            if REGISTER.keys(system, company_id) is None:
                found[system] = user.username
            elif keys is not None and person is not None and (account := account_of(person, keys)):
                found[system] = account
        if person is not None and person.phone and (phone := personal.open_(person.phone)):
            found["sms"] = phone
        choice = MessageChoice.objects.filter(user_id=user_id).first()
        if choice is not None and choice.mail and (address := personal.open_(choice.mail)):
            found["mail"] = address
        return found

    def holder(self, keys: Keys, account: str) -> User | None:
        """Whose account this is, by the external id and by nothing else."""
        if REGISTER.trusted(keys.system, keys.company_id) is None:
            return None
        linked = external_id(keys.system, keys.company_code, account)
        person = Person.objects.select_related("user").filter(external_id=linked).first()
        return person.user if person is not None else None


def account_of(person: Person, keys: Keys) -> str:
    """A person's account at a company's vendor; empty where none is linked."""
    begin = external_id(keys.system, keys.company_code, "")
    return person.external_id.removeprefix(begin) if person.external_id.startswith(begin) else ""
