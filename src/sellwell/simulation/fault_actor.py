"""One actor of a fault run, in a process of its own: does valid and invalid things by plan and keeps a journal.

Every request carries an idempotency key and is written to the journal before it is sent (`intent`, with its content) and
after it was answered (`ack`, or `no` with the refusal). Some are sent twice; of some the answer is thrown away as if the
line had broken, and they are sent again. The process may be killed at any moment: the parent starts it again, and it goes
on after the last intent, sending that one again with its key and content.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sellwell.simulation import fault_plan

if TYPE_CHECKING:
    from sellwell.simulation.fault_plan import Act, Plan

ATTEMPTS = 300
TOKEN = "SELLWELL_FAULT_TOKEN"  # noqa: S105 - the name of a variable


class NoAnswer(Exception):
    """The line broke, or the server could not answer: nothing is known about what was done."""


class Journal:
    """An append-only file that survives a kill: each line is written whole and synced."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")

    def write(self, kind: str, key: str, **details: Any) -> None:
        """One line."""
        self._file.write(json.dumps({"kind": kind, "key": key, **details}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def read(path: Path) -> list[dict[str, Any]]:
    """The journal's lines; a line that a kill cut off is no line."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def journals(folder: Path) -> list[dict[str, Any]]:
    """The lines of all actors."""
    return [line for path in sorted(folder.glob("actor-*.jsonl")) for line in read(path)]


def journal_path(folder: Path, number: int) -> Path:
    """Where an actor's journal is."""
    return folder / f"actor-{number}.jsonl"


Request = tuple[str, str | None, dict[str, Any], str]  # operation, row, content, key


class Sender(Protocol):
    """A way to the system. Both give journal lines: `{"kind": "ack", ...}` or `{"kind": "no", "code": ...}`."""

    def send(self, asked: Request) -> dict[str, Any]:
        """Send and read the answer; NoAnswer where there is none."""

    def lose(self, asked: Request) -> None:
        """Send, and never learn the answer."""

    def send_at_once(self, asked: Request) -> list[dict[str, Any]]:
        """Send on two lines before reading either."""


class Door:
    """Straight through the door, in this process."""

    def __init__(self, world: dict[str, Any]) -> None:
        import django

        django.setup()
        from sellwell.kernel.door import see_companies
        from sellwell.kernel.models import User

        self._company = world["company"]
        self._user: Any = None
        self._users, self._see, self._name = User.objects, see_companies, world["user"]

    def send(self, asked: Request) -> dict[str, Any]:
        """One request in one transaction. A database that goes away in the middle says nothing about what was done."""
        from uuid import UUID

        from django.db import Error, connections

        from sellwell.kernel import access, clock, door
        from sellwell.kernel.operations import context_for
        from sellwell.kernel.values import Refusal

        name, row, data, key = asked
        try:
            self._user = self._user or self._users.get(username=self._name)
            actor = access.actor_for(self._user, clock.business_day(clock.now()))
            ctx = context_for(actor, "api", UUID(self._company))
            outcome = door.run(name, ctx, UUID(row) if row else None, data, key=key)
        except Refusal as refusal:
            return {"kind": "no", "code": refusal.code}
        except Error as error:
            connections.close_all()
            raise NoAnswer(type(error).__name__) from error
        result, hold = outcome.result, outcome.hold
        return {
            "kind": "ack",
            "row": str(result.pk) if result is not None else None,
            "seq": outcome.entry_seq,
            "hold": str(hold.pk) if hold else None,
            "replayed": outcome.replayed,
        }

    def lose(self, asked: Request) -> None:
        """The answer comes and is thrown away."""
        self.send(asked)

    def send_at_once(self, asked: Request) -> list[dict[str, Any]]:
        """One process has one line: after each other."""
        return [self.send(asked), self.send(asked)]


class Http:
    """REST with a personal token, against the served company."""

    def __init__(self, world: dict[str, Any]) -> None:
        self._port = world["port"]
        self._headers = {"Authorization": f"Bearer {os.environ[TOKEN]}", "Content-Type": "application/json"}

    def send(self, asked: Request) -> dict[str, Any]:
        """Send on a line of its own and read the answer."""
        line = self._ask(asked)
        return self._read(line)

    def lose(self, asked: Request) -> None:
        """Send, and hang up before the answer."""
        line = self._ask(asked)
        time.sleep(0.02 * (len(asked[3]) % 4))  # now and then the server is through before
        line.close()

    def send_at_once(self, asked: Request) -> list[dict[str, Any]]:
        """Two lines: both requests are on their way before either is answered."""
        lines = [self._ask(asked), self._ask(asked)]
        return [self._read(line) for line in lines]

    def _ask(self, asked: Request) -> http.client.HTTPConnection:
        name, row, data, key = asked
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        url = f"/api/v1/{name.replace('.', '/')}" + (f"/{row}" if row else "")
        try:
            line.request("POST", url, json.dumps(data), {**self._headers, "Idempotency-Key": key})
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(type(error).__name__) from error
        return line

    def _read(self, line: http.client.HTTPConnection) -> dict[str, Any]:
        try:
            answer = line.getresponse()
            status, body = answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(type(error).__name__) from error
        finally:
            line.close()
        if status >= 500 or status == 429:
            raise NoAnswer(str(status))
        if status >= 400:
            return {"kind": "no", "code": body["error"]["code"]}
        row, approval = body.get("row") or {}, body.get("approval") or {}
        return {
            "kind": "ack",
            "row": row.get("id"),
            "hold": approval.get("id"),
            "replayed": body["replayed"],
        }


SENDERS: dict[str, type[Door | Http]] = {"door": Door, "http": Http}


class Actor:
    """A seller who enters, confirms and cancels orders, rightly and wrongly."""

    def __init__(self, folder: Path, number: int, world: dict[str, Any], sender: Sender) -> None:
        self.folder, self.world, self.sender = folder, world, sender
        self.journal = Journal(journal_path(folder, number))

    def act(self, act: Act, intent: dict[str, Any] | None) -> None:
        """One act of the plan; `intent` is what was to be sent when the process died."""
        key = f"{self.world['run']}-{act.key}"
        if intent is None:
            name, row, data = fault_plan.request(act, self.world, self._orders())
            self.journal.write("intent", key, operation=name, row=row, data=data)
        else:
            name, row, data = intent["operation"], intent["row"], intent["data"]
        asked = (name, row, data, key)
        if act.sent == "lost":
            try:
                self.sender.lose(asked)
            except NoAnswer:
                pass  # lost all the same
            self.journal.write("lost", key)
        self._answered(asked, at_once=act.sent == "at once")
        if act.sent == "twice":
            self._answered(asked, at_once=False)

    def _answered(self, asked: Request, *, at_once: bool) -> None:
        for answer in self._until_answered(asked, at_once=at_once):
            self.journal.write(answer.pop("kind"), asked[3], operation=asked[0], at_once=at_once, **answer)

    def _orders(self) -> list[str]:
        """The orders that somebody was told of."""
        rows = {line.get("row") for line in journals(self.folder) if line["kind"] == "ack"}
        return sorted(row for row in rows if row)

    def _until_answered(self, asked: Request, *, at_once: bool) -> list[dict[str, Any]]:
        """Send until there is an answer."""
        for attempt in range(ATTEMPTS):
            try:
                return self.sender.send_at_once(asked) if at_once else [self.sender.send(asked)]
            except NoAnswer as none:
                self.journal.write("none", asked[3], why=str(none))
                time.sleep(min(0.05 * (attempt + 1), 0.5))
        raise SystemExit(f"no answer to {asked[3]}")


def go(folder: Path, number: int) -> None:
    """Go through the plan, from the last intent on."""
    plan: Plan = fault_plan.Plan.read(folder / "plan.json")
    world = json.loads((folder / "world.json").read_text())
    actor = Actor(folder, number, world, SENDERS[plan.channels[number]](world))
    lines = read(journal_path(folder, number))
    intents = {line["key"]: line for line in lines if line["kind"] == "intent"}
    answered = {line["key"] for line in lines if line["kind"] in ("ack", "no")}
    for act in plan.acts[number]:
        key = f"{world['run']}-{act.key}"
        if key not in answered:
            actor.act(act, intents.get(key))


if __name__ == "__main__":
    go(Path(sys.argv[1]), int(sys.argv[2]))
