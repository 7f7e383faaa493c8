"""import.rows: imported rows a second against COPY of the very same target rows, constraints on."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import company, measuring, server
from tests.bench.measuring import Figure

LIMIT, GOAL = 0.1, 0.3
INVOICES, LINES = 2000, 10
MAPPING = b"""
source: bench
currency: CNY
return_prefix: C
fields: {invoice: invoice, product: product, name: name, quantity: quantity, day: day, price: price, customer: customer}
"""


def rows(rounds: int = 3) -> list[Figure]:
    """Import generated lines; then copy what that wrote into an equal database as the owner; in turns."""
    base = server.template("company", company.build)
    ours, copied = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.csv"
        count = _write(path)
        for _ in range(rounds):
            server.copy("bench_import", base)
            server.use("bench_import")
            ours.append(_import(path))
            server.copy("bench_copy", base)
            copied.append(_copy_over())
    cost, yardstick = (measuring.median([s.cpu for s in side]) for side in (ours, copied))
    wall = measuring.median([s.wall for s in ours])
    ratio = yardstick / cost
    return [
        Figure(
            "import.rows", count / cost * 1000, "rows/CPU s", f"COPY {count / yardstick * 1000:.0f} rows/CPU s", ratio,
            f">= {LIMIT}, goal {GOAL}", ratio >= LIMIT, wall, f"{count / wall * 1000:.0f} rows/s by the clock",
        )
    ]  # fmt: skip


def _write(path: Path) -> int:
    with path.open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["invoice", "product", "name", "quantity", "day", "price", "customer"])
        for invoice in range(INVOICES):
            for line in range(LINES):
                product = f"B{(invoice * 7 + line * 13) % 500:04d}"
                price = f"{(invoice + line) % 90 + 1}.50"
                day = f"2026-0{invoice % 9 + 1}-1{invoice % 10}"
                writer.writerow(
                    [f"I{invoice:06d}", product, product, line + 1, day, price, f"K{invoice % 300}"]
                )
    return INVOICES * LINES


def _import(path: Path) -> measuring.Spent:
    from sellwell.imports import driver, mapping
    from sellwell.kernel import access, clock
    from sellwell.kernel.models import User
    from sellwell.kernel.operations import context_for

    actor = access.actor_for(User.objects.get(username="administrator"), clock.business_day(clock.now()))
    with measuring.spending(measuring.django_backend()) as spent:
        result = driver.run(path, mapping.parse(MAPPING), context_for(actor, "import"))
    if result.imported_rows != INVOICES * LINES:
        raise RuntimeError(f"{result.imported_rows} rows came in: {result.reasons}")
    return spent


def _copy_over() -> measuring.Spent:
    """The rows that the import added, table by table, in one transaction."""
    with server.connect("bench_import") as source, server.connect("bench_copy") as target:
        tables = _tables(source)
        data = {table: _taken(source, target, table) for table in tables}
        with measuring.spending(target.info.backend_pid) as spent:
            for table in tables:
                if data[table]:
                    with target.cursor().copy(f'COPY "{table}" FROM STDIN') as copy:
                        for block in data[table]:
                            copy.write(block)
            target.commit()
    return spent


def _tables(source: Any) -> list[str]:
    found = source.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        " AND c.relname NOT LIKE 'django%' AND c.relname NOT LIKE 'auth%' ORDER BY 1"
    )
    return [str(row[0]) for row in found.fetchall()]


def _taken(source: Any, target: Any, table: str) -> list[bytes]:
    """The rows of a table that the target has not: those whose key is not among its keys."""
    (key,) = source.execute(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " WHERE i.indisprimary AND i.indrelid = %s::regclass", [f'"{table}"'],
    ).fetchone()  # fmt: skip
    known = [row[0] for row in target.execute(f'SELECT "{key}"::text FROM "{table}"').fetchall()]
    source.execute("CREATE TEMPORARY TABLE IF NOT EXISTS known (key text)")
    source.execute("TRUNCATE known")
    with source.cursor().copy("COPY known FROM STDIN") as copy:
        for value in known:
            copy.write_row([value])
    query = f'COPY (SELECT * FROM "{table}" t WHERE "{key}"::text NOT IN (SELECT key FROM known)) TO STDOUT'
    with source.cursor().copy(query) as copy:
        return [bytes(block) for block in copy]
