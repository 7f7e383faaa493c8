"""Handing everything that a person answers for to somebody else, in one go (clause 1.3.2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sellwell.foundation.company import directory, moves, queries
from sellwell.foundation.company.models import Department, Person
from sellwell.foundation.company.operations.departments import change_from
from sellwell.kernel import generations
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.inputs import Input, Ref, ShortText, field
from sellwell.kernel.models import ApprovalRequest, ApprovalStep, Owned
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

TO_SELF = Reason(
    "company.to_self",
    T("不能交接给本人。请选择另一位同事。", "It cannot be handed to the same person. Choose a colleague."),
)
NO_POST = Reason(
    "company.no_post",
    T(
        "接手人在本公司没有职务。请先安排任职。",
        "The colleague holds no post in this company. Assign one first.",
    ),
)
NOTHING_OPEN = Reason("company.nothing_open", T("此人没有未了结的事项。", "This person has nothing open."))
DECIDES_ALONE = Reason(
    "company.decides_alone",
    T(
        "接手人是申请 {number} 的唯一审批人，不能同时成为申请人。请选择另一位同事。",
        "The colleague alone decides request {number} and cannot become its requester. Choose somebody else.",
    ),
)


class HandOver(Input):
    """To whom."""

    to: Ref("kernel.user") = field(T("接手人", "To"))  # type: ignore[valid-type]
    note: ShortText = field(T("说明", "Note"), "")


def assess_handover(person: Person, given: HandOver | None, ctx: Context) -> Assessment:
    """What is open in this company, table by table; the colleague is another person with a post here."""
    work = [(model, ids) for model, ids in queries.work_of(person.user_id) if issubclass(model, Owned)]
    headed = Department.objects.filter(company_id=ctx.company_id, head_id=person.user_id)
    heads = list(headed.filter(queries.open_on(ctx.today)))
    objections: list[Objection] = []
    if not work and not heads:
        objections.append(NOTHING_OPEN.refuse())
    scope: dict[str, Any] | None = None
    if given is not None:
        scope = queries.scope_columns(given.to, ctx.company_id, ctx.today)
        if given.to == person.user_id:
            objections.append(TO_SELF.refuse(path="to"))
        elif scope is None:
            objections.append(NO_POST.refuse(path="to"))
        requests = next((ids for model, ids in work if model is ApprovalRequest), [])
        objections += [o.at("to") for o in sole_deciders(requests, given.to)]
    counts = {model._meta.label_lower: len(ids) for model, ids in work}
    content = {"to": str(given.to) if given is not None else "", "departments": len(heads)}
    return Assessment(
        content=content, context=counts, carry=(work, heads, scope), objections=tuple(objections)
    )


def sole_deciders(request_ids: list[UUID], user_id: UUID) -> list[Objection]:
    """Requests that only this person can decide: nobody decides what they ask for themselves."""
    alone = ApprovalStep.objects.filter(
        request_id__in=request_ids, candidates=[user_id], opened_at__isnull=False, decided_at__isnull=True
    )
    return [DECIDES_ALONE.refuse(number=step.request.number) for step in alone.select_related("request")]


@operation(
    "company.hand_over",
    T("整体交接", "Hand everything over"),
    Person,
    help=T(
        "把此人在本公司负责的全部未了结单据和待办一次交给另一位同事。",
        "Give every open document and task of this person in this company to a colleague, in one go.",
    ),
    input=HandOver,
    assess=assess_handover,
    clauses=["1.3.2", "1.3.3"],
    danger=True,
)
def hand_over(person: Person, given: HandOver, ctx: Context, assessment: Assessment) -> Effects:
    """Pass everything open to a colleague: one statement per table, every row before and after in the ledger."""
    work, heads, scope = assessment.carry
    effects = Effects(result=person)
    for model, ids in work:
        moves.pass_on(effects, model, ids, ctx.company_id, scope)
        if model is ApprovalRequest:
            _no_longer_decides(effects, ids, given.to)
    for department in heads:
        change_from(effects, department, ctx.today, {"head_id": given.to})
    if heads:
        generations.bump(directory.GENERATION)
    payload = {"from": str(person.user_id), "to": str(given.to)}
    effects.events.append(NewEvent("company.handed_over", payload))
    return effects


def _no_longer_decides(effects: Effects, request_ids: list[UUID], user_id: UUID) -> None:
    """Whoever takes over a request steps back from deciding it."""
    open_steps = ApprovalStep.objects.filter(
        request_id__in=request_ids, candidates__contains=[user_id], decided_at__isnull=True
    )
    for step in open_steps:
        effects.update(step, candidates=[c for c in step.candidates if c != user_id])
