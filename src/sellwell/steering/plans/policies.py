"""Rules of cycles and sign-offs that people set: who runs a cycle how long, its days, and who signs what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sellwell.kernel import policy
from sellwell.kernel.values import Reason, Refusal, T
from sellwell.steering.plans import rules
from sellwell.steering.plans.rules import CycleLength, Side, StepKind

CYCLES, DAYS, SIDES = "plans.cycles", "plans.cycle_days", "plans.sides"
UNREADABLE = Reason(
    "plans.policy_unreadable",
    T(
        "制度“{policy}”中的“{word}”无法识别。请在“制度”中改正。",
        "“{word}” in the policy “{policy}” is not known. Correct it under Policies.",
    ),
)
SIGNERS = {side: f"plans.signers_{side.value}" for side in Side}

policy.default(
    CYCLES,
    policy.table(
        inputs={"kind": ("text", T("部门类别", "Kind of department"))},
        outputs={"length": ("text", T("周期（month/quarter）", "Period (month/quarter)"))},
        rows=[["in (regional, product, customer)", "month"], ["division", "quarter"], ["-", "-"]],
        examples=[({"kind": "regional"}, {"length": "month"}), ({"kind": "function"}, {"length": None})],
    ),
    T("哪些部门按什么周期管理循环", "Which departments run a cycle of what period"),
)

policy.default(
    DAYS,
    policy.table(
        inputs={"step": ("text", T("步骤", "Step")), "length": ("text", T("周期", "Period"))},
        outputs={
            "after": ("text", T("起算（start/end）", "Counted from (start/end)")),
            "days": ("number", T("第几个工作日", "Working day")),
            "in_order": ("flag", T("须先完成前一步", "After the step before it")),
        },
        rows=[
            ["target", "quarter", "start", "5", "yes"],
            ["plan", "quarter", "start", "10", "yes"],
            ["target", "-", "start", "3", "yes"],
            ["plan", "-", "start", "5", "yes"],
            ["monitor", "-", "end", "0", "yes"],
            ["analyse", "-", "end", "5", "yes"],
            ["solve", "-", "end", "8", "yes"],
        ],
        examples=[
            ({"step": "target", "length": "month"}, {"after": "start", "days": "3", "in_order": True}),
            ({"step": "monitor", "length": "month"}, {"after": "end", "days": "0", "in_order": True}),
        ],
    ),
    T("管理循环各步的期限", "Days of the steps of a cycle"),
)

policy.default(
    SIDES,
    policy.table(
        inputs={"kind": ("text", T("会签类别", "Kind of sign-off"))},
        outputs={
            "sides": ("text", T("须签署的各方", "Sides that sign")),
            "amount": ("flag", T("须填金额", "With an amount")),
        },
        rows=[
            ["budget", '"sales, finance"', "yes"],
            ["strategy", '"sales, marketing"', "no"],
            ["campaign", '"sales, marketing, finance"', "yes"],
            ["-", "sales", "no"],
        ],
        examples=[
            ({"kind": "budget"}, {"sides": "sales, finance", "amount": True}),
            ({"kind": "strategy"}, {"sides": "sales, marketing", "amount": False}),
        ],
    ),
    T("会签各方", "Sides of sign-offs"),
)

_TITLES = {
    Side.SALES: T("会签：销售方由谁签", "Sign-offs: who signs for sales"),
    Side.FINANCE: T("会签：财务方由谁签", "Sign-offs: who signs for finance"),
    Side.MARKETING: T("会签：市场方由谁签", "Sign-offs: who signs for marketing"),
}
_ROLES = {Side.SALES: "sales_manager", Side.FINANCE: "finance", Side.MARKETING: "marketing"}

for _side, _name in SIGNERS.items():
    policy.default(
        _name,
        policy.table(
            inputs={
                "kind": ("text", T("会签类别", "Kind of sign-off")),
                "amount": ("number", T("金额", "Amount")),
            },
            outputs={"approvers": ("text", T("签署人角色", "Roles that sign"))},
            rows=[["-", "-", _ROLES[_side]]],
            examples=[({"kind": "budget", "amount": "1000"}, {"approvers": _ROLES[_side]})],
        ),
        _TITLES[_side],
    )


def _said(name: str, company_id: UUID, day: date, **facts: str) -> Mapping[str, Any]:
    """What a policy in force on a day says; nothing where no row fits."""
    return policy.decide(policy.in_force(name, company_id, day).table, facts).outputs or {}


def length_of(kind: str, company_id: UUID, day: date) -> CycleLength | None:
    """The period in which departments of a kind run their cycle; None: they run none."""
    said = _said(CYCLES, company_id, day, kind=kind)
    word = str(said.get("length") or "")
    if word and word not in CycleLength.values():
        raise Refusal(UNREADABLE.refuse(policy=policy.title_of(CYCLES), word=word))
    return CycleLength(word) if word else None


@dataclass(frozen=True, slots=True)
class StepDays:
    """When a step is due, and whether it waits for the one before it."""

    after: str
    days: int
    in_order: bool


def days_of(step: StepKind, length: CycleLength, company_id: UUID, day: date) -> StepDays:
    """What the policy says of a step. A step that it does not name is due on the period's last working day."""
    said = _said(DAYS, company_id, day, step=step.value, length=length.value)
    return StepDays(
        str(said.get("after") or "end"), int(said.get("days") or 0), said.get("in_order") is not False
    )


def sides_of(kind: str, company_id: UUID, day: date) -> list[Side]:
    """Who must sign a kind: what the clause asks for and what the policy adds."""
    said = _said(SIDES, company_id, day, kind=kind)
    try:
        return rules.sides(kind, str(said.get("sides") or ""))
    except ValueError:
        raise Refusal(UNREADABLE.refuse(policy=policy.title_of(SIDES), word=said["sides"])) from None


def needs_amount(kind: str, company_id: UUID, day: date) -> bool:
    """Whether a kind names an amount."""
    said = _said(SIDES, company_id, day, kind=kind)
    return said.get("amount") is True
