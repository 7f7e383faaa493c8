"""Rules of the manual that people set: who agrees to an edition and to a variation, and how long reading may take."""

from __future__ import annotations

from sellwell.kernel import policy
from sellwell.kernel.values import T

EDITIONS = "manual.edition_approval"
VARIATIONS = "manual.variation_approval"
READING = "manual.reading_days"

policy.default(
    EDITIONS,
    policy.table(
        inputs={"changed": ("number", T("改动条数", "Passages changed"))},
        outputs={"approvers": ("text", T("审批人", "Approvers"))},
        rows=[["-", "legal, executive"]],
        examples=[({"changed": "1"}, {"approvers": "legal, executive"})],
    ),
    T("手册版本审批", "Approval of editions of the manual"),
)

policy.default(
    VARIATIONS,
    policy.table(
        inputs={"open_ended": ("flag", T("无截止日期", "Open-ended"))},
        outputs={"approvers": ("text", T("审批人", "Approvers"))},
        rows=[["yes", "sales_manager, executive"], ["-", "sales_manager"]],
        examples=[({"open_ended": False}, {"approvers": "sales_manager"})],
    ),
    T("部门变通做法审批", "Approval of variations"),
)

policy.default(
    READING,
    policy.table(
        inputs={"newcomer": ("flag", T("新任职", "Newcomer"))},
        outputs={"days": ("number", T("确认期限（天）", "Days to confirm"))},
        rows=[["yes", "30"], ["-", "14"]],
        examples=[({"newcomer": True}, {"days": "30"}), ({"newcomer": False}, {"days": "14"})],
    ),
    T("手册阅读期限", "Time to read the manual"),
)
