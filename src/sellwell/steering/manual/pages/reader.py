"""The book: chapters left, text in the middle, the live margin right; a clause with all that stands behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse

from sellwell.foundation.company.queries import in_force_on
from sellwell.kernel.evidence import for_clause
from sellwell.kernel.extensions import procedures
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.steering.manual import book as books
from sellwell.steering.manual import conformance, controls, coverage, drilling, figures, queries, rules
from sellwell.steering.manual.book import Book, Leaf
from sellwell.steering.manual.models import Passage, Reading, Variation
from sellwell.steering.manual.views import PASSAGES, VARIATIONS
from sellwell.web.registry import page
from sellwell.web.shortcuts import fragment, render, require, wants_panel

NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}")
FIGURES = "manual.figures"
TITLE = T("销售管理手册", "Sales manual")
CRUMB = (TITLE, "/manual/")
LOOK_BACK = timedelta(days=90)


@dataclass(frozen=True)
class Marginal:
    """A clause with what stands in its margin."""

    leaf: Leaf
    now: figures.Rate
    spark: figures.Spark
    controls: int
    has_evidence: bool


def day_of(request: Any) -> date:
    """The day whose manual is read: the one asked for, else today."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return request.ctx.today  # type: ignore[no-any-return]


def reading_book(request: Any) -> Book:
    """The edition in force on the day; nothing is read where none is."""
    edition = queries.edition_on(day_of(request))
    if edition is None:
        raise Http404("no edition is in force")
    return books.open_(edition)


