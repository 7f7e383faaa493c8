"""Evidence for clause 1.1.4: records of a kind outside the profiles that were on (must be none)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from sellwell.foundation.profiles import queries, rules
from sellwell.foundation.profiles.extensions import Subject, all_subjects
from sellwell.kernel import clock
from sellwell.kernel.evidence import MOST_NAMED, Broken, Evidence, Tally, evidence, last_day
from sellwell.kernel.values import Period, T

OUTSIDE = T(
    "{subject}“{kind}”不在 {day} 启用的行业模板内", "{subject} “{kind}” was in no profile on, on {day}"
)


@evidence("1.1.4", T("单据都在启用的行业模板之内", "Records within the industry profiles"))
def within_the_profiles(company_id: UUID, period: Period) -> Evidence:
    """Every kind of every record of the period, judged by the profiles of its day; standing ones by today's.

    Whether a product was on sale on an earlier day is not kept: a period that is over says nothing of standing records.

    Counted by kind and day in the database; only what is outside is read row by row.
    """
    spans = queries.spans(company_id)
    concerned: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    named: list[Broken] = []
    last = last_day(period)
    is_over = period.until is not None and period.until <= clock.business_day(clock.now())
    for name, subject in all_subjects().items():
        if is_over and not subject.day:
            continue
        rows = _rows_of(subject, company_id, period)
        counted = _counted(subject, rows, last)
        outside: list[tuple[str, date]] = []
        for code, day, department, number in counted:
            concerned[department] += number
            if not rules.allows(spans, (name, code), day):
                wrong[department] += number
                outside.append((code, day))
        named += _named(subject, rows, outside, MOST_NAMED - len(named))
    total, broken = sum(concerned.values()), sum(wrong.values())
    departments = {path: Tally(count, count - wrong[path]) for path, count in concerned.items()}
    return Evidence(total, total - broken, tuple(named), (), departments)


def _rows_of(subject: Subject, company_id: UUID, period: Period) -> QuerySet[Any]:
    """The records of the period; standing ones as long as they are open."""
    rows = subject.records(company_id)
    if not subject.day:
        return rows.filter(subject.open)
    rows = rows.filter(**{f"{subject.day}__gte": period.since})
    return rows.filter(**{f"{subject.day}__lt": period.until}) if period.until is not None else rows


def _counted(subject: Subject, rows: QuerySet[Any], last: date) -> list[tuple[str, date, str, int]]:
    """Code, day, department and how many."""
    paths = [path for path in (subject.code, subject.day, subject.department) if path]
    found = []
    for row in rows.order_by().values(*paths).annotate(number=Count("pk")):
        day = row[subject.day] if subject.day else last
        department = row[subject.department] if subject.department else ""
        found.append((row[subject.code], day, department, row["number"]))
    return found


def _named(
    subject: Subject, rows: QuerySet[Any], outside: Sequence[tuple[str, date]], most: int
) -> list[Broken]:
    """The records outside, by name."""
    if not outside or most <= 0:
        return []
    days: dict[str, list[date]] = {}
    for code, day in outside:
        days.setdefault(code, []).append(day)
    wrong = Q()
    for code, known in days.items():
        wrong |= Q(**{subject.code: code}) & (Q(**{f"{subject.day}__in": known}) if subject.day else Q())
    paths = [path for path in (subject.code, subject.name, subject.day, subject.department) if path]
    row_type, names = rows.model._meta.label_lower, queries.names_of(subject)
    found = []
    for row in rows.filter(wrong).order_by("pk").values("pk", *paths)[:most]:
        code = row[subject.code]
        why = OUTSIDE.format(
            subject=subject.title, kind=queries.label(names, code), day=row[subject.day] if subject.day else days[code][0]
        )  # fmt: skip
        department = row[subject.department] if subject.department else ""
        found.append(Broken(row_type, row["pk"], str(row[subject.name]), why, department))
    return found
