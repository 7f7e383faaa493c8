"""One verb for many rows: first says which rows it will work for and why not for the others, then all or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from pydantic import ValidationError

from sellwell.kernel import asking, door
from sellwell.kernel.operations import REGISTRY, Operation
from sellwell.kernel.values import Objection, Refusal, T
from sellwell.kernel.views import View
from sellwell.web import toasts
from sellwell.web.shortcuts import fragment

if TYPE_CHECKING:
    from sellwell.web.parts import ListPage

MOST = 200  # rows that one bulk act may touch


@dataclass(frozen=True)
class Verdict:
    """What the act would mean for one row."""

    row: Any
    label: str
    objections: list[Objection]

    @property
    def refused(self) -> bool:
        return any(o.kind == "refuse" for o in self.objections)

    @property
    def held(self) -> bool:
        return not self.refused and any(o.kind == "hold" for o in self.objections)


def act(request: Any, page: ListPage, name: str) -> HttpResponse:
    """Ask (without `sure`) or do (with it)."""
    operation = REGISTRY.get(name)
    if operation is None or name not in page.bulk:
        raise Http404(name)
    if not request.actor.may(name):
        raise PermissionDenied(name)
    verdicts = judge(operation, page.view, request)
    if not verdicts:
        raise Http404
    if request.POST.get("sure") != "1":
        return _ask(request, page, operation, verdicts)
    wanted = [v for v in verdicts if not v.refused]
    submit_held = request.POST.get("submit_held") == "1"
    try:
        outcomes = door.run_all(name, request.ctx, [(v.row.pk, {}) for v in wanted], submit_held=submit_held)
    except Refusal as refusal:
        return _ask(request, page, operation, _with(wanted, refusal))
    return _done(operation, outcomes)


def judge(operation: Operation, view: View, request: Any) -> list[Verdict]:
    """The ticked rows that the reader may see, each with what stands in its way."""
    ids = []
    for text in request.POST.getlist("id")[:MOST]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    rows = view.rows(request.actor).filter(pk__in=ids).order_by("pk")
    return [Verdict(row, str(view.label(row)), _objections(operation, request, row)) for row in rows]


def _objections(operation: Operation, request: Any, row: Any) -> list[Objection]:
    try:
        return asking.preview(operation.name, request.ctx, row, {})
    except ValidationError:
        return asking.preview(operation.name, request.ctx, row)


def _with(verdicts: list[Verdict], refusal: Refusal) -> list[Verdict]:
    """The verdicts with what the real run found; its paths begin with the row's place."""
    found: dict[int, list[Objection]] = {}
    for objection in refusal.objections:
        place = objection.path.split(".")[0]
        found.setdefault(int(place) if place.isdigit() else 0, []).append(objection)
    return [Verdict(v.row, v.label, found.get(i, v.objections)) for i, v in enumerate(verdicts)]


def _ask(request: Any, page: ListPage, operation: Operation, verdicts: list[Verdict]) -> HttpResponse:
    context = {
        "page": page,
        "operation": operation,
        "works": [v for v in verdicts if not v.objections or not (v.refused or v.held)],
        "held": [v for v in verdicts if v.held],
        "refused": [v for v in verdicts if v.refused],
        "all": verdicts,
    }
    return fragment(request, "web/list/bulk.html", context)


def _done(operation: Operation, outcomes: list[door.Outcome]) -> HttpResponse:
    """The panel closes, the list is read again, and a word says what happened."""
    held = sum(1 for o in outcomes if o.hold is not None)
    done = len(outcomes) - held
    parts = [T(f"{operation.title.zh}：{done} 条", f"{operation.title.en}: {done} rows")] if done else []
    if held:
        parts.append(T(f"{held} 条已提交审批", f"{held} sent for approval"))
    response = HttpResponse(status=204)
    toasts.trigger(
        response,
        **{
            "close-panel": True,
            "list-changed": True,
            "toast": toasts.event(" · ".join(str(p) for p in parts)),
        },
    )
    return response
