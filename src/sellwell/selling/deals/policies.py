"""Rules that people set: how long a registered deal is protected, how often it is renewed, when its end is told."""

from __future__ import annotations

from dataclasses import dataclass

from sellwell.kernel import policies as judges
from sellwell.kernel import policy
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T

PROTECTION = "deals.protection"

policy.default(
    PROTECTION,
    policy.table(
        inputs={"product_line": ("text", T("产品线", "Product line"))},
        outputs={
            "days": ("number", T("保护天数", "Days protected")),
            "renewals": ("number", T("可续期次数", "Times it can be renewed")),
            "warn_days": ("number", T("提前提醒天数", "Told so many days before its end")),
        },
        rows=[("-", "90", "1", "14")],
        examples=[({"product_line": "PUMP"}, {"days": "90", "renewals": "1", "warn_days": "14"})],
    ),
    T("报备保护期", "Protection of registered deals"),
)


@dataclass(frozen=True, slots=True)
class Protection:
    """What the policy says for a product line."""

    days: int
    renewals: int
    warn_days: int


def protection(product_line: str, ctx: Context) -> Protection:
    """For how long a deal is protected."""
    said = judges.judge(PROTECTION, ctx, {"product_line": product_line}).outputs
    return Protection(int(said["days"]), int(said["renewals"] or 0), int(said["warn_days"] or 0))
