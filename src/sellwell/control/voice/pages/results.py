"""Results: figures with their intervals, question by question, by place, over time; and the one view for ISO 9001, 9.1.2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from sellwell.control.voice import figures, queries
from sellwell.control.voice.figures import Span, Spread
from sellwell.control.voice.models import Questionnaire, Response
from sellwell.control.voice.rules import figures as rules
from sellwell.control.voice.rules import questions
from sellwell.control.voice.rules.figures import Figure
from sellwell.control.voice.rules.questions import Block, Kind
from sellwell.control.voice.views import ANSWERS, INVITATIONS, RESPONSES
from sellwell.kernel import takings
from sellwell.kernel.tabular_writing import SheetColumn, xlsx
from sellwell.kernel.values import T, months_later
from sellwell.web.lists.export import TYPE as XLSX
from sellwell.web.registry import page
from sellwell.web.shortcuts import render, require

RIGHT = "voice.results"
TITLE = T("调查结果", "Survey results")
METRICS = {
    "nps": T("净推荐值 NPS", "NPS"),
    "csat": T("满意度 CSAT", "CSAT"),
    "ces": T("省力度 CES", "CES"),
}
UNITS = {"nps": "", "csat": "%", "ces": "%"}
COLUMNS = {
    "region": T("区域", "Region"),
    "department_path": T("部门", "Department"),
    "product_line": T("产品线", "Product line"),
    "grade": T("客户等级", "Customer grade"),
}


@dataclass(frozen=True)
class Shown:
    """A figure as pages show it: with its number, its interval, whether it is small, and where it goes."""

    name: T | str
    figure: Figure
    unit: str = ""
    trend: str = ""

    @property
    def value(self) -> str:
        """The value with its unit; a dash where there is none."""
        return "—" if self.figure.value is None else f"{self.figure.value.normalize():f}{self.unit}"

    @property
    def interval(self) -> T | None:
        """How far off it may be."""
        low, high = self.figure.low, self.figure.high
        if low is None or high is None:
            return None
        if self.unit == "":
            # Answers that are all alike have no spread to reckon with: no margin is not a margin of nothing.
            margin = self.figure.margin
            return T(f"误差 ±{margin}", f"± {margin}") if margin else None
        return T(f"区间 {low}–{high}{self.unit}", f"{low}–{high}{self.unit}")


def dates(request: Any) -> tuple[date, date]:
    """The days asked for; without, the last twelve months up to today."""
    today = request.ctx.today
    since = _day(request.GET.get("since", "")) or months_later(today.replace(day=1), -11)
    until = _day(request.GET.get("until", "")) or today
    return (since, until + timedelta(days=1)) if since <= until else (until, since + timedelta(days=1))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def form_of(request: Any) -> Questionnaire | None:
    """The questionnaire asked for, else the one with the newest answer, else the newest."""
    forms = Questionnaire.objects.filter(company_id=request.ctx.company_id).exclude(state="draft")
    wanted = request.GET.get("form", "").replace("\x00", "")
    chosen = forms.filter(number=wanted[:40]).first() if wanted else None
    if chosen is not None:
        return chosen
    newest = RESPONSES.rows(request.actor).filter(state="submitted").order_by("-business_date", "-id").first()
    return newest.questionnaire if newest is not None else forms.order_by("-published_at").first()


def results(request: Any) -> HttpResponse:
    """One version's figures over some days."""
    require(request, RIGHT)
    form = form_of(request)
    since, until = dates(request)
    if form is None:
        return render(request, "voice/results.html", {"form": None}, title=TITLE)
    span = Span(request.ctx.company_id, since, until, [form.pk])
    rows = RESPONSES.rows(request.actor).filter(span.responses)
    column = request.GET.get("by", "")
    column = column if column in COLUMNS else "region"
    if request.GET.get("export"):
        return workbook(request, form, rows)
    context = {
        "form": form, "forms": Questionnaire.objects.filter(company_id=request.ctx.company_id).exclude(state="draft").order_by("-published_at"),
        "since": since, "until": until - timedelta(days=1), "heads": heads(request, span, rows), "by": column,
        "columns": COLUMNS, "groups": groups(span, rows, column), "trend": trend(span, rows), "questions": spreads(form, rows),
        "texts": figures.texts(form.pk, rows, 50) if request.actor.may(ANSWERS.name) else [],
        "count": rows.count(), "small": rules.SMALL,
    }  # fmt: skip
    return render(request, "voice/results.html", context, title=TITLE)


