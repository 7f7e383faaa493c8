"""Impact assessments: written before risky uses, kept for three years (PIPL arts. 55, 56)."""

from __future__ import annotations

from datetime import date

from sellwell.foundation.privacy.models import ImpactAssessment
from sellwell.foundation.privacy.operations.persons import FUTURE
from sellwell.foundation.privacy.rules.words import Purpose, Verdict
from sellwell.kernel.effects import Effects
from sellwell.kernel.inputs import Input, Name, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T, months_later

KEPT_MONTHS = 36
REVIEW_FIRST = Reason(
    "privacy.review_first", T("复评日期须晚于评估日期。", "The review must come after the assessment.")
)


class Assess(Input):
    """What is planned, whether it is lawful, what may happen, what is done against it."""

    title: Name = field(T("名称", "Title"))
    purposes: list[Purpose] = field(T("用途", "Purposes"), min_length=1, max_length=len(Purpose))
    lawful: Text = field(
        T("目的与方式是否合法、正当、必要", "Whether purpose and method are lawful, fair and needed"),
        min_length=4,
    )
    risks: Text = field(T("对个人权益的影响与安全风险", "What it may do to people"), min_length=4)
    measures: Text = field(T("保护措施是否与风险相适应", "What is done against it"), min_length=4)
    verdict: Verdict = field(T("结论", "Verdict"))
    assessed_on: date = field(T("评估日期", "Assessed on"))
    review_on: date = field(T("复评日期", "Review on"))


def assess_assessment(row: None, given: Assess, ctx: Context) -> Assessment:
    """Days in their order."""
    found = []
    if given.assessed_on > ctx.today:
        found.append(FUTURE.refuse("assessed_on"))
    if given.review_on <= given.assessed_on:
        found.append(REVIEW_FIRST.refuse("review_on"))
    return Assessment(objections=tuple(found))


@operation(
    "privacy.assess_impact", T("登记影响评估", "Record an impact assessment"), ImpactAssessment, input=Assess, creates=True,
    assess=assess_assessment, clauses=["4.3.4"],
    help=T("处理敏感信息、自动化决策、对外提供、公开、出境等之前的评估；报告保存三年。", "Before sensitive data, automated decisions, sharing, publication or sending abroad; kept for three years."),
)  # fmt: skip
def assess_impact(row: None, given: Assess, ctx: Context, assessment: Assessment) -> Effects:
    """The record, kept for three years from its day."""
    made = ImpactAssessment(
        company_id=ctx.company_id, title=given.title, purposes=[p.value for p in given.purposes], lawful=given.lawful,
        risks=given.risks, measures=given.measures, verdict=given.verdict.value, assessed_on=given.assessed_on,
        review_on=given.review_on, keep_until=months_later(given.assessed_on, KEPT_MONTHS), assessed_by_id=ctx.user_id,
    )  # fmt: skip
    effects = Effects(result=made)
    effects.insert(made)
    return effects
