"""Loops, points and meeting days as pure functions: values in, decisions out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from sellwell.kernel.values import months_later, to_cents

TOPIC_LENGTH = 40
_ENDS = "。！？；\n.!?;"


def topic_of(text: str) -> str:
    """What an item is called where nobody gave it a topic: its first sentence, cut to 40 characters."""
    stripped = text.strip()
    end = min((i for i, letter in enumerate(stripped) if letter in _ENDS), default=len(stripped))
    first = stripped[:end].strip() or stripped
    return first if len(first) <= TOPIC_LENGTH else f"{first[: TOPIC_LENGTH - 1].rstrip()}…"


# Words in the subject of a mail by which it is sorted before somebody looks; the first that fits counts.
_SUBJECTS = (
    ("price", ("价格", "降价", "涨价", "报价")), ("competitor", ("竞品", "对手", "竞争")),
    ("policy", ("政策", "法规", "标准")), ("feedback", ("客户意见", "客户反馈", "投诉")), ("demand", ("需求", "招标")),
    ("sales_data", ("销量", "销售数据")),
)  # fmt: skip


def kind_of_subject(subject: str) -> str:
    """The kind that the subject of a mail speaks of; `unsorted` where it says none."""
    for kind, words in _SUBJECTS:
        if any(word in subject for word in words):
            return kind
    return "unsorted"


def points(quality: int, novelty: int, impact: int, factor: Decimal) -> Decimal:
    """What a confirmed item is worth: quality (1-5) x novelty x impact (1-3 each) x the policy's factor."""
    return to_cents(Decimal(quality * novelty * impact) * factor)


def is_timely(delay: int, allowed: int) -> bool:
    """Whether something was sent in within the allowed working days of its happening."""
    return delay <= allowed


def middle(days: Iterable[Decimal]) -> Decimal | None:
    """The median, to one place; None of nothing."""
    found = list(days)
    return median(found).quantize(Decimal("0.1")) if found else None


def share(part: int, whole: int) -> Decimal | None:
    """A share in percent, to one place; None of nothing."""
    return (Decimal(100) * part / whole).quantize(Decimal("0.1")) if whole else None


# --- the days of a series ------------------------------------------------------------------------------------------------------


def occurrence_after(rhythm: str, day: int, after: date) -> date:
    """The next day that a series means, later than `after`: a weekday (1 Monday to 7), or a day of the month (up to 28)."""
    if rhythm == "weekly":
        ahead = (day - after.isoweekday() - 1) % 7 + 1
        return after + timedelta(days=ahead)
    this_month = after.replace(day=day)
    return this_month if this_month > after else months_later(after.replace(day=1), 1).replace(day=day)


def held_on(occurrence: date, is_working_day: Callable[[date], bool]) -> date:
    """The day on which it takes place: a day of rest moves to the next working day, at most two weeks on."""
    for ahead in range(15):
        if is_working_day(occurrence + timedelta(days=ahead)):
            return occurrence + timedelta(days=ahead)
    return occurrence


def occurrences(rhythm: str, day: int, after: date, until: date) -> list[date]:
    """Every day that a series means, later than `after` and up to `until`."""
    found: list[date] = []
    last = after
    while (last := occurrence_after(rhythm, day, last)) <= until:
        found.append(last)
    return found


def was_held_as_planned(planned: date, started: date | None, is_cancelled: bool) -> bool:
    """Whether a meeting took place on its day."""
    return started == planned and not is_cancelled


# --- sources that are silent ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Silence:
    """A watched source from which nothing came in a month."""

    source: str
    month: date


def silences(
    watched: Sequence[str], months: Iterable[date], heard: Iterable[tuple[str, date]], last_day: date
) -> tuple[int, list[Silence]]:
    """How many (source, month) were looked at, and the silent ones. A month that still runs counts only what was heard."""
    known = set(heard)
    looked_at, silent = 0, []
    for month in months:
        is_over = months_later(month, 1) <= last_day + timedelta(days=1)
        for source in watched:
            if (source, month) in known:
                looked_at += 1
            elif is_over:
                looked_at += 1
                silent.append(Silence(source, month))
    return looked_at, silent


def months_of(since: date, last_day: date) -> list[date]:
    """The first days of the months from `since` to `last_day`, both included."""
    found, month = [], since.replace(day=1)
    while month <= last_day:
        found.append(month)
        month = months_later(month, 1)
    return found
