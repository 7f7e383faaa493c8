"""What people decide about credit and credits: default limits, and who approves what."""

from __future__ import annotations

from sellwell.kernel import policy
from sellwell.kernel.policy_cells import ColumnType
from sellwell.kernel.values import T

DEFAULT_LIMIT = "receivables.default_limit"
CREDIT_APPROVAL = "receivables.credit_approval"
OVERDUE_APPROVAL = "receivables.overdue_approval"
LIMIT_APPROVAL = "receivables.limit_approval"
REVERSAL_APPROVAL = "receivables.reversal_approval"

APPROVERS: dict[str, tuple[ColumnType, T]] = {"approvers": ("text", T("审批人", "Approvers"))}

policy.default(
    DEFAULT_LIMIT,
    policy.table(
        inputs={"grade": ("text", T("客户等级", "Grade"))},
        outputs={
            "limit": ("number", T("信用额度", "Credit limit")),
            "max_overdue_days": ("number", T("允许逾期天数", "Days overdue tolerated")),
        },
        rows=[("A", "1000000", "30"), ("B", "500000", "30"), ("C", "200000", "15"), ("-", "0", "0")],
        examples=[({"grade": "A"}, {"limit": "1000000"}), ({"grade": "D"}, {"limit": "0"})],
    ),
    T("默认信用额度", "Default credit limit"),
)

policy.default(
    CREDIT_APPROVAL,
    policy.table(
        inputs={"measure": ("number", T("超出额度", "Over the limit by"))},
        outputs=APPROVERS,
        rows=[("<= 100000", "finance"), ("<= 500000", "finance, sales_manager"), ("-", "finance, executive")],
        examples=[({"measure": "40000"}, {"approvers": "finance"})],
    ),
    T("超信用额度审批", "Approval over the credit limit"),
)

policy.default(
    OVERDUE_APPROVAL,
    policy.table(
        inputs={"measure": ("number", T("逾期天数", "Days overdue"))},
        outputs=APPROVERS,
        rows=[("<= 60", "finance"), ("-", "finance, executive")],
        examples=[({"measure": "31"}, {"approvers": "finance"})],
    ),
    T("逾期客户下单审批", "Approval of orders of late payers"),
)

policy.default(
    LIMIT_APPROVAL,
    policy.table(
        inputs={
            "raise": ("number", T("提高额", "Raised by")),
            "limit": ("number", T("新额度", "New limit")),
        },
        outputs=APPROVERS,
        rows=[
            ("<= 0", "-", "-"),
            ("-", "<= 300000", "-"),
            ("-", "<= 2000000", "sales_manager"),
            ("-", "-", "sales_manager, executive"),
        ],
        examples=[
            ({"raise": "-5000", "limit": "900000"}, {"approvers": None}),
            ({"raise": "5000", "limit": "900000"}, {"approvers": "sales_manager"}),
        ],
    ),
    T("信用额度调整审批", "Approval of credit limits"),
)

policy.default(
    REVERSAL_APPROVAL,
    policy.table(
        inputs={"amount": ("number", T("红冲金额", "Amount reversed"))},
        outputs=APPROVERS,
        rows=[("<= 50000", "-"), ("<= 500000", "sales_manager"), ("-", "sales_manager, executive")],
        examples=[({"amount": "60000"}, {"approvers": "sales_manager"})],
    ),
    T("红字发票审批", "Approval of red-letter invoices"),
)
