"""Finding rows while one types, and by exact codes for pasted lines. Answers only what the reader may see."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBadRequest, JsonResponse

from sellwell.kernel import search
from sellwell.kernel.views import BY_TYPE, View
from sellwell.web.forms.derive import is_id
from sellwell.web.parts import Choice
from sellwell.web.registry import PICKERS

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context

MOST = 20
MOST_CODES = 1000


def find(request: Any, row_type: str) -> JsonResponse:
    """The rows that match what was typed."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    params = {name: value for name, value in request.GET.items() if name != "q"}
    picker = PICKERS.get(row_type)
    if picker is not None:
        found = picker.search(q, request.ctx, params)
    else:
        found = _find(_view(row_type), q, request.ctx, params)
    return JsonResponse({"choices": [choice.image() for choice in found[:MOST]]})


def resolve(request: Any, row_type: str) -> JsonResponse | HttpResponseBadRequest:
    """The rows of exact codes, as a paste from a spreadsheet holds them."""
    try:
        codes = [str(c).strip() for c in json.loads(request.body)["codes"]][:MOST_CODES]
    except (ValueError, KeyError, TypeError):
        return HttpResponseBadRequest()
    codes = [c for c in dict.fromkeys(codes) if c and "\x00" not in c]
    params = {name: value for name, value in request.GET.items() if name != "q"}
    picker = PICKERS.get(row_type)
    if picker is not None and picker.resolve is not None:
        found = picker.resolve(codes, request.ctx, params)
    else:
        found = _resolve(_view(row_type), codes, request.ctx)
    return JsonResponse({"found": {code: choice.image() for code, choice in found.items()}})


def _view(row_type: str) -> View:
    view = BY_TYPE.get(row_type)
    if view is None:
        raise Http404(row_type)
    return view


def _rows(view: View, ctx: Context, params: Mapping[str, str]) -> QuerySet[Any]:
    """The rows to choose from; parameters narrow by reference columns that the reader may see."""
    queryset = view.rows(ctx.actor)
    for column in view.visible(ctx.actor):
        value = params.get(column.name)
        if value and column.kind == "ref" and is_id(value):
            queryset = queryset.filter(**{column.ref_path or f"{column.path.split('__')[0]}_id": value})
    return queryset


def _find(view: View, q: str, ctx: Context, params: Mapping[str, str]) -> list[Choice]:
    rows = _rows(view, ctx, params)
    if q:
        rows = search.filter(rows, view.row_type, q, ctx.actor)
    return [choice_of(view, row) for row in rows.order_by(*view.order)[:MOST]]


def _resolve(view: View, codes: Sequence[str], ctx: Context) -> dict[str, Choice]:
    column = next((c for c in view.visible(ctx.actor) if c.kind == "code" and c.path), None)
    if column is None:
        return {}
    rows = view.rows(ctx.actor).filter(**{f"{column.path}__in": codes})
    return {str(column.read(row)): choice_of(view, row) for row in rows[:MOST_CODES]}


def choice_of(view: View, row: Any) -> Choice:
    """A row as a choice: its label, and its code beside it."""
    text = str(view.label(row))
    code = next(
        (str(c.read(row) or "") for c in view.columns if c.kind == "code" and not c.group and c.path), ""
    )
    return Choice(row.pk, text, code if code not in text else "")


def texts(row_type: str, ids: Sequence[Any], ctx: Context) -> dict[str, str]:
    """The names of chosen rows, as far as the reader may see them. Choices of no single type are known by their codes."""
    view = BY_TYPE.get(row_type)
    picker = PICKERS.get(row_type)
    if view is None and picker is not None and picker.resolve is not None:
        return {code: choice.text for code, choice in picker.resolve([str(i) for i in ids], ctx, {}).items()}
    wanted = [i for i in ids if is_id(i)]
    if view is None or not wanted:
        return {}
    return {str(key): name for key, name in view.names(ctx.actor, wanted).items()}
