"""manual.conformance: asking every evidence about one month that holds very many orders, with an act in the ledger for each."""

from __future__ import annotations

from typing import Any

from tests.bench import many, measuring, server
from tests.bench.measuring import Figure

SIZES = (10_000, 100_000)
MOST_SECONDS, GROWTH = 60.0, 15.0  # ten times the records may cost no more than fifteen times

_INTO_THE_MONTH = """
UPDATE orders_order SET business_date = %s, origin = 'entry', confirmed_at = now() WHERE number LIKE 'SB-%%';
"""
_ENTRY = (
    "kernel_ledgerentry",
    {"seq": "nextval(pg_get_serial_sequence('kernel_ledgerentry', 'seq'))", "id": "uuidv7()", "row_id": "o.id",
     "row_type": "'orders.order'", "operation": "'orders.confirm'", "at": "now()", "company_id": "o.company_id"},
    "pattern, orders_order o WHERE o.number LIKE 'SB-%'",
)  # fmt: skip
_CHANGE = """
INSERT INTO kernel_ledgerchange (entry_id, "table", row_id, before, after)
SELECT e.seq, 'orders.order', e.row_id, '{"state": "draft"}', '{"state": "confirmed"}' FROM kernel_ledgerentry e
JOIN orders_order o ON o.id = e.row_id WHERE o.number LIKE 'SB-%'
"""


def database(size: int) -> str:
    """A company whose orders of that number were all confirmed this month."""
    base = many.database(size)

    def build() -> None:
        from django.db import connection

        from sellwell.kernel import clock

        name, today = str(connection.settings_dict["NAME"]), clock.business_day(clock.now())
        server.use("postgres")
        with server.connect(name, "superuser", autocommit=True) as loading:
            loading.execute("SET session_replication_role = replica")
            loading.execute(_INTO_THE_MONTH, [today])
            many._like(loading, *_ENTRY)
            loading.execute(_CHANGE)
            loading.execute("VACUUM ANALYZE")

    return server.template(f"month{size}", build, base)


def one_month(rounds: int = 1) -> list[Figure]:
    """One month at both sizes: the clock, and how the CPU grows."""
    spent: dict[int, measuring.Spent] = {}
    concerned: dict[int, int] = {}
    for size in SIZES:
        server.use(server.copy("bench_conformance", database(size)))
        spent[size] = measuring.repeated(
            lambda size=size: concerned.update({size: measure()}), rounds, warm=0
        )
    small, large = SIZES
    growth = spent[large].cpu / spent[small].cpu
    return [
        Figure(
            f"manual.conformance.{size // 1000}k", cost.wall / 1000, "s", f"at {small // 1000}k" if size == large else "",
            growth if size == large else None, f"<= {MOST_SECONDS:.0f} s" + (f", <= {GROWTH:.0f} x" if size == large else ""),
            cost.wall / 1000 <= MOST_SECONDS and (size == small or growth <= GROWTH), cost.wall,
            f"{concerned[size]} records; client {cost.client / 1000:.1f} + backend {cost.backend / 1000:.1f} s CPU",
        )
        for size, cost in spent.items()
    ]  # fmt: skip


def measure() -> int:
    """Ask every evidence about this month and keep the answers; gives how many records were concerned in all."""
    from django.apps import apps

    from sellwell.kernel import clock
    from sellwell.kernel.door import see_companies
    from sellwell.steering.manual import conformance

    company: Any = apps.get_model("company.Company").objects.get().pk
    see_companies([company])
    today = clock.business_day(clock.now())
    rows = conformance.measure(company, [today.replace(day=1)], today)
    failed = {row.evidence: row.failed for row in rows if row.failed}
    if failed:
        raise RuntimeError(f"these evidences failed: {failed}")
    return sum(row.concerned or 0 for row in rows if row.department_path == conformance.WHOLE)
