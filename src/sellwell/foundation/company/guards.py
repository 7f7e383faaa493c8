"""What the staffing rules say to hiring and to new posts (2.1.3); approval limits that a division has of its own (2.2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sellwell.foundation.company import divisions, queries, staffing
from sellwell.foundation.company.models import Assignment, Department
from sellwell.foundation.company.policies import DIVISION_LIMITS
from sellwell.kernel import approval
from sellwell.kernel.operations import Assessment, Context, guard
from sellwell.kernel.values import Objection, Reason, T

OVER = Reason(
    "company.over_staffing",
    T(
        "按编制标准，{region}需要 {needed} 名销售人员，加上这一位就有 {after} 名。请确认确有需要。",
        "By the staffing rules {region} needs {needed} people who sell; with this one it has {after}. Make sure that is meant.",
    ),
)


@guard(
    "company.staffing", T("编制标准", "Staffing rules"), on=["company.hire", "company.assign"], clauses=["2.1.3"]
)  # fmt: skip
def within_the_rules(assessments: list[Assessment], ctx: Context) -> Mapping[int, list[Objection]]:
    """Warns where a region would have more people who sell than its market asks for. Where the rules ask for nobody,
    because nothing was sold there yet, they say nothing."""
    asked = {n: a.given for n, a in enumerate(assessments) if a.given is not None and _sells(a.given.role)}
    places = {given.department for given in asked.values() if given.department is not None}
    if not places:
        return {}
    regions = dict(Department.objects.filter(pk__in=places).values_list("pk", "region"))
    gaps = {gap.region: gap for gap in staffing.staffing(ctx.company_id, ctx.today).gaps}
    counted = _counted(asked.values(), ctx)
    said = {}
    for n, given in asked.items():
        gap = gaps.get(getattr(given, "region", "") or regions.get(given.department, ""))
        if gap is None or (getattr(given, "person", None), gap.region) in counted:
            continue
        if gap.needed and gap.actual + 1 > gap.needed:
            said[n] = [OVER.warn(region=gap.region, needed=gap.needed, after=gap.actual + 1)]
    return said


def _counted(asked: Iterable[Any], ctx: Context) -> set[tuple[UUID, str]]:
    """Who of these sells in a region already, and where: a second post there makes nobody two."""
    people = [given.person for given in asked if getattr(given, "person", None)]
    posts = Assignment.objects.filter(
        queries.in_force_on(ctx.today),
        company_id=ctx.company_id,
        role__in=staffing.SELLING,
        user__person__in=people,
    )
    return set(posts.values_list("user__person", "region")) if people else set()


def _sells(role: object) -> bool:
    return str(getattr(role, "value", role)) in staffing.SELLING


OVER_DIVISION = Reason(
    "company.over_division_limit",
    T(
        "金额 {amount} 超过本事业部的审批限额，需要审批。",
        "The amount {amount} is over the approval limit of the division: approval is needed.",
    ),
)


@guard(
    "company.division_limit",
    T("事业部审批限额", "Approval limits of divisions"),
    on=["pipeline.send_quotation", "contracts.approve", "orders.confirm"],
    clauses=["2.2.2"],
)
def within_the_division(assessments: list[Assessment], ctx: Context) -> Mapping[int, list[Objection]]:
    """An amount for which the policy names approvers in the document's division holds, whatever else lets it through."""
    found = {}
    for n, one in enumerate(assessments):
        if one.amount is None or not divisions.of_act(one, ctx):
            continue
        if approval.deciders(approval.steps_of(DIVISION_LIMITS, ctx, one, one.amount)):
            found[n] = [OVER_DIVISION.hold(DIVISION_LIMITS, measure=one.amount, amount=one.amount)]
    return found
