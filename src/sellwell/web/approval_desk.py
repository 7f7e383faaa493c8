"""The approvals page: the four lists that people know, found and filtered, decided one by one or many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse, HttpResponseNotAllowed

from sellwell.kernel import approval_lists, door
from sellwell.kernel.history import title_of
from sellwell.kernel.models import ApprovalRequest, RequestState
from sellwell.kernel.values import Refusal, T
from sellwell.kernel.views import VIEWS
from sellwell.web import approvals, do
from sellwell.web.shortcuts import render

if TYPE_CHECKING:
    from django.db.models import QuerySet

VIEW = "approvals.view"
PAGE = 20
MOST = 100  # decided at once
COUNTED = 100
EVERYTHING = T("全部", "All")
DECISIONS = {"approve": "approvals.approve", "reject": "approvals.reject"}
EMPTY = {
    "waiting": T("没有等您审批的事项。", "Nothing waits for your approval."),
    "decided": T("您还没有审批过。", "You have decided nothing yet."),
    "mine": T("您没有发起过审批。", "You have asked for nothing yet."),
    "copied": T("没有抄送给您的审批。", "Nothing was copied to you."),
    "all": T("没有审批。", "No approvals."),
}


@dataclass(frozen=True)
class Tab:
    """A list with its count."""

    name: str
    title: T
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True)
class Result:
    """What came of one decision among many."""

    request: ApprovalRequest
    tone: str  # done | near | late
    text: str


def show(request: Any, results: list[Result] | None = None) -> HttpResponse:
    """One of the lists, with search and filters."""
    ctx, params = request.ctx, request.GET
    wide = any(cell.scope != "own" for cell in ctx.actor.cells(VIEW))
    names = [*approval_lists.LISTS, *(["all"] if wide else [])]
    name = params.get("list") if params.get("list") in names else "waiting"
    waiting = approval_lists.waiting_ids(ctx)
    everything = _rows(name, ctx, waiting)
    rows = _narrowed(everything, params)
    order = ("created_at", "id") if name == "waiting" else ("-created_at", "-id")
    number = _page_number(params.get("page"))
    start = (number - 1) * PAGE
    found = list(rows.order_by(*order)[start : start + PAGE + 1])
    context = {
        "list": name,
        "tabs": [_tab(n, name, ctx, waiting) for n in names],
        "cards": approvals.cards(found[:PAGE], ctx, waiting),
        "kinds": _kinds(everything, params.get("kind", "")),
        "states": [(s.value, s.label, s.value == params.get("state")) for s in RequestState],
        "q": params.get("q", "")[:80],
        "is_filtered": any(params.get(k) for k in ("q", "kind", "state")),
        "empty": EMPTY[name],
        "newer": _address(params, number - 1) if number > 1 else "",
        "older": _address(params, number + 1) if len(found) > PAGE else "",
        "results": results or [],
        "key": do.new_key(),
    }
    return render(request, "web/work/approvals.html", context, title=T("审批", "Approvals"))


def _rows(name: str, ctx: Any, waiting: set[UUID]) -> QuerySet[ApprovalRequest]:
    rows = VIEWS[VIEW].rows(ctx.actor)
    return rows if name == "all" else rows.filter(approval_lists.condition(name, ctx, waiting))


def _narrowed(rows: QuerySet[ApprovalRequest], params: Any) -> QuerySet[ApprovalRequest]:
    """The rows that the search box and the filters leave."""
    text = params.get("q", "").strip()[:80]
    if text:
        acts = [name for name in rows.values_list("operation", flat=True).distinct() if _titled(name, text)]
        rows = rows.filter(
            Q(number__icontains=text)
            | Q(row_number__icontains=text)
            | Q(owner__name__icontains=text)
            | Q(operation__in=acts)
        )
    if params.get("kind"):
        rows = rows.filter(operation=params["kind"][:80])
    if params.get("state") in RequestState.values():
        rows = rows.filter(state=params["state"])
    return rows


def _titled(operation: str, text: str) -> bool:
    title = title_of(operation)
    return text.lower() in f"{title.zh} {title.en}".lower()


def _kinds(rows: QuerySet[ApprovalRequest], chosen: str) -> list[tuple[str, T, bool]]:
    names = sorted(rows.order_by().values_list("operation", flat=True).distinct())
    return [(name, title_of(name), name == chosen) for name in names]


def _tab(name: str, current: str, ctx: Any, waiting: set[UUID]) -> Tab:
    title = approval_lists.LISTS.get(name, EVERYTHING)
    count = len(_rows(name, ctx, waiting).order_by().values_list("pk", flat=True)[: COUNTED + 1])
    return Tab(name, title, count, f"/approvals/?list={name}", name == current)


def _page_number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and 0 < int(text) < 1000 else 1


def _address(params: Any, number: int) -> str:
    kept = {k: params[k] for k in ("list", "q", "kind", "state") if params.get(k)}
    return f"?{urlencode({**kept, 'page': number})}"


# --- many at once ------------------------------------------------------------------------------------------------------------


def decide(request: Any) -> HttpResponse:
    """Approve or reject what is ticked: each by itself, each with its own answer."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    name = DECISIONS.get(request.POST.get("decision", ""))
    if name is None or not request.actor.may(name):
        raise PermissionDenied(name)
    ids = []
    for text in request.POST.getlist("id")[:MOST]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    rows = VIEWS[VIEW].rows(request.actor).filter(pk__in=ids).order_by("created_at", "id")
    note, key = request.POST.get("note", ""), request.POST.get("_key", "")[:60]
    return show(request, [_one(name, request.ctx, row, note, key) for row in rows])


def _one(name: str, ctx: Any, row: ApprovalRequest, note: str, key: str) -> Result:
    """One decision through the door, in a transaction of its own."""
    try:
        door.run(name, ctx, row.pk, {"note": note}, key=f"{key}:{row.pk}" if key else None)
    except Refusal as refusal:
        return Result(row, "late", "；".join(str(o.text) for o in refusal.objections))
    row.refresh_from_db()
    if name == "approvals.reject":
        return Result(row, "done", str(T("已驳回", "Rejected")))
    if row.state == RequestState.APPROVED.value:
        return Result(row, "done", str(T("已批准并办理", "Approved and done")))
    if row.state == RequestState.FAILED.value:
        return Result(
            row,
            "near",
            str(
                T(
                    "已批准，但未能办理，已交回申请人",
                    "Approved, but it could not be done; its requester has a task",
                )
            ),
        )
    return Result(row, "done", str(T("已同意，等待其他审批人", "Agreed; others still decide")))
