"""Tags: words for customers, given by hand or every day by a rule (clause 4.3.2)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from sellwell.foundation.customers.queries import LIVE, Customer, customers
from sellwell.foundation.relations import groups
from sellwell.foundation.relations.models import Mark, Segment, Tag, TagKind
from sellwell.foundation.relations.rules import conditions as rules
from sellwell.foundation.relations.rules.conditions import Condition, Field, Op
from sellwell.kernel import access
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Ref, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

NAME_TAKEN = Reason("relations.tag_name", T("已有标签“{name}”。", "There is a tag “{name}” already."))
RETIRED = Reason("relations.tag_retired", T("标签“{name}”已停用。", "The tag “{name}” is retired."))
NO_RULE = Reason(
    "relations.tag_without_rule",
    T("按规则的标签至少要有一个条件。", "A tag by rule has one condition at least."),
)
BY_RULE = Reason(
    "relations.tag_by_rule",
    T("“{name}”由规则每天打标，不能人工增减。请修改规则。", "“{name}” is given by its rule every day. Change the rule instead."),
)  # fmt: skip

Word = Annotated[Code, StringConstraints(min_length=1, max_length=20)]
Group = Annotated[Code, StringConstraints(max_length=20)]
About = Annotated[Code, StringConstraints(max_length=200)]
Value = Annotated[Code, StringConstraints(max_length=200)]


class ConditionLine(Input):
    """One comparison; several values, divided by commas, mean any of them."""

    what: Field = field(T("项目", "What"))
    op: Op = field(T("比较", "How"), Op.IS)
    value: Value = field(T("值", "Value"), help=T("多个值用逗号分开", "Several values, divided by commas"))

    def read(self) -> Condition:
        """As the rules know it."""
        return Condition(self.what, self.op, self.value)


def stored(lines: list[ConditionLine]) -> list[dict[str, str]]:
    """As tables keep them."""
    return [{"field": line.what.value, "op": line.op.value, "value": line.value} for line in lines]


class TagContent(Input):
    """A tag's words and, if a rule gives it, the rule."""

    name: Word = field(T("名称", "Name"))
    group: Group = field(T("分组", "Group"), "")
    about: About = field(T("说明", "About"), "")
    conditions: list[ConditionLine] = field(
        T("规则（须全部满足）", "Rule (all must hold)"), default_factory=list, max_length=20
    )


class AddTag(TagContent):
    """A new tag."""

    kind: TagKind = field(T("方式", "Given"), TagKind.MANUAL)


def content_objections(given: TagContent, kind: str, company_id: Any, but: Any = None) -> list[Objection]:
    """A name of its own and, for a rule, conditions that can be read."""
    found: list[Objection] = []
    if Tag.objects.filter(company_id=company_id, name=given.name).exclude(pk=but).exists():
        found.append(NAME_TAKEN.refuse(path="name", name=given.name))
    if kind == TagKind.RULE.value and not given.conditions:
        found.append(NO_RULE.refuse(path="conditions"))
    return found + rules.objections(
        [line.read() for line in given.conditions], groups.known_values(company_id)
    )


def assess_add(row: None, given: AddTag, ctx: Context) -> Assessment:
    """What is wrong with a new tag."""
    return Assessment(objections=tuple(content_objections(given, given.kind.value, ctx.company_id)))


@operation(
    "relations.add_tag", T("新建标签", "Add tag"), Tag, input=AddTag, creates=True, assess=assess_add, clauses=["4.3.2"],
    help=T("建立一个标签：人工打标，或按规则每天自动打标。", "A tag that people give, or that a rule gives every day."),
)  # fmt: skip
def add_tag(row: None, given: AddTag, ctx: Context, assessment: Assessment) -> Effects:
    """A rule's tag is given at once."""
    tag = Tag(
        id=new_id(), company_id=ctx.company_id, group=given.group, name=given.name, kind=given.kind.value,
        about=given.about, conditions=stored(given.conditions) if given.kind is TagKind.RULE else [],
    )  # fmt: skip
    effects = Effects(result=tag)
    effects.insert(tag)
    groups.refresh_tags(ctx.company_id, ctx.today, [tag])
    return effects


