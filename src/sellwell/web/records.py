"""The page of one row: head, life cycle, what stands now, facts, blocks of this and higher rooms, timeline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from pydantic import ValidationError

from sellwell.kernel import access, asking, clock, door, history
from sellwell.kernel.models import ApprovalRequest, LedgerChange, LedgerEntry, Task
from sellwell.kernel.operations import REGISTRY, Operation, operations_of
from sellwell.kernel.values import Objection, Refusal, State, T
from sellwell.kernel.views import Column
from sellwell.web import cells, do, formats, registry, tasks
from sellwell.web.forms import derive
from sellwell.web.parts import Panel
from sellwell.web.shortcuts import fragment, render, require, row_or_404, wants_panel

if TYPE_CHECKING:
    from sellwell.kernel.views import View
    from sellwell.web.parts import RecordPage


@dataclass(frozen=True)
class Stage:
    """A step of the life cycle's line."""

    label: T
    place: str  # done | now | ahead


@dataclass(frozen=True)
class Block:
    """A panel with its values, ready to draw."""

    panel: Panel
    values: dict[str, Any]


def show(request: Any, page: RecordPage, row_id: UUID) -> HttpResponse:
    """The record, as a page or in the side panel."""
    require(request, page.view.name)
    row = row_or_404(request, page.view, row_id)
    if page.view.leads_on is not None and "own" not in request.GET:
        now = page.view.leads_on(row)
        if now is not None and page.view.rows(request.actor).filter(pk=now).exists():
            return HttpResponseRedirect(f"/{page.view.url}/{now}/?{urlencode({'instead_of': row.pk})}")
    if request.GET.get("as_of"):
        return _as_of(request, page, row, request.GET["as_of"])
    context = head(request, page, row) | body(request, page, row)
    if wants_panel(request):
        return fragment(request, "web/record/_panel.html", context)
    label = str(page.view.label(row))
    return render(
        request,
        "web/record/record.html",
        context,
        title=label,
        crumbs=[(page.view.title, f"/{page.view.url}/")],
    )


def head(request: Any, page: RecordPage, row: Any) -> dict[str, Any]:
    """Number, amount, state, owner, and the next steps."""
    view, actor = page.view, request.actor
    visible = {column.name: column for column in view.visible(actor)}
    steps = asking.next_steps(row, request.ctx) if hasattr(row, "state") else _stateless_steps(row, request)
    open_tasks = list(
        Task.objects.filter(row_id=row.pk, state="open").select_related("owner").order_by("due_at")[:10]
    )
    primary = primary_step(steps, open_tasks, actor)
    owner = getattr(row, "owner", None)
    return {
        "page": page,
        "view": view,
        "row": row,
        "url": f"/{view.url}/{row.pk}/",
        "label": str(view.label(row)),
        "amount": visible.get(page.amount) if page.amount else None,
        "stages": stages(page.path, getattr(row, "state", "")),
        "state": _state(view, row),
        "owner": owner,
        "since": since(row),
        "primary": primary,
        "is_next": primary is not None and _is_next(primary.operation, open_tasks),
        # a held row says so once: the approval stands above, its objection need not be told again
        "objections": primary.objections if primary is not None and not getattr(row, "held_by", None) else [],
        "others": [s for s in steps if s is not primary and not s.operation.danger][:2],
        "open_tasks": [_task(task, request, bool(getattr(row, "held_by", None))) for task in open_tasks],
        "hold": _hold(row, actor),
        "creations": creations(row, actor),
        "traced": True,
    }


def creations(row: Any, actor: access.Actor) -> list[tuple[T, str, bool]]:
    """What can be made out of this row: (title, form with the row filled in, page of its own)."""
    row_type = row._meta.label_lower
    return [
        (REGISTRY[name].title, tasks.act_url(REGISTRY[name], row_type, row.pk), registry.is_whole_page(name))
        for name in registry.NEW
        if (name, row_type) not in registry.NOT_ON
        and registry.may_create(name, actor)
        and tasks.field_for(REGISTRY[name], row_type)
    ]


def _state(view: View, row: Any) -> State | None:
    """The row's state as its view names it."""
    value = getattr(row, "state", "")
    return view.states(value) if view.states is not None and value else None


def _task(task: Task, request: Any, held: bool) -> tasks.TaskLine:
    """A task of the row; what it makes out of the row can be begun here, verbs on the row have their buttons above."""
    line = tasks.line(task, request.ctx.now, held=held)
    creates = line.operation is not None and line.operation.creates
    return line if creates and request.actor.may(task.operation) else replace(line, act="")


def _stateless_steps(row: Any, request: Any) -> list[asking.Step]:
    """Verbs on a row without states."""
    return [
        asking.Step(operation, objections(operation, row, request))
        for operation in offered(row, request)
        if access.cell_for(request.actor, operation.name, row) is not None
    ]


