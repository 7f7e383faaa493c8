"""Policies of the organisation: which rights nobody gives alone (clause 1.3.1)."""

from __future__ import annotations

from sellwell.kernel import policy
from sellwell.kernel.values import T

RIGHTS_APPROVAL = "company.rights_approval"

policy.default(
    RIGHTS_APPROVAL,
    policy.table(
        inputs={
            "own_role": ("flag", T("授予本人的角色", "For a role of one's own")),
            "limit": ("number", T("金额上限", "Amount limit")),
        },
        outputs={"approvers": ("text", T("审批人", "Approvers"))},
        rows=[["yes", "-", "executive"], ["-", "> 5000000", "executive"], ["-", "-", "-"]],
        examples=[
            ({"own_role": True, "limit": None}, {"approvers": "executive"}),
            ({"own_role": False, "limit": "5000000.01"}, {"approvers": "executive"}),
            ({"own_role": False, "limit": "500000"}, {"approvers": None}),
            ({"own_role": False, "limit": None}, {"approvers": None}),
        ],
    ),
    T("授权审批", "Approval of rights"),
)
