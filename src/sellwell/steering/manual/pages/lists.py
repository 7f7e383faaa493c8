"""Lists and records: editions with their comparison and export, bases, acknowledgements, variations, figures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.steering.manual import book as books
from sellwell.steering.manual import paper, queries, rules, word
from sellwell.steering.manual.models import BasisState, Edition, EditionState, ReadingState, VariationState
from sellwell.steering.manual.rules import Wording
from sellwell.steering.manual.views import (
    BASES,
    EDITIONS,
    FIGURES,
    PASSAGES,
    READINGS,
    RUNS,
    VARIATIONS,
)
from sellwell.web import shortcuts
from sellwell.web.registry import family, form, list_page, page, panel, record_page, related, section
from sellwell.web.shortcuts import render, require, row_or_404

section("manual", T("手册与培训", "Manual and training"), order=85)
family(
    "/manual/",
    "/manual/overview",
    "/manual-editions/",
    "/bases/",
    "/manual-readings/",
    "/process-variations/",
)

list_page(
    EDITIONS,
    section="manual",
    icon="copy",
    order=7,
    new=["manual.draft_edition"],
    columns=["number", "title", "state", "in_force", "since", "until", "note", "created_by"],
    card=["title", "state", "since"],
)
record_page(
    EDITIONS,
    path=[EditionState.DRAFT, EditionState.PUBLISHED],
    facts=["number", "in_force", "since", "until", "note", "created_by", "created_at"],
)
list_page(
    BASES,
    section="manual",
    icon="scale",
    order=8,
    new=["manual.add_basis"],
    columns=["zh", "kind", "issuer", "edition", "state", "since", "until", "successor"],
    card=["zh", "kind", "state"],
    saved=[
        ("law", T("法律", "Laws"), {"kind": "law"}),
        ("regulation", T("法规规章", "Regulations"), {"kind": "regulation"}),
        ("unchecked", T("未核对", "Not checked"), {"state": "unchecked"}),
        ("unwritten", T("待制定", "To be written"), {"state": "unwritten"}),
    ],
)
record_page(
    BASES,
    path=[BasisState.UNCHECKED, BasisState.CHECKED],
    facts=["code", "en", "kind", "issuer", "edition", "since", "until", "successor"],
)
list_page(
    READINGS,
    section="manual",
    icon="check",
    order=9,
    columns=["person", "role", "department", "edition", "state", "due_on", "read_at", "reminders"],
    card=["person", "state", "due_on"],
    saved=[
        ("waiting", T("尚未确认", "Not yet"), {"state": "waiting"}),
        ("read", T("已确认", "Confirmed"), {"state": "read"}),
    ],
    bulk=["manual.acknowledge"],
    empty=T("没有需要确认的阅读。", "Nothing to confirm."),
)
record_page(
    READINGS,
    path=[ReadingState.WAITING, ReadingState.READ],
    facts=["person", "role", "department", "edition", "due_on", "read_at", "reminders"],
)
list_page(
    VARIATIONS,
    section="manual",
    icon="route",
    order=10,
    new=["manual.propose_variation"],
    columns=["number", "title", "process", "for_path", "state", "since", "until", "owner"],
    card=["title", "state", "since"],
    saved=[("approved", T("已批准", "Approved"), {"state": "approved"})],
    empty=T(
        "没有变通做法：各部门都按统一流程办理。", "No variations: every department follows the one process."
    ),
)
record_page(
    VARIATIONS,
    path=[VariationState.DRAFT, VariationState.APPROVED],
    facts=["process", "for_path", "since", "until", "text", "reason", "owner"],
)
list_page(PASSAGES, columns=["edition", "number", "zh", "en", "bases"])
record_page(PASSAGES, facts=["edition", "number", "zh", "en", "bases"])
list_page(
    FIGURES,
    columns=["clause", "evidence", "month", "department", "as_of", "concerned", "kept", "share", "failed"],
)
record_page(FIGURES)
list_page(RUNS, new=["manual.measure"], columns=["as_of", "at", "measured", "figures", "failures"])
record_page(RUNS)


# --- forms --------------------------------------------------------------------------------------------------------------


form("manual.publish_edition", initial=lambda row, ctx: {"since": ctx.today.isoformat()})
form("manual.change_passage", wide=True)
form("manual.add_clause", wide=True)
form("manual.propose_variation", wide=True, initial=lambda row, ctx: {"since": ctx.today.isoformat()})
form("manual.end_variation", initial=lambda row, ctx: {"until": ctx.today.isoformat()})
form("manual.repeal_basis", initial=lambda row, ctx: {"until": ctx.today.isoformat()})
form(
    "manual.change_basis",
    initial=lambda row, ctx: {
        "kind": row.kind, "zh": row.zh, "en": row.en, "issuer": row.issuer, "edition": row.edition, "state": row.state,
        "since": row.since.isoformat() if row.since else "", "until": row.until.isoformat() if row.until else "",
    },
)  # fmt: skip
form("manual.measure", after=lambda outcome, ctx: "/manual/overview")
form("manual.acknowledge", after=lambda outcome, ctx: "/manual/?mine=1")


# --- what a record shows ------------------------------------------------------------------------------------------------


def _differences(edition: Edition, ctx: Context) -> dict[str, Any] | None:
    """What an edition changes against the one that it was drafted from."""
    if edition.based_on_id is None:
        return None
    return comparison(edition.based_on, edition)


def comparison(before: Any, after: Any) -> dict[str, Any]:
    """Two editions clause by clause, with what is gone and what is new marked."""
    nothing = Wording("", "")
    known = queries.bases_by_code()
    found = [
        {
            "number": d.number,
            "kind": d.kind,
            "zh": rules.marked((d.before or nothing).zh, (d.after or nothing).zh),
            "en": rules.marked((d.before or nothing).en, (d.after or nothing).en),
            "bases_gone": _names(set((d.before or nothing).bases) - set((d.after or nothing).bases), known),
            "bases_new": _names(set((d.after or nothing).bases) - set((d.before or nothing).bases), known),
        }
        for d in rules.differences(queries.wordings(before.pk), queries.wordings(after.pk))
    ]
    return {"before": before, "after": after, "differences": found}


def _names(codes: set[str], known: dict[str, Any]) -> list[T]:
    """What bases are called; the code where the register does not hold it."""
    return [T(known[c].zh, known[c].en or known[c].zh) if c in known else T(c, c) for c in sorted(codes)]


panel(
    "manual.edition", "differences", T("与前一版的差别", "Against the edition before"), "manual/_differences.html",
    context=_differences, place="main", order=0,
)  # fmt: skip


def _editions(edition: Edition, ctx: Context) -> dict[str, Any]:
    """Other editions to compare with, and the files."""
    others = Edition.objects.exclude(pk=edition.pk).exclude(state="discarded").order_by("-number")[:20]
    return {"others": list(others)}


panel(
    "manual.edition", "compare", T("比较与导出", "Compare and export"), "manual/_editions.html",
    context=_editions, place="side", order=10,
)  # fmt: skip


related(
    "manual.edition", PASSAGES, by="edition_id", title=T("条文", "Passages"), order=20, limit=200,
    columns=["number", "zh", "bases"], order_by=["position", "number"],
)  # fmt: skip


def _citing(basis: Any, ctx: Context) -> dict[str, Any]:
    """The clauses of the edition in force that cite a basis."""
    edition = queries.edition_on(ctx.today)
    book = books.open_(edition) if edition is not None else None
    leaves = [leaf for leaf in book.clauses if basis.code in leaf.bases] if book is not None else []
    return {"leaves": leaves, "standing": books.standing(basis, ctx)}


panel(
    "manual.basis", "citing", T("引用它的条款", "Clauses that cite it"), "manual/_citing.html",
    context=_citing, place="main", order=0,
)  # fmt: skip


def _concerned(reading: Any, ctx: Context) -> dict[str, Any] | None:
    """The clauses that concern the reader, on the reader's own record."""
    if reading.user_id != ctx.user_id:
        return None
    book = books.open_(reading.edition)
    return {"leaves": books.for_actor(book, ctx)}


