"""Who does which step of a lead: the split between sales and marketing, a policy in versions (clause 1.3.2).

A row of the policy may name a department: that is a variation, and it holds for the departments below it too, unless a row
names one of those. Every version is drafted by one person and published by another from a day on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sellwell.foundation.company.queries import posts_over_time
from sellwell.kernel import policies as judges
from sellwell.kernel import policy
from sellwell.kernel.access import role_words
from sellwell.kernel.models import User
from sellwell.kernel.operations import Context
from sellwell.kernel.policy import InForce
from sellwell.kernel.values import State, T, listed, named
from sellwell.kernel.views import BY_TYPE
from sellwell.selling.pipeline.models import LeadSource

SPLIT = "pipeline.lead_split"
VERBS = ("pipeline.add_lead", "pipeline.assign_lead", "pipeline.hand_over_lead", "pipeline.qualify_lead")
SALES = "rep, account_manager, regional_manager, sales_manager"


class LeadStep(State):
    """The steps of a lead that sales and marketing share."""

    COLLECT = "collect", T("获取线索", "Collect leads")
    QUALIFY = "qualify", T("转化线索", "Qualify leads")
    HAND_OVER = "hand_over", T("移交线索", "Hand leads over")


policy.default(
    SPLIT,
    policy.table(
        inputs={
            "step": ("text", T("步骤（collect/qualify/hand_over）", "Step (collect/qualify/hand_over)")),
            "department": ("text", T("部门代码（含下级）", "Department's code (with those below)")),
            "source": ("text", T("线索来源", "Source of the lead")),
        },
        outputs={"roles": ("text", T("由谁做", "Who does it"))},
        rows=[
            ("collect", "-", "in (web, fair, campaign)", "marketing"),
            ("collect", "-", "-", f'"marketing, {SALES}"'),
            ("qualify", "-", "-", f'"{SALES}"'),
            ("hand_over", "-", "-", '"marketing, regional_manager, sales_manager"'),
        ],
        examples=[
            ({"step": "collect", "department": "EAST", "source": "fair"}, {"roles": "marketing"}),
            ({"step": "qualify", "department": "EAST", "source": "fair"}, {"roles": SALES}),
        ],
    ),
    T("线索分工（销售与市场）", "Split of leads between sales and marketing"),
)


@dataclass(frozen=True, slots=True)
class Party:
    """Who does a step: the roles, the version that says so, and the department whose variation it is (if it is one)."""

    roles: tuple[str, ...]
    version: int
    variation: str = ""

    @property
    def words(self) -> T:
        """The roles' names."""
        return role_words(self.roles)


def party(step: LeadStep, path: str, source: str, version: InForce) -> Party:
    """What a version says of a step in a department (by its path). No row: nobody is named, so nobody is kept from it."""
    place = next(i for i, column in enumerate(version.table.inputs) if column.name == "department")
    codes = path.rstrip(".").split(".")
    for code in reversed(codes):
        said = policy.decide(version.table, _facts(step, code, source))
        if said.row is not None and version.table.rows[said.row - 1].conditions[place].text != "-":
            return Party(_roles(said), version.version, code)
    return Party(_roles(policy.decide(version.table, _facts(step, codes[-1], source))), version.version)


def _facts(step: LeadStep, code: str, source: str) -> dict[str, str]:
    return {"step": step.value, "department": code, "source": source}


def _roles(said: policy.Decision) -> tuple[str, ...]:
    return _named(str(said.outputs.get("roles") or "") if said.outputs else "")


def _named(named: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in named.replace("、", ",").split(",") if part.strip())


def party_of(step: LeadStep, path: str, source: str, ctx: Context) -> Party:
    """Who does a step today; the version is noted for the ledger."""
    version = policy.in_force(SPLIT, ctx.company_id, ctx.today)
    found = party(step, path, source, version)
    judges.judge(SPLIT, ctx, _facts(step, found.variation or path.rstrip(".").rpartition(".")[2], source))
    return found


# --- looking back --------------------------------------------------------------------------------------------------------


class Judge:
    """Whether steps were done by the side that the split of their day named; each different question is answered once."""

    def __init__(self, company_id: UUID) -> None:
        self.company_id = company_id
        self.systems = set(User.objects.filter(is_system=True).values_list("pk", flat=True))
        self.posts = posts_over_time(company_id)
        self.parties: dict[tuple[str, str, str, date], tuple[str, ...]] = {}

    def is_system(self, user_id: UUID) -> bool:
        """Whether an account is the system's."""
        return user_id in self.systems

    def is_theirs(self, user_id: UUID, day: date, context: Mapping[str, str]) -> bool:
        """Whether somebody held one of the roles that the step's party has on that day."""
        key = (context["lead_step"], context["department_path"], context["source"], day)
        if key not in self.parties:
            step, path, source, _ = key
            version = policy.in_force(SPLIT, self.company_id, day)
            self.parties[key] = party(LeadStep(step), path, source, version).roles
        roles = self.parties[key]
        held = (
            p.role
            for p in self.posts.get(user_id, ())
            if p.since <= day and (p.until is None or day < p.until)
        )
        return not roles or any(role in roles for role in held)


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the split as pages show it; without a department it is the default."""

    step: T
    department: T | None
    sources: T | None
    roles: T
    version: int  # the version that brought the row as it stands
    since: date


SOURCES = {one.value: one.label for one in LeadSource}


def _names(company_id: UUID) -> dict[str, T]:
    model: Any = BY_TYPE["company.department"].model
    return {d.code: named(d) for d in model._default_manager.filter(company_id=company_id)}


def _in_words(cell: str, words: Mapping[str, T]) -> T | None:
    """A condition as people read it: codes by their names; None where it lets everything through."""
    if cell == "-":
        return None
    codes = re.sub(r"^in\s*\((.*)\)$", r"\1", cell).split(",")
    return listed(words.get(code.strip(), T(code.strip(), code.strip())) for code in codes)


def shown(company_id: UUID, day: date) -> list[Shown]:
    """The rows in force, variations first, each with the version that brought it."""
    every = policy.versions(SPLIT, company_id)
    current = policy.in_force(SPLIT, company_id, day)
    earlier = [v for v in every if v.company_id == current.company_id and v.version <= current.version]
    words = _names(company_id)
    found = []
    for row in current.table.rows:
        brought = current
        for version in sorted(earlier, key=lambda v: -v.version):
            if row not in version.table.rows:
                break
            brought = version
        step, department, source = (cell.text for cell in row.conditions)
        label = LeadStep(step).label if step in LeadStep.values() else T(step, step)
        party_ = Party(_named(str(row.values[0] or "")), brought.version)
        found.append(
            Shown(
                label, _in_words(department, words), _in_words(source, SOURCES), party_.words,
                brought.version, brought.since,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: one.department is None)
