"""What a study may rest on: the numbers of its days - answers, response rate, sales - and the words said in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum

from sellwell.control.voice import figures
from sellwell.control.voice.models import Finding, Passage, Study, StudyQuestionnaire
from sellwell.control.voice.rules.figures import Figure, rounded
from sellwell.control.voice.rules.studies import Stated
from sellwell.kernel.models import Fact
from sellwell.kernel.values import T

SALES = "accepted"  # revenue: what customers took over
MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the study's days: what it is of, how many it rests on, and its unit (`%`, `¥` or none)."""

    key: str
    what: T
    n: int
    value: Decimal
    unit: str
    margin: Decimal | None = None

    def kept(self) -> dict[str, Any]:
        """As a finding keeps it."""
        return {
            "key": self.key, "what": {"zh": self.what.zh, "en": self.what.en}, "n": self.n, "value": format(self.value, "f"),
            "unit": self.unit, "margin": None if self.margin is None else format(self.margin, "f"),
        }  # fmt: skip

    @property
    def label(self) -> T:
        """In a line of a form."""
        told = f"{self.unit}{self.value:,}" if self.unit == "¥" else f"{self.value}{self.unit}"
        return T(f"{self.what.zh}：{told}（n={self.n}）", f"{self.what.en}: {told} (n={self.n})")


NAMES = {
    "nps": (T("净推荐值 NPS", "NPS"), ""),
    "csat": (T("满意度 CSAT（4、5 分占比）", "CSAT (4 and 5)"), "%"),
    "ces": (T("省力度 CES（5 分以上占比）", "CES (5 and above)"), "%"),
}


def numbers(study: Study) -> list[Number]:
    """Every number there is: scores and response rate of its questionnaires, sales of its days and how they changed."""
    forms = forms_of(study.pk)
    span = figures.Span(study.company_id, study.since, study.until, forms)
    found: list[Number] = []
    if forms:
        for metric, (what, unit) in NAMES.items():
            found += _number(metric, what, figures.figure(span, metric), unit)
        rate = figures.response_rate(study.company_id, study.since, study.until, forms)
        found += _number("response", T("回收率", "Response rate"), rate, "%")
    return found + _sales(study)


def forms_of(study_id: UUID) -> list[UUID]:
    """The questionnaires of a study."""
    return list(
        StudyQuestionnaire.objects.filter(study_id=study_id).values_list("questionnaire_id", flat=True)
    )


def _number(key: str, what: T, figure: Figure, unit: str) -> list[Number]:
    return [] if figure.value is None else [Number(key, what, figure.n, figure.value, unit, figure.margin)]


def _sales(study: Study) -> list[Number]:
    """Revenue of the days, by product line, and against as many days before them."""
    before = study.since - (study.until - study.since)
    now, then = _by_line(study, study.since, study.until), _by_line(study, before, study.since)
    total, earlier = sum(now.values(), Decimal(0)), sum(then.values(), Decimal(0))
    count = _count(study)
    if not count:
        return []
    found = [Number("sales", T("验收收入", "Revenue"), count, total, "¥")]
    if earlier > 0:
        change = rounded((total - earlier) / earlier * 100, "0.1")
        found.append(
            Number(
                "sales_change",
                T("验收收入较前一段同样天数", "Revenue against as many days before"),
                count,
                change,
                "%",
            )
        )
    largest = sorted(now, key=lambda line: (-now[line], line))[:MOST_LINES]
    for line in largest:
        if then.get(line, Decimal(0)) > 0:
            change = rounded((now[line] - then[line]) / then[line] * 100, "0.1")
            what = T(f"{line}收入变化", f"Change of revenue, {line}")
            found.append(Number(f"line:{line}"[:60], what, count, change, "%"))
    return found


def _facts(study: Study, since: date, until: date) -> Any:
    return Fact.objects.filter(
        company_id=study.company_id, measure=SALES, happened_on__gte=since, happened_on__lt=until
    )


def _by_line(study: Study, since: date, until: date) -> dict[str, Decimal]:
    rows = _facts(study, since, until).order_by().values_list("product_line").annotate(total=Sum("amount"))
    return {line or "—": total for line, total in rows}


def _count(study: Study) -> int:
    return int(_facts(study, study.since, study.until).values("document_id").distinct().count())


def passages(study: Study) -> list[Passage]:
    """What was said in interviews of the study's days and can still be read."""
    rows = Passage.objects.filter(
        company_id=study.company_id,
        business_date__gte=study.since,
        business_date__lt=study.until,
        is_void=False,
    ).exclude(quote="")
    return list(
        rows.select_related("interview__customer__party").order_by("aspect", "-business_date", "-id")[:200]
    )


def findings(study: Study) -> list[Finding]:
    """The findings that count."""
    return list(Finding.objects.filter(study=study, is_void=False).order_by("aspect", "id"))


def stated(study_ids: Iterable[UUID]) -> dict[UUID, list[Stated]]:
    """What studies state, with how much of what it rests on can still be read. Two queries."""
    rows = list(Finding.objects.filter(study_id__in=list(study_ids), is_void=False))
    ids = {key for row in rows for key in row.passages}
    there = set(
        Passage.objects.filter(pk__in=ids, is_void=False).exclude(quote="").values_list("pk", flat=True)
    )
    found: dict[UUID, list[Stated]] = {}
    for row in rows:
        words = sum(key in there for key in row.passages)
        found.setdefault(row.study_id, []).append(Stated(row.aspect, len(row.numbers), words))
    return found
