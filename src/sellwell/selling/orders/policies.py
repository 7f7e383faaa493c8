"""Who must agree to a large order. An order from an approved contract needs nobody: its terms were agreed there."""

from __future__ import annotations

from sellwell.kernel import policy
from sellwell.kernel.values import T

ROUTE = "orders.approval"

policy.default(
    ROUTE,
    policy.table(
        inputs={
            "from_contract": ("flag", T("来自合同", "From a contract")),
            "amount": ("number", T("价税合计", "Amount incl. tax")),
            "payment_days": ("number", T("付款期限（天）", "Payment term (days)")),
        },
        outputs={"approvers": ("text", T("审批人", "Approvers"))},
        rows=[
            ["yes", "-", "-", "-"],
            ["-", "> 2000000", "-", "regional_manager, finance, sales_manager"],
            ["-", "> 500000", "-", "regional_manager, finance"],
            ["-", "-", "> 90", "regional_manager, finance"],
            ["-", "-", "-", "-"],
        ],
        examples=[
            ({"from_contract": True, "amount": "3000000", "payment_days": "30"}, {"approvers": None}),
            ({"from_contract": False, "amount": "500000", "payment_days": "30"}, {"approvers": None}),
            (
                {"from_contract": False, "amount": "500000.01", "payment_days": "30"},
                {"approvers": "regional_manager, finance"},
            ),
        ],
    ),
    T("大额订单审批", "Approval of large orders"),
)
