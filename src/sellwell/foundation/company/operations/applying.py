"""A reorganisation carried out: departments, posts, and the scope of every record, set by set."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from sellwell.foundation.company import planning
from sellwell.foundation.company.models import Assignment, Department, Reorganisation
from sellwell.foundation.company.operations.departments import change_from
from sellwell.foundation.company.rules.days import first_day_after
from sellwell.foundation.company.rules.reorganising import Outcome
from sellwell.foundation.company.structure import AsOf
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import Owned
from sellwell.kernel.operations import Context

_BY_PERSON = """
UPDATE {table} SET department_path = m.to_path, region = coalesce(nullif(m.to_region, ''), {table}.region),
  version = {table}.version + 1
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) AS m(person, from_path, to_path, to_region)
WHERE {table}.company_id = %s AND {table}.owner_id = m.person AND {table}.department_path = m.from_path
RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""
_BY_PATH = """
UPDATE {table} SET department_path = m.to_path, region = coalesce(nullif(m.to_region, ''), {table}.region),
  version = {table}.version + 1
FROM unnest(%s::text[], %s::text[], %s::text[]) AS m(from_path, to_path, to_region)
WHERE {table}.company_id = %s AND {table}.department_path = m.from_path
RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


def carry_out(effects: Effects, row: Reorganisation, before: AsOf, after: Outcome, ctx: Context) -> None:
    """Everything at once. Records follow their department, or the person who moves; facts stay as they were."""
    shown = planning.moves(before, after)
    known = planning.department_by_code(row.company_id)
    _departments(effects, row.company_id, known, after, ctx.today)
    _posts(effects, known, before, after, ctx.today)
    for model in planning.owned_models():
        _records(effects, model, row.company_id, shown)


def _departments(
    effects: Effects, company_id: UUID, known: dict[str, Department], after: Outcome, day: date
) -> None:
    """New ones from the top down, then what changed of the others, then those that are closed."""
    for code in sorted(after.nodes, key=lambda c: after.path(c).count(".")):
        node = after.nodes[code]
        above = known.get(node.above)
        values: dict[str, Any] = {
            "parent_id": above.pk if above is not None else None, "path": after.path(code),
            "head_id": UUID(node.head) if node.head else None,
        }  # fmt: skip
        if code not in known:
            known[code] = Department(
                id=new_id(), company_id=company_id, code=code, name=node.name, name_en=node.name_en, kind=node.kind,
                region=node.region, product_line=node.line, since=day, **values,
            )  # fmt: skip
            effects.insert(known[code])
            effects.search.append(known[code])
        else:
            change_from(effects, known[code], day, values)
    for code in after.went:
        successor = known.get(after.followed(code))
        effects.update(known[code], until=day, successor_id=successor.pk if successor is not None else None)


def _posts(effects: Effects, known: dict[str, Department], before: AsOf, after: Outcome, day: date) -> None:
    """Posts in another department end and begin anew; those that are held there already just end."""
    held = {p.id: p for p in before.posts}
    now = {p.id: p for p in after.posts}
    changed = [pk for pk, post in held.items() if pk not in now or now[pk].code != post.code]
    rows = Assignment.objects.select_related("department").filter(pk__in=changed).order_by("id")
    for post in rows:
        target = now.get(str(post.pk))
        began_today = post.since >= day
        if target is None:
            effects.update(post, until=first_day_after(post.since, day))
            continue
        place = known[target.code]
        region = place.region if post.region == post.department.region else post.region
        if began_today:
            effects.update(post, department_id=place.pk, region=region)
            continue
        until = post.until
        effects.update(post, until=day)
        effects.insert(
            Assignment(
                id=new_id(), company_id=post.company_id, user_id=post.user_id, role=post.role, department=place,
                position_id=post.position_id, region=region, product_line=post.product_line, since=day, until=until,
            )
        )  # fmt: skip


def _records(effects: Effects, model: type[Owned], company_id: UUID, shown: planning.Moves) -> None:
    """The scope columns of one table, in at most two statements."""
    table = connection.ops.quote_name(model._meta.db_table)
    if shown.people:
        columns: dict[int, list[Any]] = defaultdict(list)
        for moved in shown.people:
            for index, value in enumerate(moved):
                columns[index].append(UUID(value) if index == 0 else value)
        effects.execute(model, _BY_PERSON.format(table=table), [*[columns[i] for i in range(4)], company_id])
    if shown.paths:
        old = list(shown.paths)
        new = [shown.paths[path][0] for path in old]
        regions = [shown.paths[path][1] for path in old]
        effects.execute(model, _BY_PATH.format(table=table), [old, new, regions, company_id])
