"""Eighteen months before the first played day, brought in as historic batches, as a real company would."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sellwell.kernel import calendar, clock, door
from sellwell.simulation.people import Stage
from sellwell.simulation.play import SEASON

CHUNK = 400
RETURN_SHARE = 0.04


def bring_in(
    stage: Stage, customers: list[Any], items: list[Any], first: date, until: date, sales_a_day: float
) -> int:
    """Invent the sales of the days from `first` up to `until` and import them; gives how many orders."""
    parcels = _parcels(stage, customers, items, first, until, sales_a_day)
    manager = stage.user("sales_manager")
    with clock.at(stage.now):
        ctx = replace(stage.context(manager), channel="import")
        begun = door.run(
            "imports.begin", ctx, None, {"profile": "orders", "source": "history", "file_name": "history"}
        )
        for start in range(0, len(parcels), CHUNK):
            chunk = {"tax_rate": Decimal("0.13"), "parcels": parcels[start : start + CHUNK]}
            door.run("delivery.import_orders", ctx, begun.result.pk, chunk)
        rows = sum(len(p["lines"]) for p in parcels)
        total = sum(
            (
                line["quantity"] * line["price"] * (-1 if p["is_return"] else 1)
                for p in parcels
                for line in p["lines"]
            ),
            Decimal(0),
        )
        counts = {"rows": rows, "rejected": 0, "known": 0, "total": total.quantize(Decimal("0.01"))}
        door.run("imports.finish", ctx, begun.result.pk, counts)
    stage.done += len(parcels)
    return sum(1 for p in parcels if not p["is_return"])


def _parcels(
    stage: Stage, customers: list[Any], items: list[Any], first: date, until: date, sales_a_day: float
) -> list[dict[str, Any]]:
    rng, found, serial, day = stage.rng, [], 0, first
    while day < until:
        if calendar.is_working_day(day):
            # The company grew by a third over these months.
            growth = 0.75 + 0.25 * (day - first).days / max(1, (until - first).days)
            expected = sales_a_day * SEASON[day.month - 1] * growth
            for _ in range(int(expected) + (rng.random() < expected % 1)):
                serial += 1
                parcel = _parcel(stage, customers, items, day, f"H{serial:06d}", is_return=False)
                found.append(parcel)
                if rng.random() < RETURN_SHARE:
                    back = min(day + timedelta(days=rng.randint(3, 20)), until - timedelta(days=1))
                    line = rng.choice(parcel["lines"])
                    found.append(
                        {
                            **parcel,
                            "number": f"R{serial:06d}",
                            "is_return": True,
                            "day": back,
                            "lines": [{**line, "quantity": Decimal(1)}],
                        }
                    )
        day += timedelta(days=1)
    return found


def _parcel(
    stage: Stage, customers: list[Any], items: list[Any], day: date, number: str, *, is_return: bool
) -> dict[str, Any]:
    rng = stage.rng
    customer = customers[min(int(rng.expovariate(4 / len(customers))), len(customers) - 1)]
    chosen = {
        item.code: item for item, _ in rng.choices(items, [i.weight for i, _ in items], k=rng.randint(1, 5))
    }
    lines = []
    for ordinal, item in enumerate(chosen.values(), start=1):
        discount = Decimal(rng.choice([0, 0, 2, 3, 5, 8])) / 100
        quantity = Decimal(rng.choice([5, 10, 20, 30]) if item.line == "备件" else rng.randint(1, 4))
        lines.append(
            {
                "ordinal": ordinal, "product": item.code, "name": item.name, "quantity": quantity,
                "price": (item.price * (1 - discount)).quantize(Decimal("0.01")), "digest": f"{number}-{ordinal}",
            }
        )  # fmt: skip
    return {
        "number": number, "is_return": is_return, "day": day, "customer": customer.number, "customer_name": customer.number,
        "region": customer.region, "lines": lines,
    }  # fmt: skip