def assess_change(tag: Tag, given: TagContent | None, ctx: Context) -> Assessment:
    """What is wrong with the new words or rule."""
    if given is None:
        return Assessment()
    return Assessment(objections=tuple(content_objections(given, tag.kind, tag.company_id, tag.pk)))


@operation(
    "relations.change_tag", T("修改标签", "Change tag"), Tag, input=TagContent, assess=assess_change, clauses=["4.3.2"],
    help=T("修改标签的名称、分组和规则；按规则的标签立即重打。", "Changes name, group and rule; a rule's tag is given anew at once."),
)  # fmt: skip
def change_tag(tag: Tag, given: TagContent, ctx: Context, assessment: Assessment) -> Effects:
    """Whom a rule reaches is found anew."""
    effects = Effects(result=tag)
    by_rule = tag.kind == TagKind.RULE.value
    effects.update(
        tag, name=given.name, group=given.group, about=given.about,
        conditions=stored(given.conditions) if by_rule else [],
    )  # fmt: skip
    groups.refresh_tags(tag.company_id, ctx.today, [tag])
    return effects


def assess_retire(tag: Tag, given: Any, ctx: Context) -> Assessment:
    """Once."""
    return Assessment(objections=() if tag.is_active else (RETIRED.refuse(name=tag.name),))


