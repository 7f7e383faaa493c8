"""What higher rooms do to customers inside their own operations: grades that were computed, owners that change.

Set-based; each change stands in the ledger of the operation that carries it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sellwell.foundation.customers.models import Customer
from sellwell.kernel.effects import Effects

_GRADES = """
UPDATE customers_customer c SET grade = g.grade, version = c.version + 1
FROM jsonb_to_recordset(%s::jsonb) AS g(id uuid, grade text)
WHERE c.id = g.id AND c.grade <> g.grade AND c.held_by IS NULL
RETURNING new.id, jsonb_build_object('grade', old.grade), jsonb_build_object('grade', new.grade)
"""


def set_grades(effects: Effects, grades: Mapping[UUID, str]) -> set[UUID]:
    """Give customers grades; gives those that now have theirs. One that waits for approval is left alone."""
    if not grades:
        return set()
    effects.execute(
        Customer, _GRADES, [json.dumps([{"id": str(pk), "grade": grade} for pk, grade in grades.items()])]
    )
    found = Customer.objects.filter(pk__in=grades).values_list("pk", "grade")
    return {pk for pk, grade in found if grade == grades[pk]}


_OWNERS = """
UPDATE customers_customer c SET owner_id = %(owner)s, department_path = %(path)s, region = coalesce(%(region)s, c.region),
    version = c.version + 1
WHERE c.id = ANY(%(ids)s)
RETURNING new.id,
    jsonb_build_object('owner_id', old.owner_id, 'department_path', old.department_path, 'region', old.region),
    jsonb_build_object('owner_id', new.owner_id, 'department_path', new.department_path, 'region', new.region)
"""


def give_to(effects: Effects, customer_ids: Iterable[UUID], owner_id: UUID, scope: Mapping[str, Any]) -> None:
    """Make somebody answer for customers; `scope` holds the department path and, if it moves, the region of the post."""
    effects.execute(
        Customer,
        _OWNERS,
        {
            "owner": owner_id,
            "path": scope["department_path"],
            "region": scope.get("region") or None,
            "ids": list(customer_ids),
        },
    )
