"""Evidence about people: roles, rights, and one accountable person for each document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import F, Q

from sellwell.foundation.company import queries
from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.company.models import Assignment, Person, PersonState
from sellwell.kernel import clock
from sellwell.kernel.evidence import Broken, Evidence, Measured, by_department, evidence, found, last_day
from sellwell.kernel.models import Document, LedgerEntry, SecurityLog, Task
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import Period, T
from sellwell.kernel.views import BY_TYPE

NO_ROLE = T("没有角色", "holds no role")
NOBODY = T("没有人担任", "nobody holds it")
UNLISTED = T("不在任何人的待办中", "is in nobody's list")
LATE = T("交接超过时限", "was handed over later than due")
LEFT = T("负责人已离职", "the accountable person has left")
# What the rights matrix refuses: no right, out of scope, over the limit, duties that do not go together.
REFUSED_BY_MATRIX = (
    "not_permitted",
    "not_permitted.scope",
    "over_limit",
    "over_limit.no_route",
    "sod.same_person",
)


@evidence("1.1.2", T("在职人员都有角色", "Every active person holds a role"))
def people_without_a_role(company_id: UUID, period: Period) -> Evidence:
    """People who worked here on the period's last day, and whether each held a role then (in any company)."""
    day = last_day(period)
    working = Q(state=PersonState.ACTIVE.value) | Q(left_on__gt=day)
    people = Person.objects.filter(working, hired_on__lte=day).select_related("user")
    holding = set(Assignment.objects.filter(queries.in_force_on(day)).values_list("user_id", flat=True))
    rows = list(people)
    broken = [
        Broken("company.person", row.pk, row.user.name, NO_ROLE) for row in rows if row.user_id not in holding
    ]
    return found(len(rows), broken)


@evidence("1.1.2", T("每个角色都有人担任", "Every role has a person"))
def roles_without_a_person(company_id: UUID, period: Period) -> Evidence:
    """The 14 roles and whether somebody of the company holds each on the period's last day."""
    posts = Assignment.objects.filter(queries.held_on(last_day(period)), company_id=company_id)
    held = posts.values_list("role", flat=True)
    missing = [role for role in RoleCode if role.value not in set(held)]
    return found(len(RoleCode), [Broken("role", None, str(role.label), NOBODY) for role in missing])


def moments(period: Period) -> dict[str, datetime]:
    """The period as moments, for `at`."""
    found_moments = {"at__gte": clock.day_begins(period.since)}
    if period.until is not None:
        found_moments["at__lt"] = clock.day_begins(period.until)
    return found_moments


@evidence("1.3.1", T("被权限矩阵拒绝的操作", "Operations refused by the matrix"))
def refused_by_the_matrix(company_id: UUID, period: Period) -> Evidence:
    """Every attempt of the period: those done, and those that rights, limits or duties refused."""
    within = moments(period)
    done = LedgerEntry.objects.filter(company_id=company_id, within="", **within).count()
    refused = SecurityLog.objects.filter(company_id=company_id, code__in=REFUSED_BY_MATRIX, **within)
    broken = [
        Broken("kernel.securitylog", row.pk, row.operation, T(row.code, row.code))
        for row in refused.order_by("-at")
    ]
    return found(done + len(broken), broken)


@evidence("1.3.2", T("未了结单据都有在职负责人", "Every open document has an active person"))
def documents_without_an_active_person(company_id: UUID, period: Period) -> Evidence:
    """Open documents, table by table, whose accountable person has left. Must find none."""
    concerned: Counter[str] = Counter()
    broken = []
    for model in documents():
        rows = model._default_manager.filter(company_id=company_id, state__in=open_states(model))
        concerned.update(by_department(rows))
        for row in rows.filter(owner__is_active=False):
            name = str(getattr(row, "number", row.pk))
            broken.append(Broken(model._meta.label_lower, row.pk, name, LEFT, row.department_path))
    return found(concerned, broken)


def documents() -> list[type[Document]]:
    """Every table of documents in the house."""
    return [model for model in apps.get_models() if issubclass(model, Document)]


