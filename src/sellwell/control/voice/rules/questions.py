"""What a questionnaire asks and what counts as an answer. Pure: values in, values out (clause 2.4.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sellwell.kernel.values import Objection, Reason, State, T

MOST_QUESTIONS, MOST_OPTIONS, MOST_TEXT = 40, 30, 2000


class Kind(State):
    """What kind of question it is."""

    NPS = "nps", T("推荐意愿（0–10 分）", "Recommendation, 0 to 10 (NPS)")
    CSAT = "csat", T("满意度（1–5 分）", "Satisfaction, 1 to 5 (CSAT)")
    CES = "ces", T("省力度（1–7 分）", "Ease, 1 to 7 (CES)")
    SINGLE = "single", T("单选", "One of several")
    MULTIPLE = "multiple", T("多选", "Several of several")
    MATRIX = "matrix", T("矩阵评分（1–5 分）", "Matrix, 1 to 5 each")
    TEXT = "text", T("文字", "Text")


class Test(State):
    """How an earlier answer decides whether a question is asked."""

    AT_MOST = "at_most", T("不高于", "is at most")
    AT_LEAST = "at_least", T("不低于", "is at least")
    IS = "is", T("选了", "includes")
    IS_NOT = "is_not", T("没有选", "does not include")


SCALES = {Kind.NPS: (0, 10), Kind.CSAT: (1, 5), Kind.CES: (1, 7), Kind.MATRIX: (1, 5)}
SCORED = (Kind.NPS, Kind.CSAT, Kind.CES)
CHOSEN = (Kind.SINGLE, Kind.MULTIPLE)

NO_TITLE = Reason("voice.no_title", T("请填写题目。", "Write the question."))
TOO_FEW_OPTIONS = Reason(
    "voice.too_few_options",
    T("选择题至少需要两个选项，每行一个。", "A choice needs at least two options, one a line."),
)
TOO_MANY_OPTIONS = Reason("voice.too_many_options", T("最多 {most} 行。", "At most {most} lines."))
LONG_OPTION = Reason(
    "voice.long_option", T("每行最多 200 个字符。", "At most 200 characters a line.")
)  # fmt: skip
SAME_OPTION = Reason(
    "voice.same_option", T("“{text}”重复了。", "“{text}” stands there twice.")
)  # fmt: skip
NO_ROWS = Reason(
    "voice.no_rows", T("矩阵题请至少填写一行要评价的内容。", "A matrix needs at least one line to rate.")
)  # fmt: skip
NOT_EARLIER = Reason(
    "voice.not_earlier",
    T("显示条件只能引用前面的题目。", "A condition can only look at a question that comes before."),
)
NO_SUCH_TEST = Reason(
    "voice.no_such_test",
    T(
        "“{test}”不适用于这种题。评分题用“不高于/不低于”，选择题用“选了/没有选”。",
        "“{test}” does not fit that kind of question. Scores take “at most/at least”, choices “includes/does not include”.",
    ),
)
NO_SUCH_VALUE = Reason(
    "voice.no_such_value",
    T("“{value}”不在该题的范围内：{range}。", "“{value}” is none of that question's: {range}."),
)
MISSING = Reason("voice.answer_missing", T("请回答这一题。", "Please answer this question."))
NOT_AN_ANSWER = Reason(
    "voice.not_an_answer", T("请从所给的答案中选择。", "Choose one of the answers that are offered.")
)
TOO_LONG = Reason(
    "voice.answer_too_long", T("最多 {most} 个字，请缩短。", "At most {most} characters; please shorten it.")
)


@dataclass(frozen=True, slots=True)
class Option:
    """An answer that is offered, or a line of a matrix."""

    code: str
    zh: str
    en: str = ""

    @property
    def text(self) -> T:
        """In both languages; Chinese stands in where there is no English."""
        return T(self.zh, self.en or self.zh)


@dataclass(frozen=True, slots=True)
class Condition:
    """The question is asked only if an earlier answer is so."""

    key: str
    test: str
    value: str


@dataclass(frozen=True, slots=True)
class Block:
    """One question. `key` names it for good: versions after this one keep it."""

    key: str
    kind: str
    zh: str
    en: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    rows: tuple[Option, ...] = ()
    only_if: Condition | None = None

    @property
    def text(self) -> T:
        """The question in both languages."""
        return T(self.zh, self.en or self.zh)

    @property
    def scale(self) -> tuple[int, ...]:
        """The scores that may be given, lowest first; none for choices and texts."""
        if self.kind not in SCALES:
            return ()
        low, high = SCALES[Kind(self.kind)]
        return tuple(range(low, high + 1))


@dataclass(frozen=True, slots=True)
class Given:
    """An answer to one question: a score, chosen codes, a score for each line of a matrix, or a text."""

    number: int | None = None
    choices: tuple[str, ...] = ()
    rows: tuple[tuple[str, int], ...] = ()
    text: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was answered."""
        return self.number is None and not self.choices and not self.rows and not self.text


