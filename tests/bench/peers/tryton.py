"""bin/bench --peer tryton: CPU of one order with draft invoice, ours against Tryton's, in turns on one database server.

The peer gets the smallest set of its modules that does the same: sale (order, shipment, stock assignment, draft
invoice), sale_price_list (prices by rule), sale_credit_limit (credit check at confirmation). History, stock forecasts,
commissions and the like are left out, which favours the peer: ours keeps its ledger, facts, tasks and search all the same.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from tests.bench import company, measuring, server
from tests.bench.measuring import Figure, Spent

HERE = Path(__file__).parent
ENVIRONMENT = server.ROOT / "var" / "peers" / "tryton"
VERSIONS = HERE / "tryton.txt"
MODULES = ("sale", "sale_price_list", "sale_credit_limit")
OURS, THEIRS = "bench_peer_ours", "bench_peer_tryton"
LIMIT, GOAL = 15, 40
ROUNDS, ORDERS, WARM = 7, 6, 8
STAGES = ("order", "deliver", "invoice")


def tryton(rounds: int = ROUNDS) -> list[Figure]:
    """The order with its draft invoice, and the whole way through the delivery."""
    install()
    ours, theirs = measure(rounds)
    return [
        _figure("peer.tryton", ours, theirs, ("order", "invoice"), LIMIT),
        _figure("peer.tryton.delivered", ours, theirs, STAGES, None),
    ]


def _figure(
    name: str, ours: dict[str, list[Spent]], theirs: dict[str, list[Spent]], stages: tuple[str, ...], limit: int | None
) -> Figure:  # fmt: skip
    us, peer = _medians(ours, stages), _medians(theirs, stages)
    ratio = peer.cpu / us.cpu
    return Figure(
        name, us.cpu, "ms CPU/order", f"Tryton {peer.cpu:.0f} ms", ratio, f">= {limit}, goal {GOAL}" if limit else "",
        ratio >= limit if limit else None, us.wall,
        f"client {us.client:.1f} + backend {us.backend:.1f}; Tryton client {peer.client:.0f} + backend {peer.backend:.0f},"
        f" {peer.wall:.0f} ms wall; trytond {_version()} with {', '.join(MODULES)} and what they need",
    )  # fmt: skip


def _medians(found: dict[str, list[Spent]], stages: tuple[str, ...]) -> Spent:
    """The median over the rounds of what the stages cost together."""
    rounds = [
        [sum(getattr(s, part) for s in spent) for part in ("client", "backend", "wall")]
        for spent in zip(*(found[stage] for stage in stages), strict=True)
    ]
    return Spent(*(measuring.median(part) for part in zip(*rounds, strict=True)))


def measure(rounds: int) -> tuple[dict[str, list[Spent]], dict[str, list[Spent]]]:
    """What each stage of an order cost on either side, round by round; the sides take turns to go first."""
    server.copy(OURS, server.template("company", company.build))
    server.copy(THEIRS, database())
    server.use(OURS)
    plan = company.plan(WARM + rounds * ORDERS, seed=3)
    server.use("postgres")
    their_plan = _numbered(len(plan), seed=3)
    ours: dict[str, list[Spent]] = {stage: [] for stage in STAGES}
    theirs: dict[str, list[Spent]] = {stage: [] for stage in STAGES}
    with _our_side() as us, _their_side() as peer:
        for side, orders in ((us, plan), (peer, their_plan)):
            for stage in STAGES:
                side.do(stage, orders[:WARM])
        for number in range(rounds):
            block = slice(WARM + number * ORDERS, WARM + (number + 1) * ORDERS)
            sides = [(us, plan[block], ours), (peer, their_plan[block], theirs)]
            for side, orders, found in sides if number % 2 == 0 else reversed(sides):
                for stage in STAGES:
                    found[stage].append(side.do(stage, orders))
                side.do("look", orders)
    return ours, theirs


def _numbered(count: int, seed: int) -> list[dict[str, Any]]:
    """Orders like those of `company.plan`, with customers and products by number."""
    dice = random.Random(seed)
    return [
        {
            "customer": dice.randrange(company.CUSTOMERS),
            "lines": [
                {"product": product, "quantity": dice.randint(1, 4)}
                for product in dice.sample(range(company.PRODUCTS), 5)
            ],
        }
        for _ in range(count)
    ]


# --- sides ------------------------------------------------------------------------------------------------------------


@dataclass
class Side:
    """A process that does the stages on its database."""

    process: subprocess.Popen[str]
    database: str

    def do(self, stage: str, orders: list[dict[str, Any]]) -> Spent:
        """One stage of some orders: what it cost per order, all backends of the database counted."""
        with server.connect("postgres") as watching:
            before = self._backends(watching)
            answer = self._ask({"stage": stage, "orders": orders})
            after = self._backends(watching)
        backend = sum(spent - before.get(pid, 0.0) for pid, spent in after.items())
        return Spent(answer["client"] / len(orders), backend / len(orders), answer["wall"] / len(orders))

    def _backends(self, watching: Any) -> dict[int, float]:
        pids = watching.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [self.database])
        found = {pid: measuring.cpu_of(pid) for (pid,) in pids.fetchall()}
        watching.rollback()  # or it would see the same list again
        return found

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        _pipe(self.process.stdin).write(json.dumps(question) + "\n")
        _pipe(self.process.stdin).flush()
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """Its next line."""
        line = _pipe(self.process.stdout).readline()
        if not line:
            raise RuntimeError(f"the side on {self.database} ended with {self.process.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("the side has no pipe")
    return stream


@contextmanager
def _side(database: str, command: list[str], environment: dict[str, str]) -> Iterator[Side]:
    process = subprocess.Popen(
        command, env=environment, cwd=server.ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    side = Side(process, database)
    try:
        side.answer()  # ready
        yield side
    finally:
        _pipe(process.stdin).close()
        process.wait(30)


def _our_side() -> Any:
    return _side(OURS, [sys.executable, "-m", "tests.bench.peers.our_client", OURS], dict(os.environ))


def _their_side() -> Any:
    command = [str(python()), str(HERE / "tryton_client.py"), THEIRS, str(_configuration())]
    return _side(THEIRS, command, _environment())


# --- the peer's environment and database ------------------------------------------------------------------------------


def python() -> Path:
    """The peer's interpreter."""
    return ENVIRONMENT / "bin" / "python"


