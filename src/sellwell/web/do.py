"""Doing an operation from a page: its form, its answer, and what stands in its way. The one place where pages call `run`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse, urlunparse
from uuid import UUID

from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from pydantic import ValidationError

from sellwell.kernel import asking, directory, door, history
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import plain
from sellwell.kernel.models import Task
from sellwell.kernel.operations import REGISTRY, Operation
from sellwell.kernel.values import Objection, Refusal, T
from sellwell.kernel.views import BY_TYPE, View
from sellwell.web import cells, pick, registry, toasts
from sellwell.web.forms import derive, parse
from sellwell.web.grids import image
from sellwell.web.history_words import snapshot_lines
from sellwell.web.parts import FormOptions
from sellwell.web.shortcuts import fragment, is_htmx, render, row_or_404

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context


@dataclass
class Asked:
    """An operation asked for: on which row, with which form."""

    operation: Operation
    row: Any
    view: View | None
    fields: list[derive.FormField]
    options: FormOptions


def act(request: Any, name: str, row_id: UUID | None = None) -> HttpResponse:
    """GET draws the form, POST does the operation."""
    asked = ask(request, name, row_id)
    if request.method == "POST":
        if request.content_type == "application/json":
            return from_script(request, asked)
        return from_form(request, asked)
    prefill(request, asked)
    return show(request, asked, new_key(), getattr(asked.row, "version", None))


def outlook(request: Any, name: str, row_id: UUID | None = None) -> HttpResponse:
    """What the form at hand would do if it were sent now; nothing is said while it is not whole."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    asked = ask(request, name, row_id)
    data = parse.from_form(asked.fields, request.POST)
    try:
        found = asking.outlook(name, request.ctx, asked.row, data)
    except Refusal:
        return HttpResponse()
    context = {
        "terms": snapshot_lines({key: plain(value) for key, value in found.content.items()}),
        "objections": found.objections,
        "refused": any(o.kind == "refuse" for o in found.objections),
        "held": any(o.kind == "hold" for o in found.objections),
    }
    return fragment(request, "web/form/_outlook.html", context)


def ask(request: Any, name: str, row_id: UUID | None) -> Asked:
    """The operation, if pages offer it, and its row, if this reader may see it."""
    operation = REGISTRY.get(name)
    if operation is None or "web" not in operation.channels or operation.creates == (row_id is not None):
        raise Http404(name)
    view = BY_TYPE.get(operation.model._meta.label_lower)
    row = None
    if row_id is not None:
        if view is None:
            raise Http404(name)
        row = row_or_404(request, view, row_id)
    options = registry.FORMS.get(name, FormOptions(name))
    fields = derive.fields_of(operation.input)
    for one in derive.each(fields):
        one.hidden = one.path in options.hidden
        one.follows = options.pick.get(one.path, "")
    offers = registry.CHOICES.get(name, {})
    for one in fields:
        if one.path in offers:
            derive.offer(one, offers[one.path](row, request.ctx))
    return Asked(operation, row, view, fields, options)


def prefill(request: Any, asked: Asked) -> None:
    """Values that the room gives, then those of the address."""
    if asked.options.initial is not None:
        derive.fill(asked.fields, asked.options.initial(asked.row, request.ctx) or {})
    for one in asked.fields:
        if one.path in request.GET and one.widget not in ("group", "lines"):
            values = request.GET.getlist(one.path)
            one.value = values if one.widget in ("picks", "files", "checks") else values[0][:4000]
    name_references(asked.fields, request.ctx)


def name_references(fields: Sequence[derive.FormField], ctx: Context) -> None:
    """Show chosen rows by their names: one query per type of row."""
    by_type: dict[str, list[derive.FormField]] = {}
    for one in derive.each(fields):
        if one.ref and one.value:
            by_type.setdefault(one.ref, []).append(one)
    for row_type, found in by_type.items():
        ids = [i for one in found for i in (one.value if isinstance(one.value, list) else [one.value])]
        names = pick.texts(row_type, ids, ctx)
        for one in found:
            if isinstance(one.value, list):
                one.chosen = [
                    (str(i), names.get(str(i), "…")) for i in one.value if derive.is_id(i) or str(i) in names
                ]
            else:
                one.text = names.get(str(one.value), "")


def new_key() -> str:
    """A new idempotency key: one per form that is drawn."""
    return new_id().hex


# --- drawing -----------------------------------------------------------------------------------------------------------