def offered(row: Any, request: Any) -> list[Operation]:
    """The verbs that pages offer on rows like this one and that the reader holds at all."""
    return [
        operation
        for operation in operations_of(type(row))
        if operation.menu
        and not operation.creates
        and "web" in operation.channels
        and request.actor.may(operation.name)
    ]


def objections(operation: Operation, row: Any, request: Any) -> list[Objection]:
    """What stands in the way of a verb now."""
    try:
        return asking.preview(operation.name, request.ctx, row)
    except ValidationError:
        return []
    except Refusal as refusal:
        return refusal.objections


def primary_step(steps: list[asking.Step], open_tasks: list[Task], actor: access.Actor) -> asking.Step | None:
    """The one next button: what a task asks for, else the first verb of the life cycle that changes the state."""
    wanted = [task.operation for task in open_tasks]
    for name in wanted:
        for step in steps:
            if step.operation.name == name:
                return step
    calm = [
        s for s in steps if not (s.operation.danger or s.operation.while_held or _is_upkeep(s.operation.verb))
    ]
    return next((s for s in calm if s.possible and s.operation.from_states), next(iter(calm), None))


UPKEEP = ("change", "edit", "set_", "reveal", "comment", "transfer", "retire", "add_", "block", "unblock", "attach",
          "issue_password", "hand_over", "override", "mark", "unmark", "release")  # fmt: skip


def _is_next(operation: Operation, open_tasks: list[Task]) -> bool:
    """Whether a verb moves the row on, by its states or because a task asks for it."""
    return bool(operation.from_states) or any(task.operation == operation.name for task in open_tasks)


def _is_upkeep(verb: str) -> bool:
    """Whether a verb keeps a record in order rather than moving it on: such verbs are never the one next button."""
    return verb.startswith(UPKEEP)


def stages(path: Iterable[State], state: str) -> list[Stage]:
    """The life cycle as a line: what is behind, where the row stands, what is ahead. Off the line there is no line."""
    values = list(path)
    at = next((i for i, s in enumerate(values) if s.value == str(state)), None)
    if at is None or len(values) < 2:
        return []
    return [Stage(s.label, "now" if i == at else "done" if i < at else "ahead") for i, s in enumerate(values)]


def since(row: Any) -> datetime | None:
    """When the row came into its state."""
    state = getattr(row, "state", None)
    if state is None:
        return None
    column = getattr(row, "state_column", "state")
    change = (
        LedgerChange.objects.filter(row_id=row.pk, **{f"after__{column}": str(state)})
        .order_by("-id").values_list("entry_id", flat=True).first()
    )  # fmt: skip
    if change is None:
        return getattr(row, "created_at", None)
    return LedgerEntry.objects.filter(seq=change).values_list("at", flat=True).first()


def _hold(row: Any, actor: access.Actor) -> dict[str, Any] | None:
    """The open approval that holds the row: its number, who decides."""
    if not getattr(row, "held_by", None):
        return None
    request = ApprovalRequest.objects.filter(pk=row.held_by).first()
    if request is None:
        return None
    operation = REGISTRY.get(request.operation)
    return {
        "url": cells.record_url("kernel.approvalrequest", request.pk),
        "number": request.number,
        "title": operation.title if operation else request.operation,
        "approvers": _deciders(request),
        "at": request.created_at,
    }


def _deciders(request: ApprovalRequest) -> list[dict[str, Any]]:
    """Who may decide now, each role once, however many routes ask it."""
    found: dict[str, dict[str, Any]] = {}
    for step in do.approvers(request):
        if step["open"]:
            found.setdefault(step["role"], step)
    return list(found.values())


def body(request: Any, page: RecordPage, row: Any) -> dict[str, Any]:
    """Facts and blocks."""
    row_type, actor = page.view.row_type, request.actor
    tabs = registry.panels_of(row_type, "tab", actor)
    known = facts(page, row, actor)
    return {
        "facts": [(column, value) for column, value in known if value != cells.EMPTY],
        "unset": [column for column, value in known if value == cells.EMPTY and column.kind != "bool"],
        "now_blocks": blocks(row_type, "now", row, request),
        "main_blocks": blocks(row_type, "main", row, request),
        "side_blocks": blocks(row_type, "side", row, request),
        "tabs": tabs,
        "first_tab": next(iter(_drawn(tabs[:1], row, request)), None),
        "comment": comment_form(page, row, request),
        "may_trace": True,
    }


def facts(page: RecordPage, row: Any, actor: access.Actor) -> list[tuple[Column, Any]]:
    """The key facts: the columns that the room names, else all that the reader may see."""
    visible = {column.name: column for column in page.view.visible(actor)}
    names = [n for n in page.facts if n in visible] or [
        n for n, c in visible.items() if c.kind not in ("state",) and n != page.amount
    ]
    return [(visible[name], cells.cell(visible[name], row)) for name in names]


def blocks(row_type: str, place: str, row: Any, request: Any) -> list[Block]:
    """The blocks of a place that have something to show."""
    return _drawn(registry.panels_of(row_type, place, request.actor), row, request)