def open_states(model: type[Document]) -> list[str]:
    """The states of a document from which some verb still leads on; those of a table without verbs are all open."""
    from sellwell.kernel.operations import operations_of

    leading = {state for op in operations_of(model) if not op.while_held for state in op.from_states}
    view = BY_TYPE.get(model._meta.label_lower)
    every = view.states.values() if view is not None and view.states is not None else []
    return sorted(leading or set(every))


# --- 1.3.3: the links join without a gap ---------------------------------------------------------------------------------

# What follows from a document, down the chain, and itself.
_IN_NOBODYS_LIST = """
WITH RECURSIVE down(root, id) AS (
    SELECT id, id FROM unnest(%s::uuid[]) AS given(id)
  UNION
    SELECT down.root, l.to_id FROM down JOIN kernel_link l ON l.from_id = down.id
)
SELECT DISTINCT root FROM down WHERE root NOT IN (
    SELECT w.root FROM down w JOIN kernel_task t ON t.row_id = w.id AND t.state = 'open')
"""


@evidence("1.3.3", T("在途单据都在某人的待办中", "Everything in progress is in somebody's list"))
def documents_in_nobodys_list(company_id: UUID, period: Period) -> Evidence:
    """Documents in progress, and those that nobody has a task for, neither for them nor for what follows. Must find none."""
    concerned, broken = 0, []
    for model in documents():
        rows = model._default_manager.filter(
            model.waits_for_somebody(), company_id=company_id, origin="entry", state__in=open_states(model)
        )
        numbers = dict(rows.values_list("pk", "number"))
        concerned += len(numbers)
        with connection.cursor() as cursor:
            cursor.execute(_IN_NOBODYS_LIST, [list(numbers)])
            unlisted = [pk for (pk,) in cursor.fetchall()]
        broken += [
            Broken(model._meta.label_lower, pk, numbers[pk], UNLISTED)
            for pk in sorted(unlisted, key=lambda pk: numbers[pk])
        ]
    return found(concerned, broken)


_WAITED = """
SELECT operation, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY hours), percentile_cont(0.9) WITHIN GROUP (ORDER BY hours)
FROM (SELECT operation, extract(epoch FROM done_at - created_at) / 3600.0 AS hours FROM kernel_task
      WHERE company_id = %s AND state = 'done' AND done_at >= %s AND (%s::timestamptz IS NULL OR done_at < %s)) waited
GROUP BY operation ORDER BY operation
"""


@evidence("1.3.3", T("各环节交接用时", "Hand-over time of each link"))
def hand_overs(company_id: UUID, period: Period) -> Evidence:
    """Steps done in the period and those still open past their time; median and 90th percentile of each link in hours."""
    since, until = moments(period)["at__gte"], moments(period).get("at__lt")
    ours = Task.objects.filter(company_id=company_id)
    done = ours.filter(state="done", done_at__gte=since)
    waiting = ours.filter(state="open", due_at__lt=min(until or clock.now(), clock.now()))
    if until is not None:
        done = done.filter(done_at__lt=until)
    late = [*done.filter(done_at__gt=F("due_at")).order_by("due_at"), *waiting.order_by("due_at")]
    broken = [
        Broken(t.row_type, t.row_id, f"{t.row_number} {_title(t.operation)}".strip(), LATE) for t in late
    ]
    return found(done.count() + waiting.count(), broken, _links(company_id, since, until))


def _links(company_id: UUID, since: datetime, until: datetime | None) -> Iterator[Measured]:
    """Asked of the database only where somebody reads it."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITED, [company_id, since, until, until])
        links = cursor.fetchall()
    for row in links:
        yield from _link(*row)


def _title(operation: str) -> T:
    return REGISTRY[operation].title if operation in REGISTRY else T(operation, operation)


def _link(operation: str, count: int, median: Any, ninetieth: Any) -> list[Measured]:
    title = _title(operation)
    return [
        Measured(T(f"{title.zh}：{zh}", f"{title.en}: {en}"), count, _hours(value), "h")
        for zh, en, value in (("中位数", "median", median), ("90 分位", "90th percentile", ninetieth))
    ]


def _hours(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.1"))
