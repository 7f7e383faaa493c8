"""Whose data may be used: the rules without a database, with properties of the strictest consent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sellwell.foundation.privacy import rules
from sellwell.foundation.privacy.rules import Limits, Looks, Person, Said, Word, judge, strictest
from sellwell.foundation.privacy.rules.words import Age, Basis, ConsentKind, Law, Purpose
from sellwell.testing.marks import clause

DAY = date(2026, 11, 25)
days = st.integers(0, 60).map(lambda n: DAY + timedelta(days=n - 30))
said = st.none() | st.builds(
    Said, granted_on=st.none() | days, withdrawn_on=st.none() | days, expires_on=st.none() | days,
    kind=st.sampled_from(ConsentKind), text=st.integers(0, 4), guardian=st.booleans(),
)  # fmt: skip
EMAIL = Purpose.MARKETING_EMAIL


def allows(one: Said | None, on: date, counts_from: int, basis: Basis) -> bool:
    return judge(Person(), EMAIL, basis, one, on, counts_from).allowed


@given(said, said, said)
def test_the_order_of_merging_does_not_matter(a: Said | None, b: Said | None, c: Said | None) -> None:
    assert strictest(a, b) == strictest(b, a)
    assert strictest(a, strictest(b, c)) == strictest(strictest(a, b), c)
    assert strictest(a, a) == a and strictest(a, None) == a


@clause("4.3.1")
@given(said, said, days, st.integers(0, 4), st.sampled_from(Basis))
def test_two_in_one_never_allow_more_than_either_that_spoke(
    a: Said | None, b: Said | None, on: date, counts_from: int, basis: Basis
) -> None:
    both = allows(strictest(a, b), on, counts_from, basis)
    spoke = [one for one in (a, b) if one is not None]
    assert not both or all(allows(one, on, counts_from, basis) for one in spoke)


@given(said, days, days)
def test_who_withdrew_stays_out_from_that_day_on(one: Said | None, withdrawn_on: date, on: date) -> None:
    """Invariant 15: from the withdrawal on it is blocked; what was done before stays lawful."""
    after = rules.with_no(one, withdrawn_on)
    for basis in (Basis.CONSENT, Basis.SEPARATE, Basis.INTEREST):
        if on >= withdrawn_on:
            assert not allows(after, on, 0, basis)
        elif one is None or one.withdrawn_on is None:
            assert allows(after, on, 0, basis) == allows(one, on, 0, basis)


def test_why_not() -> None:
    yes = Said(granted_on=DAY, expires_on=DAY + timedelta(days=10), text=2)
    assert judge(Person(), EMAIL, Basis.CONSENT, yes, DAY).why == rules.CONSENTED
    assert judge(Person(), EMAIL, Basis.CONSENT, None, DAY).why == rules.NEVER_ASKED
    assert judge(Person(), EMAIL, Basis.CONSENT, yes, DAY - timedelta(days=1)).why == rules.NEVER_ASKED
    assert judge(Person(), EMAIL, Basis.CONSENT, yes, DAY + timedelta(days=10)).why == rules.RAN_OUT
    assert judge(Person(), EMAIL, Basis.CONSENT, yes, DAY, counts_from=3).why == rules.OLD_TEXT
    assert judge(Person(), Purpose.SHARING, Basis.SEPARATE, yes, DAY).why == rules.NOT_SEPARATE
    assert judge(Person(), EMAIL, Basis.NONE, yes, DAY).why == rules.NO_BASIS
    assert judge(Person(erased=True), EMAIL, Basis.CONTRACT, yes, DAY).why == rules.ERASED


def test_a_restriction_leaves_statutory_duties() -> None:
    kept = Person(restricted=True)
    assert not judge(kept, Purpose.CONTRACT, Basis.CONTRACT, None, DAY).allowed
    assert judge(kept, Purpose.LEGAL_DUTY, Basis.LEGAL_DUTY, None, DAY).allowed


def test_a_withdrawal_does_not_end_a_contract_but_marketing_on_any_basis() -> None:
    no = Said(withdrawn_on=DAY)
    assert judge(Person(), Purpose.CONTRACT, Basis.CONTRACT, no, DAY).allowed
    assert not judge(Person(), EMAIL, Basis.CONTRACT, no, DAY).allowed
    assert not judge(Person(is_organisation=True), EMAIL, Basis.CONSENT, no, DAY).allowed
    assert judge(Person(is_organisation=True), EMAIL, Basis.CONSENT, None, DAY).allowed


def test_children_need_a_guardian() -> None:
    yes = Said(granted_on=DAY, text=1)
    child = Person(age=Age.UNDER_14)
    assert judge(child, EMAIL, Basis.CONSENT, yes, DAY).why == rules.NO_GUARDIAN
    assert judge(child, EMAIL, Basis.CONSENT, replace(yes, guardian=True), DAY).allowed
    assert rules.needs_guardian(Person(Law.GDPR, Age.UNDER_16)) and not rules.needs_guardian(
        Person(age=Age.UNDER_16)
    )


def test_the_law_follows_from_the_country() -> None:
    assert rules.law_of("DE") == rules.law_of("no") == Law.GDPR
    assert rules.law_of("CN") == rules.law_of("US") == rules.law_of("") == Law.PIPL


def test_a_use_rests_on_the_strictest_of_its_fields() -> None:
    assert rules.strictest_basis([Basis.CONTRACT, Basis.CONSENT]) == Basis.CONSENT
    assert rules.strictest_basis([Basis.CONSENT, Basis.SEPARATE, Basis.LEGAL_DUTY]) == Basis.SEPARATE
    assert rules.strictest_basis([Basis.CONTRACT, Basis.NONE]) == rules.strictest_basis([]) == Basis.NONE


def test_what_is_unusual() -> None:
    limits = Limits(looks=30, rows=1000, night=5)
    assert rules.alarms(Looks(30, 1000, 5), limits, leaving=False) == []
    assert rules.alarms(Looks(31, 1001, 6), limits, leaving=False) == [
        ("looks", 31, 30),
        ("rows", 1001, 1000),
        ("night", 6, 5),
    ]
    assert rules.alarms(Looks(6), limits, leaving=True) == [("leaving", 6, 5)]
    assert (
        rules.is_night(time(23))
        and rules.is_night(time(5, 59))
        and not rules.is_night(time(6))
        and not rules.is_night(time(21))
    )


def test_what_somebody_had_said_by_a_moment() -> None:
    """A no counts from the moment it was said, a newer yes says nothing about days before it."""
    noon = datetime.combine(DAY, time(12), UTC)
    withdrawn = Word(Said(DAY - timedelta(days=9), withdrawn_on=DAY), noon)
    again = Word(Said(DAY + timedelta(days=5)), noon + timedelta(days=5))
    words = [withdrawn, again]
    before = rules.said_at(words, DAY, noon - timedelta(hours=1))
    after = rules.said_at(words, DAY, noon + timedelta(hours=1))
    later = rules.said_at(words, DAY + timedelta(days=5), noon + timedelta(days=5, hours=1))
    assert [allows(one, DAY, 0, Basis.CONSENT) for one in (before, after)] == [True, False]
    assert allows(later, DAY + timedelta(days=5), 0, Basis.CONSENT)
    assert rules.said_at(words, DAY - timedelta(days=10), noon) is None