def install() -> None:
    """Make the peer's environment at first use, and anew when the versions change."""
    wanted, mark = sha256(VERSIONS.read_bytes()).hexdigest(), ENVIRONMENT / "installed"
    if mark.is_file() and mark.read_text() == wanted:
        return
    print("installing Tryton into var/peers (once)", file=sys.stderr, flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
    pip = [str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--requirement", str(VERSIONS)], check=True)
    mark.write_text(wanted)


def _version() -> str:
    lines = dict(line.split("==") for line in VERSIONS.read_text().splitlines() if "==" in line)
    return lines["trytond"]


def _environment(**more: str) -> dict[str, str]:
    """The environment without what belongs to ours, with the way to the database server (and its password)."""
    from sellwell.kernel import home as homes
    from sellwell.kernel.postgres import OWNER, database_address

    address = database_address(homes.current(), OWNER, "postgres").environment()
    address.pop("PGDATABASE")
    ours = ("PYTHONPATH", "DJANGO", "SELLWELL")
    return {k: v for k, v in address.items() if not k.startswith(ours)} | more


def _configuration() -> Path:
    """Tryton's configuration: the database server is the one that libpq's variables name."""
    path = ENVIRONMENT / "trytond.conf"
    path.write_text("[database]\nuri = postgresql:///\n")
    return path


def database() -> str:
    """The template with the peer's company, made once per state of versions and set-up."""
    recipe = VERSIONS.read_bytes() + (HERE / "tryton_company.py").read_bytes() + str(MODULES).encode()
    name = f"bench_tryton_{sha256(recipe).hexdigest()[:12]}"
    with server.connect("postgres", autocommit=True) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_tryton\\_%'")
        known = [row[0] for row in rows.fetchall()]
        if name in known:
            return name
        for old in [*known, "draft_tryton"]:
            server.drop(connection, old)
        connection.execute("CREATE DATABASE draft_tryton TEMPLATE template0 ENCODING 'UTF8'")
    _fill("draft_tryton")
    with server.connect("draft_tryton", autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    with server.connect("postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE draft_tryton RENAME TO {name}")
    return name


def _fill(name: str) -> None:
    print("building Tryton's company (once)", file=sys.stderr, flush=True)
    configuration = _configuration()
    password = ENVIRONMENT / "password"
    password.write_text(f"{company.PASSWORD}\n")
    admin = [str(ENVIRONMENT / "bin" / "trytond-admin"), "-c", str(configuration), "-d", name]
    set_up = [str(python()), str(HERE / "tryton_company.py"), name, str(configuration)]
    environment = _environment(TRYTONPASSFILE=str(password))
    for command in (
        [*admin, "--all", "--email", "admin@example.com"],
        [*admin, "--activate-dependencies", "--update", *MODULES],
        set_up,
    ):
        subprocess.run(command, check=True, env=environment, stdout=sys.stderr)
