"""Days played while things break: actors are killed in the middle, the postmaster is killed, the clock jumps.

Afterwards every acknowledged act is present once, every unacknowledged one absent or whole, and the invariants hold. The
plan of acts and kills comes from the seed and can be replayed.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connections

from sellwell.kernel import checks, home
from sellwell.kernel.models import ApprovalRequest, IdempotencyKey, LedgerEntry
from sellwell.kernel.postgres import cluster
from sellwell.kernel.postgres.processes import postmaster_pid
from sellwell.simulation import fault_actor

ACTORS = 3
ACTS_A_DAY = 8

Tell = Callable[[str], None]


def run(
    *, seed: int = 1, days: int = 5, faults: bool = False, kills: int = 10, tell: Tell = print
) -> dict[str, Any]:
    """Play `days` with several actors at once; gives a report whose `problems` must be empty."""
    with tempfile.TemporaryDirectory(prefix="sellwell-faults-") as folder:
        return _Run(Path(folder), seed, days, kills if faults else 0, tell).play()


class _Run:
    """One run: its folder of journals, its processes, its dice for kills."""

    def __init__(self, folder: Path, seed: int, days: int, kills: int, tell: Tell) -> None:
        self.folder, self.seed, self.kills, self.tell = folder, seed, kills, tell
        self.count = ACTS_A_DAY * days
        self.dice = random.Random(f"kills/{seed}")  # noqa: S311 - a simulation
        self.clock = folder / "clock"
        self.clock.write_text("0")
        self.done: dict[str, int] = {"actor": 0, "postmaster": 0, "clock": 0}
        self.actors: list[subprocess.Popen[bytes]] = []

    def play(self) -> dict[str, Any]:
        """Start the actors, break things until they are through, then look."""
        began = time.monotonic()
        self.actors = [self._start(number) for number in range(ACTORS)]
        left = self.kills
        while any(actor.poll() is None for actor in self.actors) or self._unfinished():
            time.sleep(self.dice.uniform(0.2, 0.6))
            self._restart_the_killed()
            if left:
                self._break_something()
                left -= 1
            if time.monotonic() - began > 120 + 20 * self.kills:
                break
        report = self._judge()
        report["seconds"] = round(time.monotonic() - began, 1)
        return report

    def _journal(self, number: int) -> Path:
        return self.folder / f"actor-{number}.jsonl"

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "SELLWELL_CLOCK_FILE": str(self.clock),
            "DJANGO_SETTINGS_MODULE": "sellwell.settings",
        }
        arguments = [str(self.seed), str(number), str(self.count), str(self._journal(number))]
        return subprocess.Popen(
            [sys.executable, "-m", "sellwell.simulation.fault_actor", *arguments],
            env=environment,
            stderr=subprocess.DEVNULL,
        )

    def _unfinished(self) -> bool:
        return any(actor.poll() not in (None, 0) for actor in self.actors)

    def _restart_the_killed(self) -> None:
        for number, actor in enumerate(self.actors):
            if actor.poll() not in (None, 0):
                self.actors[number] = self._start(number)

    def _break_something(self) -> None:
        """One fault: mostly an actor dies; sometimes the database server does; sometimes the clock jumps."""
        roll = self.dice.random()
        running = [actor for actor in self.actors if actor.poll() is None]
        if roll < 0.6 and running:
            self.dice.choice(running).send_signal(signal.SIGKILL)
            self.done["actor"] += 1
        elif roll < 0.85 and not os.environ.get("DATABASE_URL"):
            self._kill_the_postmaster()
        else:
            self.clock.write_text(str(self.dice.choice([-3600, 0, 7200, 86400])))
            self.done["clock"] += 1

    def _kill_the_postmaster(self) -> None:
        """The server dies as in a power cut, and is started again as `serve` would."""
        embedded = cluster(home.current())
        pid = postmaster_pid(embedded.data)
        if pid is None:
            return
        os.kill(pid, signal.SIGKILL)
        self.done["postmaster"] += 1
        connections.close_all()
        embedded.start(keep=embedded.status().kept)

    # -- afterwards --------------------------------------------------------------------------------------------------

    def _judge(self) -> dict[str, Any]:
        connections.close_all()
        from sellwell.kernel.directory import current
        from sellwell.kernel.door import see_companies

        see_companies(current().companies())
        lines = [line for number in range(ACTORS) for line in fault_actor.read(self._journal(number))]
        problems = self._lost(lines) + self._doubled(lines)
        problems += [f"{f.check}: {f.record}: {f.problem}" for f in checks.run_all()]
        acknowledged = {line["key"] for line in lines if line["kind"] == "ack"}
        report = {
            "intents": len({line["key"] for line in lines if line["kind"] == "intent"}),
            "acknowledged": len(acknowledged),
            "refused": len({line["key"] for line in lines if line["kind"] == "no"}),
            "replayed": sum(1 for line in lines if line.get("replayed")),
            "kills": dict(self.done),
            "problems": problems,
        }
        self.tell(", ".join(f"{name} {value}" for name, value in report.items() if name != "problems"))
        return report

    def _lost(self, lines: list[dict[str, Any]]) -> list[str]:
        """Acknowledged acts that are not there."""
        seqs = {line["seq"]: line["key"] for line in lines if line["kind"] == "ack" and line.get("seq")}
        there = set(LedgerEntry.objects.filter(seq__in=list(seqs)).values_list("seq", flat=True))
        holds = {line["hold"] for line in lines if line["kind"] == "ack" and line.get("hold")}
        held = {str(pk) for pk in ApprovalRequest.objects.filter(pk__in=holds).values_list("pk", flat=True)}
        return [f"{key}: acknowledged and lost" for seq, key in seqs.items() if seq not in there] + [
            f"{hold}: an approval acknowledged and lost" for hold in holds - held
        ]

    def _doubled(self, lines: list[dict[str, Any]]) -> list[str]:
        """Keys that were answered with two different acts, and keys remembered without their act."""
        answers: dict[str, set[Any]] = {}
        for line in lines:
            if line["kind"] == "ack" and line.get("seq"):
                answers.setdefault(line["key"], set()).add(line["seq"])
        problems = [f"{key}: done {len(found)} times" for key, found in answers.items() if len(found) > 1]
        keys = {line["key"] for line in lines}
        remembered = IdempotencyKey.objects.filter(key__in=keys, entry_seq__isnull=False)
        entries = dict(remembered.values_list("key", "entry_seq"))
        there = set(LedgerEntry.objects.filter(seq__in=list(entries.values())).values_list("seq", flat=True))
        return problems + [
            f"{key}: remembered without its entry" for key, seq in entries.items() if seq not in there
        ]
