"""Who must agree to a contract: the approval tiers of domain 5.1 (clause 5.1.3). A boundary belongs to the lower tier.

The strictest of amount (tax included), discount against list and payment term counts; wording of one's own always goes
to legal. The table is a default: a company publishes its own.
"""

from __future__ import annotations

from sellwell.kernel import policy
from sellwell.kernel.values import T

ROUTE = "contracts.approval"

L1 = "regional_manager"
L2 = "regional_manager, finance"
L3 = "regional_manager, finance, legal, sales_manager"
L4 = "regional_manager, finance, legal, sales_manager, executive"

policy.default(
    ROUTE,
    policy.table(
        inputs={
            "amount": ("number", T("价税合计", "Amount incl. tax")),
            "discount": ("number", T("最大折扣", "Largest discount")),
            "payment_days": ("number", T("付款期限（天）", "Payment term (days)")),
            "standard_text": ("flag", T("标准文本", "Standard wording")),
        },
        outputs={"approvers": ("text", T("审批人", "Approvers")), "tier": ("text", T("级别", "Tier"))},
        rows=[
            ["> 2000000", "-", "-", "-", L4, "L4"],
            ["-", "> 15%", "-", "-", L4, "L4"],
            ["-", "-", "> 90", "-", L4, "L4"],
            ["> 500000", "-", "-", "-", L3, "L3"],
            ["-", "> 10%", "-", "-", L3, "L3"],
            ["-", "-", "> 60", "-", L3, "L3"],
            ["> 100000", "-", "-", "yes", L2, "L2"],
            ["-", "> 5%", "-", "yes", L2, "L2"],
            ["-", "-", "> 30", "yes", L2, "L2"],
            ["> 100000", "-", "-", "-", f"{L2}, legal", "L2"],
            ["-", "> 5%", "-", "-", f"{L2}, legal", "L2"],
            ["-", "-", "> 30", "-", f"{L2}, legal", "L2"],
            ["-", "-", "-", "yes", L1, "L1"],
            ["-", "-", "-", "-", f"{L1}, legal", "L1"],
        ],
        examples=[
            (
                {"amount": "100000", "discount": "0.05", "payment_days": "30", "standard_text": True},
                {"tier": "L1", "approvers": L1},
            ),
            (
                {"amount": "100000.01", "discount": "0", "payment_days": "30", "standard_text": True},
                {"tier": "L2"},
            ),
            (
                {"amount": "500000", "discount": "0", "payment_days": "30", "standard_text": True},
                {"tier": "L2"},
            ),
            (
                {"amount": "2000000", "discount": "0", "payment_days": "30", "standard_text": True},
                {"tier": "L3"},
            ),
            (
                {"amount": "2000000.01", "discount": "0", "payment_days": "30", "standard_text": True},
                {"tier": "L4"},
            ),
            (
                {"amount": "10", "discount": "0.1500001", "payment_days": "0", "standard_text": True},
                {"tier": "L4"},
            ),
            (
                {"amount": "10", "discount": "0", "payment_days": "0", "standard_text": False},
                {"approvers": "regional_manager, legal"},
            ),
        ],
    ),
    T("合同审批", "Approval of contracts"),
)
