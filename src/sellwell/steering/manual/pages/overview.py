"""The overview: how far the house keeps its manual, the worst first, and what nobody would notice otherwise (B1)."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from typing import Any

from django.http import HttpResponse
from django.utils.safestring import SafeString, mark_safe

from sellwell.kernel.evidence import for_clause
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.steering.manual import book as books
from sellwell.steering.manual import conformance, controls, coverage, figures, queries, rules
from sellwell.steering.manual.book import Book
from sellwell.steering.manual.models import Reading
from sellwell.steering.manual.pages.reader import CRUMB, FIGURES, month_of, my_readings, reading_book
from sellwell.web.registry import Number, Warning_, figure, page, warnings
from sellwell.web.shortcuts import fragment, render

TITLE = T("合规总览", "Conformance")
IDLE = timedelta(days=90)
MISSING_DAYS = 14  # an evidence without a record for so long is told


def show(request: Any) -> HttpResponse:
    """Heat map, coverage, changes, idle controls, missing evidence, repealed bases, readers."""
    ctx: Context = request.ctx
    book, month = reading_book(request), month_of(request)
    heat = figures.heat(ctx.company_id, month, books.texts(book))
    covered = coverage.all_clauses()
    context = {
        "heat": heat,
        "rows": [(row, cells(row, month)) for row in heat.rows],
        "month": month,
        "months": rules.months_back(ctx.today, figures.MONTHS)[::-1],
        "idle_days": IDLE.days,
        "missing_days": MISSING_DAYS,
        "run": conformance.last_run(ctx.company_id),
        "coverage": coverage.summary(covered),
        "shares": bar(coverage.summary(covered)),
        "without": without_control(book),
        "missing": figures.missing_evidence(ctx.company_id, ctx.today, MISSING_DAYS),
        "repealed": citing_repealed(book, ctx),
        "late": late_readers(ctx),
        "worse": worse(heat),
    }
    return render(request, "manual/overview.html", context, title=TITLE, crumbs=[CRUMB])


def idle(request: Any) -> HttpResponse:
    """The part that looks through ninety days of the ledger: loaded once the page is there."""
    ctx: Context = request.ctx
    found = controls.never_fired(ctx.company_id, ctx.now - IDLE)
    context = {
        "operations": [pair for pair in found if pair[0].kind == "operation"],
        "guards": [pair for pair in found if pair[0].kind == "guard"],
    }
    return fragment(request, "manual/_idle.html", context)


def cells(row: figures.HeatRow, month: date) -> SafeString:
    """The cells of a row of the heat map, each leading to its records. Drawn here, since there are hundreds."""
    at = f"/manual/{row.number}/records?month={month:%Y-%m}"
    tone = "fall" if (row.change or 0) < 0 else "rise" if row.change else ""
    drawn = [cell(row.whole, at), f'<td><span class="{tone}">{row.points or "–"}</span></td>']
    drawn += [cell(rate, f"{at}&amp;department={escape(path)}") for path, rate in row.cells]
    return mark_safe("".join(drawn))  # noqa: S308 - escaped


def cell(rate: figures.Rate | None, url: str) -> str:
    """One cell: its percentage, or why there is none."""
    if rate is None:
        return '<td><span class="heat-0">–</span></td>'
    text = f"{rate.percent}%" if rate.share is not None else escape(str(rate.words))
    return f'<td><a class="heat-{rate.step}" href="{url}">{text}</a></td>'


def bar(counts: dict[str, int]) -> list[tuple[str, float, float]]:
    """Covered and part as stretches of a bar 100 long: (kind, start, length)."""
    total = counts["total"] or 1
    covered, part = 100 * counts["covered"] / total, 100 * counts["part"] / total
    return [("covered", 0.0, round(covered, 1)), ("part", round(covered, 1), round(part, 1))]


def without_control(book: Book) -> list[tuple[Any, list[Any]]]:
    """Clauses that no software carries out and nothing measures, chapter by chapter."""
    bare = [
        leaf for leaf in book.clauses if not controls.has_control(leaf.number) and not for_clause(leaf.number)
    ]
    return [
        (chapter, own)
        for chapter in book.chapters
        if (own := [leaf for leaf in bare if leaf.chapter == chapter.number])
    ]


def worse(heat: figures.Heat) -> list[figures.HeatRow]:
    """Clauses that are kept less than the month before, the largest fall first."""
    return sorted((row for row in heat.rows if (row.change or 0) < 0), key=lambda row: row.change or 0)[:5]


def citing_repealed(book: Book, ctx: Context) -> list[tuple[Any, list[str]]]:
    """Repealed bases with the clauses that still cite them."""
    citing: dict[str, list[str]] = {}
    for leaf in book.clauses:
        for code in leaf.bases:
            citing.setdefault(code, []).append(leaf.number)
    known = queries.bases_by_code(citing)
    return [
        (basis, citing[code])
        for code, basis in sorted(known.items())
        if rules.is_repealed(basis.until, ctx.today)
    ]


def late_readers(ctx: Context) -> int:
    """How many people have not confirmed in time; somebody with two roles is one."""
    rows = Reading.objects.filter(company_id=ctx.company_id, state="waiting", due_on__lt=ctx.today)
    return rows.filter(user__is_active=True).values("user_id").distinct().count()


page(
    "manual/overview", show, "manual.overview", title=TITLE, right=FIGURES, section="manual", icon="chart", order=6
)  # fmt: skip
page("manual/overview/idle", idle, "manual.idle", right=FIGURES)


# --- workbench ----------------------------------------------------------------------------------------------------------


def kept_this_month(ctx: Context) -> Number | None:
    """The share of this month's records that kept their clause, as measured last; for those who may read figures."""
    if not ctx.actor.may(FIGURES):
        return None
    month = ctx.today.replace(day=1)
    rates = figures.by_clause(conformance.latest(ctx.company_id, [month], is_whole=True))
    whole = figures.Rate(*rules.total((r.concerned, r.kept) for r in rates.values()))
    if whole.share is None:
        return None
    return Number(
        whole.share.quantize(rules.Decimal("0.001")), unit="%", url="/manual/overview",
        note=T(f"{whole.broken} 条记录未遵守", f"{whole.broken} records did not keep it"),
    )  # fmt: skip


