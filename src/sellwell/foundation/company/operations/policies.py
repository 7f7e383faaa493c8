"""Policies: a new version is drafted, tried on its examples, and published from a day on by somebody else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max

from sellwell.kernel import policy
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import CellText, Code, Input, ShortText, field
from sellwell.kernel.models import PolicyVersion
from sellwell.kernel.models.policy import PolicyStatus
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.policy_table import MOST_ROWS
from sellwell.kernel.values import Objection, Reason, T

UNKNOWN_POLICY = Reason(
    "company.unknown_policy", T("没有这项制度：{name}。", "There is no policy called {name}.")
)
BACKDATED = Reason(
    "company.policy_past",
    T(
        "制度不能追溯生效。请选择今天或以后的日期。",
        "A policy is not put in force backwards. Choose today or a later day.",
    ),
)
LATER_VERSION = Reason(
    "company.policy_later",
    T(
        "第 {number} 版从 {since} 起生效，新版本必须晚于它。",
        "Version {number} holds from {since} on; a new one must begin later.",
    ),
)


class PolicyRow(Input):
    """One row of the table: the input cells, then the output cells."""

    cells: list[CellText] = field(T("单元格", "Cells"), min_length=1, max_length=40)


class PolicyExample(Input):
    """What the table must say about a case."""

    given: dict[Code, CellText] = field(T("给定", "Given"))
    expect: dict[Code, CellText] = field(T("应得", "Expected"))


class DraftPolicy(Input):
    """A new version of a policy: its rows, and the examples that it must pass. The columns stay as the code asks them."""

    name: Code = field(T("制度代码", "Policy"))
    rows: list[PolicyRow] = field(T("规则行", "Rows"), min_length=1, max_length=MOST_ROWS)
    examples: list[PolicyExample] | None = field(
        T("示例", "Examples"), None, help=T("留空沿用原示例", "Empty: as before")
    )
    note: ShortText = field(T("说明", "Note"), "")


def drafted_table(given: DraftPolicy) -> dict[str, Any]:
    """The table that a draft means: the shipped columns with the given rows."""
    shipped = policy.DEFAULTS[given.name].table
    examples = shipped.get("examples") or []
    if given.examples is not None:
        examples = [{"given": dict(e.given), "expect": dict(e.expect)} for e in given.examples]
    return {**shipped, "rows": [list(row.cells) for row in given.rows], "examples": examples}


def assess_draft(row: Any, given: DraftPolicy, ctx: Context) -> Assessment:
    """The policy exists, every cell can be read, every example comes out as expected."""
    if given.name not in policy.DEFAULTS:
        return Assessment(objections=(UNKNOWN_POLICY.refuse(path="name", name=given.name),))
    table = drafted_table(given)
    return Assessment(content={"name": given.name}, carry=table, objections=tuple(policy.validate(table)))


@operation(
    "company.draft_policy",
    T("起草制度", "Draft policy"),
    PolicyVersion,
    help=T(
        "起草规则表的新版本；每个示例都要得到应得的结果。",
        "Draft a new version of a table; every example must come out as expected.",
    ),
    input=DraftPolicy,
    creates=True,
    assess=assess_draft,
    clauses=["1.2.4"],
)
def draft_policy(row: Any, given: DraftPolicy, ctx: Context, assessment: Assessment) -> Effects:
    """Keep a new version as a draft: it judges nothing until somebody else publishes it."""
    last = PolicyVersion.objects.filter(name=given.name, company_id=None).aggregate(last=Max("number"))[
        "last"
    ]
    version = PolicyVersion(
        id=new_id(), name=given.name, number=(last or 0) + 1, table=assessment.carry, note=given.note,
        created_by_id=ctx.user_id, created_at=ctx.now,
    )  # fmt: skip
    effects = Effects(result=version)
    effects.insert(version)
    effects.tasks.append(
        NewTask("company.publish_policy", version, role="administrator", working_hours=Decimal(8))
    )
    return effects


class PublishPolicy(Input):
    """The first day on which the new version judges."""

    since: date = field(T("生效日期", "From"))


def assess_publication(version: PolicyVersion, given: PublishPolicy | None, ctx: Context) -> Assessment:
    """Its examples pass, and it judges from today or later, after the version before."""
    objections: list[Objection] = [o for o in policy.validate(version.table) if o.kind == "refuse"]
    before = _last_published(version)
    if given is not None:
        if given.since < ctx.today:
            objections.append(BACKDATED.refuse(path="since"))
        if before is not None and before.since is not None and given.since <= before.since:
            objections.append(LATER_VERSION.refuse(path="since", number=before.number, since=before.since))
    return Assessment(
        content={"name": version.name, "number": version.number}, carry=before, objections=tuple(objections)
    )


def _last_published(version: PolicyVersion) -> PolicyVersion | None:
    """The version that the new one follows."""
    others = PolicyVersion.objects.filter(name=version.name, company_id=version.company_id)
    return others.exclude(status=PolicyStatus.DRAFT.value).order_by("-since", "-number").first()


@operation(
    "company.publish_policy",
    T("发布制度", "Publish policy"),
    PolicyVersion,
    help=T(
        "让草稿从某日起生效，原版本到此为止；起草人不能自己发布。",
        "Put a draft in force from a day on; whoever drafted it cannot publish it.",
    ),
    input=PublishPolicy,
    from_states=[PolicyStatus.DRAFT],
    assess=assess_publication,
    clauses=["1.2.4", "1.3.1"],
)
def publish_policy(
    version: PolicyVersion, given: PublishPolicy, ctx: Context, assessment: Assessment
) -> Effects:
    """Put a version in force from a day on. The one before still judges the days until then."""
    effects = Effects(result=version)
    before = assessment.carry
    if before is not None and (before.until is None or before.until > given.since):
        effects.update(before, until=given.since, status=PolicyStatus.RETIRED.value)
    effects.update(version, status=PolicyStatus.IN_FORCE.value, since=given.since)
    policy.changed()
    return effects