page(
    "survey-results",
    results,
    "voice.results",
    title=TITLE,
    right=RIGHT,
    section="voice",
    icon="chart",
    order=5,
)


def heads(request: Any, span: Span, rows: QuerySet[Response]) -> list[Shown]:
    """Response rate and the three metrics; an arrow only where both periods rest on enough answers."""
    days = span.until - span.since
    before = Span(span.company_id, span.since - days, span.since, span.forms)
    every = RESPONSES.rows(request.actor)
    invited = INVITATIONS.rows(request.actor)
    rate = figures.response_rate(span.company_id, span.since, span.until, span.forms, invited)
    earlier = figures.response_rate(span.company_id, before.since, before.until, span.forms, invited)
    found = [Shown(T("回收率", "Response rate"), rate, "%", rules.trend(earlier, rate))]
    for metric, name in METRICS.items():
        now = figures.figure(span, metric, rows)
        if now.value is not None:
            then = figures.figure(before, metric, every)
            found.append(Shown(name, now, UNITS[metric], rules.trend(then, now)))
    return found


def leading(span: Span, rows: QuerySet[Response]) -> str:
    """The metric that a questionnaire is about: the first of NPS, CSAT and CES that it has answers to."""
    for metric in METRICS:
        if rows.filter(**{f"{metric}__isnull": False}).exists():
            return metric
    return "nps"


def groups(span: Span, rows: QuerySet[Response], column: str) -> list[dict[str, Any]]:
    """The metrics by a column, the places with most answers first."""
    by_metric = {metric: dict(figures.by(span, metric, column, rows)) for metric in METRICS}
    shown = [metric for metric in METRICS if by_metric[metric]]
    order: list[str] = []
    for metric in shown:
        order += [name for name in by_metric[metric] if name not in order]
    empty = Figure(0, None)
    return [
        {
            "name": name or T("（未填）", "(not set)"),
            "cells": [Shown(METRICS[m], by_metric[m].get(name, empty), UNITS[m]) for m in shown],
        }
        for name in order[:40]
    ]


def trend(span: Span, rows: QuerySet[Response]) -> dict[str, Any] | None:
    """The leading metric month by month as bars; months with few answers are pale and say so."""
    metric = leading(span, rows)
    months = figures.by_month(span, metric, rows)
    if len(months) < 2:
        return None
    table = [(month, Shown(METRICS[metric], one, UNITS[metric])) for month, one in months]
    return {"name": METRICS[metric], "options": chart(months, UNITS[metric]), "table": table}


def chart(months: Sequence[tuple[date, Figure]], unit: str) -> dict[str, Any]:
    """ECharts options: a bar per month with its value and number of answers."""
    bars = []
    for _, one in months:
        text = f"{one.value:f}{unit}\n(n={one.n})" if one.value is not None else ""
        low = one.value is not None and one.value < 0
        bars.append(
            {
                "value": str(one.value if one.value is not None else 0),
                "itemStyle": {"opacity": 0.45 if one.is_small else 1},
                "label": {"show": True, "position": "bottom" if low else "top", "formatter": text},
            }
        )
    return {
        "grid": {"top": 48, "bottom": 28},
        "xAxis": {
            "type": "category",
            "data": [f"{month:%Y-%m}" for month, _ in months],
            "axisTick": {"show": False},
        },
        "yAxis": {"type": "value", "show": False},
        "series": [{"type": "bar", "barMaxWidth": 48, "data": bars}],
    }


# --- question by question --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """One answer: how many gave it, and their share."""

    name: T | str
    n: int
    share: int


def _bars(pairs: Sequence[tuple[T | str, int]], total: int) -> list[Bar]:
    return [Bar(name, n, round(100 * n / total) if total else 0) for name, n in pairs]


def spreads(form: Questionnaire, rows: QuerySet[Response]) -> list[dict[str, Any]]:
    """Every question with how its answers are spread."""
    found = figures.spread(form.pk, rows)
    return [_one(place, block, found.get(block.key, Spread())) for place, block in enumerate(form.asked, 1)]


