"""Customers by likeness: features from standings and facts, clusters with names that people can read."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from sellwell.foundation.customers.queries import HEIRS
from sellwell.foundation.relations.groups import standings
from sellwell.foundation.relations.models import Cluster, ClusterRun, ClusterState, Standing
from sellwell.kernel.values import State, T
from sellwell.metrics.analysis.clustering import adjusted_rand, best, matched, nearest, standardised

FEWEST = 30  # customers with purchases: fewer make no clusters
MOST_FITTED = 3000  # customers that the middles are found from; the others go to the nearest
COUNTS = range(3, 8)
LINES = 3  # product lines whose share is a feature
SEED = 20260101
TELLS = 0.4  # so many deviations from the mean a feature is worth a word


class Feature(State):
    """By what customers are compared."""

    VALUE = "value", T("价值（近 12 个月成交额）", "Value of 12 months")
    FREQUENCY = "frequency", T("购买频次", "Purchase frequency")
    PREFERENCE = "preference", T("产品偏好", "Product preference")
    RECENCY = "recency", T("最近购买", "Recency")
    LOYALTY = "loyalty", T("规律性", "Regularity")
    PAYMENT = "payment", T("按时付款", "Payment in time")


DEFAULT_FEATURES = (Feature.VALUE, Feature.FREQUENCY, Feature.PREFERENCE)
# How much of a feature is called: (a lot, a little).
WORDS = {
    "value": (T("高价值", "high value"), T("低价值", "low value")),
    "frequency": (T("高频", "frequent"), T("低频", "rare")),
    "recency": (T("久未购买", "long silent"), T("近期活跃", "recently active")),
    "loyalty": (T("购买规律", "regular"), T("购买零散", "irregular")),
    "payment": (T("付款及时", "pays in time"), T("付款拖延", "pays late")),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A cluster of a run."""

    label: int
    name: T
    size: int
    share: Decimal
    centre: dict[str, str]


@dataclass(frozen=True, slots=True)
class Clusters:
    """What a run found."""

    clusters: list[Found]
    labels: dict[UUID, int]
    silhouette: Decimal
    rand_index: Decimal | None


_LINES = f"""
WITH RECURSIVE {HEIRS}
SELECT coalesce(h.id, f.customer_id), f.product_line, sum(f.amount)
FROM kernel_fact f LEFT JOIN heir h ON h.start = f.customer_id
WHERE f.company_id = %(company)s AND f.measure = 'accepted' AND f.happened_on > %(after)s AND f.happened_on <= %(on)s
  AND f.customer_id IS NOT NULL AND f.product_line <> ''
GROUP BY 1, f.product_line HAVING sum(f.amount) > 0
"""


