"""Conditions, tags and segments as questions to the database: nothing that people write is ever run as code."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from sellwell.foundation.customers.queries import Grade, PartyKind, SalesChannel
from sellwell.foundation.relations.models import (
    Abc,
    RfmClass,
    Segment,
    SegmentMode,
    Stage,
    Standing,
    Tag,
    TagKind,
)
from sellwell.foundation.relations.rules.conditions import Condition, Field, Op, read
from sellwell.kernel.ids import new_id
from sellwell.kernel.values import State, T

NOBODY = Q(pk__in=[])
EVERYBODY = ~Q(pk__in=[])
DEEPEST = 5  # segments within segments


def known_values(company_id: UUID) -> dict[Field, Mapping[str, T]]:
    """The values of fields that have a closed list, with their names."""

    def of(states: type[State]) -> dict[str, T]:
        return {member.value: member.label for member in states if member.value}

    tags = Tag.objects.filter(company_id=company_id, is_active=True).order_by("name")
    return {
        Field.GRADE: of(Grade),
        Field.STAGE: of(Stage),
        Field.RFM: of(RfmClass),
        Field.ABC: of(Abc),
        Field.CHANNEL: of(SalesChannel),
        Field.KIND: of(PartyKind),
        Field.TAG: {tag.name: T(tag.name, tag.name) for tag in tags},
    }


PATHS = {
    Field.GRADE: "customer__grade", Field.STAGE: "stage", Field.RFM: "rfm_class", Field.ABC: "abc",
    Field.REGION: "customer__region", Field.INDUSTRY: "customer__industry", Field.CHANNEL: "customer__channel",
    Field.KIND: "customer__party__kind",
}  # fmt: skip
NUMBER_PATHS = {
    Field.VALUE: "value", Field.PURCHASES: "purchases", Field.OVERDUE: "overdue_days", Field.CLUSTER: "cluster",
}  # fmt: skip
DAY_PATHS = {Field.DAYS_SINCE: "last_on", Field.CONTACT_DAYS: "last_contact_on"}


def condition_q(one: Condition, company_id: UUID, on: date) -> Q:
    """One comparison over standings."""
    if one.field in DAY_PATHS:
        return _days(one, DAY_PATHS[one.field], on)
    if one.field in NUMBER_PATHS:
        return _number(one, NUMBER_PATHS[one.field])
    if one.field is Field.PRODUCT_LINE:
        found = Q(lines__overlap=one.values())
    elif one.field is Field.TAG:
        ids = Tag.objects.filter(company_id=company_id, name__in=one.values()).values_list("pk", flat=True)
        found = Q(tag_ids__overlap=list(ids)) if ids else NOBODY
    else:
        found = Q(**{f"{PATHS[one.field]}__in": one.values()})
    return ~found if one.op is Op.IS_NOT else found


def _number(one: Condition, path: str) -> Q:
    lookups = {Op.IS: "", Op.IS_NOT: "", Op.AT_LEAST: "__gte", Op.AT_MOST: "__lte"}
    found = Q(**{f"{path}{lookups[one.op]}": one.number()})
    return ~found if one.op is Op.IS_NOT else found


def _days(one: Condition, path: str, on: date) -> Q:
    """Days since something are a comparison with its day; who has no such day meets none of them."""
    days = min(int(one.number().to_integral_value()), 36500)
    day = on - timedelta(days=max(days, -36500))
    there = Q(**{f"{path}__isnull": False})
    match one.op:
        case Op.AT_LEAST:
            return there & Q(**{f"{path}__lte": day})
        case Op.AT_MOST:
            return there & Q(**{f"{path}__gte": day})
        case Op.IS_NOT:
            return there & ~Q(**{path: day})
    return Q(**{path: day})


def all_of(conditions: Iterable[Condition], company_id: UUID, on: date) -> Q:
    """Every one of the conditions; none at all is nobody."""
    found = [condition_q(one, company_id, on) for one in conditions]
    whole = EVERYBODY if found else NOBODY
    for q in found:
        whole &= q
    return whole


# --- segments ----------------------------------------------------------------------------------------------------------


def segment_q(segment: Segment, on: date, above: tuple[UUID, ...] = ()) -> Q:
    """Who belongs to a segment. A segment within itself, or too deep, is nobody: operations refuse to make one."""
    if segment.pk in above or len(above) >= DEEPEST:
        return NOBODY
    parts = [condition_q(one, segment.company_id, on) for one in read(segment.conditions)]
    others = Segment.objects.filter(
        company_id=segment.company_id, pk__in=[*segment.within, *segment.without]
    ).in_bulk()
    path = (*above, segment.pk)
    parts += [segment_q(others[pk], on, path) for pk in segment.within if pk in others]
    found = _joined(parts, segment.mode)
    for pk in segment.without:
        if pk in others:
            found &= ~segment_q(others[pk], on, path)
    return found


def _joined(parts: list[Q], mode: str) -> Q:
    if not parts:
        return EVERYBODY  # only left out are those of `without`
    found = parts[0]
    for part in parts[1:]:
        found = found & part if mode == SegmentMode.ALL.value else found | part
    return found


def standings(company_id: UUID) -> QuerySet[Standing]:
    """What is known of a company's customers; of a merged one its last standing rests until the merge is taken back."""
    return Standing.objects.filter(company_id=company_id, customer__merged_into__isnull=True)