panel(
    "manual.reading", "clauses", T("与您岗位相关的条款", "Clauses that concern your role"), "manual/_citing.html",
    context=_concerned, place="main", order=0,
)  # fmt: skip


# --- comparison and export ----------------------------------------------------------------------------------------------


def compare(request: Any, row_id: UUID) -> HttpResponse:
    """Any two editions side by side."""
    after = row_or_404(request, EDITIONS, row_id)
    try:
        before = row_or_404(request, EDITIONS, UUID(request.GET.get("with", "")))
    except ValueError:
        raise Http404("with") from None
    crumbs: list[tuple[T | str, str]] = [(EDITIONS.title, "/manual-editions/")]
    crumbs.append((str(after), f"/manual-editions/{after.pk}/"))
    title = T("版本比较", "Comparison")
    return render(request, "manual/compare.html", comparison(before, after), title=title, crumbs=crumbs)


page("manual-editions/<uuid:row_id>/compare", compare, "manual.compare", right=EDITIONS.name)

FILES = {"pdf": (paper.pdf, "application/pdf"), "docx": (paper.docx, word.TYPE)}


def download(request: Any, row_id: UUID, kind: str) -> HttpResponse:
    """An edition as PDF or as Word file."""
    if kind not in FILES:
        raise Http404(kind)
    require(request, EDITIONS.export)
    edition = row_or_404(request, EDITIONS, row_id)
    made, content_type = FILES[kind]
    ctx: Context = request.ctx
    content = made(books.open_(edition), ctx.company_id, edition.since or ctx.today)
    name = f"销售管理手册 V{edition.number}.{kind}"
    return shortcuts.paper(request, EDITIONS, edition.pk, content, name, content_type)


page("manual-editions/<uuid:row_id>/file.<str:kind>", download, "manual.download", right=EDITIONS.name)