def _line_shares(company_id: UUID, on: date) -> tuple[list[str], dict[UUID, dict[str, float]]]:
    """The company's largest product lines, and each customer's share in them."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"company": company_id, "after": on - timedelta(days=365), "on": on})
        rows = cursor.fetchall()
    whole: dict[str, float] = {}
    bought: dict[UUID, dict[str, float]] = {}
    for customer_id, line, amount in rows:
        whole[line] = whole.get(line, 0.0) + float(amount)
        bought.setdefault(customer_id, {})[line] = float(amount)
    shares = {pk: {line: v / sum(of.values()) for line, v in of.items()} for pk, of in bought.items()}
    return [line for line, _ in sorted(whole.items(), key=lambda item: (-item[1], item[0]))[:LINES]], shares


def _features(run: ClusterRun, on: date) -> tuple[list[str], dict[UUID, tuple[float, ...]]]:
    """Names and values per customer that bought; what grows without bound is on a log scale."""
    lines, shares = _line_shares(run.company_id, on) if Feature.PREFERENCE.value in run.features else ([], {})
    plain = [name for name in run.features if name != Feature.PREFERENCE.value]
    rows = standings(run.company_id).filter(purchases_ever__gt=0).order_by("pk")
    found = {}
    for pk, value, count, last_on, regular, paid in rows.values_list(
        "pk", "value", "purchases", "last_on", "regular", "paid_in_time"
    ):
        all_plain = {
            "value": math.log1p(max(0.0, float(value))),
            "frequency": math.log1p(count),
            "recency": math.log1p((on - (last_on or on)).days),
            "loyalty": float(regular or 0),
            "payment": float(paid) if paid is not None else 0.9,
        }
        of_lines = [shares.get(pk, {}).get(line, 0.0) for line in lines]
        found[pk] = tuple([all_plain[name] for name in plain] + of_lines)
    return plain + [f"line:{line}" for line in lines], found


def find(run: ClusterRun, on: date) -> Clusters | None:
    """The clusters of a run; None where too few customers bought anything."""
    names, rows = _features(run, on)
    if len(rows) < FEWEST or not names:
        return None
    ids = list(rows)
    scaled, scales = standardised([rows[pk] for pk in ids])
    step = max(1, math.ceil(len(scaled) / MOST_FITTED))
    fitted = best(scaled[::step], COUNTS, SEED)
    own = [nearest(row, fitted.centres) for row in scaled]
    last = _last(run)
    labels = matched(fitted.centres, _centres_before(last, names, scales))
    by_customer = {pk: labels[i] for pk, i in zip(ids, own, strict=True)}
    before = dict(
        Standing.objects.filter(company_id=run.company_id, cluster__isnull=False).values_list("pk", "cluster")
    )
    index = adjusted_rand(before, by_customer) if before else None  # type: ignore[arg-type]
    sizes = Counter(by_customer.values())
    raw = [
        tuple(z * dev + mean for z, (mean, dev) in zip(centre, scales, strict=True))
        for centre in fitted.centres
    ]
    named = _names(names, fitted.centres, labels)
    clusters = [
        Found(
            label, named[i], sizes[label], _six(sizes[label] / len(ids)),
            {name: f"{value:.6f}" for name, value in zip(names, raw[i], strict=True)},
        )
        for i, label in enumerate(labels)
    ]  # fmt: skip
    clusters.sort(key=lambda one: one.label)
    return Clusters(clusters, by_customer, _six(fitted.silhouette), None if index is None else _six(index))


def _six(value: float) -> Decimal:
    return Decimal(f"{value:.6f}")


def _last(run: ClusterRun) -> ClusterRun | None:
    """The last run that was computed, whatever its features."""
    done = ClusterRun.objects.filter(company_id=run.company_id, state=ClusterState.DONE.value)
    return done.order_by("-done_at").first()


def _centres_before(
    last: ClusterRun | None, names: list[str], scales: list[tuple[float, float]]
) -> dict[int, tuple[float, ...]]:
    """The middles of the last run on today's scale, if it compared customers by the same features."""
    if last is None:
        return {}
    found = {}
    for cluster in Cluster.objects.filter(run=last):
        if set(cluster.centre) != set(names):
            return {}
        found[cluster.label] = tuple(
            (float(cluster.centre[name]) - mean) / dev
            for name, (mean, dev) in zip(names, scales, strict=True)
        )
    return found


def _names(names: list[str], centres: Any, labels: list[int]) -> list[T]:
    """Words for what sets a cluster apart from the mean, strongest first; two of one name are told apart by number."""
    found = []
    for centre in centres:
        strong = sorted(
            ((abs(z), name, z) for name, z in zip(names, centre, strict=True) if abs(z) >= TELLS),
            reverse=True,
        )
        words = [word for _, name, z in strong if (word := _word(name, z)) is not None][:2]
        words = words or [T("接近平均", "near the mean")]
        found.append(T("·".join(w.zh for w in words), ", ".join(w.en for w in words)))
    counted = Counter(name.zh for name in found)
    return [
        T(f"{name.zh}（{label}）", f"{name.en} ({label})") if counted[name.zh] > 1 else name
        for name, label in zip(found, labels, strict=True)
    ]


def _word(name: str, z: float) -> T | None:
    if name.startswith("line:"):
        line = name.partition(":")[2]
        return T(f"偏好{line}", f"prefers {line}") if z > 0 else None
    return WORDS[name][0 if z > 0 else 1]


_LABELS = """
UPDATE relations_standing s SET cluster = l.label
FROM jsonb_to_recordset(%s::jsonb) AS l(id uuid, label int) WHERE s.id = l.id AND s.cluster IS DISTINCT FROM l.label
"""


def write_labels(company_id: UUID, labels: dict[UUID, int]) -> None:
    """Each customer's cluster; whoever is in none any more has none."""
    Standing.objects.filter(company_id=company_id, cluster__isnull=False).exclude(pk__in=list(labels)).update(
        cluster=None
    )
    images = [{"id": str(pk), "label": label} for pk, label in labels.items()]
    with connection.cursor() as cursor:
        for start in range(0, len(images), 5000):
            cursor.execute(_LABELS, [json.dumps(images[start : start + 5000])])