def _one(place: int, block: Block, spread: Spread) -> dict[str, Any]:
    kind = Kind(block.kind)
    n = sum(spread.scores.values()) or max(spread.choices.values(), default=0) or spread.texts
    one: dict[str, Any] = {
        "place": place,
        "text": block.text,
        "kind": kind.label,
        "n": n,
        "bars": [],
        "lines": [],
        "mean": None,
    }
    if kind in questions.SCORED:
        one["bars"] = _bars([(str(s), spread.scores.get(s, 0)) for s in reversed(block.scale)], n)
        one["mean"] = Shown(T("平均", "Mean"), rules.mean(spread.scores))
    elif kind in questions.CHOSEN:
        total = sum(spread.choices.values()) if kind is Kind.SINGLE else n
        one["n"] = total if kind is Kind.SINGLE else n
        one["bars"] = _bars([(o.text, spread.choices.get(o.code, 0)) for o in block.options], total)
    elif kind is Kind.MATRIX:
        one["lines"] = [
            (line.text, Shown(T("平均", "Mean"), rules.mean(spread.lines.get(line.code, {}))))
            for line in block.rows
        ]
        one["n"] = max((sum(c.values()) for c in spread.lines.values()), default=0)
    return one


def workbook(request: Any, form: Questionnaire, rows: QuerySet[Response]) -> HttpResponse:
    """Counts of every answer as a workbook; who took it stands in the security log."""
    require(request, RESPONSES.export)
    heads_ = [
        SheetColumn(T("题号", "No.")), SheetColumn(T("题目", "Question"), width=40), SheetColumn(T("题型", "Kind"), width=18),
        SheetColumn(T("回答", "Answer"), width=24), SheetColumn(T("份数", "Answers")), SheetColumn(T("占比（%）", "Share (%)")),
        SheetColumn(T("平均", "Mean")),
    ]  # fmt: skip
    lines: list[list[Any]] = []
    for one in spreads(form, rows):
        first = [one["place"], one["text"], one["kind"]]
        mean = one["mean"].figure.value if one["mean"] else None
        lines += [[*first, bar.name, bar.n, Decimal(bar.share), mean] for bar in one["bars"]]
        lines += [[*first, name, shown.figure.n, None, shown.figure.value] for name, shown in one["lines"]]
        if not one["bars"] and not one["lines"]:
            lines.append([*first, T("（文字）", "(text)"), one["n"], None, None])
    takings.exported(
        request.ctx,
        RESPONSES.name,
        TITLE,
        len(lines),
        ["question", "answer", "count", "share", "mean"],
        {"form": form.number},
    )
    content = xlsx(heads_, lines, title=form.number, made_at=request.ctx.now)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{form.number}-results.xlsx"'
    return response


# --- ISO 9001, 9.1.2 ------------------------------------------------------------------------------------------------------

ISO = T("客户满意监测", "Customer satisfaction")


def satisfaction(request: Any) -> HttpResponse:
    """How satisfaction was monitored and what was done about it: one page for an auditor."""
    require(request, "voice.evidence_9_1_2")
    since, until = dates(request)
    span = Span(request.ctx.company_id, since, until)
    rows = RESPONSES.rows(request.actor).filter(span.responses)
    context = {
        "since": since, "until": until - timedelta(days=1), "heads": heads(request, span, rows), "small": rules.SMALL,
        "trend": trend(span, rows), "follow": queries.follow_up_figures(span.company_id, since, until, request.ctx.now),
        "causes": queries.causes(span.company_id, since, until), "interviews": queries.interview_figures(span.company_id, since, until, request.ctx.today),
        "rounds": queries.round_figures(span.company_id, since, until, request.ctx.today),
        "asked": queries.left_out_figures(span.company_id, since, until), "programmes": queries.running(span.company_id),
    }  # fmt: skip
    return render(request, "voice/satisfaction.html", context, title=ISO)


page("customer-satisfaction", satisfaction, "voice.satisfaction", title=ISO, right="voice.evidence_9_1_2", section="voice",
     icon="shield", order=8)  # fmt: skip
