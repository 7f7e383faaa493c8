"""Routes, due days and calendar text, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sellwell.selling.activities import icalendar, rules
from sellwell.selling.activities.rules import Stop

NINE = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
KM = 1 / 111.19  # degrees of longitude on the equator


def stop(key: str, hour: int, km: float | None = None, area: str = "") -> Stop:
    place = None if km is None else (0.0, km * KM)
    return Stop(key, NINE + timedelta(hours=hour), place, area)


def test_the_worked_route() -> None:
    stops = [stop("A", 0, 0), stop("B", 1, 10), stop("C", 2, 2), stop("D", 5, 5)]
    assert rules.route(stops) == ["A", "C", "D", "B"]
    by_time = rules.length([s.place for s in stops if s.place])
    assert round(by_time) == 21
    assert round(rules.length([stops[i].place for i in (0, 2, 3, 1)])) == 10  # type: ignore[misc]


def test_without_positions_visits_of_one_area_stand_together() -> None:
    stops = [stop("A", 0, area="苏州"), stop("B", 1, area="无锡"), stop("C", 2, area="苏州"), stop("D", 3)]
    assert rules.route(stops) == ["A", "C", "B", "D"]


def test_a_tangled_way_is_untangled() -> None:
    square = {"a": (0.0, 0.0), "c": (0.01, 0.01), "b": (0.0, 0.01), "d": (0.01, 0.0)}
    crossing = [Stop(k, NINE, p) for k, p in square.items()]
    assert [s.key for s in rules._untangled(crossing)] == ["a", "b", "c", "d"]


@given(st.lists(st.tuples(st.floats(20, 45), st.floats(80, 130)), min_size=1, max_size=9))
def test_a_route_makes_every_visit_once_and_starts_with_the_first(places: list[tuple[float, float]]) -> None:
    stops = [Stop(str(i), NINE + timedelta(minutes=i), p) for i, p in enumerate(places)]
    found = rules.route(stops)
    assert sorted(found) == sorted(s.key for s in stops)
    assert found[0] == "0"
    assert rules.length([places[int(k)] for k in found]) <= rules.length(
        [s.place for s in rules._nearest(stops) if s.place]
    ) + 1e-6  # fmt: skip


def test_a_customer_is_due_so_many_days_after_the_last_contact() -> None:
    known = date(2026, 1, 1)
    assert rules.contact_due(date(2026, 3, 1), known, 30) == date(2026, 3, 31)
    assert rules.contact_due(None, known, 30) == date(2026, 1, 31)
    assert rules.contact_due(date(2025, 12, 1), known, 30) == date(2026, 1, 31)
    assert rules.contact_due(None, known, None) is None


# --- calendar text -------------------------------------------------------------------------------------------------------


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def entry(summary: str, **values: object) -> icalendar.Entry:
    return icalendar.Entry("1@sellwell", summary, NINE, **values)  # type: ignore[arg-type]


def test_a_visit_as_calendar_programs_read_it() -> None:
    found = entry(
        "拜访 甲, 乙; 丙\\丁",
        length=timedelta(hours=1),
        location="一号\n二楼",
        url="http://x/visits/1/",
        sequence=3,
    )
    text = icalendar.calendar("日程", [found], NINE)
    assert text.endswith("END:VCALENDAR\r\n") and "\n" not in text.replace("\r\n", "")
    lines = unfolded(text)
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert "DTSTART;TZID=Asia/Shanghai:20261125T090000" in lines
    assert "DTEND;TZID=Asia/Shanghai:20261125T100000" in lines
    assert "DTSTAMP:20261125T010000Z" in lines and "UID:1@sellwell" in lines and "SEQUENCE:3" in lines
    assert "SUMMARY:拜访 甲\\, 乙\\; 丙\\\\丁" in lines and "LOCATION:一号\\n二楼" in lines
    begun = [line[6:] for line in lines if line.startswith("BEGIN:")]
    assert sorted(begun) == sorted(line[4:] for line in lines if line.startswith("END:"))


def test_a_task_is_due_and_has_no_length() -> None:
    lines = unfolded(icalendar.calendar("日程", [entry("写纪要")], NINE))
    assert "DUE;TZID=Asia/Shanghai:20261125T090000" in lines and "BEGIN:VTODO" in lines


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_lines_are_folded_by_octets_and_text_comes_back(text: str) -> None:
    made = icalendar.calendar("日程", [entry(text)], NINE)
    assert all(len(line.encode()) <= 75 for line in made.split("\r\n"))
    line = next(one for one in unfolded(made) if one.startswith("SUMMARY:"))
    plain = line.removeprefix("SUMMARY:").replace("\\\\", "\0").replace("\\n", "\n").replace("\\,", ",")
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in kept if (c >= " " and c != "\x7f") or c == "\n")
    assert plain.replace("\\;", ";").replace("\0", "\\") == kept
