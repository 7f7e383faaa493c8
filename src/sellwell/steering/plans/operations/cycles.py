"""Verbs of the management cycle: opened with the period, accounted for step by step, taken back, stopped (clause 2.2.3)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sellwell.kernel import calendar, clock
from sellwell.kernel.drafting import document
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T
from sellwell.steering.plans import documents, policies, queries, rules
from sellwell.steering.plans.documents import RecordRef
from sellwell.steering.plans.models import Cycle, CycleState, CycleStep, StepDocument
from sellwell.steering.plans.rules import StepKind

OPEN, DONE = CycleState.OPEN, CycleState.DONE
ACCOUNT, BY_DOCUMENT = queries.ACCOUNT, "plans.prove_step"

NONE_DUE = Reason(
    "plans.no_cycle_due",
    T("本期的管理循环都已建立。", "The cycles of this period are all open."),
)
NOT_YET = Reason(
    "plans.step_before",
    T(
        "“{before}”还没有完成。管理循环须按顺序进行，请先完成它。",
        "“{before}” is not done. The cycle goes in order: finish it first.",
    ),
)
IS_DONE = Reason("plans.step_done", T("“{step}”已完成。", "“{step}” is done."))
NOT_DONE = Reason("plans.step_not_done", T("“{step}”还没有完成，无需撤回。", "“{step}” is not done."))
NO_DOCUMENT = Reason(
    "plans.no_document",
    T("请选择证明该步骤的系统记录，或上传文件。", "Name a record that proves the step, or attach a file."),
)
UNSEEN = Reason(
    "plans.document_unseen",
    T(
        "找不到这份记录，或您无权查看。请重新选择。",
        "There is no such record, or you may not see it. Choose again.",
    ),
)
RESTS = Reason(
    "plans.step_rests",
    T(
        "“{later}”以这一步为基础，已经完成。请先撤回“{later}”。",
        "“{later}” rests on this step and is done. Take that back first.",
    ),
)
NO_PROOF = Reason(
    "plans.no_proof",
    T("没有单据能证明下一步已完成。", "No document proves that the next step is done."),
)
IN_PLACE = Reason(
    "plans.task_in_place",
    T("待办已在应办之人手中。", "The task lies with whoever has the step today."),
)
SAME_HEAD = Reason("plans.same_head", T("负责人没有变化。", "The head is the same."))


# --- opened with the period ----------------------------------------------------------------------------------------------


def assess_opening(row: None, given: Any, ctx: Context) -> Assessment:
    """Departments whose cycle of the running period is not there yet."""
    due = queries.cycles_to_open(ctx.company_id, ctx.today)
    return Assessment(carry=due, objections=() if due else (NONE_DUE.refuse(),))


@operation(
    "plans.open_cycles", T("建立本期管理循环", "Open the period's cycles"), Cycle, creates=True, assess=assess_opening,
    clauses=["2.2.3"],
    help=T(
        "为每个适用部门建立本期的五步循环，按制度算出各步期限。期初自动办理。",
        "The five steps of the running period for every department concerned, with their days by policy. Done by itself.",
    ),
)  # fmt: skip
def open_cycles(row: None, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """One cycle per department, its steps with their days, and the head's first task."""
    effects = Effects(result=[])
    steps: list[CycleStep] = []
    for due in assessment.carry:
        cycle = document(
            Cycle, ctx, "", OPEN, number=f"{due.department.code}-{rules.period_name(due.period.since, due.length.value)}",
            department_id=due.department.pk, length=due.length.value, since=due.period.since, until=due.period.until,
            owner_id=due.owner_id, department_path=due.department.path, region=due.department.region,
            product_line=due.department.product_line,
        )  # fmt: skip
        effects.result.append(cycle)
        own = _steps(cycle, due, ctx)
        steps += own
        effects.tasks.append(_task(cycle, own[0]))
    effects.insert(*effects.result, *steps)
    effects.search += effects.result
    return effects


def _steps(cycle: Cycle, due: queries.Due, ctx: Context) -> list[CycleStep]:
    """The five steps with their days."""
    found = []
    for position, kind in enumerate(StepKind, start=1):
        said = policies.days_of(kind, due.length, ctx.company_id, ctx.today)
        due_on = rules.due_day(said.after, said.days, due.period, ctx.today, calendar.add_working_days)
        found.append(
            CycleStep(
                id=new_id(), company_id=cycle.company_id, cycle=cycle, kind=kind.value, position=position, due_on=due_on,
                in_order=said.in_order,
            )
        )  # fmt: skip
    return found


def _task(cycle: Cycle, step: CycleStep) -> NewTask:
    """The task for a step, due at the end of its day: the head's, or the deputy's while the head is away."""
    end = datetime.combine(step.due_on, time(18), clock.BUSINESS_ZONE)
    return NewTask(ACCOUNT, cycle, owner_id=queries.who_does(cycle), due_at=end)


# --- a step is accounted for ---------------------------------------------------------------------------------------------


