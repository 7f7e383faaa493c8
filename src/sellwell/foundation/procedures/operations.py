"""Every verb of procedures, in life-cycle order."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import StringConstraints

from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.procedures import queries
from sellwell.foundation.procedures.models import (
    Procedure,
    ProcedureReview,
    ProcedureState,
    ReviewOutcome,
)
from sellwell.kernel.effects import Effects
from sellwell.kernel.inputs import Code, Input, Ref, ShortText, Text, field
from sellwell.kernel.operations import REGISTRY, Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T, months_later

DRAFT, IN_FORCE = ProcedureState.DRAFT, ProcedureState.IN_FORCE
NO_VERB = Reason(
    "procedures.no_verb",
    T(
        "没有“{verb}”这个操作。请从操作清单中选择代码。",
        "There is no verb “{verb}”. Take a name from the list of operations.",
    ),
)
HAS_DRAFT = Reason(
    "procedures.has_draft",
    T(
        "此操作已有一份草稿（第 {number} 版），请修改它。",
        "There is a draft already (version {number}). Change that one.",
    ),
)
OWN_DRAFT = Reason(
    "procedures.own_draft",
    T("起草人不能发布自己的规程，请由他人发布。", "Who wrote it does not publish it; ask a colleague."),
)
HELD_WHEN = Reason(
    "procedures.review_day",
    T("评审日须在生效之后且不晚于今天。", "A review is held after the version began and not in the future."),
)

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Words(Input):
    """What a version says."""

    role: RoleCode | None = field(
        T("执行岗位", "Who does it"), None, help=T("留空：有权限的任何人。", "Empty: whoever has the right.")
    )
    hours: Decimal | None = field(
        T("时限（工作小时）", "Time limit (working hours)"),
        None,
        gt=0,
        le=1000,
        max_digits=6,
        decimal_places=1,
    )
    purpose: ShortText = field(T("目的", "Purpose"), min_length=2)
    needs: ShortText = field(T("需要", "What is needed"), "")
    steps: list[Line] = field(T("步骤（每行一步）", "Steps (one a line)"), min_length=1, max_length=20)
    checks: list[Line] = field(
        T("检查（每行一项）", "Checks (one a line)"), default_factory=list, max_length=20
    )
    forms: ShortText = field(T("表单", "Forms"), "")
    purpose_en: ShortText = field(T("目的（英文）", "Purpose in English"), "")
    needs_en: ShortText = field(T("需要（英文）", "What is needed, in English"), "")
    steps_en: list[Line] = field(T("步骤（英文）", "Steps in English"), default_factory=list, max_length=20)
    checks_en: list[Line] = field(T("检查（英文）", "Checks in English"), default_factory=list, max_length=20)
    review_months: int = field(T("评审周期（月）", "Reviewed every (months)"), 12, ge=1, le=60)

    def columns(self) -> dict[str, Any]:
        """The words as columns of a version."""
        found = {name: getattr(self, name) for name in Words.model_fields}
        return found | {"role": self.role.value if self.role else ""}


class Write(Words):
    """The next version for a verb."""

    operation: Code = field(
        T("操作代码", "Verb"), help=T("例如 orders.confirm。", "For instance orders.confirm.")
    )


def assess_write(row: None, given: Write, ctx: Context) -> Assessment:
    """The verb exists and has no draft."""
    found: list[Objection] = []
    if given.operation not in REGISTRY:
        found.append(NO_VERB.refuse(path="operation", verb=given.operation))
    versions = Procedure.objects.filter(company_id=ctx.company_id, operation=given.operation).order_by(
        "-number"
    )
    draft = next((one for one in versions if one.state == DRAFT.value), None)
    if draft is not None:
        found.append(HAS_DRAFT.refuse(path="operation", number=draft.number))
    return Assessment(carry=versions[0].number if versions else 0, objections=tuple(found))


@operation(
    "procedures.write", T("起草规程", "Write procedure"), Procedure, input=Write, creates=True, assess=assess_write,
    clauses=["1.3.4"],
    help=T("为一个操作起草规程的新版本；由他人发布后生效。", "The next version for a verb; it counts once a colleague published it."),
)  # fmt: skip
def write(row: None, given: Write, ctx: Context, assessment: Assessment) -> Effects:
    """The draft."""
    made = Procedure(
        company_id=ctx.company_id, operation=given.operation, number=assessment.carry + 1, written_by_id=ctx.user_id,
        **given.columns(),
    )  # fmt: skip
    effects = Effects(result=made)
    effects.insert(made)
    effects.search.append(made)
    return effects


@operation(
    "procedures.change", T("修改草稿", "Change draft"), Procedure, input=Words, from_states=[DRAFT], clauses=["1.3.4"],
    help=T("修改未发布的草稿；修改人成为起草人。", "Change a draft; who changes it becomes its writer."),
)  # fmt: skip
def change(row: Procedure, given: Words, ctx: Context, assessment: Assessment) -> Effects:
    """The words anew; the last hand on it is the writer's, so four eyes stay four."""
    effects = Effects(result=row, search=[row])  # its purpose is searched
    effects.update(row, **given.columns(), written_by_id=ctx.user_id)
    return effects


