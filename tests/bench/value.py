"""customers.value and customers.churn: the published figures of others, and how well leaving is told on held-back time."""

from __future__ import annotations

import csv
import gzip
import io
import json
import time
from datetime import date
from decimal import Decimal
from typing import Any

from sellwell.metrics.analysis.churn import Quality, choose, train
from sellwell.metrics.analysis.value import Purchase, ValueModel, summarise
from tests.bench.matching import shared
from tests.bench.measuring import Figure

LAST = date(2011, 12, 9)  # of online_retail
HORIZON = 100


def value(_rounds: int = 1) -> list[Figure]:
    """BG/NBD and Gamma-Gamma on the published sample: each parameter against the one that was published."""
    if not shared().is_dir():
        return [Figure("customers.value", None, "", note="not measured: SELLWELL_SHARED is not there")]
    published = json.loads((shared() / "cdnow/expected_published.json").read_text())["published"]
    purchases = []
    with gzip.open(shared() / "cdnow/CDNOW_sample.txt.gz", "rt") as lines:
        for line in lines:
            _, key, day, _, amount = line.split()
            purchases.append(Purchase(key, date(int(day[:4]), int(day[4:6]), int(day[6:])), Decimal(amount)))
    began = time.perf_counter()
    model = ValueModel.fit(summarise(purchases, date(1997, 9, 30)), "week")
    took = (time.perf_counter() - began) * 1000
    spending: Any = model.spending
    found = [
        (f"bgnbd.{name}", getattr(model.buying, name), published["bgnbd"][name], 0.005)
        for name in ("r", "alpha", "a", "b")
    ]
    found += [
        (f"gamma_gamma.{ours}", getattr(spending, ours), published["gamma_gamma"][theirs], 0.01)
        for ours, theirs in (("p", "p"), ("q", "q"), ("v", "gamma"))
    ]
    return [
        Figure(f"customers.value.{name}", ours, "", "published", None, f"{theirs} +- {within}", abs(ours - theirs) <= within, took)
        for name, ours, theirs, within in found
    ]  # fmt: skip


def churn(_rounds: int = 1) -> list[Figure]:
    """Every candidate on the last 100 days of online_retail; models on labelled churn by cross-validation."""
    if not shared().is_dir():
        return [Figure("customers.churn", None, "", note="not measured: SELLWELL_SHARED is not there")]
    began = time.perf_counter()
    chosen = choose(_online_retail(), LAST, HORIZON)
    took = (time.perf_counter() - began) * 1000
    if chosen is None:
        return [Figure("customers.churn.online_retail", None, "", ok=False, note="too little to choose")]
    rules = max(chosen.qualities[name].auc or 0 for name in ("recency", "past_rate"))
    found = [
        _figure(f"online_retail.{name}", quality, rules if name == chosen.name else None, took)
        for name, quality in chosen.qualities.items()
    ]
    for name in ("churn_telco", "churn_mlc"):
        with gzip.open(shared() / name / "train.csv.gz") as handle:
            rows = [dict(row) for row in csv.DictReader(io.TextIOWrapper(handle, encoding="utf-8"))]
        began = time.perf_counter()
        model = train(rows, [row["churn"].lower() == "yes" for row in rows], ("row_id", "churn"))
        took = (time.perf_counter() - began) * 1000
        found += [_figure(f"{name}.{each}", quality, None, took) for each, quality in model.qualities.items()]
    return found


def _figure(name: str, quality: Quality, rules: float | None, took: float) -> Figure:
    """AUC; of the one in use it must be above both rules of thumb."""
    auc = quality.auc or 0.0
    note = (
        f"calibration error {quality.calibration:.3f}, base rate {quality.base_rate:.3f}, n {quality.count}"
    )
    goal = "" if rules is None else f"in use, > {rules:.4f}"
    return Figure(
        f"customers.churn.{name}",
        auc,
        "AUC",
        "",
        None,
        goal,
        None if rules is None else auc > rules,
        took,
        note,
    )


def _online_retail() -> list[Purchase]:
    """Purchases per customer and day; returns and lines without a price or a customer are none."""
    import duckdb

    rows = duckdb.sql(
        "SELECT CAST(CustomerID AS VARCHAR), CAST(InvoiceDate AS DATE), SUM(Quantity * UnitPrice)"
        f" FROM read_parquet('{shared() / 'online_retail/online_retail_dev.parquet'}')"
        " WHERE CustomerID IS NOT NULL AND Quantity > 0 AND UnitPrice > 0 GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    return [Purchase(key, day, Decimal(str(round(amount, 2)))) for key, day, amount in rows]
