"""The reader's open tasks: own ones and those of the pools that the reader's roles answer for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from sellwell.kernel.inputs import reference_of
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

    @property
    def tone(self) -> str:
        """late | near | calm."""
        return "late" if self.late else "near" if self.near else "calm"


def lines(found: Sequence[Task], actor: Actor, now: datetime) -> list[TaskLine]:
    """Tasks as lines; what their rows are about takes one query per type of row."""
    by_type: dict[str, list[Any]] = {}
    for task in found:
        by_type.setdefault(task.row_type, []).append(task.row_id)
    about: dict[Any, str] = {}
    for row_type, ids in by_type.items():
        view = BY_TYPE.get(row_type)
        if view is not None and actor.may(view.name):
            column = next((c for c in view.visible(actor) if c.kind == "ref"), None)
            about |= {row.pk: _about(view, column, row) for row in view.rows(actor).filter(pk__in=ids)}
    return [line(task, now, about.get(task.row_id, "")) for task in found]


def _about(view: View, column: Column | None, row: Any) -> str:
    """Whom a row is about: its first reference, else its own name where that says more than the number."""
    text = cells.text_of(column, row).strip(" –—") if column is not None else ""
    label = str(view.label(row))
    return text or (label if label != getattr(row, "number", label) else "")


def act_url(operation: Operation, row_type: str, row_id: Any) -> str:
    """The form of a task's verb; a creation's knows the row that it follows from."""
    if not operation.creates:
        return registry.url_for(operation.name, row_id)
    fields = operation.input.model_fields
    for name in (*operation.parent.split(), *fields):
        mark = reference_of(fields[name]) if name in fields else None
        if mark is not None and mark.row_type == row_type:
            return f"{registry.url_for(operation.name)}?{name}={row_id}"
    return registry.url_for(operation.name)


def line(task: Any, now: datetime, about: str = "") -> TaskLine:
    """A task with its button and the time left."""
    operation = REGISTRY.get(task.operation)
    seconds = (task.due_at - now).total_seconds()
    late = seconds < 0
    length = formats.lasting(abs(seconds))
    left = (
        T(f"迟了 {length.zh}", f"{length.en} late") if late else T(f"还有 {length.zh}", f"{length.en} left")
    )
    return TaskLine(
        task,
        operation,
        operation.title if operation else task.operation,
        cells.record_url(task.row_type, task.row_id),
        act_url(operation, task.row_type, task.row_id) if operation else "",
        registry.is_whole_page(task.operation),
        late,
        not late and seconds < NEAR_SECONDS,
        left,
        about,
    )
