"""bin/bench [NAME...] [--json] [--rounds N]"""

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
    from tests.bench import api_fuzz, confirm, importing, lists, organisation, others

    def with_rounds(bench: Callable[..., list[Figure]]) -> Bench:
        return lambda rounds: bench(rounds) if rounds else bench()

    return {
        "orders.confirm.1": with_rounds(confirm.one),
        "orders.confirm.4": with_rounds(confirm.four),
        "orders.list": with_rounds(lists.orders_list),
        "customer.page": with_rounds(lists.customer_page),
        "org.chart": with_rounds(organisation.chart),
        "org.proof": with_rounds(organisation.proof),
        "import.rows": with_rounds(importing.rows),
        "api.fuzz": with_rounds(api_fuzz.api_fuzz),
        "start.warm": with_rounds(others.start_warm),
        "pages": with_rounds(others.pages),
        "kills": with_rounds(others.kills),
    }


NOT_UNASKED = ("kills", "api.fuzz")  # take many minutes
HEAD = ("name", "value", "unit", "against", "ratio", "goal", "ok", "wall ms", "note")


def main() -> int:
    """Run the benches named (all but the long ones if none is) and print what they found; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(prog="bin/bench")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--json", action="store_true", help="a list of objects instead of the table")
    parser.add_argument("--rounds", type=int, help="fewer or more rounds than usual")
    asked = parser.parse_args()
    benches = _benches()
    unknown = [name for name in asked.names if name not in benches]
    if unknown:
        parser.error(f"no bench {', '.join(unknown)}; there are {', '.join(benches)}")
    found: list[Figure] = []
    from tests.bench import server

    with server.running():
        for name in asked.names or [n for n in benches if n not in NOT_UNASKED]:
            if not asked.json:
                print(f"{name} …", file=sys.stderr, flush=True)
            found += benches[name](asked.rounds)
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
