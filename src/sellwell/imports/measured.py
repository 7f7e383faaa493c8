"""Files that outsiders judge us by: records to match, and sales to learn from. Read only, nothing is kept.

A mapping is YAML with `field: column` pairs, either alone or under `fields:`; a second file with other columns has its own
under `second:`. Fields that are not named are looked for under their own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from sellwell.imports import reading
from sellwell.imports.mapping import MAPPING, MOST_BYTES, TOO_LARGE
from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.kernel.numbers_text import DateOrder, read_moment, read_number
from sellwell.kernel.tabular import NO_ROWS
from sellwell.kernel.values import Objection, Reason, Refusal, T
from sellwell.metrics.analysis.matching import FIELDS, as_person
from sellwell.metrics.analysis.value import Purchase

SALES_FIELDS = ("customer", "date", "amount")
_OF_A_PROGRAM = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,40})?([eE][+-]?[0-9])?")
MOST_NAMED = 5  # wrong rows that are told one by one

UNKNOWN_FIELD = Reason(
    "measured.unknown_field",
    T(
        "映射中没有“{name}”这个字段。可用：{known}。",
        "The mapping knows no field “{name}”. There are: {known}.",
    ),
)
NOT_A_COLUMN = Reason(
    "measured.column", T("“{name}”应是一列的名称。", "“{name}” must name one column, as text.")
)
BAD_ORDER = Reason(
    "measured.day_order", T("day_order 只能是 ymd、dmy 或 mdy。", "day_order is ymd, dmy or mdy.")
)
MISSING = Reason(
    "measured.missing_columns",
    T("文件 {file} 缺少列：{names}。现有：{there}。", "{file} lacks the columns {names}. It has: {there}."),
)
NO_KIND = Reason(
    "measured.no_kind",
    T(
        "看不出是单位还是个人：单位需要 name 列，个人需要 given_name 或 surname 列。",
        "It cannot be told whether these are companies or persons: companies need a column name, persons given_name or surname.",
    ),
)
NO_ID = Reason("measured.no_id", T("{file} 第 {row} 行没有 id。", "Row {row} of {file} has no id."))
ID_TWICE = Reason(
    "measured.id_twice", T("{file} 中 id “{id}”出现两次。", "The id “{id}” stands twice in {file}.")
)
BAD_ROW = Reason("measured.row", T("第 {row} 行：{problem}", "Row {row}: {problem}"))
NO_AMOUNT = Reason("measured.no_amount", T("没有金额。", "there is no amount."))
NO_DATE = Reason("measured.no_date", T("没有日期。", "there is no date."))
MORE = Reason("measured.more", T("还有 {count} 行有误。", "{count} more rows are wrong."))
BAD_DAY = Reason("measured.day", T("--train-until：{problem}", "--train-until: {problem}"))


@dataclass(frozen=True)
class Sales:
    """Purchases and what was left out of them: rows without a customer, and returns (amounts below zero)."""

    purchases: list[Purchase]
    rows: int
    rows_without_customer: int
    returns: int
    returns_amount: Decimal


# --- the mapping -------------------------------------------------------------------------------------------------------


def _content(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    with path.open("rb") as source:
        content = source.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Refusal(MAPPING.refuse(place="YAML", problem=TOO_LARGE))
    try:
        found = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeError, RecursionError, ValueError) as error:
        raise Refusal(MAPPING.refuse(place="YAML", problem=str(error).splitlines()[0][:120])) from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Refusal(
            MAPPING.refuse(place="YAML", problem=T("应为“字段: 列”。", "It must hold `field: column`."))
        )
    return {str(key): value for key, value in found.items()}


def _fields(content: Mapping[str, Any], known: Sequence[str], place: str = "fields") -> dict[str, str]:
    """Field -> column. Refused where a field is unknown or a column is no text."""
    named = content.get(place)
    pairs = named if isinstance(named, dict) else content if place == "fields" and named is None else {}
    found: dict[str, str] = {}
    wrong: list[Objection] = []
    for name, column in pairs.items():
        if pairs is content and name in ("second", "day_order"):
            continue
        if name not in known:
            wrong.append(UNKNOWN_FIELD.refuse(path=str(name), name=str(name)[:60], known=", ".join(known)))
        elif not isinstance(column, str | int | float) or isinstance(column, bool):
            wrong.append(NOT_A_COLUMN.refuse(path=str(name), name=str(name)))
        else:
            found[str(name)] = " ".join(str(column).split())
    if wrong:
        raise Refusal(wrong)
    return found


def _columns(file: Path, mapped: Mapping[str, str], known: Sequence[str]) -> dict[str, str]:
    """Field -> column of this file: what the mapping says, else the field's own name where the file has it."""
    there = reading.headers(file)
    lacking = [column for column in mapped.values() if column not in there]
    if lacking:
        raise Refusal(_missing(file, lacking, there))
    taken = set(mapped.values())
    return dict(mapped) | {n: n for n in known if n not in mapped and n in there and n not in taken}


def _missing(file: Path, names: Iterable[str], there: Iterable[str]) -> Objection:
    return MISSING.refuse(file=file.name, names=", ".join(names), there=", ".join(there)[:300])


