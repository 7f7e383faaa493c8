"""Questions, figures and draws, without a database."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.control.voice.rules import figures, questions, sampling, studies
from sellwell.control.voice.rules.questions import Block, Condition, Given, Kind
from sellwell.control.voice.rules.studies import Stated
from sellwell.testing.marks import clause

NPS = Block("q1", "nps", "推荐？", required=True)
WHY = Block(
    "q2",
    "single",
    "为什么？",
    options=questions.options_of("慢\n贵 | dear"),
    only_if=Condition("q1", "at_most", "6"),
)
DEAR = Block("q3", "text", "贵在哪里？", only_if=Condition("q2", "is", "2"))
BLOCKS = (NPS, WHY, DEAR)


def codes(found: list[object]) -> list[str]:
    return [one.code.partition(".")[2] for one in found]  # type: ignore[attr-defined]


# --- figures: W21, W22 of the worked numbers --------------------------------------------------------------------------------


@clause("4.2.4")
def test_nps_of_a_hundred_answers() -> None:
    found = figures.nps({10: 40, 9: 20, 8: 12, 7: 10, 6: 8, 0: 10})
    assert (found.value, found.margin, found.n) == (Decimal("42.0"), Decimal("15.23"), 100)


@clause("4.2.4")
def test_csat_and_ces_of_the_worked_numbers() -> None:
    stars = {5: 120, 4: 60, 3: 12, 2: 5, 1: 3}
    assert figures.top_two(stars).value == Decimal("90.0")
    assert figures.mean(stars).value == Decimal("4.445")
    ease = {7: 2, 6: 3, 5: 1, 4: 1, 2: 1}
    assert figures.mean(ease).value == Decimal("5.375")
    assert figures.easy(ease).value == Decimal("75.0")


def test_no_answers_have_no_figure_and_few_have_a_warning_and_no_trend() -> None:
    assert (
        figures.nps({}).value is None and figures.share(0, 0).value is None and figures.mean({}).value is None
    )
    few, many = figures.nps({10: 29}), figures.nps({10: 30})
    assert few.is_small and not many.is_small
    assert figures.trend(few, many) == "" == figures.trend(many, few)
    assert figures.trend(figures.nps({0: 30}), many) == "up"
    assert figures.trend(many, figures.nps({0: 30})) == "down"
    assert figures.trend(many, many) == "level"


@given(st.dictionaries(st.integers(0, 10), st.integers(0, 500), max_size=11))
def test_nps_stays_within_its_range_and_its_interval(counts: dict[int, int]) -> None:
    found = figures.nps(counts)
    if found.value is not None:
        assert -100 <= found.value <= 100
        assert found.low <= found.value <= found.high  # type: ignore[operator]


@given(st.integers(1, 5000), st.data())
def test_a_share_lies_within_its_interval_and_that_within_the_possible(n: int, data: st.DataObject) -> None:
    found = figures.share(data.draw(st.integers(0, n)), n)
    assert 0 <= found.low <= found.value <= found.high <= 100  # type: ignore[operator]


# --- questions ---------------------------------------------------------------------------------------------------------------


def test_blocks_are_read_as_they_were_written() -> None:
    assert questions.read(questions.stored(BLOCKS)) == BLOCKS
    assert questions.as_lines(questions.options_of("慢\n贵 | dear")) == "慢\n贵 | dear"
    assert questions.new_key(BLOCKS) == "q4"


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (Block("q9", "single", "?", options=questions.options_of("一个")), ["too_few_options"]),
        (Block("q9", "multiple", "?", options=questions.options_of("甲\n甲")), ["same_option"]),
        (Block("q9", "matrix", "?"), ["no_rows"]),
        (Block("q9", "csat", " "), ["no_title"]),
        (Block("q9", "text", "?", only_if=Condition("q8", "is", "1")), ["not_earlier"]),
        (Block("q9", "text", "?", only_if=Condition("q1", "is", "1")), ["no_such_test"]),
        (Block("q9", "text", "?", only_if=Condition("q2", "at_least", "1")), ["no_such_test"]),
        (Block("q9", "text", "?", only_if=Condition("q1", "at_most", "11")), ["no_such_value"]),
        (Block("q9", "text", "?", only_if=Condition("q3", "is", "1")), ["not_earlier"]),
        (Block("q9", "text", "?", only_if=Condition("q2", "is_not", "2")), []),
    ],
)
def test_what_is_wrong_with_a_question_is_said(block: Block, said: list[str]) -> None:
    assert codes(questions.block_objections(block, BLOCKS)) == said


def test_a_question_moved_before_what_it_looks_at_is_refused() -> None:
    assert codes(questions.order_objections((WHY, NPS, DEAR))) == ["not_earlier"]
    assert questions.order_objections(BLOCKS) == []


def test_an_earlier_answer_decides_what_is_asked_all_the_way_down() -> None:
    keys = lambda answers: [one.key for one in questions.visible(BLOCKS, answers)]  # noqa: E731
    assert keys({}) == ["q1"]
    assert keys({"q1": Given(number=9)}) == ["q1"]
    assert keys({"q1": Given(number=6)}) == ["q1", "q2"]
    assert keys({"q1": Given(number=6), "q2": Given(choices=("2",))}) == ["q1", "q2", "q3"]
    # The first answer changed: what stood on the second no longer counts.
    assert keys({"q1": Given(number=9), "q2": Given(choices=("2",))}) == ["q1"]


@pytest.mark.parametrize(
    ("kind", "answer", "said"),
    [
        ("nps", Given(number=10), []),
        ("nps", Given(number=11), ["not_an_answer"]),
        ("nps", Given(), ["answer_missing"]),
        ("csat", Given(number=0), ["not_an_answer"]),
        ("ces", Given(number=7, text="x"), ["not_an_answer"]),
        ("single", Given(choices=("1", "2")), ["not_an_answer"]),
        ("multiple", Given(choices=("1", "2")), []),
        ("multiple", Given(choices=("1", "1")), ["not_an_answer"]),
        ("multiple", Given(choices=("9",)), ["not_an_answer"]),
        ("matrix", Given(rows=(("1", 5), ("2", 1))), []),
        ("matrix", Given(rows=(("1", 5),)), ["answer_missing"]),
        ("matrix", Given(rows=(("1", 6), ("2", 1))), ["not_an_answer"]),
        ("matrix", Given(rows=(("1", 5), ("1", 5))), ["not_an_answer"]),
        ("text", Given(text="<script>"), []),
        ("text", Given(text="长" * 2001), ["answer_too_long"]),
        ("text", Given(number=1), ["not_an_answer"]),
    ],
)
def test_an_answer_is_one_of_those_offered(kind: str, answer: Given, said: list[str]) -> None:
    pair = questions.options_of("甲\n乙")
    block = Block("q1", kind, "?", required=True, options=pair, rows=pair)
    assert codes(questions.judge(block, answer, "x")) == said


@given(
    st.sampled_from(list(Kind)),
    st.integers(-5, 20),
    st.text(max_size=5),
    st.lists(st.text(max_size=3), max_size=4),
)
def test_whatever_comes_in_is_judged_and_never_breaks(
    kind: Kind, number: int, text: str, choices: list[str]
) -> None:
    pair = questions.options_of("甲\n乙")
    block = Block("q1", kind.value, "?", options=pair, rows=pair)
    found = questions.judge(
        block, Given(number, tuple(choices), tuple((c, number) for c in choices), text), "x"
    )
    assert all(one.text.zh for one in found)


def test_the_first_open_question_is_where_one_goes_on() -> None:
    answers = {"q1": Given(number=3)}
    assert questions.first_open(BLOCKS, {}) == 0
    assert questions.first_open(BLOCKS, answers) == 1
    assert questions.first_open(BLOCKS, answers, seen=["q2"]) == 2
    assert questions.scores(BLOCKS, answers) == {"nps": 3}


# --- draws -------------------------------------------------------------------------------------------------------------------


@given(st.lists(st.uuids(), unique=True, max_size=60), st.integers(0, 70), st.text(max_size=8))
def test_a_draw_is_the_same_again_whatever_the_order(keys: list[UUID], count: int, seed: str) -> None:
    drawn = sampling.draw(seed, keys, count)
    assert drawn == sampling.draw(seed, list(reversed(keys)), count)
    assert len(drawn) == min(count, len(keys)) and set(drawn) <= set(keys)


def test_a_share_of_events_is_drawn_evenly() -> None:
    keys = [UUID(int=n) for n in range(4000)]
    drawn = sum(sampling.is_drawn("seed", key, Decimal("0.25")) for key in keys)
    assert 900 < drawn < 1100
    assert all(sampling.is_drawn("seed", key, Decimal(1)) for key in keys[:50])


# --- studies -----------------------------------------------------------------------------------------------------------------


@clause("2.4.2")
def test_a_study_lacks_what_clause_2_4_2_asks_for() -> None:
    whole = [Stated(aspect, 1, 1) for aspect in studies.Aspect.values()]
    assert studies.lacking(whole) == []
    assert len(studies.lacking(whole[:1])) == 2
    assert len(studies.lacking([*whole, Stated("trend", 0, 0)])) == 2
