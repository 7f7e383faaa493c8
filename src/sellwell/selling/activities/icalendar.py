"""A calendar as programs read it (RFC 5545): escaped, folded, in the company's time zone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = "Asia/Shanghai"
_ZONE = ZoneInfo(ZONE)
FOLD = 75  # octets of a line, without its end

# Shanghai has kept one offset since 1991, so its rule is one line.
_TIME_ZONE = (
    "BEGIN:VTIMEZONE", f"TZID:{ZONE}", "BEGIN:STANDARD", "DTSTART:19910915T000000", "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0800", "TZNAME:CST", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a calendar: an event with a length, or a task that is due (no length)."""

    uid: str
    summary: str
    at: datetime
    length: timedelta | None = None
    location: str = ""
    url: str = ""
    sequence: int = 0


def calendar(name: str, entries: Iterable[Entry], stamp: datetime) -> str:
    """The whole calendar as text with CRLF line ends."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Sellwell//Agenda//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}", f"X-WR-TIMEZONE:{ZONE}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", *_TIME_ZONE,
    ]  # fmt: skip
    for entry in entries:
        lines += _event(entry, entry.length, stamp) if entry.length is not None else _task(entry, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _event(entry: Entry, length: timedelta, stamp: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT", *_common(entry, stamp), f"DTSTART;TZID={ZONE}:{_local(entry.at)}",
        f"DTEND;TZID={ZONE}:{_local(entry.at + length)}", "END:VEVENT",
    ]  # fmt: skip


def _task(entry: Entry, stamp: datetime) -> list[str]:
    return [
        "BEGIN:VTODO", *_common(entry, stamp), f"DUE;TZID={ZONE}:{_local(entry.at)}", "STATUS:NEEDS-ACTION", "END:VTODO",
    ]  # fmt: skip


def _common(entry: Entry, stamp: datetime) -> Iterator[str]:
    yield f"UID:{escaped(entry.uid)}"
    yield f"DTSTAMP:{_utc(stamp)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"SUMMARY:{escaped(entry.summary)}"
    if entry.location:
        yield f"LOCATION:{escaped(entry.location)}"
    if entry.url:
        yield f"URL:{entry.url}"


def _local(moment: datetime) -> str:
    return moment.astimezone(_ZONE).strftime("%Y%m%dT%H%M%S")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """A text value (RFC 5545, 3.3.11): backslash, semicolon, comma and line breaks; other control characters go."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    plain = plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
    return "".join(c for c in plain if c >= " " and c != "\x7f")


def folded(line: str) -> str:
    """A line of at most 75 octets; what is longer goes on after a line break and a space, no character torn apart."""
    parts, part, size, room = [], "", 0, FOLD
    for character in line:
        width = len(character.encode())
        if size + width > room:
            parts.append(part)
            part, size, room = "", 0, FOLD - 1  # the space in front counts
        part, size = part + character, size + width
    return "\r\n ".join([*parts, part])