class CompleteStep(Input):
    """Which step, and what proves it."""

    step: StepKind = field(T("步骤", "Step"))
    documents: list[RecordRef] = field(
        T("证明该步骤的系统记录", "Records that prove it"), default_factory=list, max_length=10,
        help=T("输入编号或名称查找任何您能查看的单据。", "Any record that you may see, by number or name."),
    )  # fmt: skip
    files: list[Ref("kernel.storedfile")] = field(
        T("或上传文件", "Or files"), default_factory=list, max_length=10
    )  # type: ignore[valid-type]
    note: ShortText = field(T("说明", "Note"), "")


def assess_completing(cycle: Cycle, given: CompleteStep | None, ctx: Context) -> Assessment:
    """Its turn has come, it is not done, and something that the person may see proves it."""
    if given is None:
        return Assessment()
    steps = queries.steps_of(cycle)
    step = next(s for s in steps if s.kind == given.step.value)
    found = _turn(steps, step)
    refs = list(dict.fromkeys(documents.read_ref(text) for text in given.documents))
    seen = documents.seen(refs, ctx.actor)
    found += [UNSEEN.refuse(path=f"documents.{n}") for n, ref in enumerate(refs) if ref not in seen]
    if not refs and not given.files:
        found.append(NO_DOCUMENT.refuse(path="documents"))
    return Assessment(content={"step": step.kind}, carry=(steps, step, refs), objections=tuple(found))


def _turn(steps: list[CycleStep], step: CycleStep) -> list[Objection]:
    """Whether a step may be accounted for now."""
    if step.done_on is not None:
        return [IS_DONE.refuse(path="step", step=queries.step_label(step.kind))]
    before = rules.blocking(queries.as_rules(steps), step.kind)
    return [NOT_YET.refuse(path="step", before=queries.step_label(before.kind))] if before is not None else []


@operation(
    ACCOUNT, T("登记步骤完成", "Account for a step"), Cycle, input=CompleteStep, from_states=[OPEN],
    assess=assess_completing, clauses=["2.2.3"],
    help=T(
        "部门负责人按顺序登记五个步骤，并指明证明它的单据或文件。",
        "The head of the department accounts for the five steps in order and names what proves each.",
    ),
)  # fmt: skip
def complete_step(cycle: Cycle, given: CompleteStep, ctx: Context, assessment: Assessment) -> Effects:
    """The step is done today, by its documents; the next one becomes a task."""
    steps, step, refs = assessment.carry
    effects = Effects(result=cycle)
    proofs = [_proof(step, row_type=row_type, row_id=row_id) for row_type, row_id in refs]
    proofs += [_proof(step, file_id=file_id) for file_id in dict.fromkeys(given.files)]
    effects.update(step, done_on=ctx.today, done_by_id=ctx.user_id, note=given.note, source="")
    effects.insert(*proofs)
    if ctx.user_id != cycle.owner_id:
        effects.on_behalf_of = cycle.owner_id
    _go_on(cycle, steps, effects)
    return effects


def _proof(step: CycleStep, **values: Any) -> StepDocument:
    return StepDocument(id=new_id(), company_id=step.company_id, step=step, **values)


def _go_on(cycle: Cycle, steps: list[CycleStep], effects: Effects) -> None:
    """The next step becomes the head's task; after the last one the cycle is complete."""
    waiting = queries.next_step(steps)
    effects.drop_tasks.append(cycle.pk)
    if waiting is None:
        effects.update(cycle, state=DONE.value)
        return
    effects.update(cycle, state=OPEN.value)
    effects.tasks.append(_task(cycle, waiting))


def assess_proving(cycle: Cycle, given: Any, ctx: Context) -> Assessment:
    """A room's own document proves the step whose turn it is."""
    steps = queries.steps_of(cycle)
    waiting = queries.next_step(steps)
    proof = queries.proofs_of([(cycle, waiting)]).get(cycle.pk) if waiting is not None else None
    objections = () if proof is not None else (NO_PROOF.refuse(),)
    return Assessment(carry=(steps, waiting, proof), objections=objections)


