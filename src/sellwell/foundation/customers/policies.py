"""Rules about customers that people set: who approves terms, and what a customer record must hold."""

from __future__ import annotations

from sellwell.kernel import policy
from sellwell.kernel.values import T

TERMS_APPROVAL = "customers.terms_approval"
REQUIRED = "customers.required"
MATCHING = "customers.matching"

policy.default(
    TERMS_APPROVAL,
    policy.table(
        inputs={
            "payment_days": ("number", T("账期（天）", "Payment days")),
            "grade": ("text", T("等级", "Grade")),
        },
        outputs={"approvers": ("text", T("审批人", "Approvers"))},
        rows=[
            ("> 90", "-", "sales_manager, finance"),
            ("> 60", "-", "sales_manager"),
            ("-", "A", "sales_manager"),
            ("> 30", "-", "regional_manager"),
            ("-", "-", "-"),
        ],
        examples=[
            ({"payment_days": "30", "grade": "C"}, {"approvers": None}),
            ({"payment_days": "45", "grade": "B"}, {"approvers": "regional_manager"}),
            ({"payment_days": "120", "grade": "A"}, {"approvers": "sales_manager, finance"}),
        ],
    ),
    T("客户账期与等级审批", "Approval of customer terms"),
)

policy.default(
    REQUIRED,
    policy.table(
        inputs={
            "kind": ("text", T("主体", "Party")),
            "channel": ("text", T("渠道", "Channel")),
        },
        outputs={"fields": ("text", T("必填项", "Required fields"))},
        rows=[
            ("organisation", "-", "uscc, phone"),
            ("-", "online", "email"),
            ("-", "-", "phone"),
        ],
        examples=[({"kind": "organisation", "channel": "direct"}, {"fields": "uscc, phone"})],
    ),
    T("客户信息必填项", "What a customer record must hold"),
)

policy.default(
    MATCHING,
    policy.table(
        inputs={"kind": ("text", T("主体", "Party"))},
        outputs={
            "propose_from": ("number", T("从此相似度起提出", "Proposed from this score on")),
            "certain_from": (
                "number",
                T("从此相似度起视为基本确定", "As good as certain from this score on"),
            ),
            "decide_within_days": ("number", T("须在几天内判断", "Days for the verdict")),
        },
        rows=[("organisation", "0.7", "0.99", "14"), ("-", "0.7", "0.99", "14")],
        examples=[
            (
                {"kind": "organisation"},
                {"propose_from": "0.7", "certain_from": "0.99", "decide_within_days": "14"},
            )
        ],
    ),
    T("客户查重阈值", "Thresholds of matching customers"),
)
