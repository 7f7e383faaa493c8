"""Rules of the manual: comparison, validity, figures, due days. No database."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sellwell.steering.manual import rules, shipped, word
from sellwell.steering.manual.figures import Rate, spark
from sellwell.steering.manual.rules import Wording
from sellwell.testing.marks import clause

TEXT = st.text(alphabet="销售合同ab c。，1", max_size=30)


@clause("1.1.3")
@given(TEXT, TEXT)
def test_marked_texts_hold_both_sides_whole(before: str, after: str) -> None:
    pieces = rules.marked(before, after)
    assert "".join(p.text for p in pieces if p.kind != "new") == before
    assert "".join(p.text for p in pieces if p.kind != "gone") == after


def test_latin_words_are_marked_whole() -> None:
    pieces = rules.marked("in 3 days", "in 30 days")
    assert [(p.kind, p.text) for p in pieces] == [
        ("same", "in "), ("gone", "3"), ("new", "30"), ("same", " days"),
    ]  # fmt: skip


NUMBERS = st.builds("{}.{}.{}".format, st.integers(1, 12), st.integers(1, 12), st.integers(1, 12))
BOOKS = st.dictionaries(NUMBERS, st.builds(Wording, TEXT, TEXT), max_size=8)


@given(BOOKS, BOOKS)
def test_differences_are_what_turns_one_edition_into_the_other(
    before: dict[str, Wording], after: dict[str, Wording]
) -> None:
    found = rules.differences(before, after)
    turned = dict(before)
    for d in found:
        assert d.before != d.after
        if d.after is None:
            del turned[d.number]
        else:
            turned[d.number] = d.after
    assert turned == after
    assert [d.number for d in found] == sorted((d.number for d in found), key=rules.order_of)


def test_a_tenth_clause_comes_after_the_ninth() -> None:
    assert sorted(["5.10.1", "5.2.1", "5.9.3"], key=rules.order_of) == ["5.2.1", "5.9.3", "5.10.1"]


@clause("1.1.3", "1.2.1")
def test_a_basis_holds_from_its_first_day_until_the_day_before_its_repeal() -> None:
    since, until = date(2021, 1, 1), date(2026, 3, 1)
    assert not rules.basis_holds("checked", since, until, date(2020, 12, 31))
    assert rules.basis_holds("checked", since, until, since)
    assert rules.basis_holds("checked", since, until, date(2026, 2, 28))
    assert not rules.basis_holds("checked", since, until, until)
    assert rules.basis_holds("checked", None, None, until)
    assert not rules.basis_holds("unchecked", since, None, until)
    assert not rules.basis_holds("unwritten", None, None, until)


@clause("1.1.1")
def test_unknown_is_never_a_hundred_percent() -> None:
    assert rules.share(0, 0) is None and rules.share(None, None) is None
    assert Rate(0, 0).percent == "" and str(Rate(0, 0).words) == "无记录"
    assert str(Rate(failed=True).words) == "未知" and Rate(failed=True).step == 0
    assert Rate(1000, 999).percent == "99.9" and Rate(100_000, 99_999).percent == "99.9"
    assert Rate(3, 3).percent == "100" and Rate(3, 3).step == 5
    assert rules.total([(None, None), (2, 1)]) == (2, 1) and rules.total([(None, None)]) == (None, None)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda p: (max(p), min(p))), max_size=7)
)
def test_a_trend_has_a_point_for_each_known_month_within_its_field(pairs: list[tuple[int, int]]) -> None:
    months = rules.months_back(date(2026, 11, 24), max(len(pairs), 1))[: len(pairs)]
    drawn = spark([Rate(*pair) for pair in pairs], months)
    points = [p for line in drawn.lines for p in line.split()]
    assert len(points) <= sum(1 for concerned, _ in pairs if concerned)
    for point in points:
        x, y = (Decimal(part) for part in point.split(","))
        assert 0 <= x <= 100 and 2 <= y <= 22


def test_months_go_back_over_the_year() -> None:
    assert rules.months_back(date(2026, 2, 28), 3) == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]


@clause("1.2.2")
def test_reminders_begin_three_days_before_and_come_weekly() -> None:
    due = date(2026, 11, 20)
    assert not rules.wants_reminder(due, None, due - timedelta(days=4))
    assert rules.wants_reminder(due, None, due - timedelta(days=3))
    assert not rules.wants_reminder(due, due - timedelta(days=3), due + timedelta(days=3))
    assert rules.wants_reminder(due, due - timedelta(days=3), due + timedelta(days=4))
    assert not rules.is_overdue(due, due) and rules.is_overdue(due, due + timedelta(days=1))


@clause("1.1.3")
def test_what_ships_is_whole() -> None:
    assert len(shipped.clauses()) == 141
    assert all(text.zh and text.en for text in shipped.passages())
    codes = {basis.code for basis in shipped.bases()}
    assert {basis.successor for basis in shipped.bases()} - {""} <= codes
    cited = shipped.cites()
    assert set(cited) == {text.number for text in shipped.clauses()}
    assert {code for found in cited.values() for code in found} <= codes
    assert "contract-law" not in {code for found in cited.values() for code in found}
    assert set(shipped.kept_in_part()) <= set(cited)
    kinds = {basis.kind for basis in shipped.bases()}
    assert kinds == {"law", "regulation", "standard", "theory", "model", "policy"}


def test_a_word_file_of_the_same_day_has_the_same_bytes() -> None:
    paragraphs = [word.Paragraph("Title", "手册 <&>\x0b"), word.Paragraph("Clause", "一\n二")]
    day = date(2026, 11, 24)
    assert word.package(paragraphs, day) == word.package(paragraphs, day)