def show(
    request: Any, asked: Asked, key: str, version: int | None,
    problems: Sequence[Objection] = (), notice: T | str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The form, in the side panel or as a page."""
    operation = asked.operation
    warnings = standing(request, asked) if request.method == "GET" else []
    blocked = any(o.kind == "refuse" for o in warnings)
    context = {
        "operation": operation,
        "row": asked.row,
        "row_label": str(asked.view.label(asked.row)) if asked.view and asked.row is not None else "",
        "fields": asked.fields,
        "problems": problems,
        "standing": warnings,
        "blocked": blocked or not request.actor.may(operation.name),
        "outlook": asking.is_judged(operation) and any(not one.hidden for one in asked.fields),
        "notice": notice,
        "key": key,
        "version": version,
        "action": f"/do/{operation.name}/{asked.row.pk}/"
        if asked.row is not None
        else f"/do/{operation.name}/",
        "back": back_url(request, asked),
        "has_files": any(one.widget in ("file", "files") for one in derive.each(asked.fields)),
        "is_panel": is_htmx(request),
        "guides": registry.guides_of(operation.name, request.ctx),
    }
    if is_htmx(request):
        # htmx swaps answers of status 200 only: the problems stand at their fields
        return fragment(request, "web/form/_form.html", context)
    crumbs = [(asked.view.title, f"/{asked.view.url}/")] if asked.view else []
    return render(request, "web/form/page.html", context, title=operation.title, crumbs=crumbs, status=status)


def standing(request: Any, asked: Asked) -> list[Objection]:
    """What stands in the way, told before anything is typed."""
    if not request.actor.may(asked.operation.name):
        return [door.NOT_PERMITTED.refuse(verb=asked.operation.title)]
    if asked.row is None:
        return []
    try:
        return asking.preview(asked.operation.name, request.ctx, asked.row)
    except (ValidationError, Refusal):
        return []


def back_url(request: Any, asked: Asked) -> str:
    """Where 'back' leads."""
    if asked.row is not None:
        return cells.record_url(asked.row._meta.label_lower, asked.row.pk)
    return f"/{asked.view.url}/" if asked.view else "/"


# --- doing -------------------------------------------------------------------------------------------------------------


def run(request: Any, asked: Asked, data: Mapping[str, Any], key: str, version: Any) -> door.Outcome:
    """Through the door, once per key."""
    expected = int(version) if str(version or "").isdigit() and asked.row is not None else None
    row_id = asked.row.pk if asked.row is not None else None
    return door.run(
        asked.operation.name, request.ctx, row_id, data, expected_version=expected, key=key[:200] or None
    )


def from_form(request: Any, asked: Asked) -> HttpResponse:
    """A posted form."""
    key = request.POST.get("_key", "")
    data = parse.from_form(asked.fields, request.POST)
    try:
        outcome = run(request, asked, data, key, request.POST.get("_version"))
    except Refusal as refusal:
        derive.fill(asked.fields, data)
        name_references(asked.fields, request.ctx)
        problems = derive.place_errors(asked.fields, refusal.objections)
        notice = stale_notice(request, asked) if refusal.code == "stale" else ""
        version = asked.row.version if asked.row is not None else None
        return show(request, asked, key or new_key(), version, [] if notice else problems, notice, 422)
    if outcome.hold is not None:
        return held(request, asked, outcome)
    return done(request, asked, outcome)


def from_script(request: Any, asked: Asked) -> HttpResponse:
    """A grid's page sends JSON and is answered with JSON: errors by path, or where to go."""
    try:
        sent = parse.from_json(request.body)
        data = dict(sent.get("data") or {})
    except (ValueError, TypeError):
        return HttpResponseBadRequest()
    try:
        outcome = run(request, asked, data, str(sent.get("key") or ""), sent.get("version"))
    except Refusal as refusal:
        answer: dict[str, Any] = {"objections": [image(o) for o in refusal.objections]}
        if refusal.code == "stale":
            answer |= {"notice": str(stale_notice(request, asked)), "version": asked.row.version}
        return JsonResponse(answer, status=422)
    if outcome.hold is not None:
        url = cells.record_url("kernel.approvalrequest", outcome.hold.pk)
        return JsonResponse({"held": True, "url": url, "approvers": approvers(outcome.hold)}, status=202)
    response = JsonResponse({"url": where_to(request, asked, outcome)})
    toasts.keep(response, toast(asked, outcome))
    return response


def stale_notice(request: Any, asked: Asked) -> T:
    """Who saved in between, and that nothing typed is lost."""
    last = next(iter(history.timeline(asked.row, request.actor, 1)), None)
    who, what = (last.actor, last.title) if last else ("", T("修改", "a change"))
    return T(
        f"您打开之后，{who}已办理“{what.zh}”。您填写的内容都在下面，核对后可再次提交。",
        f"After you opened this, {who} did “{what.en}”. What you typed is still below: compare, then send again.",
    )


def held(request: Any, asked: Asked, outcome: door.Outcome) -> HttpResponse:
    """It waits for approval: who decides, and where to follow it."""
    context = {
        "operation": asked.operation,
        "request_row": outcome.hold,
        "url": cells.record_url("kernel.approvalrequest", outcome.hold.pk) if outcome.hold else "",
        "approvers": approvers(outcome.hold),
        "back": back_url(request, asked),
    }
    if is_htmx(request):
        response = fragment(request, "web/form/_held.html", context)
        toasts.trigger(response, **{"list-changed": True})
        return response
    return render(request, "web/form/held.html", context, title=asked.operation.title)


def approvers(hold: Any) -> list[dict[str, Any]]:
    """The open steps of a request: role and people."""
    from sellwell.kernel.access import ROLES

    steps = list(hold.steps.order_by("guard", "position"))
    names = directory.current().names({user for s in steps for user in s.candidates})
    return [
        {
            "role": str(ROLES[s.role].name) if s.role in ROLES else s.role,
            "people": [names.get(user, "") for user in s.candidates],
            "open": s.opened_at is not None and s.decided_at is None,
        }
        for s in steps
    ]


def done(request: Any, asked: Asked, outcome: door.Outcome) -> HttpResponse:
    """It is done: on a list the panel closes, elsewhere the record opens; a word says what happened and what is next."""
    if asked.options.shown:
        return shown(request, asked, outcome)
    said = toast(asked, outcome)
    if not is_htmx(request):
        response: HttpResponse = HttpResponseRedirect(where_to(request, asked, outcome))
        toasts.keep(response, said)
        return response
    stands = urlparse(request.headers.get("HX-Current-URL", ""))
    if not asked.operation.creates and is_list(stands.path):
        response = HttpResponse(status=204)
        toasts.trigger(response, **{"close-panel": True, "list-changed": True, "toast": said})
        return response
    response = HttpResponse(status=204)
    here = urlunparse(("", "", stands.path or "/", "", stands.query, ""))  # what was searched stays searched
    response["HX-Redirect"] = where_to(request, asked, outcome) if asked.operation.creates else here
    toasts.keep(response, said)
    return response


def shown(request: Any, asked: Asked, outcome: door.Outcome) -> HttpResponse:
    """What came of it, on the spot and only this once: a token's secret stands in no address and in no history."""
    context = {
        "operation": asked.operation,
        "result": outcome.result,
        "back": back_url(request, asked),
        "replayed": outcome.replayed,
    }
    if is_htmx(request):
        response = fragment(request, asked.options.shown, context)
        toasts.trigger(response, **{"list-changed": True})
    else:
        context["inner"] = asked.options.shown
        response = render(request, "web/form/shown.html", context, title=asked.operation.title)
    response["Cache-Control"] = "no-store"
    return response


def is_list(path: str) -> bool:
    """Whether a page is a list, which stays and is read again. A page of the room's own at a list's address is none: it
    is opened anew."""
    own = any(path == f"/{page.path}" for page in registry.PAGES.values())
    return not own and any(path == page.url for page in registry.LISTS.values())


def where_to(request: Any, asked: Asked, outcome: door.Outcome) -> str:
    """The record that came of it, or what the room says."""
    if asked.options.after is not None:
        return asked.options.after(outcome, request.ctx)
    result = outcome.result
    meta = getattr(result, "_meta", None)
    url = cells.record_url(meta.label_lower, result.pk) if meta is not None else ""
    return url or back_url(request, asked)


def toast(asked: Asked, outcome: door.Outcome) -> dict[str, Any]:
    """What happened, and what is next."""
    row = outcome.result if hasattr(outcome.result, "_meta") else asked.row
    title = asked.operation.title
    view = BY_TYPE.get(row._meta.label_lower) if row is not None else None
    label = str(view.label(row)) if view is not None else ""
    text = str(T(f"已办理：{title.zh}", f"Done: {title.en}")) + (f" · {label}" if label else "")
    if outcome.warnings:
        text += " · " + "；".join(str(o.text) for o in outcome.warnings[:2])
    if row is not None and (
        task := Task.objects.filter(row_id=row.pk, state="open").order_by("due_at").first()
    ):
        who = (
            directory.current().names({task.owner_id}).get(task.owner_id, "")
            if not task.role
            else role_name(task.role)
        )
        what = (
            REGISTRY[task.operation].title
            if task.operation in REGISTRY
            else T(task.operation, task.operation)
        )
        text += str(T(f"。下一步：{who} {what.zh}", f". Next: {who}, {what.en}"))
    url = cells.record_url(row._meta.label_lower, row.pk) if row is not None else ""
    return toasts.event(text, "info" if outcome.warnings else "done", url, str(T("查看", "Open")))


def role_name(code: str) -> str:
    """A role's name."""
    from sellwell.kernel.access import ROLES

    return str(ROLES[code].name) if code in ROLES else code
