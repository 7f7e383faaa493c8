"""How often people of a role are assessed: months from the last assessment, or from the day they took up the post."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sellwell.kernel import policy
from sellwell.kernel.values import T

INTERVAL = "improvement.assessment_interval"

policy.default(
    INTERVAL,
    policy.table(
        inputs={"role": ("text", T("角色", "Role"))},
        outputs={"months": ("number", T("间隔（月）", "Every so many months"))},
        rows=[
            ["in (rep, account_manager, regional_manager, sales_manager, service)", "12"],
            ["in (marketing, warehouse)", "24"],
            ["-", "-"],
        ],
        examples=[
            ({"role": "rep"}, {"months": "12"}),
            ({"role": "warehouse"}, {"months": "24"}),
            ({"role": "auditor"}, {"months": None}),
        ],
    ),
    T("考核周期", "Interval of assessments"),
)


def interval(role: str, company_id: UUID, day: date) -> int | None:
    """Months between two assessments of somebody in a role; None: not assessed here."""
    said = policy.decide(policy.in_force(INTERVAL, company_id, day).table, {"role": role})
    months = said.outputs["months"]
    return int(months) if months is not None else None