def assess_publish(row: Procedure, given: Any, ctx: Context) -> Assessment:
    """Not by who wrote it (the installation's own are published by the installation)."""
    own = row.written_by_id == ctx.user_id and not ctx.actor.is_system
    return Assessment(objections=(OWN_DRAFT.refuse(),) if own else ())


@operation(
    "procedures.publish", T("发布规程", "Publish procedure"), Procedure, from_states=[DRAFT], assess=assess_publish,
    clauses=["1.3.4", "1.3.5"],
    help=T("今天起生效，上一版自动替代。", "In force from today; the version before is replaced."),
)  # fmt: skip
def publish(row: Procedure, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """It takes the place of the version in force."""
    effects = Effects(result=row)
    former = Procedure.objects.select_for_update().filter(
        company_id=row.company_id, operation=row.operation, state=IN_FORCE.value
    )
    for one in former:
        effects.update(one, state=ProcedureState.REPLACED.value, until=ctx.today, next_review_on=None)
    effects.update(
        row, state=IN_FORCE.value, since=ctx.today, published_by_id=ctx.user_id,
        next_review_on=months_later(ctx.today, row.review_months),
    )  # fmt: skip
    return effects


@operation(
    "procedures.retire", T("停用规程", "Retire procedure"), Procedure, from_states=[IN_FORCE, DRAFT], danger=True,
    clauses=["1.3.4"], help=T("不再适用；记录保留。", "It no longer applies; the record stays."),
)  # fmt: skip
def retire(row: Procedure, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """It counts no more."""
    effects = Effects(result=row)
    until = ctx.today if row.since is not None else None
    effects.update(row, state=ProcedureState.RETIRED.value, until=until, next_review_on=None)
    return effects


class Review(Input):
    """What a review found and how it ends."""

    procedure: Ref("procedures.procedure") = field(T("规程", "Procedure"))  # type: ignore[valid-type]
    findings: Text = field(T("发现", "Findings"), min_length=2)
    outcome: ReviewOutcome = field(T("结论", "Outcome"), ReviewOutcome.KEEP)


def assess_review(row: None, given: Review, ctx: Context) -> Assessment:
    """A version in force; the figures since the last review, or since it began."""
    found = Procedure.objects.get(pk=given.procedure)
    if found.state != IN_FORCE.value or found.since is None:
        return Assessment(objections=(HELD_WHEN.refuse(path="procedure"),))
    objections: list[Objection] = []
    if given.outcome == ReviewOutcome.REVISE and has_draft(found):
        objections.append(HAS_DRAFT.refuse(path="outcome", number=found.number + 1))
    since = last_look(found)
    took = queries.took(ctx.company_id, [found.operation], since, ctx.today + timedelta(days=1)).get(
        found.operation
    )
    return Assessment(carry=(found, since, took), objections=tuple(objections))


def has_draft(row: Procedure) -> bool:
    """Whether the next version is being written."""
    return Procedure.objects.filter(
        company_id=row.company_id, operation=row.operation, state=DRAFT.value
    ).exists()


def last_look(row: Procedure) -> date:
    """The day of the last review of a version, or the day it began."""
    last = row.reviews.order_by("-held_on").values_list("held_on", flat=True).first()
    return last or row.since or date.min


@operation(
    "procedures.review", T("评审规程", "Review procedure"), ProcedureReview, input=Review, creates=True, parent="procedure",
    assess=assess_review, clauses=["1.3.5"],
    help=T(
        "看上次评审以来的办理数量与时长，写下发现；结论为修订时，自动生成下一版草稿。",
        "Look at cases and times since the last review and say what was found; 'new version' makes the draft of it.",
    ),
)  # fmt: skip
def review(row: None, given: Review, ctx: Context, assessment: Assessment) -> Effects:
    """The figures as they were today, the findings, and what follows."""
    procedure, since, took = assessment.carry
    made = ProcedureReview(
        company_id=ctx.company_id, procedure=procedure, held_on=ctx.today, since=since, findings=given.findings,
        cases=took.cases if took else 0, median_hours=took.median_hours if took else None, late=took.late if took else 0,
        outcome=given.outcome.value, reviewed_by_id=ctx.user_id,
    )  # fmt: skip
    effects = Effects(result=made)
    effects.insert(made)
    effects.update(procedure, next_review_on=months_later(ctx.today, procedure.review_months))
    if given.outcome == ReviewOutcome.REVISE:
        draft = _next_version(procedure, ctx)
        effects.insert(draft)
        effects.search.append(draft)
    return effects


def _next_version(row: Procedure, ctx: Context) -> Procedure:
    """The words of a version as the draft of the next."""
    last = (
        Procedure.objects.filter(company_id=row.company_id, operation=row.operation)
        .order_by("-number")
        .first()
    )
    words = {name: getattr(row, name) for name in Words.model_fields}
    number = (last or row).number + 1
    return Procedure(
        company_id=row.company_id, operation=row.operation, number=number, written_by_id=ctx.user_id, **words
    )
