"""Rules about the organisation that people set: rights that nobody gives alone, spans and layers, how many people a market
needs."""

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

STRUCTURE = "company.structure"
STAFFING = "company.staffing"

policy.default(
    STRUCTURE,
    policy.table(
        inputs={"kind": ("text", T("部门类别", "Kind of department"))},
        outputs={
            "span_from": ("number", T("幅度下限", "Span from")),
            "span_to": ("number", T("幅度上限", "Span up to")),
            "layers": ("number", T("层级上限", "Layers up to")),
        },
        rows=[
            ("regional", "2", "12", "4"),
            ("product", "1", "12", "4"),
            ("division", "2", "12", "5"),
            ("customer", "0", "15", "4"),
            ("-", "0", "15", "4"),
        ],
        examples=[({"kind": "regional"}, {"span_from": "2", "span_to": "12", "layers": "4"})],
    ),
    T("管理幅度与层级", "Spans of control and layers"),
)

policy.default(
    STAFFING,
    policy.table(
        inputs={
            "product_line": ("text", T("产品线", "Product line")),
            "region": ("text", T("区域", "Region")),
            "margin": ("number", T("毛利率", "Margin")),
            "customers": ("number", T("客户数", "Customers")),
            "volume": ("number", T("年销售额", "Sales a year")),
        },
        outputs={
            "employment": ("text", T("用工", "Employment")),
            "customers_each": ("number", T("每人客户数", "Customers for each")),
            "volume_each": ("number", T("每人销售额", "Sales for each")),
        },
        rows=[
            ("-", "-", "< 0.10", "-", "-", "part_time", "80", "6000000"),
            ("-", "-", ">= 0.30", "-", "-", "full_time", "30", "4000000"),
            ("-", "-", "-", "-", "-", "full_time", "50", "5000000"),
        ],
        examples=[
            (
                {
                    "product_line": "parts",
                    "region": "华东",
                    "margin": "0.05",
                    "customers": "10",
                    "volume": "0",
                },
                {"employment": "part_time", "customers_each": "80", "volume_each": "6000000"},
            ),
            (
                {
                    "product_line": "robot",
                    "region": "华东",
                    "margin": "0.35",
                    "customers": "10",
                    "volume": "0",
                },
                {"employment": "full_time", "customers_each": "30", "volume_each": "4000000"},
            ),
        ],
    ),
    T("编制标准", "Staffing rules"),
)

DIVISION_LIMITS = "company.division_limits"

# A division that is not named has no limits of its own: the routes of each document hold.
policy.default(
    DIVISION_LIMITS,
    policy.table(
        inputs={
            "division": ("text", T("事业部代码", "Division's code")),
            "measure": ("number", T("金额", "Amount")),
        },
        outputs={"approvers": ("text", T("审批人", "Approvers"))},
        rows=[("-", "-", "-")],
        examples=[({"division": "", "measure": "1000000"}, {"approvers": None})],
    ),
    T("事业部审批限额", "Approval limits of divisions"),
)

DEFAULT_DUTIES = "company.default_duties"

policy.default(
    DEFAULT_DUTIES,
    policy.table(
        inputs={"kind": ("text", T("部门类别", "Kind of department"))},
        outputs={"duties": ("text", T("默认职责（代码）", "Default duties (codes)"))},
        rows=[
            ("regional", '"targets, resources, market_feedback, visits, contract_closing, dunning"'),
            ("product", '"strategy, price_exceptions, quotations, market_feedback"'),
            ("customer", '"customer_master, visits, acceptance, complaints"'),
            ("division", '"strategy, monitoring, targets, resources, dunning"'),
            ("-", "-"),
        ],
        examples=[
            (
                {"kind": "customer"},
                {"duties": "customer_master, visits, acceptance, complaints"},
            ),
            ({"kind": "function"}, {"duties": None}),
        ],
    ),
    T("各类部门的默认职责", "Default duties of kinds of departments"),
)
