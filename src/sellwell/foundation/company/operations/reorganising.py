"""Reorganisations: drafted, looked through, scheduled for a day, applied whole on it (clause 2.1.5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sellwell.foundation.company import directory, planning
from sellwell.foundation.company.models import (
    ChangeAction,
    Department,
    Person,
    Reorganisation,
    ReorganisationState,
    ReorganisationStep,
)
from sellwell.foundation.company.operations.applying import carry_out
from sellwell.foundation.company.operations.departments import HEAD_LEFT, Kind
from sellwell.kernel import clock, drafting, generations
from sellwell.kernel.effects import Effects, NewDeadline, NewEvent, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Name, Ref, ShortText, field
from sellwell.kernel.models import User
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

PAST_DAY = Reason(
    "company.reorganisation_past",
    T(
        "生效日期不能早于今天。请选择今天或以后的日期。",
        "It cannot take effect in the past. Choose today or a later day.",
    ),
)
NO_CHANGES = Reason(
    "company.reorganisation_empty",
    T("还没有调整事项。请先添加。", "There are no changes yet. Add some first."),
)
TOO_EARLY = Reason(
    "company.reorganisation_early",
    T(
        "生效日期是 {day}，届时自动生效。要提前，请撤回后改期。",
        "It takes effect on {day} by itself. To bring it forward, withdraw it and set another day.",
    ),
)
NEEDS = Reason(
    "company.change_needs",
    T("“{action}”需要填写：{what}。", "To “{action}”, also give: {what}."),
)
NO_SUCH_CHANGE = Reason(
    "company.change_unknown",
    T("没有第 {number} 项。请从列表中选择。", "There is no change {number}. Choose one from the list."),
)

# What each kind of change needs: (field, its name).
NEEDED = {
    ChangeAction.ADD: (("code", T("新部门代码", "code of the new department")), ("name", T("名称", "name"))),
    ChangeAction.MOVE: (("department", T("部门", "department")), ("into", T("新的上级", "department above"))),
    ChangeAction.MERGE: (
        ("department", T("部门", "department")),
        ("into", T("并入的部门", "department it goes into")),
    ),
    ChangeAction.CLOSE: (("department", T("部门", "department")),),
    ChangeAction.HEAD: (("department", T("部门", "department")), ("person", T("新负责人", "new head"))),
    ChangeAction.PERSON: (
        ("department", T("现部门", "present department")),
        ("into", T("新部门", "new department")),
        ("person", T("人员", "person")),
    ),
}


class DraftReorganisation(Input):
    """What it is called, and the day on which it takes effect."""

    title: Name = field(T("名称", "Title"))
    effective_on: date = field(T("生效日期", "Takes effect on"))
    note: ShortText = field(T("说明", "Note"), "")


def assess_draft(row: Any, given: DraftReorganisation, ctx: Context) -> Assessment:
    """The day is not in the past."""
    past = given.effective_on < ctx.today
    return Assessment(objections=(PAST_DAY.refuse(path="effective_on"),) if past else ())


@operation(
    "company.draft_reorganisation",
    T("拟组织调整", "Draft reorganisation"),
    Reorganisation,
    help=T(
        "新建一份组织调整草稿，写明生效日期。",
        "Begin a draft of changes with the day on which they take effect.",
    ),
    input=DraftReorganisation,
    creates=True,
    assess=assess_draft,
    clauses=["2.1.5"],
)
def draft(row: Any, given: DraftReorganisation, ctx: Context, assessment: Assessment) -> Effects:
    """Begin a draft; changes are added one by one."""
    made = drafting.document(
        Reorganisation, ctx, "RO", ReorganisationState.DRAFT, title=given.title, effective_on=given.effective_on,
        note=given.note,
    )  # fmt: skip
    effects = Effects(result=made, search=[made])
    effects.insert(made)
    effects.tasks.append(NewTask("company.schedule_reorganisation", made, working_hours=Decimal(80)))
    return effects


class AddChange(Input):
    """One change. A department that the draft itself makes is named by its code."""

    action: ChangeAction = field(T("调整方式", "What to do"))
    department: Ref("company.department") | None = field(T("部门", "Department"), None)
    code: Code = field(
        T("新部门代码", "Code of a new department"), "", pattern=r"^([A-Z][A-Z0-9_-]{1,18})?$",
        help=T("新设部门，或本草稿中新设的部门", "For a department that this draft makes"),
    )  # fmt: skip
    into: Ref("company.department") | None = field(T("上级或并入部门", "Above, or into"), None)
    into_code: Code = field(T("上级或并入的新部门代码", "Into a new department (code)"), "", max_length=20)
    name: Code = field(T("名称", "Name"), "", max_length=60)
    name_en: Code = field(T("英文名称", "Name in English"), "")
    kind: Kind = field(T("类别", "Kind"), "regional")
    region: Code = field(T("区域", "Region"), "", max_length=40)
    product_line: Code = field(T("产品线", "Product line"), "", max_length=40)
    person: Ref("company.person") | None = field(T("人员", "Person"), None)


def assess_change(row: Reorganisation, given: AddChange | None, ctx: Context) -> Assessment:
    """What the kind of change needs is there, and the draft with it is one that could be."""
    if given is None:
        return Assessment()
    step = step_of(row, given)
    there = {
        "code": step.code, "department": step.code, "into": step.into, "name": step.name, "person": step.user_id,
    }  # fmt: skip
    objections: list[Objection] = [
        NEEDS.refuse(path=name, action=given.action.label, what=what)
        for name, what in NEEDED[given.action]
        if not there[name]
    ]
    heads = given.action in (ChangeAction.ADD, ChangeAction.HEAD)
    if heads and step.user_id and not User.objects.filter(pk=step.user_id, is_active=True).exists():
        objections.append(HEAD_LEFT.refuse(path="person"))
    if not objections:
        problems = planning.outcome(row, also=step).problems
        objections += [o.at("action") for o in planning.objections(problems)]
    return Assessment(content={"action": given.action.value}, carry=step, objections=tuple(objections))


def step_of(row: Reorganisation, given: AddChange) -> ReorganisationStep:
    """The change as a row, with departments by their codes."""
    codes = dict(
        Department.objects.filter(pk__in=[d for d in (given.department, given.into) if d]).values_list(
            "pk", "code"
        )
    )
    code = codes[given.department] if given.department else given.code
    into = codes[given.into] if given.into else given.into_code
    person = Person.objects.filter(pk=given.person).first() if given.person else None
    last = row.steps.order_by("-position").first()
    return ReorganisationStep(
        id=new_id(), company_id=row.company_id, reorganisation=row, position=last.position + 1 if last else 1,
        action=given.action.value, code=code, into=into, name=given.name, name_en=given.name_en, kind=given.kind,
        region=given.region, product_line=given.product_line, user_id=person.user_id if person else None,
    )  # fmt: skip


@operation(
    "company.add_change",
    T("添加调整事项", "Add change"),
    Reorganisation,
    help=T(
        "在草稿中添加一项：设、并、撤、移部门，调人，换负责人。",
        "Add one change: add, merge, close or move a department, move a person, change a head.",
    ),
    input=AddChange,
    from_states=[ReorganisationState.DRAFT],
    assess=assess_change,
    clauses=["2.1.5"],
    menu=False,
)
def add_change(row: Reorganisation, given: AddChange, ctx: Context, assessment: Assessment) -> Effects:
    """Add a change to the end of the draft."""
    effects = Effects(result=row)
    effects.insert(assessment.carry)
    return effects


class DropChange(Input):
    """The number of the change."""

    number: int = field(T("序号", "Number"), ge=1, le=1000)


def assess_drop(row: Reorganisation, given: DropChange | None, ctx: Context) -> Assessment:
    """The draft has a change of this number."""
    if given is None:
        return Assessment()
    step = row.steps.filter(position=given.number, is_dropped=False).first()
    missing = () if step is not None else (NO_SUCH_CHANGE.refuse(path="number", number=given.number),)
    return Assessment(content={"number": given.number}, carry=step, objections=missing)


@operation(
    "company.drop_change",
    T("去掉调整事项", "Drop change"),
    Reorganisation,
    help=T("从草稿中去掉一项。", "Take a change out of the draft."),
    input=DropChange,
    from_states=[ReorganisationState.DRAFT],
    assess=assess_drop,
    clauses=["2.1.5"],
    menu=False,
)
def drop_change(row: Reorganisation, given: DropChange, ctx: Context, assessment: Assessment) -> Effects:
    """Leave a change out; the others keep their numbers."""
    effects = Effects(result=row)
    effects.update(assessment.carry, is_dropped=True)
    return effects


def assess_schedule(row: Reorganisation, given: Any, ctx: Context) -> Assessment:
    """There are changes, they can be made, and the day is not past.

    What they would leave open is told by the record page, which proves it: not here, since this is asked often.
    """
    objections: list[Objection] = []
    if not row.steps.filter(is_dropped=False).exists():
        objections.append(NO_CHANGES.refuse())
    if row.effective_on < ctx.today:
        objections.append(PAST_DAY.refuse())
    objections += planning.objections(planning.outcome(row).problems)
    content = {
        "effective_on": row.effective_on.isoformat(),
        "steps": row.steps.filter(is_dropped=False).count(),
    }
    return Assessment(content=content, objections=tuple(objections))


@operation(
    "company.schedule_reorganisation",
    T("确定组织调整", "Schedule reorganisation"),
    Reorganisation,
    help=T("确定调整，到生效日期自动生效。", "Settle it: it takes effect by itself on its day."),
    from_states=[ReorganisationState.DRAFT],
    assess=assess_schedule,
    clauses=["2.1.5"],
)
def schedule(row: Reorganisation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Settle the draft. The worker applies it on its day."""
    effects = Effects(result=row)
    effects.update(row, state=ReorganisationState.SCHEDULED.value)
    begins = clock.day_begins(row.effective_on)
    effects.deadlines.append(NewDeadline("company.apply_reorganisation", row.pk, begins))
    return effects


