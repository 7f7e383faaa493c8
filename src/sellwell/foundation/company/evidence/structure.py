"""Evidence about the structure: spans, goals, heads, layers, and both lines adding up (clauses 2.1.2, 2.2.1, 2.2.2)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from statistics import median
from uuid import UUID

from sellwell.foundation.company import queries, reviewing, rollup, staffing, structure
from sellwell.foundation.company.evidence.people import moments
from sellwell.foundation.company.models import Department
from sellwell.kernel.evidence import Broken, Evidence, evidence, found, last_day
from sellwell.kernel.models import ApprovalRequest
from sellwell.kernel.values import Period, T, named

NO_GOAL = T("没有承接战略目标", "serves no strategic goal")
UNSERVED = T("没有部门承接", "no department serves it")
OFF_LINE = T(
    "没有部门或产品线，汇总两条线对不上", "has no department or product line, so the two lines do not agree"
)


def _outside(company_id: UUID, period: Period, kinds: tuple[str, ...]) -> Evidence:
    shown, drawn, beyond = structure.chart_of(company_id, last_day(period))
    by_code = {n.code: n for n in shown.nodes}
    names = structure.names_of(shown.nodes)
    broken: list[Broken] = []
    for one in beyond:
        if one.kind in kinds:
            node_id = UUID(by_code[one.code].id) if by_code[one.code].id else None
            why = structure.in_words(one)
            broken.append(Broken("company.department", node_id, str(names[one.code]), why))
    return found(len(drawn.by_code), broken)


@evidence("2.1.2", T("管理幅度在规定之内", "Spans of control within the limits"))
def spans_outside(company_id: UUID, period: Period) -> Evidence:
    """Departments of the period's last day, and whether the head's span lies within the policy's limits."""
    return _outside(company_id, period, ("span_large", "span_small", "front_heads"))


@evidence("2.1.2", T("部门承接战略目标，目标有部门承接", "Departments serve goals, goals have departments"))
def departments_without_a_goal(company_id: UUID, period: Period) -> Evidence:
    """Open departments and goals of the period's last day, and whether each is linked to the other side."""
    day = last_day(period)
    known, unserved, without = structure.goals(company_id, day)
    departments = Department.objects.filter(queries.open_on(day), company_id=company_id).count()
    broken = [Broken("company.goal", g.pk, str(g), UNSERVED) for g in unserved]
    broken += [Broken("company.department", d.pk, str(named(d)), NO_GOAL) for d in without]
    return found(departments + len(known), broken)


@evidence("2.2.1", T("部门都有负责人，层级不超限", "Departments have heads, layers within the limit"))
def heads_and_layers(company_id: UUID, period: Period) -> Evidence:
    """Departments with people and whether each has a head, and how many layers stand above its front line."""
    return _outside(company_id, period, ("no_head", "layers"))


@evidence("2.2.2", T("两条线汇总一致", "Both lines add up to the same"))
def lines_agree(company_id: UUID, period: Period) -> Evidence:
    """Sales facts of the period, and whether each is on a department and on a product line, so that neither line
    says more than the other."""
    added = rollup.rollup(company_id, period)
    broken = [
        Broken("kernel.fact", None, f"{day.isoformat()} {document}", OFF_LINE)
        for _, document, day in rollup.off_the_lines(company_id, period)
    ]
    return found(added.count, broken)


def approval_hours(company_id: UUID, period: Period) -> dict[str, Decimal]:
    """The median hours from request to decision, by line: requests with a product line, and those with a region."""
    within = {name.replace("at__", "created_at__"): moment for name, moment in moments(period).items()}
    rows = ApprovalRequest.objects.filter(company_id=company_id, decided_at__isnull=False, **within)
    hours: dict[str, list[float]] = {"region": [], "product": []}
    for region, line, asked, decided in rows.values_list(
        "region", "product_line", "created_at", "decided_at"
    ):
        if decided is None:
            continue
        took = (decided - asked) / timedelta(hours=1)
        if line:
            hours["product"].append(took)
        if region:
            hours["region"].append(took)
    return {name: Decimal(str(round(median(took), 1))) for name, took in hours.items() if took}


OVERDUE = T("检视已逾期", "its review is overdue")


@evidence("2.1.5", T("部门按期检视", "Departments are reviewed in time"))
def reviews_overdue(company_id: UUID, period: Period) -> Evidence:
    """Departments open on the period's last day, and whether the review that was due has been held."""
    day = last_day(period)
    every = reviewing.due(company_id, day)
    broken = [
        Broken(
            "company.department",
            d.department.pk,
            str(named(d.department)),
            OVERDUE,
        )
        for d in every
        if d.is_overdue(day)
    ]
    return found(len(every), broken)


@evidence("2.1.3", T("编制与标准相符", "People as the staffing rules ask"))
def headcount_gap(company_id: UUID, period: Period) -> Evidence:
    """Regions with sales or sellers, and whether as many people sell there as the rules in force ask for."""
    shown = staffing.staffing(company_id, last_day(period))
    broken = [
        Broken(
            "region", None, gap.region,
            T(f"需 {gap.needed} 人，实有 {gap.actual} 人", f"needs {gap.needed}, has {gap.actual}"),
        )
        for gap in shown.gaps
        if gap.gap
    ]  # fmt: skip
    return found(len(shown.gaps), broken)
