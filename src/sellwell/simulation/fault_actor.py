"""One actor of a fault run, in a process of its own: does valid and invalid things by plan and keeps a journal.

Every request carries an idempotency key and is written to the journal before it is sent (`intent`) and after it was
answered (`ack`, with the ledger entry, or `no`, with the refusal). Some are sent twice; some answers are thrown away as if
the line had broken. The process may be killed at any moment: the parent starts it again, and it goes on after the last
intent, sending that one again with its key.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def plan(seed: int, actor: int, count: int) -> Iterator[tuple[str, random.Random]]:
    """The actor's acts, the same for the same seed: a key and the dice for its content."""
    for number in range(count):
        yield f"{seed}-{actor}-{number}", random.Random(f"{seed}/{actor}/{number}")  # noqa: S311 - a simulation


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


class FaultActor:
    """A seller who enters, confirms and cancels orders, rightly and wrongly."""

    def __init__(self, company_id: Any, user: Any, journal: Journal) -> None:
        from django.apps import apps

        self.company_id, self.user, self.journal = company_id, user, journal
        self.orders = apps.get_model("orders.Order")
        self.customers = list(
            apps.get_model("customers.Customer").objects.order_by("number").values_list("pk", flat=True)[:40]
        )
        self.products = list(
            apps.get_model("catalog.Product")
            .objects.filter(kind="goods")
            .order_by("code")
            .values_list("pk", flat=True)[:30]
        )

    def act(self, key: str, dice: random.Random) -> None:
        """One act of the plan."""
        name, row_id, data = self._choose(key, dice)
        self.journal.write("intent", key, operation=name)
        self._send(key, name, row_id, data)
        if dice.random() < 0.2:
            self._send(key, name, row_id, data)

    def _choose(self, key: str, dice: random.Random) -> tuple[str, Any, dict[str, Any]]:
        roll = dice.random()
        if roll < 0.55:
            return "orders.create", None, self._order(dice, wrong=dice.random() < 0.2)
        own = list(
            self.orders.objects.filter(customer_reference__startswith="FAULT")
            .order_by("number")
            .values_list("pk", flat=True)
        )
        if not own:
            return "orders.create", None, self._order(dice, wrong=False)
        row = own[dice.randrange(len(own))]
        return ("orders.confirm", row, {}) if roll < 0.85 else ("orders.cancel", row, {"reason": "故障演练"})

    def _order(self, dice: random.Random, *, wrong: bool) -> dict[str, Any]:
        quantity = "-1" if wrong else str(dice.randint(1, 4))
        lines = [
            {"product": str(p), "quantity": quantity} for p in dice.sample(self.products, dice.randint(1, 4))
        ]
        return {
            "customer": str(dice.choice(self.customers)), "customer_reference": "FAULT", "lines": lines,
            "consignee": "收货部", "ship_to": "一号门",
        }  # fmt: skip

    def _send(self, key: str, name: str, row_id: Any, data: dict[str, Any]) -> None:
        """Send until there is an answer: a broken connection says nothing about what was done."""
        from django.db import Error, connections

        from sellwell.kernel import access, clock, door
        from sellwell.kernel.operations import context_for
        from sellwell.kernel.values import Refusal

        for attempt in range(200):
            try:
                actor = access.actor_for(self.user, clock.business_day(clock.now()))
                ctx = context_for(actor, "api", self.company_id)
                outcome = door.run(name, ctx, row_id, data, key=key)
            except Refusal as refusal:
                self.journal.write("no", key, code=refusal.code)
                return
            except Error:
                connections.close_all()
                time.sleep(min(0.05 * (attempt + 1), 0.5))
                continue
            seq, hold = outcome.entry_seq, str(outcome.hold.pk) if outcome.hold else None
            self.journal.write("ack", key, seq=seq, hold=hold, replayed=outcome.replayed)
            return
        raise SystemExit(f"no answer to {key}")


def main(seed: int, number: int, count: int, path: Path) -> None:
    """Go through the plan, from the last intent on."""
    import django

    django.setup()
    from sellwell.kernel.directory import current
    from sellwell.kernel.door import see_companies
    from sellwell.kernel.models import User

    company_id = current().companies()[0]
    see_companies([company_id])
    # Who may enter, confirm and cancel any order of the company.
    seller = User.objects.get(username="sales_manager")
    actor = FaultActor(company_id, seller, Journal(path))
    seen = [line["key"] for line in read(path) if line["kind"] == "intent"]
    answered = {line["key"] for line in read(path) if line["kind"] in ("ack", "no")}
    for key, dice in plan(seed, number, count):
        if key not in seen or (key == seen[-1] and key not in answered):
            actor.act(key, dice)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
