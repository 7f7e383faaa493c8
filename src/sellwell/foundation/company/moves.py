"""Passing rows from one owner to another, set by set: owner, department and region change together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from sellwell.kernel.models import Owned, Task

if TYPE_CHECKING:
    from sellwell.kernel.effects import Effects

_NEW_OWNER = """
UPDATE {table} SET owner_id = %s, department_path = %s, region = %s, version = {table}.version + 1
WHERE id = ANY(%s) AND company_id = %s
RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


def pass_on(
    effects: Effects, model: type[Owned], ids: Iterable[UUID], company_id: UUID, scope: Mapping[str, Any]
) -> int:
    """Give rows of one table, of one company, to the owner and place in `scope`. Gives how many."""
    table = connection.ops.quote_name(model._meta.db_table)
    values = [scope["owner_id"], scope["department_path"], scope["region"], list(ids), company_id]
    return effects.execute(model, _NEW_OWNER.format(table=table), values)


_TASKS_OF_ROW = """
UPDATE kernel_task SET owner_id = %s, department_path = %s, region = %s, version = kernel_task.version + 1
WHERE row_id = %s AND owner_id = %s AND state = 'open' AND NOT operation = ANY(%s)
RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


def pass_on_tasks(
    effects: Effects, row_id: UUID, before: UUID, scope: Mapping[str, Any], except_for: Iterable[str]
) -> int:
    """The open tasks of a row follow it from its owner `before`."""
    values = [scope["owner_id"], scope["department_path"], scope["region"], row_id, before, list(except_for)]
    return effects.execute(Task, _TASKS_OF_ROW, values)
