"""Rules that people set: how often customers of a grade should hear from us."""

from __future__ import annotations

from sellwell.kernel import policies as judges
from sellwell.kernel import policy
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T

CONTACT_DAYS = "activities.contact_days"

policy.default(
    CONTACT_DAYS,
    policy.table(
        inputs={"grade": ("text", T("客户等级", "Customer's grade"))},
        outputs={"days": ("number", T("最长联系间隔（天）", "At most so many days between contacts"))},
        rows=[("S", "14"), ("A", "30"), ("B", "90"), ("C", "180"), ("-", "-")],
        examples=[({"grade": "A"}, {"days": "30"}), ({"grade": "D"}, {"days": None})],
    ),
    T("客户联系频率", "How often customers hear from us"),
)


def contact_days(grade: str, ctx: Context) -> int | None:
    """At most so many days between two contacts with a customer of this grade; None where the grade demands none."""
    days = judges.judge(CONTACT_DAYS, ctx, {"grade": grade}).outputs.get("days")
    return None if days is None else int(days)