def month_of(request: Any) -> date:
    """The month that was asked for, else this one. Anything unreadable is this month."""
    today: date = request.ctx.today
    try:
        asked = datetime.strptime(request.GET.get("month", ""), "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return today.replace(day=1)
    return min(asked, today.replace(day=1))


def marginals(leaves: list[Leaf], ctx: Context) -> list[Marginal]:
    """Clauses with their figures, for those who may read figures: one query for all of them."""
    numbers = [leaf.number for leaf in leaves if leaf.level == 3] if ctx.actor.may(FIGURES) else []
    months = rules.months_back(ctx.today, figures.MONTHS)
    rows = conformance.latest(ctx.company_id, months, numbers, is_whole=True) if numbers else []
    known = figures.by_clause(rows)
    found = []
    for leaf in leaves:
        rates = [known.get((leaf.number, month), figures.Rate()) for month in months]
        found.append(
            Marginal(
                leaf, rates[-1], figures.spark(rates, months), len(controls.controls_for(leaf.number)),
                bool(for_clause(leaf.number)),
            )
        )  # fmt: skip
    return found


# --- the book -----------------------------------------------------------------------------------------------------------


def read(request: Any) -> HttpResponse:
    """The first chapter, what a search found, or the clauses for the reader's role."""
    book = reading_book(request)
    words = request.GET.get("q", "").strip()[:80]
    if words:
        found = books.search(book, words)
        return chapter(
            request, book, [leaf for leaf in found if leaf.level == 3 or len(found) < 40], words=words
        )
    if request.GET.get("mine"):
        return chapter(request, book, books.for_actor(book, request.ctx), is_mine=True)
    return chapter(request, book, book.within("1"), here="1")


def chapter(
    request: Any, book: Book, leaves: list[Leaf], here: str = "", words: str = "", is_mine: bool = False
) -> HttpResponse:
    """Passages with their margin."""
    context = {
        "book": book,
        "items": marginals(leaves, request.ctx),
        "with_figures": request.ctx.actor.may(FIGURES),
        "chapters": [(leaf, book.sections_of(leaf.number)) for leaf in book.chapters],
        "here": here,
        "words": words,
        "is_mine": is_mine,
        "readings": my_readings(request.ctx),
        "next": _next_chapter(book, here),
        "on": request.GET.get("on", "") and day_of(request),
    }
    return render(request, "manual/book.html", context, title=TITLE)


def _next_chapter(book: Book, here: str) -> Leaf | None:
    numbers = [leaf.number for leaf in book.chapters]
    if here not in numbers or here == numbers[-1]:
        return None
    return book.chapters[numbers.index(here) + 1]


def my_readings(ctx: Context) -> list[Reading]:
    """What the reader has still to confirm."""
    rows = Reading.objects.filter(company_id=ctx.company_id, user_id=ctx.user_id, state="waiting")
    return list(rows.select_related("edition").order_by("due_on"))


# --- a clause -----------------------------------------------------------------------------------------------------------


def passage(request: Any, number: str) -> HttpResponse:
    """A chapter or section opens its chapter; a clause its own page."""
    if not NUMBER.fullmatch(number):
        raise Http404(number)
    book = reading_book(request)
    leaf = book.by_number.get(number)
    if leaf is None:
        raise Http404(number)
    if leaf.level < 3:
        return chapter(request, book, book.within(leaf.chapter), here=leaf.chapter)
    context = clause_context(request, book, leaf)
    if wants_panel(request):
        return fragment(request, "manual/clause_panel.html", context)
    context["chapters"] = [(one, book.sections_of(one.number)) for one in book.chapters]
    crumbs = [CRUMB, (book.by_number[leaf.chapter].text, f"/manual/{leaf.chapter}/")]
    return render(request, "manual/clause.html", context, title=T(number, number), crumbs=crumbs)


def clause_context(request: Any, book: Book, leaf: Leaf) -> dict[str, Any]:
    """All that stands behind a clause; the records that broke it are loaded by the page afterwards."""
    ctx, month = request.ctx, month_of(request)
    months = rules.months_back(month, figures.MONTHS)
    with_figures = ctx.actor.may(FIGURES)
    rows = conformance.latest(ctx.company_id, months, [leaf.number]) if with_figures else []
    known = figures.by_clause(rows)
    rates = [known.get((leaf.number, each), figures.Rate()) for each in months]
    order = [one.number for one in book.clauses]
    place = order.index(leaf.number)
    found = controls.controls_for(leaf.number)
    return {
        "leaf": leaf,
        "section": book.by_number.get(leaf.section),
        "here": leaf.chapter,
        "month": month,
        "months": rules.months_back(ctx.today, figures.MONTHS)[::-1],
        "with_figures": with_figures,
        "now": rates[-1],
        "spark": figures.spark(rates, months),
        "evidences": evidence_lines(leaf.number, rows, month),
        "departments": department_lines(rows, month, ctx),
        "as_of": max((row.as_of for row in rows), default=None),
        "controls": [(controls.KINDS[kind], [c for c in found if c.kind == kind]) for kind in controls.KINDS],
        "control_count": len(found),
        "deadlines": deadlines(leaf.number, ctx) if with_figures else [],
        "bases": books.cited(leaf.bases, ctx),
        "variations": variations(leaf.number, ctx),
        "coverage": coverage.of_clause(leaf.number),
        "history": books.history(leaf.number),
        "draft": open_draft(leaf.number, ctx),
        "procedures": [one for _, told in procedures for one in told(leaf.number, ctx.company_id, ctx.today)],
        "before": order[place - 1] if place else "",
        "after": order[place + 1] if place + 1 < len(order) else "",
    }


def deadlines(number: str, ctx: Context) -> list[controls.Deadline]:
    """How the steps of a clause that come with a due time went lately."""
    return controls.deadlines_for(number, ctx.company_id, ctx.now, ctx.now - LOOK_BACK)


def open_draft(number: str, ctx: Context) -> dict[str, Any] | None:
    """The draft that an editor may change this clause in, with its wording there."""
    if not ctx.actor.may("manual.change_passage"):
        return None
    row = Passage.objects.filter(number=number, edition__state="draft", edition__held_by=None)
    found = row.select_related("edition").first()
    if found is None:
        return None
    query = urlencode({"number": number, "zh": found.zh, "en": found.en})
    return {"edition": found.edition, "url": f"/do/manual.change_passage/{found.edition_id}/?{query}"}


def evidence_lines(number: str, rows: list[Any], month: date) -> list[tuple[Any, figures.Rate]]:
    """Each evidence of a clause with its rate of the month."""
    whole = {r.evidence: r for r in rows if r.month == month and r.department_path == conformance.WHOLE}
    return [
        (one, figures.rate([whole[one.name]]) if one.name in whole else figures.Rate())
        for one in for_clause(number)
    ]


def department_lines(rows: list[Any], month: date, ctx: Context) -> list[tuple[Any, figures.Rate]]:
    """The departments right below the top with their rate of the month, the worst first."""
    placed: dict[str, list[Any]] = {}
    for row in rows:
        if row.month == month and row.department_path != conformance.WHOLE:
            placed.setdefault(figures.top_of(row.department_path), []).append(row)
    if not placed:
        return []
    found = [
        (department, figures.rate(placed[department.path]))
        for department in queries.departments(ctx.company_id)
        if department.path in placed
    ]
    return sorted(found, key=lambda pair: (pair[1].share is None, pair[1].share or 0))


def variations(number: str, ctx: Context) -> list[Variation]:
    """Approved variations in force today of the processes that carry the clause out, as far as the reader sees them."""
    if not ctx.actor.may(VARIATIONS.name):
        return []
    kinds = {o.model._meta.label_lower for o in controls.operations_for(number)}
    rows = VARIATIONS.rows(ctx.actor).filter(
        in_force_on(ctx.today), company_id=ctx.company_id, state="approved", process__in=kinds
    )
    return list(rows.order_by("number"))


# --- its records --------------------------------------------------------------------------------------------------------


def records(request: Any, number: str) -> HttpResponse:
    """The records of a month that did not keep a clause, and why; as a page or inside the clause's page."""
    require(request, FIGURES)
    if not NUMBER.fullmatch(number):
        raise Http404(number)
    ctx, month = request.ctx, month_of(request)
    department = request.GET.get("department", "")[:200]
    names = {d.path: d for d in queries.departments(ctx.company_id)}
    with_below = "below" in request.GET
    found = drilling.records(number, ctx.company_id, month, ctx.actor, department, with_below=with_below)
    context = {
        "number": number,
        "month": month,
        "department": names.get(department),
        "departments": {path: d.name for path, d in names.items()},
        "found": found,
        "is_any": any(one.is_broken or one.failed for one in found),
        "is_part": bool(request.GET.get("part")),
    }
    if context["is_part"]:
        return fragment(request, "manual/_records.html", context)
    book = reading_book(request)
    leaf = book.by_number.get(number)
    if leaf is None:
        raise Http404(number)
    context["leaf"] = leaf
    crumbs = [CRUMB, (T(number, number), f"/manual/{number}/")]
    return render(
        request,
        "manual/records.html",
        context,
        title=T("未遵守的记录", "Records that did not keep it"),
        crumbs=crumbs,
    )


page(
    "manual/", read, "manual.book", title=TITLE, right=PASSAGES.name, section="manual", icon="book", order=5
)  # fmt: skip
page("manual/<str:number>/", passage, "manual.clause", right=PASSAGES.name)
page("manual/<str:number>/records", records, "manual.records", right=FIGURES)
