"""People of the simulated company, each acting as themselves at a moment of the simulation."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sellwell.kernel import access, clock, deadlines, door, generations, ids, outbox
from sellwell.kernel.access import Actor
from sellwell.kernel.models import User
from sellwell.kernel.operations import Context, context_for
from sellwell.kernel.values import Refusal


@dataclass
class Stage:
    """The company at a moment: who there is, what time it is, and what was done so far."""

    company_id: UUID
    rng: random.Random
    now: datetime
    pace: timedelta = timedelta(minutes=2)  # how long one thing takes
    done: int = 0
    held: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    _actors: dict[tuple[UUID, date], Actor] = field(default_factory=dict)
    _users: dict[str, User] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The simulated business day."""
        return clock.business_day(self.now)

    def user(self, username: str) -> User:
        """An account by its user name."""
        if username not in self._users:
            self._users[username] = User.objects.get(username=username)
        return self._users[username]

    def somebody(self, verb: str) -> User:
        """One of the ready-made accounts whose role may do `verb`; the first by the order of the roles."""
        for code in access.ROLES:
            user = self._users.get(code) or User.objects.filter(username=code).first()
            if user is not None and code != "executive" and self.context(user).actor.may(verb):
                return self.user(code)
        raise LookupError(f"no role may do {verb}")

    def context(self, user: User) -> Context:
        """The context of a person now. Posts are looked up once a day."""
        key = (user.pk, self.today)
        if key not in self._actors:
            generations.forget()
            self._actors[key] = access.actor_for(user, self.today)
        return context_for(self._actors[key], "web", self.company_id)

    def begin(self, day: date, hour: int = 9) -> None:
        """A new working day: nine o'clock where the company works."""
        self.now = datetime.combine(day, time(hour), clock.BUSINESS_ZONE)
        self._actors.clear()

    def act(self, user: User, operation: str, row: Any = None, data: Mapping[str, Any] | None = None) -> Any:
        """Do one thing as a person; gives the result, or None when it was held or refused (both are counted)."""
        self.now += self.pace
        with clock.at(self.now):
            try:
                outcome = door.run(operation, self.context(user), getattr(row, "pk", row), data)
            except Refusal as refusal:
                self.refused[f"{operation}: {refusal.code}"] += 1
                return None
        self.done += 1
        if outcome.hold is not None:
            self.held += 1
            return None
        return outcome.result

    def settle(self) -> int:
        """Do what is due and run the reactions, as the worker would."""
        ran = 0
        with clock.at(self.now):
            while batch := deadlines.act([self.company_id]) + outbox.drain([self.company_id]):
                ran += batch
        return ran


def counted() -> Any:
    """Identifiers that count upwards, so that the same seed gives the same company."""
    return ids.counted()
