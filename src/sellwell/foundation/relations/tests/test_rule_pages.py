"""The tables of docs/rules/grades.md and stages.md are what the rules say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sellwell.foundation.relations import policies
from sellwell.foundation.relations.rules import grades, stages
from sellwell.foundation.relations.rules.stages import History, Place
from sellwell.kernel import policy
from sellwell.testing.pages import tables

SCORES, SHARES = tables("grades")
(DAYS,) = tables("stages")


def points(measure: str, amount: Decimal) -> int:
    found = policy.decide(policy.DEFAULTS[policies.SCORES].table, {"measure": measure, "amount": amount})
    return int(found.outputs["points"])


def test_the_table_of_scores() -> None:
    assert len(SCORES) == 6
    for row in SCORES:
        days, count, value, scores = row["days"], row["purchases"], row["value"], row["scores"]
        found = {
            "recency": points("recency", Decimal(days)),
            "frequency": points("frequency", Decimal(count)),
            "value": points("value", Decimal(value)),
        }
        assert "".join(map(str, found.values())) == scores
        assert grades.rfm_class(scores) == row["class"]
        weights = {"recency": Decimal("0.2"), "frequency": Decimal("0.3"), "value": Decimal("0.5")}
        assert grades.total_of(found, weights) == Decimal(row["score"])


def test_the_table_of_shares() -> None:
    values = [Decimal(row["value"]) for row in SHARES]
    assert grades.abc(values) == [row["class"] for row in SHARES]
    before = [sum(values[:i]) / sum(values) for i in range(len(values))]
    assert before == [Decimal(row["before"]) for row in SHARES]


def test_the_table_of_stages() -> None:
    bought = [date(2026, 1, 5), date(2026, 2, 4), date(2026, 3, 10), date(2026, 4, 6)]
    place: Place | None = None
    for row in DAYS:
        on = date.fromisoformat(row["day"])
        place, found = judged(bought, on, place)
        last = max(d for d in bought if d <= on)
        assert (on - last).days == int(row["silent"])
        assert (found["computed"], found["idle"]) == (row["computed"], Decimal(row["idle"])), on
        assert place.stage == row["stage"], on
    place, _ = judged([*bought, date(2026, 7, 25)], date(2026, 7, 26), place)
    assert place.stage == "won_back" and place.since == date(2026, 7, 26)


def judged(bought: list[date], on: date, place: Place | None) -> tuple[Place, dict[str, object]]:
    """One day's judging by the shipped policies. A first purchase alone is idle by the usual gap."""
    past = [d for d in bought if d <= on]
    gap = stages.median_gap(past) if len(past) >= 3 else Decimal(90)
    recent = sum(Decimal(100) for d in past if (on - d).days < 182)
    earlier = sum(Decimal(100) for d in past if 182 <= (on - d).days < 365)
    history = History(len(past), past[0], past[-1], gap, Decimal(recent), Decimal(earlier))
    facts = stages.facts(history, place, on, Decimal(90), Decimal(21))
    computed = str(policy.decide(policy.DEFAULTS[policies.STAGE].table, facts).outputs["stage"])
    return stages.settle(place, computed, on, 7, past[-1]), {"computed": computed, "idle": facts["idle"]}
