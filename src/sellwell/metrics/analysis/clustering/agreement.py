"""How alike two divisions of the same things are, and which cluster of one is which of the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from itertools import permutations
from math import comb

from sellwell.metrics.analysis.clustering.kmeans import Point, distance2

MOST_TRIED = 8  # beyond so many clusters the pairing is greedy: 8! orders are looked at in a moment


def adjusted_rand(before: Mapping[Hashable, int], after: Mapping[Hashable, int]) -> float | None:
    """The adjusted Rand index over the things that both divisions know: 1 the same, about 0 no more than by chance.

    None with fewer than two common things.
    """
    common = before.keys() & after.keys()
    if len(common) < 2:
        return None
    cells = Counter((before[k], after[k]) for k in common)
    rows, columns = Counter(before[k] for k in common), Counter(after[k] for k in common)
    together = sum(comb(n, 2) for n in cells.values())
    in_rows, in_columns = sum(comb(n, 2) for n in rows.values()), sum(comb(n, 2) for n in columns.values())
    expected = in_rows * in_columns / comb(len(common), 2)
    most = (in_rows + in_columns) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def matched(centres: Sequence[Point], before: Mapping[int, Point]) -> list[int]:
    """A label for each centre: that of the nearest centre of before, each used once; new labels for those left over.

    The pairing with the least distance in all is taken, so that a label goes on meaning the same customers.
    """
    known = sorted(before)
    pairs = min(len(centres), len(known))
    chosen: dict[int, int] = {}
    if pairs and max(len(centres), len(known)) <= MOST_TRIED:
        chosen = _cheapest(centres, before, known)
    elif pairs:
        by_distance = sorted(
            (distance2(centre, before[label]), i, label)
            for i, centre in enumerate(centres)
            for label in known
        )
        for _, i, label in by_distance:
            if i not in chosen and label not in chosen.values():
                chosen[i] = label
    unused = (n for n in range(1, 10_000) if n not in before)
    return [chosen[i] if i in chosen else next(unused) for i in range(len(centres))]


def _cheapest(centres: Sequence[Point], before: Mapping[int, Point], known: list[int]) -> dict[int, int]:
    far = [[distance2(centre, before[label]) for label in known] for centre in centres]
    if len(centres) <= len(known):
        order = min(
            permutations(range(len(known)), len(centres)),
            key=lambda p: sum(far[i][j] for i, j in enumerate(p)),
        )
        return {i: known[j] for i, j in enumerate(order)}
    order = min(
        permutations(range(len(centres)), len(known)), key=lambda p: sum(far[i][j] for j, i in enumerate(p))
    )
    return {i: known[j] for j, i in enumerate(order)}
