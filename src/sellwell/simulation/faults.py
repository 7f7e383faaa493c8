"""Days played while things break: the company is served as always, several actors work at once through the door and over
HTTP, and actors, web server, worker and postmaster are killed meanwhile, while the clock jumps.

Afterwards every acknowledged act is present once, every unacknowledged one absent or whole, and the invariants hold. The
plan of acts and kills comes from the seed, or from a file.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connections

from sellwell.cli.supervisor import die_with_parent
from sellwell.kernel import access, clock, door, home, outbox
from sellwell.kernel.models import User
from sellwell.kernel.operations import context_for
from sellwell.kernel.postgres import cluster
from sellwell.kernel.postgres.processes import postmaster_pid
from sellwell.simulation import fault_actor, fault_judging, fault_plan
from sellwell.simulation.fault_plan import Fault, Plan

# Who may enter, confirm and cancel any order of the company.
SELLER = "sales_manager"
LOOK = 0.02
PATIENCE = 60.0  # seconds until something that was killed is up again
START = 120.0

Tell = Callable[[str], None]


def run(plan: Plan, tell: Tell = print) -> dict[str, Any]:
    """Play a plan with several actors at once; gives a report whose `problems` must be empty. Where they are not, plan,
    journals and logs are kept in the `folder` that the report names."""
    folder = tempfile.mkdtemp(prefix="sellwell-faults-")
    report = _Run(Path(folder), plan, tell).play()
    if report["problems"]:
        report["folder"] = folder
    else:
        shutil.rmtree(folder)
    return report


class _Run:
    """One run: its folder of journals, its processes."""

    def __init__(self, folder: Path, plan: Plan, tell: Tell) -> None:
        self.folder, self.plan, self.tell = folder, plan, tell
        self.clock = folder / "clock"
        self.done: Counter[str] = Counter()
        self.problems: list[str] = []
        self.actors: list[subprocess.Popen[bytes]] = []
        self.world: dict[str, Any] = {}
        self.tokens: dict[int, str] = {}

    def play(self) -> dict[str, Any]:
        """Serve, start the actors, break things until they are through, stop, look."""
        began = time.monotonic()
        self.plan.write(self.folder / "plan.json")
        self._shift(0)
        self.world = self._describe()
        (self.folder / "world.json").write_text(json.dumps(self.world))
        with self._tokens():
            with self._served() as serving:
                self.actors = [self._start(number) for number in range(len(self.plan.channels))]
                try:
                    self._break(serving)
                finally:
                    self._end_actors()
            report = self._judge()
        report["seconds"] = round(time.monotonic() - began, 1)
        return report

    # -- before ------------------------------------------------------------------------------------------------------

    def _describe(self) -> dict[str, Any]:
        """What actors must know of the company. `run` tells this run's keys from those of earlier ones."""
        from sellwell.kernel.directory import current

        company = current().companies()[0]
        door.see_companies([company])
        customers = apps.get_model("customers.Customer").objects.exclude(state="blocked").order_by("number")
        products = (
            apps.get_model("catalog.Product").objects.filter(kind="goods", state="active").order_by("code")
        )
        return {
            "run": f"F{time.time_ns() // 1_000_000:x}",
            "company": str(company),
            "user": SELLER,
            "port": _free_port(),
            "customers": [str(pk) for pk in customers.values_list("pk", flat=True)[: fault_plan.CUSTOMERS]],
            "products": [str(pk) for pk in products.values_list("pk", flat=True)[: fault_plan.PRODUCTS]],
        }

    @contextmanager
    def _tokens(self) -> Iterator[None]:
        """A token for each actor that speaks HTTP, revoked afterwards."""
        actor = access.actor_for(User.objects.get(username=SELLER), clock.business_day(clock.now()))

        def do(name: str, row_id: Any, data: dict[str, Any]) -> Any:
            return door.run(name, context_for(actor, "cli"), row_id, data).result

        made = {
            number: do("tokens.create", None, {"label": f"{self.world['run']}-{number}", "scopes": []})
            for number, channel in enumerate(self.plan.channels)
            if channel == "http"
        }
        self.tokens = {number: token.secret for number, token in made.items()}
        connections.close_all()
        try:
            yield
        finally:
            for token in made.values():
                do("tokens.revoke", token.pk, {})

    @contextmanager
    def _served(self) -> Iterator[subprocess.Popen[bytes]]:
        """`sellwell serve` is up inside; it restarts what is killed, and must leave nothing behind."""
        command = [sys.executable, "-m", "sellwell", "serve", "--port", str(self.world["port"])]
        with (self.folder / "serve.log").open("wb") as log:
            serving = self._process(command, log)
            try:
                self._wait(lambda: _answers(self.world["port"]), serving, START)
                yield serving
            finally:
                # The database outlives it where others use it still, whoever started it again after a kill.
                family = [pid for pid in _family(serving.pid) if "sellwell" in _program_of(pid)]
                serving.send_signal(signal.SIGTERM)
                try:
                    code = serving.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    serving.kill()
                    code = serving.wait()
        if code != 0:
            self.problems.append(f"serve ended with {code}: {(self.folder / 'serve.log').read_text()[-500:]}")
        self.problems += [f"serve left process {pid} behind" for pid in family if _lives(pid)]

    def _process(self, command: list[str], log: Any, **more: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ, "SELLWELL_CLOCK_FILE": str(self.clock), "DJANGO_SETTINGS_MODULE": "sellwell.settings", **more
        }  # fmt: skip
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,
        )

    # -- meanwhile ---------------------------------------------------------------------------------------------------

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "sellwell.simulation.fault_actor", str(self.folder), str(number)]
        more = {fault_actor.TOKEN: self.tokens[number]} if number in self.tokens else {}
        with (self.folder / f"actor-{number}.log").open("ab") as log:
            return self._process(command, log, **more)

    def _break(self, serving: subprocess.Popen[bytes]) -> None:
        """Watch how far the actors are, and break what the plan says as they get there."""
        left = list(self.plan.faults)
        latest = time.monotonic() + START + 2 * self.plan.requests + 20 * len(left)
        while self._some_actor_is_up():
            if left and self._answered() >= left[0].after:
                self._do(left.pop(0), serving)
            if time.monotonic() > latest:
                self.problems.append(f"not finished: {self._answered()} of {self.plan.requests} requests")
                break
            time.sleep(LOOK)
        for (
            fault
        ) in left:  # the actors were quicker than the faults: the house is struck all the same, and judged
            self._do(fault, serving)

    def _some_actor_is_up(self) -> bool:
        """Start the killed ones again; false when all are through."""
        for number, actor in enumerate(self.actors):
            if actor.poll() not in (None, 0):
                if actor.returncode != -signal.SIGKILL:
                    self.problems.append(f"actor {number} failed: {self._last_words(number)}")
                    return False
                self.actors[number] = self._start(number)
        return any(actor.poll() is None for actor in self.actors)

    def _last_words(self, number: int) -> str:
        return (self.folder / f"actor-{number}.log").read_text(errors="replace")[-500:]

    def _end_actors(self) -> None:
        for actor in self.actors:
            if actor.poll() is None:
                actor.kill()
            actor.wait()

    def _answered(self) -> int:
        lines = fault_actor.journals(self.folder)
        return len({line["key"] for line in lines if line["kind"] in ("ack", "no")})

    def _do(self, fault: Fault, serving: subprocess.Popen[bytes]) -> None:
        """One fault. What was killed before and is not up again is waited for: a kill that hits nothing does not count."""
        time.sleep(fault.delay)
        if fault.what == "clock":
            self._shift(fault.shift)
            self.done["clock"] += 1
            return
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if not self._some_actor_is_up() and fault.what == "actor":
                break
            pids = self._targets(fault.what, serving)
            if pids:
                with suppress(ProcessLookupError):
                    os.kill(pids[fault.pick % len(pids)], signal.SIGKILL)
                    self.done[fault.what] += 1
                    return
            time.sleep(LOOK)
        self.problems.append(f"nothing to kill: {fault}")

    def _targets(self, what: str, serving: subprocess.Popen[bytes]) -> list[int]:
        """The processes of a kind that live now."""
        if what == "actor":
            return [actor.pid for actor in self.actors if actor.poll() is None]
        if what == "postmaster":
            pid = postmaster_pid(cluster(home.current()).data)
            return [pid] if pid is not None else []
        web = _children(serving.pid, "granian")
        if what == "web":
            return web
        if what == "worker":
            return _children(serving.pid, "sellwell worker")
        return [pid for server in web for pid in _children(server, "")]

    def _shift(self, seconds: int) -> None:
        """The clock jumps: whoever reads the file sees the old value or the new one."""
        draft = self.folder / "clock.draft"
        draft.write_text(str(seconds))
        draft.rename(self.clock)

    def _wait(self, condition: Callable[[], bool], serving: subprocess.Popen[bytes], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if serving.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(
                    f"serve did not come up: {(self.folder / 'serve.log').read_text()[-1000:]}"
                )
            time.sleep(0.1)

    # -- afterwards --------------------------------------------------------------------------------------------------

    def _judge(self) -> dict[str, Any]:
        connections.close_all()
        cluster(home.current()).start()
        company = self.world["company"]
        while outbox.drain([company]):
            pass
        door.see_companies([company])
        lines = fault_actor.journals(self.folder)
        report = {
            **fault_judging.counted(lines),
            "kills": sum(self.done.values()) - self.done["clock"],
            "faults": dict(sorted(self.done.items())),
            "problems": self.problems + fault_judging.problems(lines, self.world["run"]),
        }
        self.tell(", ".join(f"{name} {value}" for name, value in report.items() if name != "problems"))
        return report


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _children(pid: int, words: str) -> list[int]:
    """Living children whose command line has the words."""
    try:
        found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return [child for child in found if _lives(child) and words in _command_of(child)]
    except OSError:
        return []


def _family(pid: int) -> list[int]:
    children = _children(pid, "")
    return children + [each for child in children for each in _family(child)]


def _program_of(pid: int) -> str:
    """The command line, without PostgreSQL's own processes; '' where it is gone."""
    try:
        command = _command_of(pid)
    except OSError:
        return ""
    return "" if "postgres" in command else command


def _command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