@operation(
    BY_DOCUMENT, T("以单据完成步骤", "Prove a step by its document"), Cycle, from_states=[OPEN], assess=assess_proving,
    clauses=["2.2.3"], menu=False, while_held=True,
    help=T(
        "其他业务中已生效的单据（如会签的销售计划）自动完成相应步骤。",
        "A document in force in another room (a signed sales plan) does the step it is about. Done by itself.",
    ),
)  # fmt: skip
def prove_step(cycle: Cycle, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The step is done on the day of its document, not before its period began."""
    steps, step, (key, offer) = assessment.carry
    effects = Effects(result=cycle)
    done_on: date = min(max(offer.on, cycle.since), ctx.today)
    effects.update(step, done_on=done_on, done_by_id=ctx.user_id, note="", source=key)
    effects.insert(_proof(step, row_type=offer.row_type, row_id=offer.row_id))
    _go_on(cycle, steps, effects)
    return effects


# --- taken back, stopped, passed on --------------------------------------------------------------------------------------


class TakeBackStep(Input):
    """Which step, and why it was not done after all."""

    step: StepKind = field(T("步骤", "Step"))
    reason: ShortText = field(T("原因", "Reason"), min_length=2)


def assess_taking_back(cycle: Cycle, given: TakeBackStep | None, ctx: Context) -> Assessment:
    """The step is done and no later one rests on it."""
    if given is None:
        return Assessment()
    steps = queries.steps_of(cycle)
    step = next(s for s in steps if s.kind == given.step.value)
    later = rules.resting_on(queries.as_rules(steps), step.kind)
    found: tuple[Objection, ...] = ()
    if step.done_on is None:
        found = (NOT_DONE.refuse(path="step", step=queries.step_label(step.kind)),)
    elif later is not None:
        found = (RESTS.refuse(path="step", later=queries.step_label(later.kind)),)
    return Assessment(content={"step": step.kind}, carry=(steps, step), objections=found)


@operation(
    "plans.take_back_step", T("撤回步骤", "Take a step back"), Cycle, input=TakeBackStep, from_states=[OPEN, DONE],
    assess=assess_taking_back, clauses=["2.2.3"], danger=True, while_held=True,  # nothing holds a cycle; a mistake may be put right
    help=T("登记有误时撤回并说明原因；凭据保留在时间线上。", "For a step that was not done after all; what was named stays in the timeline."),
)  # fmt: skip
def take_back_step(cycle: Cycle, given: TakeBackStep, ctx: Context, assessment: Assessment) -> Effects:
    """The step is open again; its documents count no more, and the reason stands with it."""
    steps, step = assessment.carry
    effects = Effects(result=cycle)
    for proof in step.documents.filter(is_void=False):
        effects.update(proof, is_void=True)
    effects.update(step, done_on=None, done_by_id=None, note=given.reason, source="")
    _go_on(cycle, steps, effects)
    return effects


class StopCycle(Input):
    """Why nobody will finish it."""

    reason: ShortText = field(T("原因", "Reason"), min_length=2)


@operation(
    "plans.stop_cycle", T("中止循环", "Stop the cycle"), Cycle, input=StopCycle, from_states=[OPEN], clauses=["2.2.3"],
    danger=True,
    help=T(
        "部门撤销或并入他部门时中止；未完成的步骤仍按逾期计。",
        "For a department that was closed or merged; steps that were late stay late.",
    ),
)  # fmt: skip
def stop_cycle(cycle: Cycle, given: StopCycle, ctx: Context, assessment: Assessment) -> Effects:
    """Nobody is asked for its steps any more."""
    effects = Effects(result=cycle)
    effects.update(cycle, state=CycleState.STOPPED.value, stop_reason=given.reason)
    effects.drop_tasks.append(cycle.pk)
    return effects


def assess_following(cycle: Cycle, given: Any, ctx: Context) -> Assessment:
    """Somebody else heads the department now, or it stands elsewhere."""
    head: UUID | None = queries.heads(cycle.company_id).get(cycle.department_id)
    has_strayed = queries.is_strayed(cycle, head)
    return Assessment(carry=head or cycle.owner_id, objections=() if has_strayed else (SAME_HEAD.refuse(),))


@operation(
    "plans.follow_head", T("循环随负责人移交", "Pass the cycle to the new head"), Cycle, from_states=[OPEN],
    assess=assess_following, clauses=["1.3.2", "2.2.3"], menu=False,
    help=T("部门更换负责人后，进行中的循环归新负责人。自动办理。", "The cycle under way goes to who heads the department now. Done by itself."),
)  # fmt: skip
def follow_head(cycle: Cycle, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Owner, place and task change hands."""
    effects, department = Effects(result=cycle), cycle.department
    effects.update(
        cycle, owner_id=assessment.carry, department_path=department.path, region=department.region,
        product_line=department.product_line,
    )  # fmt: skip
    _go_on(cycle, queries.steps_of(cycle), effects)
    return effects


def assess_deputy(cycle: Cycle, given: Any, ctx: Context) -> Assessment:
    """The task lies with somebody else than who has the step today."""
    lies = cycle.pk in queries.misplaced(cycle.company_id)
    return Assessment(objections=() if lies else (IN_PLACE.refuse(),))


@operation(
    "plans.follow_deputy", T("循环步骤交由代理人办理", "Pass the step to the deputy"), Cycle, from_states=[OPEN],
    assess=assess_deputy, clauses=["1.3.2", "2.2.3"], menu=False,
    help=T(
        "负责人缺勤期间，当前步骤的待办交给代理人；回来后交还。自动办理。",
        "While the head is away the step's task is the deputy's; afterwards it goes back. Done by itself.",
    ),
)  # fmt: skip
def follow_deputy(cycle: Cycle, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The task changes hands; the cycle stays the head's."""
    effects = Effects(result=cycle)
    _go_on(cycle, queries.steps_of(cycle), effects)
    return effects
