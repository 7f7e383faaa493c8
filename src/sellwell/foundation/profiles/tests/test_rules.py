"""What is allowed on a day and what is lost, in values alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.foundation.profiles.rules import Span, allows, lost, state_on

DAY = date(2026, 11, 24)
days = st.integers(-400, 400).map(lambda number: DAY + timedelta(days=number))


@given(since=days, length=st.integers(0, 400), day=days)
def test_a_span_holds_its_first_day_and_not_its_last(since: date, length: int, day: date) -> None:
    span = Span(since, since + timedelta(days=length))
    assert span.covers(day) == (day in {since + timedelta(days=n) for n in range(length)})


@given(since=days, later=st.integers(0, 400))
def test_without_an_end_it_holds_on(since: date, later: int) -> None:
    assert Span(since, None).covers(since + timedelta(days=later))
    assert not Span(since, None).covers(since - timedelta(days=later + 1))


def test_what_any_profile_brings_is_allowed() -> None:
    kind, ended = ("contracts.kind", "service"), Span(DAY - timedelta(days=9), DAY)
    assert allows({kind: [ended, Span(DAY, None)]}, kind, DAY)
    assert not allows({kind: [ended]}, kind, DAY)
    assert not allows({}, kind, DAY)


def test_only_what_no_other_profile_brings_is_lost() -> None:
    assert lost({("u", "a"), ("u", "b")}, {("u", "b"), ("u", "c")}) == {("u", "a")}


@pytest.mark.parametrize(
    "since, until, state",
    [
        (None, None, "inactive"),
        (DAY, None, "active"),
        (DAY, DAY + timedelta(days=1), "ending"),
        (DAY - timedelta(days=5), DAY, "inactive"),
        (DAY + timedelta(days=3), None, "planned"),
        (DAY + timedelta(days=3), DAY + timedelta(days=3), "inactive"),  # called off before it began
    ],
)
def test_the_state_of_a_profile_on_a_day(since: date | None, until: date | None, state: str) -> None:
    assert state_on(DAY, since, until) == state
