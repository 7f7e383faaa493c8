"""What the door writes beside the ledger: facts, events, tasks, links and search rows, each kind in one statement."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from sellwell.kernel import calendar
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import plain
from sellwell.kernel.models import TaskState
from sellwell.kernel.values import Reason, Refusal, T

if TYPE_CHECKING:
    from sellwell.kernel.effects import Effects, NewTask, Posting
    from sellwell.kernel.operations import Context, Operation

MONTH_CLOSED = Reason(
    "period.closed",
    T(
        "{month} 已结账，不能再入账。请联系财务。",
        "{month} is closed; nothing more can be posted to it. Ask finance.",
    ),
)


def write(operation: Operation, ctx: Context, rows: list[UUID], effects: Effects, seq: int) -> None:
    """Write everything that `effects` carries; close the tasks for this operation on `rows` (the row and its parents)."""
    if effects.facts:
        post(ctx, effects.facts)
    if effects.events:
        _events(ctx, effects)
    if rows or effects.drop_tasks:
        _settle_tasks(operation, ctx, rows, effects)
    if effects.tasks:
        _tasks(ctx, effects.tasks, seq)
    if effects.drop_deadlines or effects.deadlines:
        _deadlines(ctx, effects)
    if effects.links:
        _links(ctx, effects)
    if effects.search:
        from sellwell.kernel import search

        search.write(effects.search)


# --- facts -----------------------------------------------------------------------------------------------------------


def open_month(company_id: UUID, today: date) -> date:
    """The recorded month of today, its period row read FOR SHARE: it cannot be closed until this transaction ends."""
    month = today.replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT closed_at FROM kernel_postingperiod WHERE company_id = %s AND month = %s FOR SHARE",
            [company_id, month],
        )
        found = cursor.fetchone()
        if found is None:
            cursor.execute(
                "INSERT INTO kernel_postingperiod (id, version, company_id, month, state) VALUES (%s, 1, %s, %s, 'open')"
                " ON CONFLICT (company_id, month) DO UPDATE SET month = excluded.month RETURNING closed_at",
                [new_id(), company_id, month],
            )
            found = cursor.fetchone()
    if found[0] is not None:
        raise Refusal(MONTH_CLOSED.refuse(month=f"{month:%Y-%m}"))
    return month


# The month's period row is read FOR SHARE in the same statement; where it is missing or closed, nothing is written.
_FACTS = """
WITH period AS (
  SELECT month FROM kernel_postingperiod WHERE company_id = %s AND month = %s AND closed_at IS NULL FOR SHARE
)
INSERT INTO kernel_fact (company_id, measure, happened_on, recorded_at, recorded_month, amount, document_amount, currency,
    quantity, person_id, department_path, region, customer_id, product_id, product_line, channel, document_type,
    document_id, source, seq, reverses)
SELECT %s, f.measure, f.happened_on, %s, period.month, f.amount, f.document_amount, f.currency, f.quantity, f.person_id,
    f.department_path, f.region, f.customer_id, f.product_id, f.product_line, f.channel, f.document_type, f.document_id,
    f.source, f.seq, f.reverses
FROM period, jsonb_to_recordset(%s) AS f(measure text, happened_on date, amount numeric, document_amount numeric, currency text,
    quantity numeric, person_id uuid, department_path text, region text, customer_id uuid, product_id uuid,
    product_line text, channel text, document_type text, document_id uuid, source uuid, seq int, reverses bigint)