@operation(
    "company.withdraw_reorganisation",
    T("撤回组织调整", "Withdraw reorganisation"),
    Reorganisation,
    help=T("撤回草稿或尚未生效的调整。", "Take back a draft, or a change that has not taken effect."),
    from_states=[ReorganisationState.DRAFT, ReorganisationState.SCHEDULED],
    danger=True,
    clauses=["2.1.5"],
)
def withdraw(row: Reorganisation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Take it back; nothing of it takes effect."""
    effects = Effects(result=row)
    effects.update(row, state=ReorganisationState.WITHDRAWN.value)
    effects.drop_tasks.append(row.pk)
    effects.drop_deadlines.append(row.pk)
    return effects


def assess_apply(row: Reorganisation, given: Any, ctx: Context) -> Assessment:
    """Its day has come, and the changes can still be made."""
    objections: list[Objection] = []
    if row.effective_on > ctx.today:
        objections.append(TOO_EARLY.refuse(day=row.effective_on))
    before, after = planning.both(row, ctx.today)
    objections += planning.objections(after.problems)
    content = {"effective_on": row.effective_on.isoformat()}
    return Assessment(content=content, carry=(before, after), objections=tuple(objections))


@operation(
    "company.apply_reorganisation",
    T("组织调整生效", "Apply reorganisation"),
    Reorganisation,
    help=T(
        "到日生效：部门、任职、单据范围在一个事务内一起调整。",
        "On its day: departments, posts and the scope of records change together, in one transaction.",
    ),
    from_states=[ReorganisationState.SCHEDULED],
    assess=assess_apply,
    clauses=["2.1.5"],
)
def apply(row: Reorganisation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Change departments, posts and the scope of every record that belongs to them; how it was stays readable."""
    before, after = assessment.carry
    effects = Effects(result=row)
    carry_out(effects, row, before, after, ctx)
    effects.update(row, state=ReorganisationState.APPLIED.value, applied_on=ctx.today)
    effects.events.append(NewEvent("company.reorganised", {"reorganisation": str(row.pk)}))
    generations.bump(directory.GENERATION)
    return effects