def members(segment: Segment, on: date) -> Any:
    """The standings of a segment's customers, as a query to be narrowed further."""
    return standings(segment.company_id).filter(segment_q(segment, on))


def inner(segment_id: UUID, company_id: UUID, named: Collection[UUID]) -> bool:
    """Whether a segment is reached from those named: it would contain itself."""
    seen: set[UUID] = set()
    waiting = list(named)
    by_id = {s.pk: (*s.within, *s.without) for s in Segment.objects.filter(company_id=company_id)}
    while waiting:
        pk = waiting.pop()
        if pk == segment_id:
            return True
        if pk not in seen:
            seen.add(pk)
            waiting += by_id.get(pk, ())
    return False


# --- tags by rule ------------------------------------------------------------------------------------------------------

_BORNE = """
SELECT m.customer_id FROM relations_mark m JOIN customers_customer c ON c.id = m.customer_id
WHERE m.tag_id = %s AND m.until IS NULL AND c.merged_into_id IS NULL
"""
_ADD = """
INSERT INTO relations_mark (id, version, company_id, tag_id, customer_id, since, until)
SELECT n.id, 1, %(company)s, %(tag)s, n.customer_id, %(today)s, NULL
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[]) AS n(id, customer_id)
ON CONFLICT DO NOTHING
"""
_END = "UPDATE relations_mark SET until = %s, version = version + 1 WHERE tag_id = %s AND customer_id = ANY(%s) AND until IS NULL"
_TAG_IDS = """
UPDATE relations_standing s SET tag_ids = coalesce(m.tags, '{}')
FROM relations_standing t LEFT JOIN (
  SELECT customer_id, array_agg(tag_id ORDER BY tag_id) AS tags FROM relations_mark
  WHERE company_id = %(company)s AND until IS NULL GROUP BY customer_id
) m ON m.customer_id = t.id
WHERE s.id = t.id AND t.company_id = %(company)s AND (%(only)s::uuid[] IS NULL OR t.id = ANY(%(only)s))
  AND s.tag_ids IS DISTINCT FROM coalesce(m.tags, '{}')
"""


def refresh_tags(company_id: UUID, on: date, tags: Iterable[Tag] | None = None) -> int:
    """Give rule tags to whom their rule reaches and take them from the others; gives how many marks changed.

    Marks by rule follow from standings: like them they stand outside the ledger (decision 0007).
    """
    named = Tag.objects.filter(company_id=company_id, is_active=True) if tags is None else tags
    changed = 0
    for tag in named:
        if tag.kind == TagKind.RULE.value and tag.is_active:
            changed += _refresh(tag, on)
    write_tag_ids(company_id)
    return changed


def _refresh(tag: Tag, on: date) -> int:
    reached = standings(tag.company_id).filter(all_of(read(tag.conditions), tag.company_id, on))
    wanted = set(reached.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_BORNE, [tag.pk])
        borne = {row[0] for row in cursor.fetchall()}
        new, gone = sorted(wanted - borne), sorted(borne - wanted)
        if new:
            values: dict[str, Any] = {"company": tag.company_id, "tag": tag.pk, "today": on, "customers": new}
            values["ids"] = [new_id() for _ in new]
            cursor.execute(_ADD, values)
        if gone:
            cursor.execute(_END, [on, tag.pk, gone])
    return len(new) + len(gone)


def write_tag_ids(company_id: UUID, only: Collection[UUID] | None = None) -> None:
    """Write the tags in force onto the standings, where filters look for them."""
    with connection.cursor() as cursor:
        cursor.execute(_TAG_IDS, {"company": company_id, "only": list(only) if only is not None else None})
