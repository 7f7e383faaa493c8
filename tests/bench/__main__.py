"""bin/bench [NAME...] [--peer tryton] [--json] [--rounds N]"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

from tests.bench.measuring import Figure

Bench = Callable[[int | None], Iterable[Figure]]


def _benches() -> dict[str, Bench]:
    """Every bench by name, in the order of the report."""
    from tests.bench import (
        api_fuzz,
        confirm,
        conformance,
        importing,
        lists,
        matching,
        organisation,
        others,
        value,
    )

    return {
        "orders.confirm.1": _with_rounds(confirm.one),
        "orders.confirm.4": _with_rounds(confirm.four),
        "orders.list": _with_rounds(lists.orders_list),
        "customer.page": _with_rounds(lists.customer_page),
        "org.chart": _with_rounds(organisation.chart),
        "org.proof": _with_rounds(organisation.proof),
        "import.rows": _with_rounds(importing.rows),
        "manual.conformance": _with_rounds(conformance.one_month),
        "api.fuzz": _with_rounds(api_fuzz.api_fuzz),
        "customers.matching": _with_rounds(matching.quality),
        "customers.matching.100000": _with_rounds(matching.many),
        "customers.value": _with_rounds(value.value),
        "customers.churn": _with_rounds(value.churn),
        "start.warm": _with_rounds(others.start_warm),
        "pages": _with_rounds(others.pages),
        "kills": _with_rounds(others.kills),
    }


def _peers() -> dict[str, Bench]:
    """The benches against other programs, by the program's name."""
    from tests.bench.peers import tryton

    return {"tryton": _with_rounds(tryton.tryton)}


def _with_rounds(bench: Callable[..., list[Figure]]) -> Bench:
    return lambda rounds: bench(rounds) if rounds else bench()


NOT_UNASKED = ("kills", "api.fuzz")  # take many minutes
HEAD = ("name", "value", "unit", "against", "ratio", "goal", "ok", "wall ms", "note")


def main() -> int:
    """Run the benches named (all but the long ones if none is) and print what they found; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(prog="bin/bench")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--json", action="store_true", help="a list of objects instead of the table")
    parser.add_argument("--rounds", type=int, help="fewer or more rounds than usual")
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        choices=sorted(_peers()),
        help="measure against another program; alone it measures nothing else",
    )
    asked = parser.parse_args()
    benches = _benches()
    unknown = [name for name in asked.names if name not in benches]
    if unknown:
        parser.error(f"no bench {', '.join(unknown)}; there are {', '.join(benches)}")
    found: list[Figure] = []
    from tests.bench import server

    with server.running():
        wanted = asked.names or ([] if asked.peer else [n for n in benches if n not in NOT_UNASKED])
        peers = _peers()
        for name, bench in [(n, benches[n]) for n in wanted] + [(p, peers[p]) for p in asked.peer]:
            if not asked.json:
                print(f"{name} …", file=sys.stderr, flush=True)
            found += bench(asked.rounds)
    if asked.json:
        print(json.dumps([one.as_json() for one in found], ensure_ascii=False, indent=1))
    else:
        print(_table(found))
    return int(any(one.ok is False for one in found))


def _table(found: list[Figure]) -> str:
    rows = [
        HEAD,
        *[
            tuple(
                _cell(v) for v in (f.name, f.value, f.unit, f.against, f.ratio, f.goal, f.ok, f.wall, f.note)
            )
            for f in found
        ],
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main())
