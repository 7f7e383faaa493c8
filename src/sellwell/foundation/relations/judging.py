"""Figures of one customer judged by the policies of a day: points, grade and stage, each version read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sellwell.foundation.relations import policies
from sellwell.foundation.relations.measuring import Row
from sellwell.foundation.relations.rules import grades, stages
from sellwell.kernel import policy
from sellwell.kernel.values import T


@dataclass(frozen=True, slots=True)
class Graded:
    """What the policies make of a customer's figures."""

    scored: grades.Scored
    grade: str
    capped: bool  # overdue money or a stop holds it down


class Judges:
    """The policies of a company on a day. Answers are remembered: most customers share most of their values."""

    def __init__(self, company_id: UUID, on: date) -> None:
        self.on = on
        self.versions = {
            name: policy.in_force(name, company_id, on)
            for name in (
                policies.SCORES, policies.WEIGHTS, policies.GRADE, policies.NOTICE, policies.RHYTHM, policies.STAGE,
                policies.RECYCLE,
            )
        }  # fmt: skip
        self.terms = policies.terms_of(company_id, on)
        self.weights: dict[str, Decimal] = {
            name: self._ask(policies.WEIGHTS, measure=name).get("weight") or Decimal(0)
            for name in grades.MEASURES
        }
        self.points = cache(self._points)
        self.grade_of = cache(self._grade_of)
        self.rhythm = cache(self._rhythm)
        self.recycling = cache(self._recycling)

    def _ask(self, name: str, **facts: Any) -> Mapping[str, Any]:
        return policy.decide(self.versions[name].table, facts).outputs

    @property
    def cited(self) -> dict[str, int]:
        """The version of each policy: what a grade's record names, so that it can be judged again."""
        return {name: found.version for name, found in self.versions.items()}

    def _points(self, measure: str, amount: Decimal) -> int:
        return int(self._ask(policies.SCORES, measure=measure, amount=amount).get("points") or 1)

    def _grade_of(self, score: Decimal, overdue_days: int, state: str) -> str:
        found = self._ask(policies.GRADE, score=score, overdue_days=Decimal(overdue_days), state=state)
        return str(found.get("grade") or grades.GRADES[-1])

    def graded(self, measured: grades.Measured, overdue_days: int, state: str) -> Graded:
        """Points and grade."""
        scored = grades.score(measured, self.points, self.weights)
        grade = self.grade_of(scored.total, overdue_days, state)
        return Graded(scored, grade, grade != self.grade_of(scored.total, 0, "active"))

    def explain(self, measured: grades.Measured, graded: Graded) -> T:
        """Why this grade."""
        return grades.explanation(graded.grade, graded.scored, measured.values(), self.weights, graded.capped)

    def lifts(
        self, measured: grades.Measured, graded: Graded, overdue_days: int, state: str
    ) -> list[grades.Lift]:
        """What would raise the score, by the cut-offs that stand in the table."""
        cells: dict[str, list[str]] = {}
        for row in self.versions[policies.SCORES].table.rows:
            cells.setdefault(row.conditions[0].text, []).append(row.conditions[1].text)
        return grades.lifts(
            measured.values(), graded.scored, self.weights, cells, self.points,
            lambda score: self.grade_of(score, overdue_days, state),
        )  # fmt: skip

    def notice_days(self, before: str, after: str, stage: str) -> int | None:
        """After how many days a new grade takes effect; None: it is not even proposed."""
        up = grades.GRADES.index(after) < grades.GRADES.index(before)
        direction = "up" if up else "down"
        days = self._ask(policies.NOTICE, direction=direction, stage=stage, grade=after).get("days")
        return None if days is None else int(days)

    def _rhythm(self, channel: str) -> tuple[Decimal, Decimal, int]:
        found = self._ask(policies.RHYTHM, channel=channel)
        return (
            found.get("usual") or Decimal(90),
            found.get("least") or Decimal(1),
            int(found.get("patience") or 0),
        )

    def place(self, row: Row, place: stages.Place | None) -> stages.Place:
        """The stage after today's computing."""
        usual, least, patience = self.rhythm(row.channel)
        facts = stages.facts(row.history, place, self.on, usual, least)
        computed = str(self._ask(policies.STAGE, **facts).get("stage") or stages.Stage.POTENTIAL.value)
        return stages.settle(place, computed, self.on, patience, row.history.last_on)

    def why_stage(self, row: Row) -> T:
        """The numbers that a stage rests on."""
        usual, least, _ = self.rhythm(row.channel)
        idle = stages.idle_gaps(row.history, self.on, usual, least)
        if idle is None:
            return T("还没有成交", "nothing bought yet")
        gap = max(row.history.gap or usual, least)
        silent = (self.on - row.history.last_on).days if row.history.last_on else 0
        moved = stages.trend(row.history.recent, row.history.earlier)
        zh = f"{silent} 天未购买，为自身间隔 {gap:f} 天的 {idle:.1f} 倍"
        en = f"{silent} days without a purchase, {idle:.1f} of its own gaps of {gap:f} days"
        if moved is not None:
            zh, en = (
                f"{zh}；近半年为前半年的 {moved:f} 倍",
                f"{en}; the last half year is {moved:f} of the one before",
            )
        return T(zh, en)

    def _recycling(self, grade: str, stage: str) -> tuple[int | None, int | None, int]:
        found = self._ask(policies.RECYCLE, grade=grade, stage=stage)
        contact, order = found.get("no_contact"), found.get("no_order")
        return (
            None if contact is None else int(contact),
            None if order is None else int(order),
            int(found.get("warn") or 0),
        )