for _role, _order in (("executive", 5), ("auditor", 5), ("legal", 5)):
    figure(_role, T("本月合规率", "Conformance this month"), kept_this_month, order=_order)


def reading_warnings(ctx: Context) -> list[Warning_]:
    """The reader's own acknowledgements that are late or near."""
    return [
        Warning_(
            T(f"请确认已阅读手册 V{r.edition.number}", f"Confirm having read manual V{r.edition.number}"),
            f"/do/manual.acknowledge/{r.pk}/",
            "late" if rules.is_overdue(r.due_on, ctx.today) else "near",
            T(f"截止 {r.due_on}", f"due {r.due_on}"),
        )
        for r in my_readings(ctx)
        if ctx.today >= r.due_on - rules.REMIND_BEFORE
    ]


warnings("*", reading_warnings)


def overseer_warnings(ctx: Context) -> list[Warning_]:
    """Clauses that cite a repealed basis, and people who are late with reading."""
    edition = queries.edition_on(ctx.today)
    found = []
    if edition is not None:
        for basis, numbers in citing_repealed(books.open_(edition), ctx):
            text = T(
                f"{len(numbers)} 条引用已失效的“{basis.zh}”",
                f"{len(numbers)} clauses cite “{basis.en or basis.zh}”, repealed",
            )
            found.append(Warning_(text, f"/bases/{basis.pk}/", "late"))
    if count := late_readers(ctx):
        text = T(f"{count} 人逾期未确认阅读手册", f"{count} people are late with reading the manual")
        found.append(Warning_(text, "/manual-readings/?state=waiting", "near"))
    return found


for _role in ("legal", "administrator"):
    warnings(_role, overseer_warnings)
