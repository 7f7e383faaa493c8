"""k-means with k-means++ starts and a fixed seed; the number of clusters by the silhouette."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, ...]

ROUNDS = 60  # steps of one start; k-means settles long before
STARTS = 3  # of which the tightest counts
SAMPLE = 400  # rows that the silhouette is taken over


@dataclass(frozen=True, slots=True)
class Clustering:
    """The cluster of each row, the middles, and the mean silhouette (-1 to 1: above 0.5 is a clear division)."""

    labels: tuple[int, ...]
    centres: tuple[Point, ...]
    silhouette: float

    @property
    def count(self) -> int:
        """How many clusters."""
        return len(self.centres)


def standardised(rows: Sequence[Point]) -> tuple[list[Point], list[tuple[float, float]]]:
    """Rows with mean 0 and deviation 1 per feature, and the (mean, deviation) used; what never varies becomes 0."""
    scales = []
    for column in zip(*rows, strict=True):
        mean = math.fsum(column) / len(column)
        deviation = math.sqrt(math.fsum((v - mean) ** 2 for v in column) / len(column))
        scales.append((mean, deviation if deviation > 1e-12 else 1.0))
    scaled = [tuple((v - mean) / dev for v, (mean, dev) in zip(row, scales, strict=True)) for row in rows]
    return scaled, scales


def distance2(a: Point, b: Point) -> float:
    """The squared distance."""
    return sum((x - y) * (x - y) for x, y in zip(a, b, strict=True))


def nearest(row: Point, centres: Sequence[Point]) -> int:
    """The centre that a row is nearest to; of equals the first."""
    return min(range(len(centres)), key=lambda i: (distance2(row, centres[i]), i))


def _first_centres(rows: Sequence[Point], k: int, rng: random.Random) -> list[Point]:
    """k-means++: each next centre is drawn the likelier the farther it lies from those there are."""
    centres = [rows[rng.randrange(len(rows))]]
    far = [distance2(row, centres[0]) for row in rows]
    while len(centres) < k:
        whole = math.fsum(far)
        if whole <= 0:
            return centres  # fewer different rows than clusters
        at, run = rng.random() * whole, 0.0
        chosen = len(rows) - 1
        for index, weight in enumerate(far):
            run += weight
            if run >= at and weight > 0:
                chosen = index
                break
        centres.append(rows[chosen])
        far = [min(d, distance2(row, rows[chosen])) for d, row in zip(far, rows, strict=True)]
    return centres


def _mean(rows: Sequence[Point]) -> Point:
    return tuple(math.fsum(column) / len(rows) for column in zip(*rows, strict=True))


def kmeans(rows: Sequence[Point], k: int, rng: random.Random) -> tuple[list[int], list[Point], float]:
    """One start: labels, centres and how far all rows lie from their centres."""
    centres = _first_centres(rows, k, rng)
    labels = [nearest(row, centres) for row in rows]
    for _ in range(ROUNDS):
        groups: list[list[Point]] = [[] for _ in centres]
        for row, label in zip(rows, labels, strict=True):
            groups[label].append(row)
        centres = [_mean(group) if group else centre for group, centre in zip(groups, centres, strict=True)]
        moved = [nearest(row, centres) for row in rows]
        if moved == labels:
            break
        labels = moved
    spread = math.fsum(distance2(row, centres[label]) for row, label in zip(rows, labels, strict=True))
    return labels, centres, spread


def silhouette(rows: Sequence[Point], labels: Sequence[int], rng: random.Random | None = None) -> float:
    """The mean silhouette, over a sample of the rows where there are many. 0 where there is one cluster only."""
    chosen = range(len(rows))
    if len(rows) > SAMPLE:
        chosen = sorted((rng or random.Random(0)).sample(range(len(rows)), SAMPLE))  # type: ignore[assignment]  # noqa: S311 - a sample, no secret
    found = []
    for i in chosen:
        sums: dict[int, tuple[float, int]] = {}
        for j in chosen:
            if i != j:
                far, count = sums.get(labels[j], (0.0, 0))
                sums[labels[j]] = (far + math.sqrt(distance2(rows[i], rows[j])), count + 1)
        own = sums.pop(labels[i], None)
        if own is None or not sums:
            found.append(0.0)  # alone in its cluster, or nothing to compare with
            continue
        inside = own[0] / own[1]
        outside = min(far / count for far, count in sums.values())
        found.append((outside - inside) / max(inside, outside) if max(inside, outside) > 0 else 0.0)
    return math.fsum(found) / len(found) if found else 0.0


def best(rows: Sequence[Point], counts: Iterable[int], seed: int) -> Clustering:
    """The clustering with the best silhouette among the numbers of clusters asked for; the same seed, the same answer.

    ValueError without rows.
    """
    if not rows:
        raise ValueError("nothing to cluster")
    found: Clustering | None = None
    for k in counts:
        if k > len(rows):
            break
        rng = random.Random(seed * 1000 + k)  # noqa: S311 - the same every time, no secret
        starts = [kmeans(rows, k, rng) for _ in range(STARTS)]
        labels, centres, _ = min(starts, key=lambda start: start[2])
        quality = silhouette(rows, labels, rng)
        if found is None or quality > found.silhouette + 1e-9:
            found = Clustering(tuple(labels), tuple(centres), quality)
    return found if found is not None else Clustering((0,) * len(rows), (_mean(rows),), 0.0)