@operation(
    "relations.retire_tag", T("停用标签", "Retire tag"), Tag, assess=assess_retire, danger=True, clauses=["4.3.2"],
    help=T("停用标签，并从所有客户上取下。", "Retires a tag and takes it off all customers."),
)  # fmt: skip
def retire_tag(tag: Tag, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Its marks end today."""
    effects = Effects(result=tag)
    effects.update(tag, is_active=False)
    effects.execute(Mark, _OFF_ALL, [ctx.today, tag.pk])
    groups.write_tag_ids(tag.company_id)
    return effects


_OFF_ALL = """
UPDATE relations_mark SET until = %s, version = version + 1 WHERE tag_id = %s AND until IS NULL
RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


# --- on customers ------------------------------------------------------------------------------------------------------


class Tags(Input):
    """Which tags."""

    tags: list[Ref("relations.tag")] = field(T("标签", "Tags"), min_length=1, max_length=20)


def assess_tags(customer: Customer, given: Tags | None, ctx: Context) -> Assessment:
    """Tags in use that people give."""
    if given is None:
        return Assessment()
    named = {tag.pk: tag for tag in Tag.objects.filter(pk__in=given.tags)}
    found: list[Objection] = []
    for index, tag_id in enumerate(given.tags):
        tag = named[tag_id]
        if not tag.is_active:
            found.append(RETIRED.refuse(path=f"tags.{index}", name=tag.name))
        elif tag.kind == TagKind.RULE.value:
            found.append(BY_RULE.refuse(path=f"tags.{index}", name=tag.name))
    return Assessment(content={"customer": str(customer.pk)}, objections=tuple(found))


@operation(
    "relations.mark", T("打标签", "Tag"), Customer, input=Tags, from_states=LIVE, assess=assess_tags, clauses=["4.3.2"],
    help=T("给客户打上一个或几个标签。", "Gives a customer one or several tags."),
)  # fmt: skip
def mark(customer: Customer, given: Tags, ctx: Context, assessment: Assessment) -> Effects:
    """Those that it bears already stay as they are."""
    effects = Effects(result=customer)
    borne = set(Mark.objects.filter(customer=customer, until__isnull=True).values_list("tag_id", flat=True))
    effects.insert(
        *(
            Mark(
                id=new_id(), company_id=customer.company_id, tag_id=tag_id, customer=customer, since=ctx.today
            )
            for tag_id in dict.fromkeys(given.tags)
            if tag_id not in borne
        )
    )
    groups.write_tag_ids(customer.company_id, [customer.pk])
    return effects


@operation(
    "relations.unmark", T("取下标签", "Take tags off"), Customer, input=Tags, from_states=LIVE, assess=assess_tags, clauses=["4.3.2"],
    help=T("从客户上取下标签。", "Takes tags off a customer."),
)  # fmt: skip
def unmark(customer: Customer, given: Tags, ctx: Context, assessment: Assessment) -> Effects:
    """The marks end today."""
    effects = Effects(result=customer)
    effects.execute(Mark, _OFF, [ctx.today, customer.pk, list(given.tags)])
    groups.write_tag_ids(customer.company_id, [customer.pk])
    return effects


_OFF = """
UPDATE relations_mark SET until = %s, version = version + 1
WHERE customer_id = %s AND tag_id = ANY(%s) AND until IS NULL RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


MOST_MARKED = 10_000  # customers of a segment that one act may mark

NOBODY = Reason("relations.mark_nobody", T("请选择客户或客群。", "Choose customers or a segment."))
TOO_MANY = Reason(
    "relations.mark_too_many",
    T("客群有 {count} 个客户，一次最多 {most} 个。请缩小客群，或改用按规则的标签。", "The segment has {count} customers; {most} at once is the most. Narrow it, or use a tag by rule."),
)  # fmt: skip


class MarkMany(Input):
    """Whom to give a tag: customers by name, and those of a segment."""

    customers: list[Ref("customers.customer")] = field(
        T("客户", "Customers"), default_factory=list, max_length=200
    )
    segment: Ref("relations.segment") | None = field(
        T("客群", "Segment"), None, help=T("您能看到的成员都打上", "Its members that you may see")
    )


def assess_mark_many(tag: Tag, given: MarkMany | None, ctx: Context) -> Assessment:
    """A tag in use that people give, and somebody to give it to, within what the actor may mark."""
    if given is None:
        return Assessment()
    found: list[Objection] = []
    if not tag.is_active:
        found.append(RETIRED.refuse(name=tag.name))
    elif tag.kind == TagKind.RULE.value:
        found.append(BY_RULE.refuse(name=tag.name))
    wanted = set(given.customers)
    if given.segment is not None:
        segment = Segment.objects.get(pk=given.segment)
        wanted |= set(groups.members(segment, ctx.today).values_list("pk", flat=True)[: MOST_MARKED + 1])
    rows = access.rows(
        ctx.actor, "relations.mark", Customer.objects.filter(pk__in=wanted, merged_into__isnull=True)
    )
    ids = sorted(rows.values_list("pk", flat=True))
    if not ids:
        found.append(NOBODY.refuse(path="segment" if given.segment is not None else "customers"))
    elif len(ids) > MOST_MARKED:
        found.append(TOO_MANY.refuse(path="segment", count=len(ids), most=MOST_MARKED))
    return Assessment(carry=ids, objections=tuple(found))


@operation(
    "relations.mark_many", T("批量打标", "Tag many"), Tag, input=MarkMany, assess=assess_mark_many, clauses=["4.3.2"],
    help=T("给多个客户或一个客群打上此标签。", "Gives this tag to several customers or to a segment."),
)  # fmt: skip
def mark_many(tag: Tag, given: MarkMany, ctx: Context, assessment: Assessment) -> Effects:
    """In one statement; who bears it already keeps it."""
    effects = Effects(result=tag)
    ids: list[Any] = assessment.carry
    borne = set(Mark.objects.filter(tag=tag, until__isnull=True).values_list("customer_id", flat=True))
    effects.insert(
        *(
            Mark(id=new_id(), company_id=tag.company_id, tag=tag, customer=customer, since=ctx.today)
            for pk, customer in sorted(customers(ids).items())
            if pk not in borne
        )
    )
    groups.write_tag_ids(tag.company_id, ids)
    return effects
