"""The review of a department: duties and structure against strategy and market; ends in keep or a change (2.1.5)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sellwell.foundation.company.models import Department, DepartmentReview, ReviewOutcome
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Ref, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T, months_later

NEEDS_CHANGE = Reason(
    "company.review_change",
    T(
        "结论为调整时，请选择已拟好的组织调整；没有时请先拟一份。",
        "A review that ends in a change names the reorganisation. Draft one first.",
    ),
)
REVIEW_PAST = Reason(
    "company.review_next", T("下次检视日期必须晚于今天。", "The next review must be after today.")
)
DEPARTMENT_OVER = Reason(
    "company.review_closed", T("该部门已撤销，无须检视。", "This department is closed and needs no review.")
)


class Review(Input):
    """What was held against what, what was found, and how it ended."""

    strategy: Text = field(T("对照战略", "Against strategy"), min_length=2)
    market: Text = field(T("对照市场", "Against the market"), min_length=2)
    findings: Text = field(T("发现", "Findings"), "")
    outcome: ReviewOutcome = field(T("结论", "Outcome"))
    reorganisation: Ref("company.reorganisation") | None = field(T("组织调整", "Reorganisation"), None)
    next_due: date | None = field(
        T("下次检视", "Next review"), None, help=T("留空则按周期", "Empty: by the cycle")
    )


def assess_review(department: Department, given: Review | None, ctx: Context) -> Assessment:
    """The department is open; a change names its reorganisation; the next day lies ahead."""
    objections: list[Objection] = []
    if department.until is not None and department.until <= ctx.today:
        objections.append(DEPARTMENT_OVER.refuse())
    if given is not None:
        if given.outcome is ReviewOutcome.CHANGE and given.reorganisation is None:
            objections.append(NEEDS_CHANGE.refuse(path="reorganisation"))
        if given.next_due is not None and given.next_due <= ctx.today:
            objections.append(REVIEW_PAST.refuse(path="next_due"))
    return Assessment(objections=tuple(objections))


@operation(
    "company.review_department",
    T("部门检视", "Review department"),
    Department,
    help=T(
        "对照战略和市场检视部门，得出保持或调整。",
        "Hold the department against strategy and market; keep or change.",
    ),
    input=Review,
    assess=assess_review,
    clauses=["2.1.5"],
)
def review_department(department: Department, given: Review, ctx: Context, assessment: Assessment) -> Effects:
    """Record the review; the next one is due after the department's cycle."""
    values: dict[str, Any] = given.model_dump(exclude={"outcome", "reorganisation", "next_due"})
    review = DepartmentReview(
        id=new_id(), company_id=department.company_id, department=department, held_on=ctx.today, reviewed_by_id=ctx.user_id,
        outcome=given.outcome.value, reorganisation_id=given.reorganisation,
        next_due=given.next_due or months_later(ctx.today, department.review_months), **values,
    )  # fmt: skip
    effects = Effects(result=review)
    effects.insert(review)
    return effects
