"""What meetings look at: live exceptions of the house, read from tasks, approvals, evidence and the room's own loops.

Rooms register further points under `kernel.extensions.agenda_items`. Points hold no names.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from sellwell.control.intelligence.models import Action, ActionState, Item, ItemState
from sellwell.kernel import clock, evidence
from sellwell.kernel.extensions import AgendaAsked, AgendaEntry, AgendaPoint, agenda_items
from sellwell.kernel.models import ApprovalRequest, RequestState, Task
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import Period, T

SHOWN = 12  # records named in a point; their number is always whole
FOLLOW_UPS = ("pipeline.follow_up", "pipeline.write_minutes")
HELD_FOR = timedelta(days=2)
MOST_CLAUSES = 8
LOOPS = (ItemState.SUBMITTED, ItemState.SCREENED, ItemState.ANALYSED, ItemState.DONE)


def points_for(asked: AgendaAsked) -> list[tuple[str, AgendaPoint]]:
    """Every point that somebody registered and that has something to say, in the order of registration."""
    found = [(key, function(asked)) for key, function in agenda_items]
    return [(key, point) for key, point in found if point is not None and point.count]


def _due(title: T, moment: Any) -> T:
    """“… was due on …”."""
    day = clock.business_day(moment)
    return T(f"{title.zh}，应于 {day} 前完成", f"{title.en}, due by {day}")


def _overdue_tasks(asked: AgendaAsked, which: Q) -> AgendaPoint | None:
    """Open tasks of the department that are late, the latest first."""
    rows = Task.objects.filter(
        which, company_id=asked.company_id, state="open", due_at__lt=asked.now,
        department_path__startswith=asked.department_path,
    ).order_by("due_at", "id")  # fmt: skip
    entries = tuple(
        AgendaEntry(t.row_type, t.row_id, _due(_verb(t.operation), t.due_at)) for t in rows[:SHOWN]
    )
    return AgendaPoint(T("", ""), rows.count(), entries)


def _verb(name: str) -> T:
    return REGISTRY[name].title if name in REGISTRY else T(name, name)


def _titled(title: T, point: AgendaPoint | None) -> AgendaPoint | None:
    return AgendaPoint(title, point.count, point.entries) if point is not None else None


@agenda_items.register("intelligence.actions")
def carried_over(asked: AgendaAsked) -> AgendaPoint | None:
    """Actions of the earlier meetings of the series that are still open; without a series, those of the department."""
    rows = Action.objects.filter(company_id=asked.company_id, state=ActionState.OPEN.value)
    if asked.series_id is not None:
        rows = rows.filter(meeting__series_id=asked.series_id)
    else:
        rows = rows.filter(meeting__isnull=False, department_path__startswith=asked.department_path)
    title = T("以前会议的行动项", "Actions of earlier meetings")
    return AgendaPoint(title, rows.count(), _actions(rows))


def _actions(rows: QuerySet[Action]) -> tuple[AgendaEntry, ...]:
    due = T("完成期限 {day}", "due by {day}")
    return tuple(
        AgendaEntry("intelligence.action", row.pk, due.format(day=row.due_on))
        for row in rows.order_by("due_on", "id")[:SHOWN]
    )


@agenda_items.register("kernel.follow_ups")
def late_follow_ups(asked: AgendaAsked) -> AgendaPoint | None:
    """Next steps with customers and minutes of visits that are late."""
    return _titled(
        T("逾期的客户跟进", "Late follow-ups of customers"),
        _overdue_tasks(asked, Q(operation__in=FOLLOW_UPS)),
    )


@agenda_items.register("kernel.tasks")
def overdue_tasks(asked: AgendaAsked) -> AgendaPoint | None:
    """Other tasks that are late; those of this room have points of their own."""
    others = ~Q(operation__in=FOLLOW_UPS) & ~Q(operation__startswith="intelligence.")
    return _titled(T("逾期待办", "Overdue tasks"), _overdue_tasks(asked, others))


@agenda_items.register("intelligence.items")
def late_items(asked: AgendaAsked) -> AgendaPoint | None:
    """Items whose step is late."""
    rows = Item.objects.filter(
        company_id=asked.company_id, state__in=[s.value for s in LOOPS], due_at__lt=asked.now,
        department_path__startswith=asked.department_path,
    ).order_by("due_at", "id")  # fmt: skip
    entries = tuple(
        AgendaEntry("intelligence.item", row.pk, _due(ItemState(row.state).label, row.due_at))
        for row in rows[:SHOWN]
    )
    return AgendaPoint(T("逾期的情报", "Overdue intelligence"), rows.count(), entries)


@agenda_items.register("kernel.approvals")
def held_documents(asked: AgendaAsked) -> AgendaPoint | None:
    """Documents that have waited for approval for more than two days."""
    rows = ApprovalRequest.objects.filter(
        company_id=asked.company_id, state=RequestState.OPEN.value, created_at__lt=asked.now - HELD_FOR,
        department_path__startswith=asked.department_path,
    ).order_by("created_at", "id")  # fmt: skip
    since = T("自 {day} 起待批", "waiting since {day}")
    entries = tuple(
        AgendaEntry("kernel.approvalrequest", r.pk, since.format(day=clock.business_day(r.created_at)))
        for r in rows[:SHOWN]
    )
    return AgendaPoint(T("滞留的审批", "Approvals that wait"), rows.count(), entries)


@agenda_items.register("kernel.evidence")
def breaches(asked: AgendaAsked) -> AgendaPoint | None:
    """Records that broke a clause which the series watches, in this month so far."""
    today = clock.business_day(asked.now)
    month = Period(today.replace(day=1), None)
    entries: list[AgendaEntry] = []
    count = 0
    for number in asked.clauses[:MOST_CLAUSES]:
        for collector in evidence.for_clause(number):
            found = collector.collect(asked.company_id, month)
            mine = [b for b in found.broken if b.department.startswith(asked.department_path)]
            count += len(mine)
            entries += _of_clause(number, collector.title, mine)
    return AgendaPoint(T("违反条款的记录", "Records that broke a clause"), count, tuple(entries[:SHOWN]))


def _of_clause(number: str, title: T, broken: Iterable[evidence.Broken]) -> list[AgendaEntry]:
    why = T(f"{number} {title.zh}", f"{number} {title.en}")
    return [AgendaEntry(b.row_type, b.row_id, why) for b in broken if isinstance(b.row_id, UUID)]
