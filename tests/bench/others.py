"""start.warm, pages, kills: the start of a built demo, its main pages, and the long run of faults."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.bench import company, lists, measuring, server
from tests.bench.measuring import Figure

MOST = 100.0  # ms of CPU: what the clock says on a machine that does nothing else, which stands beside it
KILLS, KILL_DAYS = 100, 16
PAGES = {
    "workbench": ("rep", "/"),
    "workbench of the manager": ("regional_manager", "/"),
    "workbench of finance": ("finance", "/"),
    "workbench of the warehouse": ("warehouse", "/"),
    "workbench of the administrator": ("administrator", "/"),
    "customers": ("rep", "/customers/"),
    "orders": ("rep", "/orders/"),
    "orders found": ("rep", "/orders/?q=机械"),
    "search": ("rep", "/search?q=机械"),
    "order": ("rep", "/orders/{order}/"),
    "order timeline": ("rep", "/orders/{order}/timeline"),
    "order entry": ("rep", "/orders/new"),
    "customer": ("rep", "/customers/{customer}/"),
    "trace": ("rep", "/trace/orders.order/{order}/"),
    "board": ("rep", "/opportunities/board"),
    "ageing": ("finance", "/receivables/ageing"),
    "approval": ("regional_manager", "/approvals/{approval}/"),
    "rights matrix": ("administrator", "/rights/"),
    "who may": ("administrator", "/rights/who?verb=orders.confirm"),
    "form": ("rep", "/do/pipeline.add_lead/"),
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


def pages(rounds: int = 9) -> list[Figure]:
    """Every kind of page as its readers see it in the demo company."""
    server.use(_demo())
    found = []
    for name, (username, url) in PAGES.items():
        browser, address = lists.client(username), url.format(**_busiest(username))
        spent = measuring.repeated(lambda b=browser, a=address: lists.get(b, a), rounds)  # type: ignore[misc]
        found.append(
            Figure(
                f"pages.{name.replace(' ', '_')}", spent.cpu, "ms CPU/page", "", None, f"<= {MOST:.0f} ms",
                spent.cpu <= MOST, spent.wall, f"client {spent.client:.1f} + backend {spent.backend:.1f}",
            )
        )  # fmt: skip
    return found


def _demo() -> str:
    """The demo company on the benches' server, built at first need as `bin/demo` builds it."""

    def build() -> None:
        from django.db import connection

        from sellwell.testing import databases

        name = str(connection.settings_dict["NAME"])
        command = [sys.executable, "-m", "sellwell", "demo", "--no-serve"]
        subprocess.run(command, check=True, env=databases._environment(name), capture_output=True)

    return server.template("demo", build)


def _busiest(username: str) -> dict[str, Any]:
    """The rows to look at: of each type that the reader sees, the one with the longest history."""
    from sellwell.kernel import access, clock, door
    from sellwell.kernel.models import LedgerEntry, User
    from sellwell.kernel.views import VIEWS

    actor = access.actor_for(User.objects.get(username=username), clock.business_day(clock.now()))
    door.see_companies(actor.companies)
    found = {}
    for name, view in (
        ("order", "orders.view"),
        ("customer", "customers.view"),
        ("approval", "approvals.view"),
    ):
        ids = list(VIEWS[view].rows(actor).values_list("pk", flat=True))
        acts = LedgerEntry.objects.filter(row_id__in=ids).values_list("row_id", flat=True)
        found[name] = max(Counter(acts).items(), key=lambda item: item[1], default=(None, 0))[0]
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