def _drawn(panels: Iterable[Panel], row: Any, request: Any) -> list[Block]:
    found = []
    for panel in panels:
        values = panel.context(row, request.ctx) if panel.context else {}
        if values is not None:
            found.append(Block(panel, {"row": row, **values}))
    return found


def comment_form(page: RecordPage, row: Any, request: Any) -> dict[str, Any] | None:
    """The note box, where the room has a verb for it and the reader may use it."""
    operation = REGISTRY.get(page.comment)
    if operation is None or operation.creates or operation.model is not page.view.model:
        return None
    if access.cell_for(request.actor, operation.name, row) is None:
        return None
    field = next((f for f in derive.fields_of(operation.input) if f.widget in ("area", "text")), None)
    return (
        {
            "action": f"/do/{operation.name}/{row.pk}/",
            "field": field,
            "key": do.new_key(),
            "title": operation.title,
        }
        if field
        else None
    )


# --- parts that load when they are wanted ------------------------------------------------------------------------------


def tab(request: Any, page: RecordPage, row_id: UUID, name: str) -> HttpResponse:
    """One tab's content."""
    row = row_or_404(request, page.view, row_id)
    panels = [p for p in registry.panels_of(page.view.row_type, "tab", request.actor) if p.name == name]
    if not panels:
        raise Http404(name)
    found = next(iter(_drawn(panels, row, request)), None)
    return fragment(request, "web/record/_tab.html", {"block": found})


def menu(request: Any, page: RecordPage, row_id: UUID) -> HttpResponse:
    """Every verb on the row with the reason why not, asked for when the menu opens."""
    row = row_or_404(request, page.view, row_id)
    steps = []
    for operation in offered(row, request):
        if access.cell_for(request.actor, operation.name, row) is None:
            found: list[Objection] = [door.NOT_PERMITTED.refuse(verb=operation.title)]
        else:
            found = objections(operation, row, request)
        steps.append(asking.Step(operation, found))
    return fragment(
        request,
        "web/record/_menu.html",
        {"steps": steps, "row": row, "row_type": page.view.row_type, "url": f"/{page.view.url}/{row.pk}/"},
    )


@dataclass(frozen=True)
class Line:
    """An entry of the timeline with its changes in words."""

    moment: history.Moment
    changes: list[tuple[T, str, str]]


def timeline(request: Any, page: RecordPage, row_id: UUID) -> HttpResponse:
    """What happened to the row, day by day, newest first."""
    row = row_or_404(request, page.view, row_id)
    moments = history.whole_timeline(row, request.actor, 60)
    kinds = {str(c.label): c for c in page.view.visible(request.actor)}
    lines = [
        Line(
            m,
            [
                (label, in_words(kinds.get(str(label)), a), in_words(kinds.get(str(label)), b))
                for label, a, b in m.changes
            ],
        )
        for m in moments
    ]
    today = request.ctx.today
    days = [
        (formats.day_heading(day, today), list(group))
        for day, group in groupby(lines, key=lambda line: clock.business_day(line.moment.at))
    ]
    return fragment(request, "web/record/_timeline.html", {"days": days, "row": row, "now": request.ctx.now})


def in_words(column: Column | None, value: Any) -> str:
    """A stored value of a column as people read it."""
    if value is None or value == "":
        return str(T("空", "empty"))
    if column is None:
        return str(value)
    if column.states is not None and value in column.states.values():
        return str(column.states(value).label)
    if column.kind == "bool":
        return str(T("是", "Yes") if value in (True, "true", "True") else T("否", "No"))
    try:
        if column.kind == "datetime":
            return formats.moment(datetime.fromisoformat(str(value)))
        return cells.plain_text(column.kind, value)
    except (ArithmeticError, ValueError, AttributeError):
        return str(value)


def _as_of(request: Any, page: RecordPage, row: Any, text: str) -> HttpResponse:
    """The row's own columns as they stood at the end of a day, from the ledger."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    moment = datetime.combine(day, time(), clock.BUSINESS_ZONE) + timedelta(days=1)
    image = history.as_of(row._meta.label_lower, row.pk, moment)
    then = None
    if image is not None:
        image = history.completed(image, row, moment)
        fields = {f.attname: f for f in row._meta.concrete_fields}
        then = type(row)(
            **{n: fields[n].to_python(history.opened(v)) for n, v in image.items() if n in fields}
        )
    shown = [c for c in page.view.visible(request.actor) if c.path]
    context = {
        "page": page, "view": page.view, "row": row, "label": str(page.view.label(row)), "day": day,
        "url": f"/{page.view.url}/{row.pk}/",
        "facts": [(c, cells.cell(c, then), cells.cell(c, row)) for c in shown] if then is not None else [],
    }  # fmt: skip
    title = T(f"{context['label']} · {day} 的样子", f"{context['label']} · as of {day}")
    return render(
        request,
        "web/record/as_of.html",
        context,
        title=title,
        crumbs=[(page.view.title, f"/{page.view.url}/")],
    )
