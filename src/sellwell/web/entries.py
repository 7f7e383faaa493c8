"""Entry pages: an operation whose input holds lines, with a grid that takes typing and pasting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from sellwell.kernel.inputs import plain
from sellwell.kernel.views import BY_TYPE
from sellwell.web import do, registry
from sellwell.web.forms import derive
from sellwell.web.parts import EntryPage
from sellwell.web.shortcuts import render


def show(request: Any, entry: EntryPage, row_id: UUID | None = None) -> HttpResponse:
    """The page: the head's fields from the input, the lines in the grid."""
    asked = do.ask(request, entry.operation, row_id)
    if not request.actor.may(entry.operation):
        raise PermissionDenied(entry.operation)
    operation = asked.operation
    params = {name: request.GET[name] for name in request.GET}
    values: dict[str, Any] = {}
    if entry.initial is not None:
        found = (
            entry.initial(request.ctx, params)
            if asked.row is None
            else entry.initial(asked.row, request.ctx, params)
        )
        values = dict(found or {})
    head = sorted((one for one in asked.fields if one.path != entry.grid.name), key=_place)
    for one in derive.each(head):
        one.hidden = one.path in entry.hidden
        one.follows = entry.pick.get(one.path, "")
    usual = {one.path: one.value for one in head}
    derive.fill(head, values)
    for one in head:
        if one.path in params and one.path not in values:
            one.value = params[one.path][:4000]
    do.name_references(head, request.ctx)
    fold(head, usual)
    lines = [_line(line) for line in values.get(entry.grid.name) or ()]
    config = entry.grid.image() | {
        "lines": lines,
        "action": f"/do/{operation.name}/{row_id}/" if row_id else f"/do/{operation.name}/",
        "key": do.new_key(),
        "version": getattr(asked.row, "version", None),
        "draft": f"{operation.name}:{row_id or 'new'}",
        "user": str(request.actor.user_id),
    }
    if row_id and config["quote"]:
        config["quote"] += f"?row={row_id}"
    view = BY_TYPE.get(operation.model._meta.label_lower)
    label = str(view.label(asked.row)) if view and asked.row is not None else ""
    crumbs = [(view.title, f"/{view.url}/")] if view else []
    if label and view:
        crumbs.append((label, f"/{view.url}/{row_id}/"))  # type: ignore[arg-type]
    context = {
        "operation": operation, "entry": entry, "fields": head, "config": config, "row": asked.row, "label": label,
        "folded": sum(1 for one in head if one.folded and not one.hidden),
        "standing": do.standing(request, asked), "back": do.back_url(request, asked),
        "guides": registry.guides_of(operation.name, request.ctx),
    }  # fmt: skip
    return render(request, "web/entry.html", context, title=entry.title or operation.title, crumbs=crumbs)


SUBJECTS = 2  # fields that say for whom or from what; they always stand


def fold(head: list[derive.FormField], usual: Mapping[str, Any]) -> None:
    """What is optional and as `usual` waits behind one press on a phone; whom it is for always stands."""
    subjects = [one for one in head if not one.hidden and one.widget == "pick"][:SUBJECTS]
    for one in head:
        as_usual = one.value in ("", None, []) or one.value == usual.get(one.path)
        one.folded = as_usual and not one.required and one not in subjects


def _place(one: derive.FormField) -> int:
    """For whom and from what comes first; long texts come last."""
    return 0 if one.widget == "pick" else 2 if one.widget == "area" else 1


def _line(line: Any) -> dict[str, Any]:
    """A line as the grid holds it: references as {id, text}, numbers as text."""
    return {
        name: value if isinstance(value, dict) and "id" in value else derive.as_text(plain(value))
        for name, value in dict(line).items()
    }
