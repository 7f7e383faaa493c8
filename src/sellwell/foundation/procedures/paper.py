"""The handbook: the steps of all processes as one paper (clause 2.2.4)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sellwell.foundation.company.queries import company
from sellwell.foundation.procedures import queries
from sellwell.foundation.procedures.models import Procedure
from sellwell.foundation.procedures.views import said, verb, who
from sellwell.kernel import documents
from sellwell.kernel.numbers_text import quantity
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import T

LIMIT = T("{hours} 个工作小时内", "within {hours} working hours")


def handbook(company_id: UUID, day: date) -> bytes:
    """Every procedure in force as PDF, by kind of document, in the order of the process."""
    held = queries.all_in_force(company_id)
    sections: dict[str, list[documents.HandbookEntry]] = {}
    for name, operation in REGISTRY.items():
        if name in held:
            sections.setdefault(str(operation.model.noun), []).append(_entry(held[name]))
    return documents.render(
        "handbook",
        {
            "number": f"SOP-{day:%Y%m%d}",
            "date": day,
            "seller": {"name": company(company_id).name, "name_en": company(company_id).name_en},
            "count": str(len(held)),
            "sections": [{"title": title, "procedures": found} for title, found in sections.items()],
        },
    )


def _entry(row: Procedure) -> documents.HandbookEntry:
    return {
        "title": verb(row),
        "version": f"v{row.number}",
        "who": who(row),
        "limit": str(LIMIT.format(hours=quantity(row.hours))) if row.hours is not None else "",
        "purpose": said(row.purpose, row.purpose_en),
        "needs": said(row.needs, row.needs_en),
        "steps": spoken(row.steps, row.steps_en),
        "checks": spoken(row.checks, row.checks_en),
    }


def spoken(zh: list[str], en: list[str]) -> list[str]:
    """Lines in the reader's language."""
    return [said(line, en[index] if index < len(en) else "") for index, line in enumerate(zh)]
