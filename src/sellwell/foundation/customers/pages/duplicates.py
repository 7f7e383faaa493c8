"""Possible duplicates: pairs side by side with what speaks for them and against, judged here or many at once in the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from sellwell.foundation.customers import matching, sides
from sellwell.foundation.customers.models import MatchPair, MatchRun, PairState, RunState
from sellwell.foundation.customers.views import PAIRS, RUNS
from sellwell.kernel import keyset, personal
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web import jobs
from sellwell.web.jobs import Progress
from sellwell.web.lists.query import COUNT_CAP
from sellwell.web.registry import form, list_page, page, panel, record_page, section
from sellwell.web.shortcuts import render

AT_ONCE = 10
TABS = (
    (PairState.CANDIDATE, T("待判断", "To decide")),
    (PairState.SAME, T("同一客户，待合并", "The same, to be merged")),
    (PairState.DIFFERENT, T("不是同一客户", "Different")),
    (PairState.MERGED, T("已合并", "Merged")),
)

section("sales", T("销售", "Sales"), order=20)


def live(rows: Any) -> Any:
    """Pairs of which neither customer went into another one; merged pairs are history and stay."""
    return rows.filter(first__merged_into__isnull=True, second__merged_into__isnull=True)


def show(request: Any) -> HttpResponse:
    """A page of pairs, the likeliest first."""
    ctx: Context = request.ctx
    wanted = request.GET.get("state", "")
    state = PairState(wanted) if wanted in PairState.values() else PairState.CANDIDATE
    every = PAIRS.rows(request.actor)
    rows = every.filter(state=state.value)
    rows = rows if state is PairState.MERGED else live(rows)
    keys = keyset.keys_of(MatchPair, PAIRS.order)
    found = keyset.page(
        rows.select_related("first__party", "first__owner", "second__party", "second__owner", "decided_by")
        .prefetch_related("first__addresses", "first__contacts", "second__addresses", "second__contacts"),
        keys, request.GET.get("after", ""), request.GET.get("before", ""), AT_ONCE,
    )  # fmt: skip
    parties = [end.party for pair in found.rows for end in (pair.first, pair.second)]
    personal.read_keys(envelope for party in parties for envelope in (party.phone, party.email))
    last = RUNS.rows(request.actor).order_by("-asked_at").first()
    counts = {one.value: _count(every, one) for one, _ in TABS}
    context = {
        "pairs": [drawn(ctx, pair) for pair in found.rows],
        "older": found.older,
        "newer": found.newer,
        "state": state,
        "tabs": [(one.value, label, counts.get(one.value, 0)) for one, label in TABS],
        "run": last,
        "progress": progress_of(last) if last is not None and last.state == RunState.ASKED else None,
        "progress_url": f"/jobs/matching/{last.pk}" if last is not None else "",
    }
    return render(
        request,
        "customers/duplicates.html",
        context,
        title=PAIRS.title,
        crumbs=[(T("客户", "Customers"), "/customers/")],
    )


def _count(every: Any, state: PairState) -> int:
    """How many pairs are in a state, counted up to one beyond the cap."""
    rows = every.filter(state=state.value)
    rows = rows if state is PairState.MERGED else live(rows)
    found: int = rows.order_by()[: COUNT_CAP + 1].count()
    return found


def drawn(ctx: Context, pair: MatchPair) -> dict[str, Any]:
    """A pair with both sides, its differing fields and its reasons in words."""
    return {
        "row": pair,
        "percent": f"{pair.score * 100:.1f}",
        "sides": sides.sides(ctx, pair.first, pair.second),
        "lines": sides.lines(ctx, pair.first, pair.second),
        "reasons": matching.words(pair.first.party.kind, pair.levels),
        "merge_url": f"/customers/merge/?survivor={pair.first_id}&other={pair.second_id}",
    }


def progress_of(run: MatchRun) -> Progress:
    """Whether the comparison is through; nobody knows beforehand how long it takes."""
    if run.state == RunState.ASKED:
        return Progress(50, T("正在比对全部客户…", "Comparing all customers…"))
    told = T(
        f"查重完成：比对 {run.customers} 个客户，疑似重复 {run.proposed} 对，新发现 {run.new} 对。",
        f"Done: {run.customers} customers compared, {run.proposed} pairs, {run.new} of them new.",
    )
    return Progress(100, told, is_done=True, url="/customers/duplicates/")


def _how_far(run_id: UUID, ctx: Context) -> Progress | None:
    found = RUNS.rows(ctx.actor).filter(pk=run_id).first() if ctx.actor.may(RUNS.name) else None
    return progress_of(found) if found is not None else None


def _pair_panel(row: MatchPair, ctx: Context) -> dict[str, Any]:
    return {"pair": drawn(ctx, row)}


def _after_verdict(outcome: Any, ctx: Context) -> str:
    """Whoever says that two are one goes on to merge them."""
    pair: MatchPair = outcome.result
    if pair.state == PairState.SAME and ctx.actor.may("customers.merge"):
        return f"/customers/merge/?survivor={pair.first_id}&other={pair.second_id}"
    return "/customers/duplicates/"


def _verdicts(row: Any, ctx: Context) -> Sequence[tuple[str, T]]:
    return [(one.value, one.label) for one in (PairState.SAME, PairState.DIFFERENT)]


jobs.source("matching", _how_far)
page(
    "customers/duplicates/",
    show,
    "customers.duplicates",
    title=PAIRS.title,
    right=PAIRS.name,
    section="sales",
    icon="copy",
    order=12,
)
list_page(
    PAIRS,
    bulk=["customers.decide_pair"],
    new=["customers.propose_pair"],
    columns=["number", "first", "second", "score", "certain", "state", "found_on"],
    card=["first", "second", "score", "state"],
    saved=[("open", T("待判断", "To decide"), {"state": "candidate"})],
    empty=T("还没有疑似重复。点“全库查重”开始。", "No possible duplicates. Start a search for duplicates."),
)
record_page(PAIRS, facts=["score", "certain", "found_on", "by_hand", "decided_by", "decided_at", "decision"])
panel(
    PAIRS.row_type,
    "sides",
    T("对照", "Side by side"),
    "customers/_pair.html",
    context=_pair_panel,
    place="main",
    order=5,
)
list_page(RUNS, empty=T("还没有查过重。", "No search yet."))
form("customers.decide_pair", after=_after_verdict)
form("customers.find_duplicates", after=lambda outcome, ctx: "/customers/duplicates/")