# --- records to match --------------------------------------------------------------------------------------------------


def records(files: Sequence[Path], mapping: Path | None) -> tuple[str, list[list[dict[str, str]]]]:
    """The kind (`company` or `person`) and the records of each file, in the fields of the matching.

    `Refusal` where a file cannot be read, lacks an id, has one twice, or tells neither companies nor persons.
    """
    content = _content(mapping)
    known = ("id", *dict.fromkeys(name for fields in FIELDS.values() for name in fields))
    first = _fields(content, known)
    second = _fields(content, known, "second") if "second" in content else first
    named = [_columns(file, given, known) for file, given in zip(files, (first, second), strict=False)]
    kinds = {_kind(columns) for columns in named}
    if len(kinds) != 1:
        raise Refusal(NO_KIND.refuse())
    kind = kinds.pop()
    wanted = {"id", *FIELDS[kind]}
    return kind, [
        [
            as_person(row) if kind == "person" else row
            for row in _records(file, {f: c for f, c in columns.items() if f in wanted})
        ]
        for file, columns in zip(files, named, strict=True)
    ]


def _kind(columns: Mapping[str, str]) -> str:
    if "given_name" in columns or "surname" in columns:
        return "person"
    if "name" in columns:
        return "company"
    raise Refusal(NO_KIND.refuse())


def _records(file: Path, columns: Mapping[str, str]) -> list[dict[str, str]]:
    if "id" not in columns:
        raise Refusal(_missing(file, ["id"], reading.headers(file)))
    found: list[dict[str, str]] = []
    seen: set[str] = set()
    for row in reading.rows(file, list(dict.fromkeys(columns.values()))):
        record = {name: row.values[column] for name, column in columns.items()}
        key = record["id"] = record["id"].strip()
        if not key:
            raise Refusal(NO_ID.refuse(file=file.name, row=row.number))
        if key in seen:
            raise Refusal(ID_TWICE.refuse(file=file.name, id=key[:60]))
        seen.add(key)
        found.append(record)
    if not found:
        raise Refusal(NO_ROWS.refuse())
    return found


# --- sales to learn from -----------------------------------------------------------------------------------------------


def last_day(text: str) -> date:
    """The day after which nothing is learnt from. `Refusal` where it is no day."""
    day = _day(text, "ymd")
    if isinstance(day, date):
        return day
    raise Refusal(BAD_DAY.refuse(problem=day.text))


def sales(file: Path, mapping: Path | None) -> Sales:
    """The purchases of a file. `Refusal` names the first wrong rows; rows without a customer are left out and counted."""
    content = _content(mapping)
    order: DateOrder = content.get("day_order", "ymd")
    if order not in ("ymd", "dmy", "mdy"):
        raise Refusal(BAD_ORDER.refuse())
    columns = _columns(file, _fields(content, SALES_FIELDS), SALES_FIELDS)
    if lacking := [name for name in SALES_FIELDS if name not in columns]:
        raise Refusal(_missing(file, lacking, reading.headers(file)))
    purchases: list[Purchase] = []
    wrong: list[Objection] = []
    rows = nameless = returns = 0
    returned = Decimal(0)
    for row in reading.rows(file, list(dict.fromkeys(columns.values()))):
        rows += 1
        customer = row.values[columns["customer"]].strip()
        if not customer:
            nameless += 1
            continue
        one = _purchase(customer, row.values[columns["date"]], row.values[columns["amount"]], order)
        problem = row.problem or (one if isinstance(one, Objection) else None)
        if problem is not None:
            wrong.append(BAD_ROW.refuse(row=row.number, problem=problem.text))
        elif isinstance(one, Purchase):
            purchases.append(one)
            if one.amount < 0:
                returns, returned = returns + 1, returned - one.amount
    if wrong:
        rest = len(wrong) - MOST_NAMED
        raise Refusal([*wrong[:MOST_NAMED], *([MORE.refuse(count=rest)] if rest > 0 else [])])
    if not rows:
        raise Refusal(NO_ROWS.refuse())
    return Sales(purchases, rows, nameless, returns, returned)


def _purchase(customer: str, day: str, amount: str, order: DateOrder) -> Purchase | Objection:
    on, paid = _day(day, order), _amount(amount)
    if isinstance(on, Objection):
        return on
    if paid is None:
        return NO_AMOUNT.refuse()
    return paid if isinstance(paid, Objection) else Purchase(customer, on, paid)


def _amount(text: str) -> Decimal | Objection | None:
    """An amount; what a program wrote in binary, 30.599999999999998, is rounded to six places."""
    if _OF_A_PROGRAM.fullmatch(text.strip()):
        return Decimal(text.strip()).quantize(Decimal("0.000001"))
    return read_number(text)


def _day(text: str, order: DateOrder) -> date | Objection:
    """The calendar day as it is written; a time of day after it does not move it."""
    moment = read_moment(text.strip().removesuffix("Z").removesuffix("+00:00"), order)
    if moment is None:
        return NO_DATE.refuse()
    return moment if isinstance(moment, Objection) else moment.astimezone(BUSINESS_ZONE).date()