"""


def post(ctx: Context, postings: list[Posting]) -> None:
    """Post facts into the open recorded month."""
    rows = json.dumps([_fact(p) for p in postings])
    values: list[Any] = [ctx.company_id, ctx.today.replace(day=1), ctx.company_id, ctx.now, rows]
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, values)
        if cursor.rowcount == 0:
            open_month(ctx.company_id, ctx.today)  # refuses where the month is closed
            cursor.execute(_FACTS, values)


def _fact(posting: Posting) -> dict[str, Any]:
    document: Any = posting.document
    return {
        "measure": posting.measure,
        "happened_on": posting.happened_on.isoformat(),
        "amount": plain(posting.amount),
        "document_amount": plain(
            posting.document_amount if posting.document_amount is not None else posting.amount
        ),
        "currency": posting.currency,
        "quantity": plain(posting.quantity),
        "person_id": plain(getattr(document, "owner_id", None)),
        "department_path": getattr(document, "department_path", ""),
        "region": getattr(document, "region", ""),
        "customer_id": plain(posting.customer_id or getattr(document, "customer_id", None)),
        "product_id": plain(posting.product_id),
        "product_line": posting.product_line,
        "channel": posting.channel,
        "document_type": document._meta.label_lower,
        "document_id": str(document.pk),
        "source": str(posting.source),
        "seq": posting.seq,
        "reverses": posting.reverses,
    }


# --- events, links -----------------------------------------------------------------------------------------------------


def _events(ctx: Context, effects: Effects) -> None:
    rows = [{"id": str(new_id()), "name": e.name, "payload": plain(dict(e.payload))} for e in effects.events]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_event (id, company_id, name, payload, request_id, actor_id, at)"
            " SELECT e.id, %s, e.name, e.payload, %s, %s, %s"
            " FROM jsonb_to_recordset(%s) AS e(id uuid, name text, payload jsonb)",
            [ctx.company_id, ctx.request_id, ctx.user_id, ctx.now, json.dumps(rows)],
        )


def _links(ctx: Context, effects: Effects) -> None:
    rows = [
        {"ft": a._meta.label_lower, "fi": str(a.pk), "tt": b._meta.label_lower, "ti": str(b.pk)}
        for a, b in effects.links
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_link (company_id, from_type, from_id, to_type, to_id, at)"
            " SELECT %s, l.ft, l.fi, l.tt, l.ti, %s FROM jsonb_to_recordset(%s) AS l(ft text, fi uuid, tt text, ti uuid)"
            " ON CONFLICT (from_id, to_id) DO NOTHING",
            [ctx.company_id, ctx.now, json.dumps(rows)],
        )


def _deadlines(ctx: Context, effects: Effects) -> None:
    """Deadlines of rows that are through fall away, as do those that a new one replaces; then the new ones are noted."""
    rows = [{"what": d.what, "id": str(d.row_id), "due": plain(d.due_at)} for d in effects.deadlines]
    through = list(effects.drop_deadlines)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_deadline k SET state = 'past', done_at = %s WHERE state = 'due' AND (row_id = ANY(%s) OR EXISTS ("
            " SELECT 1 FROM jsonb_to_recordset(%s) AS d(what text, id uuid) WHERE d.id = k.row_id AND d.what = k.what))",
            [ctx.now, through, json.dumps(rows)],
        )
        cursor.execute(
            "INSERT INTO kernel_deadline (company_id, what, row_id, due_at, state, attempts, error)"
            " SELECT %s, d.what, d.id, d.due, 'due', 0, ''"
            " FROM jsonb_to_recordset(%s) AS d(what text, id uuid, due timestamptz)",
            [ctx.company_id, json.dumps(rows)],
        )


# --- tasks -------------------------------------------------------------------------------------------------------------


def _settle_tasks(operation: Operation, ctx: Context, rows: list[UUID], effects: Effects) -> None:
    """The open task that asked for this operation is done; tasks of rows that are through are dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_task SET state = CASE WHEN row_id = ANY(%s) AND operation = %s THEN %s ELSE %s END,"
            " done_at = %s, done_by_id = %s, version = version + 1"
            " WHERE state = 'open' AND ((row_id = ANY(%s) AND operation = %s) OR row_id = ANY(%s))",
            [
                rows, operation.name, TaskState.DONE.value, TaskState.DROPPED.value, ctx.now, ctx.user_id,
                rows, operation.name, list(effects.drop_tasks),
            ],
        )  # fmt: skip


_TASKS = """
INSERT INTO kernel_task (id, version, company_id, owner_id, department_path, region, product_line, state, operation, role,
    row_type, row_id, row_number, amount, created_at, due_at, entry_seq)
SELECT t.id, 1, %s, t.owner_id, t.department_path, t.region, t.product_line, 'open', t.operation, t.role, t.row_type,
    t.row_id, t.row_number, t.amount, %s, t.due_at, %s
FROM jsonb_to_recordset(%s) AS t(id uuid, owner_id uuid, department_path text, region text, product_line text,
    operation text, role text, row_type text, row_id uuid, row_number text, amount numeric, due_at timestamptz)
WHERE NOT EXISTS (SELECT 1 FROM kernel_task o WHERE o.row_id = t.row_id AND o.operation = t.operation AND o.state = 'open'
    AND o.role = t.role AND o.owner_id = t.owner_id)
"""


def _tasks(ctx: Context, tasks: list[NewTask], seq: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _TASKS, [ctx.company_id, ctx.now, seq, json.dumps([_task(ctx, task) for task in tasks])]
        )


def _task(ctx: Context, task: NewTask) -> dict[str, Any]:
    row: Any = task.row
    owner = task.owner_id or getattr(row, "owner_id", None) or ctx.user_id
    amount = getattr(row, "total", None)
    return {
        "id": str(new_id()),
        "owner_id": str(owner),
        "department_path": getattr(row, "department_path", ""),
        "region": getattr(row, "region", ""),
        "product_line": getattr(row, "product_line", ""),
        "operation": task.operation,
        "role": task.role,
        "row_type": row._meta.label_lower,
        "row_id": str(row.pk),
        "row_number": str(getattr(row, "number", ""))[:60],
        "amount": plain(amount),
        "due_at": due_at(ctx, task).isoformat(),
    }


def due_at(ctx: Context, task: NewTask) -> datetime:
    """When a task is due: its own moment, or so many working hours from now by the company's calendar."""
    return task.due_at or calendar.add_working_time(ctx.now, task.working_hours)
