"""Judging what was found against known truth: pairwise precision and recall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from sellwell.metrics.analysis.matching.model import Pair


@dataclass(frozen=True, slots=True)
class Quality:
    """How well pairs were found: `precision` of those found, `recall` of the true ones."""

    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        """The share of the found pairs that are right; 1 where none was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of the true pairs that were found; 1 where there is none."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def judge(pairs: Iterable[Pair], entity_of: Mapping[str, str]) -> Quality:
    """The quality of pairs, given which entity each record belongs to."""
    members: dict[str, list[str]] = {}
    for record, entity in entity_of.items():
        members.setdefault(entity, []).append(record)
    true = {pair for group in members.values() for pair in combinations(sorted(group), 2)}
    found = {(pair.left, pair.right) for pair in pairs}
    return Quality(len(found), len(found & true), len(true))