def read(blocks: Iterable[Mapping[str, Any]]) -> tuple[Block, ...]:
    """Blocks as they are stored."""
    return tuple(
        Block(
            one["key"], one["kind"], one["zh"], one["en"], one["required"],
            tuple(Option(**each) for each in one["options"]), tuple(Option(**each) for each in one["rows"]),
            Condition(**one["only_if"]) if one["only_if"] else None,
        )
        for one in blocks
    )  # fmt: skip


def stored(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Blocks as they are written."""
    return [
        asdict(one) | {"options": [asdict(o) for o in one.options], "rows": [asdict(r) for r in one.rows]}
        for one in blocks
    ]


def options_of(text: str) -> tuple[Option, ...]:
    """Options as people write them, one a line: `中文 | English`."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    pairs = [line.partition("|") for line in lines]
    return tuple(
        Option(str(n), zh.strip() or en.strip(), en.strip()) for n, (zh, _, en) in enumerate(pairs, 1)
    )


def as_lines(options: Iterable[Option]) -> str:
    """Options as people write them."""
    return "\n".join(f"{one.zh} | {one.en}" if one.en else one.zh for one in options)


def new_key(blocks: Iterable[Block]) -> str:
    """A key that no question of the questionnaire has or had: one above the highest."""
    taken = [int(one.key[1:]) for one in blocks if one.key[1:].isdigit()]
    return f"q{max(taken, default=0) + 1}"


def block_objections(block: Block, earlier: Sequence[Block]) -> list[Objection]:
    """What is wrong with a question, all at once; paths are those of the form."""
    found: list[Objection] = []
    if not block.zh.strip():
        found.append(NO_TITLE.refuse(path="text"))
    kind = Kind(block.kind)
    if kind in CHOSEN:
        found += _lines_objections(block.options, "options", 2, TOO_FEW_OPTIONS)
    if kind is Kind.MATRIX:
        found += _lines_objections(block.rows, "rows", 1, NO_ROWS)
    if block.only_if is not None:
        found += condition_objections(block.only_if, earlier)
    return found


def _lines_objections(lines: Sequence[Option], path: str, least: int, few: Reason) -> list[Objection]:
    if len(lines) < least:
        return [few.refuse(path=path)]
    if len(lines) > MOST_OPTIONS:
        return [TOO_MANY_OPTIONS.refuse(path=path, most=MOST_OPTIONS)]
    texts = [one.zh for one in lines]
    again = next((text for place, text in enumerate(texts) if text in texts[:place]), None)
    if again is not None:
        return [SAME_OPTION.refuse(path=path, text=again)]
    return [LONG_OPTION.refuse(path=path)] if any(len(o.zh) > 200 or len(o.en) > 200 for o in lines) else []


def condition_objections(condition: Condition, earlier: Sequence[Block]) -> list[Objection]:
    """A condition looks at an earlier question, by a test that fits its kind, for a value that it has."""
    asked = next((one for one in earlier if one.key == condition.key), None)
    if asked is None or asked.kind in (Kind.TEXT, Kind.MATRIX):
        return [NOT_EARLIER.refuse(path="depends_on")]
    is_score = asked.kind in SCALES
    if is_score != (condition.test in (Test.AT_MOST, Test.AT_LEAST)):
        return [NO_SUCH_TEST.refuse(path="test", test=Test(condition.test).label)]
    allowed = [str(s) for s in asked.scale] if is_score else [o.code for o in asked.options]
    if condition.value not in allowed:
        told = f"{allowed[0]}–{allowed[-1]}"
        return [NO_SUCH_VALUE.refuse(path="value", value=condition.value, range=told)]
    return []


def order_objections(blocks: Sequence[Block]) -> list[Objection]:
    """Every question with what stands before it: after a move or a removal a condition may look ahead or at nothing."""
    return [
        objection
        for place, one in enumerate(blocks)
        if one.only_if is not None
        for objection in condition_objections(one.only_if, blocks[:place])
    ]


# --- answers ---------------------------------------------------------------------------------------------------------------


def _holds(condition: Condition, given: Given | None) -> bool:
    """Whether an earlier answer meets a condition; what was not answered meets none but `is_not`."""
    if condition.test == Test.IS_NOT:
        return given is None or condition.value not in given.choices
    if given is None:
        return False
    if condition.test == Test.IS:
        return condition.value in given.choices
    if given.number is None:
        return False
    limit = int(condition.value)
    return given.number <= limit if condition.test == Test.AT_MOST else given.number >= limit


def visible(blocks: Iterable[Block], answers: Mapping[str, Given]) -> list[Block]:
    """The questions that are asked, given the answers so far. Answers to questions that are not asked do not count."""
    shown: list[Block] = []
    keys: set[str] = set()
    for one in blocks:
        asked = one.only_if
        if asked is None or (asked.key in keys and _holds(asked, answers.get(asked.key))):
            shown.append(one)
            keys.add(one.key)
    return shown


def judge(block: Block, given: Given, path: str = "") -> list[Objection]:
    """What is wrong with an answer: outside what is offered, too long, or missing where it is required."""
    if given.is_empty:
        return [MISSING.refuse(path=path)] if block.required else []
    kind = Kind(block.kind)
    wrong: bool
    if kind is Kind.TEXT:
        wrong = given.number is not None or bool(given.choices or given.rows)
        if len(given.text) > MOST_TEXT:
            return [TOO_LONG.refuse(path=path, most=MOST_TEXT)]
    elif kind is Kind.MATRIX:
        codes = [code for code, _ in given.rows]
        known = {row.code for row in block.rows}
        wrong = bool(given.number is not None or given.choices or given.text)
        wrong = wrong or len(set(codes)) < len(codes) or not set(codes) <= known
        wrong = wrong or any(score not in block.scale for _, score in given.rows)
        if not wrong and block.required and set(codes) != known:
            return [MISSING.refuse(path=path)]
    elif kind in CHOSEN:
        known = {option.code for option in block.options}
        wrong = bool(given.number is not None or given.rows or given.text)
        wrong = wrong or not set(given.choices) <= known or len(set(given.choices)) < len(given.choices)
        wrong = wrong or (kind is Kind.SINGLE and len(given.choices) > 1)
    else:
        wrong = given.number not in block.scale or bool(given.choices or given.rows or given.text)
    return [NOT_AN_ANSWER.refuse(path=path)] if wrong else []


def first_open(blocks: Sequence[Block], answers: Mapping[str, Given], seen: Iterable[str] = ()) -> int:
    """The place, among the questions that are asked, of the first one neither answered nor passed over; their number if none."""
    done = set(seen) | {key for key, given in answers.items() if not given.is_empty}
    shown = visible(blocks, answers)
    return next((place for place, one in enumerate(shown) if one.key not in done), len(shown))


def scores(blocks: Iterable[Block], answers: Mapping[str, Given]) -> dict[str, int]:
    """The score of each metric: of several questions of a kind the first, as it is the one about the whole."""
    found: dict[str, int] = {}
    for one in visible(blocks, answers):
        given = answers.get(one.key)
        if one.kind in SCORED and given is not None and given.number is not None:
            found.setdefault(one.kind, given.number)
    return found
