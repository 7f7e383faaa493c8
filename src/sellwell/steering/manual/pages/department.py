"""What a department's page shows of the manual: how far the records that it answers for kept their clauses this month."""

from __future__ import annotations

from typing import Any

from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.steering.manual import book as books
from sellwell.steering.manual import conformance, figures, queries
from sellwell.steering.manual.models import Conformance
from sellwell.steering.manual.pages.reader import FIGURES
from sellwell.web.registry import panel

MOST = 6


def kept_here(row: Any, ctx: Context) -> dict[str, Any] | None:
    """The whole of the department and those below, and the clauses kept least; nothing before the first measuring."""
    month = ctx.today.replace(day=1)
    found = conformance.latest(row.company_id, [month], below=row.path)
    edition = queries.edition_on(ctx.today)
    if not found or edition is None:
        return None
    by_clause: dict[str, list[Conformance]] = {}
    for one in found:
        by_clause.setdefault(one.clause, []).append(one)
    rates = {number: figures.rate(group) for number, group in by_clause.items()}
    worst = sorted(
        (number for number, rate in rates.items() if rate.broken or rate.failed),
        key=lambda number: (rates[number].share is not None, rates[number].share or 0),
    )[:MOST]
    texts = books.texts_of(edition, worst)
    return {
        "whole": figures.rate(found),
        "worst": [(number, texts.get(number, T("", "")), rates[number]) for number in worst],
        "month": month,
        "path": row.path,
    }


panel(
    "company.department", "conformance", T("本月合规", "Conformance this month"), "manual/_department.html",
    context=kept_here, place="main", right=FIGURES, order=12,
)  # fmt: skip
