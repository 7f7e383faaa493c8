"""Segments: saved questions over customers, to be used again for lists and campaigns (clauses 4.2.1, 4.3.2)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from sellwell.foundation.relations import groups
from sellwell.foundation.relations.models import Segment, SegmentMode
from sellwell.foundation.relations.operations.tags import About, ConditionLine, stored
from sellwell.foundation.relations.rules import conditions as rules
from sellwell.kernel import drafting
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Ref, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

NAME_TAKEN = Reason("relations.segment_name", T("已有客群“{name}”。", "There is a segment “{name}” already."))
EMPTY = Reason(
    "relations.segment_empty",
    T("请至少写一个条件，或选择一个客群。", "Write one condition at least, or choose a segment."),
)
CIRCLE = Reason(
    "relations.segment_circle",
    T(
        "客群不能包含自己，也不能经由其他客群包含自己。",
        "A segment cannot contain itself, nor by way of others.",
    ),
)
IN_USE = Reason(
    "relations.segment_in_use",
    T("客群“{name}”还在用它。请先修改那个客群。", "The segment “{name}” uses it. Change that one first."),
)
RETIRED = Reason("relations.segment_retired", T("客群已停用。", "The segment is retired."))

Name = Annotated[Code, StringConstraints(min_length=2, max_length=40)]


class SegmentContent(Input):
    """What a segment is called and who belongs to it."""

    name: Name = field(T("名称", "Name"))
    about: About = field(T("用途", "What for"), "")
    mode: SegmentMode = field(T("条件关系", "Joined by"), SegmentMode.ALL)
    conditions: list[ConditionLine] = field(T("条件", "Conditions"), default_factory=list, max_length=20)
    within: list[Ref("relations.segment")] = field(
        T("属于客群", "In these segments"), default_factory=list, max_length=10,
        help=T("与条件按同一关系合并", "Joined with the conditions in the same way"),
    )  # fmt: skip
    without: list[Ref("relations.segment")] = field(
        T("不属于客群", "Not in these segments"), default_factory=list, max_length=10
    )


def content_objections(given: SegmentContent, company_id: Any, own: Segment | None = None) -> list[Objection]:
    """A name of its own, something to go by, conditions that can be read, no circle."""
    found: list[Objection] = []
    named = Segment.objects.filter(company_id=company_id, name=given.name)
    if (named.exclude(pk=own.pk) if own is not None else named).exists():
        found.append(NAME_TAKEN.refuse(path="name", name=given.name))
    if not (given.conditions or given.within or given.without):
        found.append(EMPTY.refuse(path="conditions"))
    if own is not None:
        found += [
            CIRCLE.refuse(path=side)
            for side in ("within", "without")
            if groups.inner(own.pk, company_id, getattr(given, side))
        ]
    return found + rules.objections(
        [line.read() for line in given.conditions], groups.known_values(company_id)
    )


def assess_add(row: None, given: SegmentContent, ctx: Context) -> Assessment:
    """What is wrong with a new segment."""
    return Assessment(objections=tuple(content_objections(given, ctx.company_id)))


def _values(given: SegmentContent) -> dict[str, Any]:
    return {
        "name": given.name, "about": given.about, "mode": given.mode.value, "conditions": stored(given.conditions),
        "within": list(dict.fromkeys(given.within)), "without": list(dict.fromkeys(given.without)),
    }  # fmt: skip


@operation(
    "relations.add_segment", T("新建客群", "Add segment"), Segment, input=SegmentContent, creates=True, assess=assess_add,
    clauses=["4.2.1", "4.3.2"],
    help=T(
        "用条件、标签和其他客群组合出一群客户，供名单、活动和报表反复使用。",
        "Customers by conditions, tags and other segments, to be used again for lists, campaigns and reports.",
    ),
)  # fmt: skip
def add_segment(row: None, given: SegmentContent, ctx: Context, assessment: Assessment) -> Effects:
    """A question, not a list: who belongs to it is found whenever it is asked."""
    segment = Segment(
        id=new_id(),
        company_id=ctx.company_id,
        made_on=ctx.today,
        **_values(given),
        **drafting.scope_of_actor(ctx),
    )
    effects = Effects(result=segment)
    effects.insert(segment)
    effects.search.append(segment)
    return effects


def assess_change(segment: Segment, given: SegmentContent | None, ctx: Context) -> Assessment:
    """What is wrong with the new content."""
    if given is None:
        return Assessment()
    return Assessment(objections=tuple(content_objections(given, segment.company_id, segment)))


@operation(
    "relations.change_segment", T("修改客群", "Change segment"), Segment, input=SegmentContent, assess=assess_change,
    clauses=["4.3.2"],
    help=T("修改客群的条件；用到它的客群和活动随之改变。", "Changes the conditions; segments and campaigns that use it follow."),
)  # fmt: skip
def change_segment(segment: Segment, given: SegmentContent, ctx: Context, assessment: Assessment) -> Effects:
    """The new question."""
    effects = Effects(result=segment)
    effects.update(segment, **_values(given))
    effects.search.append(segment)
    return effects


def assess_retire(segment: Segment, given: Any, ctx: Context) -> Assessment:
    """Not while another one rests on it."""
    if not segment.is_active:
        return Assessment(objections=(RETIRED.refuse(),))
    others = Segment.objects.filter(company_id=segment.company_id, is_active=True)
    user = next((s for s in others if segment.pk in (*s.within, *s.without)), None)
    return Assessment(objections=(IN_USE.refuse(name=user.name),) if user is not None else ())


@operation(
    "relations.retire_segment", T("停用客群", "Retire segment"), Segment, assess=assess_retire, danger=True,
    clauses=["4.3.2"],
    help=T("停用客群，不再供选用。", "Retires a segment: it is offered no more."),
)  # fmt: skip
def retire_segment(segment: Segment, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Kept for what was done with it."""
    effects = Effects(result=segment)
    effects.update(segment, is_active=False)
    return effects
