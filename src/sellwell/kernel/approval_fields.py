"""Fields of a request that a step does not see, and those that it may change before it decides.

The policy names them by act and role. A change that touches the document's terms makes earlier agreements void: an
approval is bound to what was agreed, so every route begins again with the changed terms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from sellwell.kernel import approval, ledger, policies, policy
from sellwell.kernel import approval_course as course
from sellwell.kernel.approval_operations import ask_anew, assess_decision, for_requester, row_of
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.inputs import Code, Input, ShortText, field, label_of, plain
from sellwell.kernel.intake import validation_objections
from sellwell.kernel.models import ApprovalRequest, ApprovalStep, NoteKind, RequestState
from sellwell.kernel.operations import REGISTRY, Assessment, Context, operation
from sellwell.kernel.policy_table import table
from sellwell.kernel.values import Objection, Reason, T

FIELDS = "approvals.fields"

policy.default(
    FIELDS,
    table(
        inputs={
            "operation": ("text", T("事项", "Act")),
            "role": ("text", T("审批角色", "Role asked")),
        },
        outputs={
            "hidden": ("text", T("不显示的字段（金额总显示）", "Fields not shown (amounts always are)")),
            "editable": ("text", T("可修改的字段", "Fields that may be changed")),
        },
        rows=[["-", "-", "-", "-"]],
    ),
    T("审批各步的字段", "Fields of each approval step"),
)

# Routes and limits are chosen by the amount: nobody is asked to answer for one that stays unseen.
ALWAYS_SHOWN = frozenset({"amount"})

NOT_EDITABLE = Reason(
    "approval.not_editable",
    T(
        "这一步不能修改此字段。需要修改请退回或驳回。",
        "This step may not change the field. Return or reject it to have it changed.",
    ),
)
NOT_VALID = Reason(
    "approval.not_valid", T("修改后的内容不成立：{problem}", "It cannot be changed like this: {problem}")
)


def _named(request: ApprovalRequest, role: str, output: str, ctx: Context) -> set[str]:
    said = policies.judge(FIELDS, ctx, {"operation": request.operation, "role": role}).outputs or {}
    return {name.strip() for name in str(said.get(output) or "").split(",") if name.strip()}


def hidden(request: ApprovalRequest, steps: Iterable[ApprovalStep], ctx: Context) -> set[str]:
    """The terms that this reader is not shown: those that every step of theirs hides, never the amount. The requester
    sees all."""
    roles = {step.role for step in steps if ctx.user_id in step.candidates}
    if not roles or request.owner_id == ctx.user_id:
        return set()
    return set.intersection(*(_named(request, role, "hidden", ctx) for role in roles)) - ALWAYS_SHOWN


def editable(request: ApprovalRequest, steps: Iterable[ApprovalStep], ctx: Context) -> list[str]:
    """The fields of the act's input that these steps may change, in the order of the input."""
    names = {name for step in steps for name in _named(request, step.role, "editable", ctx)}
    known = REGISTRY[request.operation].input.model_fields if request.operation in REGISTRY else {}
    return [name for name in known if name in names]


def amended(text: str, request: ApprovalRequest, unseen: set[str]) -> str:
    """What a note of a change says to this reader: the field by its label; nothing of a field that is not shown."""
    name, colon, rest = text.partition(":")
    known = REGISTRY[request.operation].input.model_fields if request.operation in REGISTRY else {}
    if not colon or name not in known:
        return text
    if name in unseen:
        return str(T("修改了一个不对您显示的字段。", "Changed a field that is not shown to you."))
    return f"{label_of(known[name], name)}:{rest}"


class Amend(Input):
    """Which field, its new value, and why."""

    name: Code = field(T("字段", "Field"))
    value: ShortText = field(T("新值", "New value"), "")
    note: ShortText = field(T("说明", "Note"), "")


def assess_amendment(request: ApprovalRequest, given: Amend | None, ctx: Context) -> Assessment:
    """The step may change the field, and the act stands with the new value for its requester."""
    found = assess_decision(request, given, ctx)
    steps, mine = found.carry
    if given is None or not mine:
        return found
    if given.name not in editable(request, [step for step, _ in mine], ctx):
        return replace(found, objections=(*found.objections, NOT_EDITABLE.refuse(path="name")))
    act = REGISTRY[request.operation]
    data = {**ledger.opened_input(request.given), given.name: given.value or None}
    try:
        changed = act.input.model_validate(data)
    except ValidationError as error:
        return replace(found, objections=(*found.objections, *_told(validation_objections(error))))
    again = for_requester(request, ctx)
    row = row_of(request)
    meant = act.assess(row, changed, again) if act.assess is not None else Assessment(row, changed)
    refused = [o for o in meant.objections if o.kind == "refuse"]
    return replace(found, carry=(steps, changed, meant), objections=(*found.objections, *_told(refused)))


def _told(objections: Iterable[Objection]) -> list[Objection]:
    return [NOT_VALID.refuse(path="value", problem=o.text) for o in objections]


@operation(
    "approvals.amend",
    T("修改字段", "Change a field"),
    ApprovalRequest,
    help=T(
        "审批制度允许时，直接修改申请中的字段；涉及条款的修改须全部重新审批。",
        "Where the policy lets this step, change a field of what is asked; changed terms are decided anew by everybody.",
    ),
    input=Amend,
    from_states=[RequestState.OPEN],
    assess=assess_amendment,
    clauses=["1.3.1"],
    menu=False,
)
def amend(request: ApprovalRequest, given: Amend, ctx: Context, assessment: Assessment) -> Effects:
    """Change what will be done; with other terms every route begins again."""
    effects = Effects(result=request)
    steps, changed, meant = assessment.carry
    act, sealer = REGISTRY[request.operation], ledger.Sealer()
    image: dict[str, Any] = ledger.sealed_input(
        act.input, changed, request.subject_id or request.row_id or request.pk, sealer
    )
    sealer.seal()
    before = ledger.opened_input(request.given).get(given.name)
    digest = approval.content_hash(meant)
    effects.insert(
        course.note(
            request, NoteKind.AMENDED, ctx, f"{given.name}: {before} → {given.value} {given.note}".strip()
        )
    )
    others = digest != request.content_hash
    effects.update(
        request, given=image, snapshot=plain(dict(meant.content)), content_hash=digest, amount=meant.amount
    )
    if others:
        _begin_again(request, steps, digest, ctx, effects)
    return effects


def _begin_again(
    request: ApprovalRequest, steps: list[ApprovalStep], digest: str, ctx: Context, effects: Effects
) -> None:
    """Every route from its first step, about the changed terms."""
    for guard in dict.fromkeys(step.guard for step in steps):
        route = [step for step in steps if step.guard == guard]
        course.reopen(steps, route[0], route[-1], effects)
    for step in steps:
        effects.update(step, content_hash=digest)
    ask_anew(request, steps, ctx, effects)
    effects.events.append(
        NewEvent("approvals.returned", {"request": str(request.pk), "step": str(steps[0].pk)})
    )
