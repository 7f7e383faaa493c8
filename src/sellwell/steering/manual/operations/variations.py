"""Variations: a department does a process otherwise only by an approved, dated version of its own (clause 1.2.4)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sellwell.kernel.drafting import document
from sellwell.kernel.effects import Effects
from sellwell.kernel.inputs import Input, Ref, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, State, T
from sellwell.kernel.views import BY_TYPE
from sellwell.steering.manual import policies, queries
from sellwell.steering.manual.models import Variation, VariationState

DRAFT, APPROVED = VariationState.DRAFT, VariationState.APPROVED

# Which processes there are, the registry says: every room has declared its verbs when this is read.
Process: Any = State("Process", {name: (name, title) for name, title in queries.processes().items()})  # type: ignore[arg-type]

DATES = Reason("manual.variation_dates", T("截止日期必须晚于开始日期。", "It ends after it begins."))
OVERLAP = Reason(
    "manual.variation_overlap",
    T(
        "{number} 在同一时期已适用于该部门的这一流程。请先终止它。",
        "{number} holds for this process of the department at the same time. End it first.",
    ),
)
ENDS_EARLIER = Reason(
    "manual.variation_ends_earlier",
    T("终止日期应在 {since} 之后，且不能早于今天。", "It ends after {since}, and not before today."),
)


class ProposeVariation(Input):
    """Which department does which process how, from when until when, and why."""

    process: Process = field(T("流程", "Process"), help=T("哪种单据的流程", "Of which kind of document"))
    department: Ref("company.department") = field(T("部门", "Department"))  # type: ignore[valid-type]
    title: ShortText = field(T("名称", "Title"), min_length=1, max_length=120)
    text: Text = field(T("做法", "How it is done"), min_length=1)
    reason: Text = field(T("理由", "Why"), min_length=1)
    since: date = field(T("开始日期", "From"))
    until: date | None = field(T("截止日期（不含）", "Until (not included)"), None)


def _overlapping(
    process: str, path: str, since: date, until: date | None, but: Any = None
) -> Variation | None:
    rows = Variation.objects.filter(process=process, for_path=path, state=APPROVED.value).exclude(pk=but)
    for row in rows:
        if (until is None or row.since < until) and (row.until is None or since < row.until):
            return row
    return None


def assess_proposal(row: None, given: ProposeVariation, ctx: Context) -> Assessment:
    """The dates follow each other, nothing of the same kind holds at the time."""
    objections: list[Objection] = []
    if given.until is not None and given.until <= given.since:
        objections.append(DATES.refuse(path="until"))
    department: Any = BY_TYPE["company.department"].model._default_manager.get(pk=given.department)
    other = _overlapping(given.process.value, department.path, given.since, given.until)
    if other is not None:
        objections.append(OVERLAP.refuse(path="since", number=other.number))
    return Assessment(carry=department, objections=tuple(objections))


@operation(
    "manual.propose_variation",
    T("提出变通做法", "Propose a variation"),
    Variation,
    help=T(
        "某部门确需与标准流程不同时，提出带期限的变通做法。",
        "Where a department needs to do a process otherwise: propose it, with dates and reason.",
    ),
    input=ProposeVariation,
    creates=True,
    assess=assess_proposal,
    clauses=["1.2.4"],
)
def propose_variation(row: None, given: ProposeVariation, ctx: Context, assessment: Assessment) -> Effects:
    """Draft the variation; it holds once it is approved."""
    department = assessment.carry
    variation = document(
        Variation, ctx, "BT", DRAFT, process=given.process.value, for_path=department.path, department_path=department.path,
        region=department.region, title=given.title, text=given.text, reason=given.reason, since=given.since,
        until=given.until,
    )  # fmt: skip
    effects = Effects(result=variation)
    effects.insert(variation)
    return effects


def assess_approval(variation: Variation, given: Any, ctx: Context) -> Assessment:
    """Nothing of the same kind holds at the time."""
    other = _overlapping(
        variation.process, variation.for_path, variation.since, variation.until, variation.pk
    )
    content = {
        "process": variation.process,
        "department": variation.for_path,
        "since": variation.since,
        "until": variation.until,
        "open_ended": variation.until is None,
    }
    objections = (OVERLAP.refuse(number=other.number),) if other is not None else ()
    return Assessment(content=content, objections=objections)


@operation(
    "manual.approve_variation",
    T("提交审批", "Submit for approval"),
    Variation,
    help=T(
        "按审批制度送审，批准后在期限内有效。",
        "Goes to those whom the policy names; holds within its dates once approved.",
    ),
    from_states=[DRAFT],
    assess=assess_approval,
    route=policies.VARIATIONS,
    clauses=["1.2.4"],
)
def approve_variation(variation: Variation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Let the variation hold within its dates."""
    effects = Effects(result=variation)
    effects.update(variation, state=APPROVED.value, held_by=None)
    return effects


@operation(
    "manual.cancel_variation",
    T("放弃变通做法", "Give the variation up"),
    Variation,
    help=T("草稿不再提交。", "The draft is not submitted."),
    from_states=[DRAFT],
    clauses=["1.2.4"],
    danger=True,
)
def cancel_variation(variation: Variation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Give a proposal up."""
    effects = Effects(result=variation)
    effects.update(variation, state=VariationState.CANCELLED.value)
    effects.drop_tasks.append(variation.pk)
    return effects


class EndVariation(Input):
    """The first day without it."""

    until: date = field(T("终止日期", "Ends on"))


def assess_end(variation: Variation, given: EndVariation | None, ctx: Context) -> Assessment:
    """Ended from today on, never backwards."""
    objections: tuple[Objection, ...] = ()
    if given is not None and (given.until <= variation.since or given.until < ctx.today):
        objections = (ENDS_EARLIER.refuse(path="until", since=variation.since),)
    return Assessment(objections=objections)


@operation(
    "manual.end_variation",
    T("终止变通做法", "End the variation"),
    Variation,
    help=T("自该日起恢复标准流程。", "From that day on the standard process holds again."),
    input=EndVariation,
    from_states=[APPROVED],
    assess=assess_end,
    clauses=["1.2.4"],
)
def end_variation(variation: Variation, given: EndVariation, ctx: Context, assessment: Assessment) -> Effects:
    """Close the variation on that day."""
    effects = Effects(result=variation)
    effects.update(variation, until=given.until)
    return effects
