"""start.warm, pages, kills: the start of a built demo, its main pages, and the long run of faults."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from tests.bench import company, lists, measuring, server
from tests.bench.measuring import Figure

MOST_WALL = 100.0
KILLS, KILL_DAYS = 100, 16
PAGES = {
    "workbench": ("rep", "/"),
    "orders": ("rep", "/orders/"),
    "order": ("rep", "/orders/{order}/"),
    "order entry": ("rep", "/orders/new"),
}


def demo_home() -> Path:
    """The home of the demo: SELLWELL_DEMO_HOME, else the checkout's."""
    return Path(os.environ.get("SELLWELL_DEMO_HOME") or server.ROOT / "var" / "home")


def start_warm(rounds: int = 3) -> list[Figure]:
    """`bin/demo --no-serve` when everything is built already."""
    home = demo_home()
    if not (home / "postgres.json").exists():
        return [Figure("start.warm", None, "s", note="not measured: no demo was built")]
    environment = {k: v for k, v in os.environ.items() if k != "SELLWELL_HOME"}
    command = [str(server.ROOT / "bin" / "demo"), "--no-serve", "--home", str(home)]
    found = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        subprocess.run(command, check=True, env=environment, capture_output=True)
        found.append(time.perf_counter() - began)
    return [Figure("start.warm", measuring.median(found[1:]), "s", note="by the clock")]


def pages(rounds: int = 15) -> list[Figure]:
    """The main pages, as a representative of a small company sees them after a hundred orders."""
    from sellwell.kernel import access, clock, door
    from sellwell.kernel.models import User
    from sellwell.kernel.operations import context_for

    server.use(server.copy("bench_pages", server.template("company", company.build)))
    actor = access.actor_for(User.objects.get(username="rep"), clock.business_day(clock.now()))
    for data in company.plan(60, seed=2):
        order = door.run("orders.create", context_for(actor, "web"), None, data).result
        door.run("orders.confirm", context_for(actor, "web"), order.pk, {})
    found = []
    for name, (username, url) in PAGES.items():
        browser, address = lists.client(username), url.format(order=order.pk)
        spent = measuring.repeated(lambda b=browser, a=address: lists.get(b, a), rounds)  # type: ignore[misc]
        found.append(
            Figure(
                f"pages.{name.replace(' ', '_')}", spent.cpu, "ms CPU/page", "", None, f"<= {MOST_WALL:.0f} ms by the clock",
                spent.wall <= MOST_WALL, spent.wall, f"client {spent.client:.1f} + backend {spent.backend:.1f}",
            )
        )  # fmt: skip
    return found


def kills(rounds: int = 1) -> list[Figure]:
    """Long runs of faults: what was acknowledged is there once, what was not is absent or whole. The company lies in the
    database that commands use, for it is served as always."""
    from sellwell.kernel.postgres.address import DATABASE
    from sellwell.simulation import fault_plan, faults

    found = []
    for number in range(rounds):
        server.use(server.copy(DATABASE, server.template("company", company.build)))
        report = faults.run(fault_plan.make(number + 1, KILL_DAYS, KILLS), tell=lambda line: None)
        problems, done = report.pop("problems"), report["kills"]
        told = ", ".join(f"{name} {value}" for name, value in report.items()) + "".join(
            f"; {p}" for p in problems[:5]
        )
        found.append(
            Figure(
                "kills", float(len(problems)), "problems", f"{done} kills", None, "0", not problems and done == KILLS,
                report["seconds"] * 1000, told,
            )
        )  # fmt: skip
    return found
