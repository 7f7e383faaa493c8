"""The reader's open tasks: own ones and those of the pools that the reader's roles answer for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from sellwell.kernel.access import ROLES
from sellwell.kernel.inputs import marks_of
from sellwell.kernel.models import Task
from sellwell.kernel.operations import REGISTRY, Operation
from sellwell.kernel.values import T
from sellwell.kernel.views import BY_TYPE
from sellwell.web import cells, formats, registry

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor
    from sellwell.kernel.views import Column, View

NEAR_SECONDS = 4 * 3600  # a task is amber in its last four hours


def open_tasks(actor: Actor) -> QuerySet[Task]:
    """What this actor should do now: own tasks, and pool tasks of the actor's roles within their departments."""
    return Task.objects.filter(reduce(or_, _wanted(actor)), state="open")


def _wanted(actor: Actor) -> list[Q]:
    """Own tasks, and those of each pool once: no task is in two of them."""
    pools = dict.fromkeys((post.company_id, post.role) for post in actor.posts)
    return [Q(owner_id=actor.user_id, role=""), *(Q(company_id=c, role=role) for c, role in pools)]


def count(actor: Actor, cap: int = 100) -> int:
    """How many open tasks, at most `cap`."""
    # One after the other, each by its index: together they would be sought among everybody's.
    own, *pools = [
        Task.objects.filter(one, state="open").values_list("pk", flat=True) for one in _wanted(actor)
    ]
    return len(own.union(*pools, all=True)[:cap])


@dataclass(frozen=True)
class TaskLine:
    """A task as the workbench shows it."""

    task: Task
    operation: Operation | None
    title: T | str
    url: str  # the record
    act: str  # the form of the one next verb
    whole: bool
    late: bool
    near: bool
    left: T
    about: str = ""  # whom or what the row is about: its first reference, for instance the customer
    held: bool = False  # others decide now: nothing to do here before they have

    @property
    def tone(self) -> str:
        """held | late | near | calm."""
        return "held" if self.held else "late" if self.late else "near" if self.near else "calm"

    @property
    def role(self) -> T | str:
        """The name of the role whose pool the task lies in."""
        return ROLES[self.task.role].name if self.task.role in ROLES else self.task.role

    @property
    def name(self) -> str:
        """What the row is called: its number, or what it is about where the number alone says nothing."""
        number = self.task.row_number
        return self.about if self.about and (not number or number.isdigit()) else number or "—"


def lines(found: Sequence[Task], actor: Actor, now: datetime) -> list[TaskLine]:
    """Tasks as lines; what their rows are about takes one query per type of row."""
    by_type: dict[str, list[Any]] = {}
    for task in found:
        by_type.setdefault(task.row_type, []).append(task.row_id)
    about: dict[Any, str] = {}
    held: set[Any] = set()
    for row_type, ids in by_type.items():
        view = BY_TYPE.get(row_type)
        if view is not None and actor.may(view.name):
            column = next((c for c in view.visible(actor) if c.kind == "ref"), None)
            rows = list(view.rows(actor).filter(pk__in=ids))
            about |= {row.pk: _about(view, column, row) for row in rows}
            held |= {row.pk for row in rows if getattr(row, "held_by", None)}
    drawn = [line(task, now, about.get(task.row_id, ""), task.row_id in held) for task in found]
    return sorted(drawn, key=lambda one: one.held)  # what waits for others stands last


def _about(view: View, column: Column | None, row: Any) -> str:
    """Whom a row is about: its first reference, else its own name where that says more than the number."""
    text = cells.text_of(column, row).strip(" –—") if column is not None else ""
    label = str(view.label(row))
    return text or (label if label != getattr(row, "number", label) else "")


def act_url(operation: Operation, row_type: str, row_id: Any) -> str:
    """The form of a task's verb; a creation's knows the row that it follows from."""
    if not operation.creates:
        return registry.url_for(operation.name, row_id)
    name = field_for(operation, row_type)
    return registry.url_for(operation.name) + (f"?{name}={row_id}" if name else "")


def field_for(operation: Operation, row_type: str) -> str:
    """The field of a creation that takes a row of this type; '' where there is none."""
    marks = marks_of(operation.input)
    for name in (*operation.parent.split(), *marks):
        mark, _ = marks.get(name, (None, None))
        if mark is not None and mark.row_type == row_type:
            return name
    return ""


def line(task: Any, now: datetime, about: str = "", held: bool = False) -> TaskLine:
    """A task with its button and the time left; on a held row there is no verb to press."""
    operation = REGISTRY.get(task.operation)
    seconds = (task.due_at - now).total_seconds()
    late = seconds < 0 and not held
    length = formats.lasting(abs(seconds))
    left = (
        T("等待审批", "Waits for approval")
        if held
        else T(f"迟了 {length.zh}", f"{length.en} late")
        if late
        else T(f"还有 {length.zh}", f"{length.en} left")
    )
    return TaskLine(
        task,
        operation,
        operation.title if operation else task.operation,
        cells.record_url(task.row_type, task.row_id),
        act_url(operation, task.row_type, task.row_id) if operation and not held else "",
        registry.is_whole_page(task.operation),
        late,
        not late and not held and seconds < NEAR_SECONDS,
        left,
        about,
        held,
    )
