"""What people set about customers: scores, weights, grades, terms by grade, stages, recycling, what to do next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sellwell.kernel import policy
from sellwell.kernel.policy_cells import ColumnType
from sellwell.kernel.values import T

SCORES, WEIGHTS, GRADE = "relations.scores", "relations.weights", "relations.grade"
NOTICE, OVERRIDE = "relations.grade_notice", "relations.override_approval"
TERMS, DISCOUNT, DAYS = (
    "relations.service_terms",
    "relations.discount_approval",
    "relations.payment_days_approval",
)
RHYTHM, STAGE = "relations.rhythm", "relations.stage"
RECYCLE, NEXT = "relations.recycle", "relations.next_action"

APPROVERS: dict[str, tuple[ColumnType, T]] = {"approvers": ("text", T("审批人", "Approvers"))}

policy.default(
    SCORES,
    policy.table(
        inputs={"measure": ("text", T("指标", "Measure")), "amount": ("number", T("数值", "Value"))},
        outputs={"points": ("number", T("得分", "Points"))},
        rows=[
            ("recency", "<= 30", "5"), ("recency", "<= 60", "4"), ("recency", "<= 90", "3"), ("recency", "<= 180", "2"),
            ("frequency", ">= 12", "5"), ("frequency", ">= 8", "4"), ("frequency", ">= 5", "3"), ("frequency", ">= 2", "2"),
            ("value", ">= 1000000", "5"), ("value", ">= 500000", "4"), ("value", ">= 200000", "3"), ("value", ">= 50000", "2"),
            ("loyalty", ">= 3", "5"), ("loyalty", ">= 2", "4"), ("loyalty", ">= 1", "3"), ("loyalty", ">= 0.3", "2"),
            ("payment", ">= 98%", "5"), ("payment", ">= 90%", "4"), ("payment", ">= 75%", "3"), ("payment", ">= 50%", "2"),
            ("-", "-", "1"),
        ],
        examples=[
            ({"measure": "recency", "amount": "75"}, {"points": "3"}),
            ({"measure": "value", "amount": "620000"}, {"points": "4"}),
        ],
    ),
    T("客户评分标准", "Scores of customers"),
)  # fmt: skip
policy.default(
    WEIGHTS,
    policy.table(
        inputs={"measure": ("text", T("指标", "Measure"))},
        outputs={"weight": ("number", T("权重", "Weight"))},
        rows=[("value", "40%"), ("frequency", "20%"), ("recency", "15%"), ("payment", "15%"), ("loyalty", "10%"), ("-", "0%")],
        examples=[({"measure": "value"}, {"weight": "0.4"})],
    ),
    T("客户评分权重", "Weights of the scores"),
)  # fmt: skip
policy.default(
    GRADE,
    policy.table(
        inputs={
            "score": ("number", T("综合得分", "Score")),
            "overdue_days": ("number", T("逾期天数", "Days overdue")),
            "state": ("text", T("往来状态", "State")),
        },
        outputs={"grade": ("text", T("等级", "Grade"))},
        rows=[
            (">= 4", "<= 30", "active", "A"), (">= 4", "(30 .. 90]", "active", "B"),
            (">= 3", "<= 90", "active", "B"), (">= 2", "-", "-", "C"), ("-", "-", "-", "D"),
        ],
        examples=[
            ({"score": "4.2", "overdue_days": "0", "state": "active"}, {"grade": "A"}),
            ({"score": "4.2", "overdue_days": "45", "state": "active"}, {"grade": "B"}),
            ({"score": "4.8", "overdue_days": "0", "state": "blocked"}, {"grade": "C"}),
        ],
    ),
    T("客户等级标准", "Grades of customers"),
)  # fmt: skip
policy.default(
    NOTICE,
    policy.table(
        inputs={
            "direction": ("text", T("升或降", "Up or down")),
            "stage": ("text", T("阶段", "Stage")),
            "grade": ("text", T("新等级", "New grade")),
        },
        outputs={
            "days": ("number", T("几天后生效（空：不变动）", "Takes effect after days (empty: not at all)"))
        },
        # Whoever bought for the first time the other day has not had the time to deserve more.
        rows=[("up", "-", "-", "0"), ("down", "in (new, won_back)", "-", "-"), ("-", "-", "-", "7")],
        examples=[
            ({"direction": "up", "stage": "new", "grade": "A"}, {"days": "0"}),
            ({"direction": "down", "stage": "new", "grade": "D"}, {"days": None}),
            ({"direction": "down", "stage": "mature", "grade": "C"}, {"days": "7"}),
        ],
    ),
    T("等级变动的生效时间", "When a new grade takes effect"),
)
policy.default(
    OVERRIDE,
    policy.table(
        inputs={"grade": ("text", T("指定等级", "Grade"))},
        outputs=APPROVERS,
        rows=[("-", "sales_manager")],
        examples=[({"grade": "A"}, {"approvers": "sales_manager"})],
    ),
    T("人工指定等级的审批", "Approval of grades set by a person"),
)
policy.default(
    TERMS,
    policy.table(
        inputs={"kind": ("text", T("主体", "Party")), "grade": ("text", T("等级", "Grade"))},
        outputs={
            "visit_days": ("number", T("联系间隔（天）", "Contact every (days)")),
            "response_hours": ("number", T("响应时限（工作小时）", "Response (working hours)")),
            "discount": ("number", T("折扣上限", "Most discount")),
            "payment_days": ("number", T("账期上限（天）", "Most payment days")),
            "credit": ("number", T("信用上限", "Credit ceiling")),
        },
        # A person's price terms come from published conditions alone: one row, whatever the grade.
        rows=[
            ("person", "-", "-", "24", "0%", "30", "50000"),
            ("-", "A", "30", "4", "20%", "90", "5000000"),
            ("-", "B", "90", "8", "15%", "60", "2000000"),
            ("-", "C", "180", "16", "12%", "45", "1000000"),
            ("-", "-", "-", "24", "8%", "30", "300000"),
        ],
        examples=[
            ({"kind": "organisation", "grade": "A"}, {"visit_days": "30", "discount": "0.2"}),
            ({"kind": "person", "grade": "A"}, {"discount": "0", "visit_days": None}),
        ],
    ),
    T("各等级的服务标准", "Service terms by grade"),
)  # fmt: skip
policy.default(
    DISCOUNT,
    policy.table(
        inputs={"measure": ("number", T("超出等级折扣上限", "Beyond the grade's discount by"))},
        outputs=APPROVERS,
        rows=[("<= 5%", "regional_manager"), ("-", "sales_manager")],
        examples=[({"measure": "0.03"}, {"approvers": "regional_manager"}), ({"measure": "0.2"}, {"approvers": "sales_manager"})],
    ),
    T("超出等级折扣的审批", "Approval of discounts beyond the grade"),
)  # fmt: skip
policy.default(
    DAYS,
    policy.table(
        inputs={"measure": ("number", T("超出等级账期（天）", "Days beyond the grade's terms"))},
        outputs=APPROVERS,
        rows=[("<= 15", "regional_manager"), ("<= 60", "sales_manager"), ("-", "sales_manager, finance")],
        examples=[({"measure": "10"}, {"approvers": "regional_manager"})],
    ),
    T("超出等级账期的审批", "Approval of payment days beyond the grade"),
)
policy.default(
    RHYTHM,
    policy.table(
        inputs={"channel": ("text", T("渠道", "Channel"))},
        outputs={
            "usual": ("number", T("没有规律时的间隔（天）", "Gap where there is no rhythm (days)")),
            "least": ("number", T("最短间隔（天）", "Shortest gap (days)")),
            "patience": ("number", T("一个周期（天）", "One period (days)")),
        },
        rows=[("-", "90", "21", "7")],
        examples=[({"channel": "direct"}, {"usual": "90", "patience": "7"})],
    ),
    T("客户购买节奏", "The rhythm of purchases"),
)
policy.default(
    STAGE,
    policy.table(
        inputs={
            "purchases": ("number", T("购买次数", "Purchases")),
            "idle": ("number", T("沉默了几个自身间隔", "Own gaps of silence")),
            "returned": ("flag", T("流失后又购买", "Bought again after being lost")),
            "in_stage": ("number", T("本阶段天数", "Days in the stage")),
            "age": ("number", T("首购至今天数", "Days since the first purchase")),
            "trend": ("number", T("近半年 ÷ 前半年", "Last half year by the one before")),
        },
        outputs={"stage": ("text", T("阶段", "Stage"))},
        rows=[
            ("0", "-", "-", "-", "-", "-", "potential"),
            ("> 0", "> 3", "-", "-", "-", "-", "churned"),
            ("> 0", "(2 .. 3]", "-", "-", "-", "-", "dormant"),
            ("> 0", "<= 2", "true", "<= 180", "-", "-", "won_back"),
            ("> 0", "<= 2", "-", "-", "<= 90", "-", "new"),
            ("> 0", "<= 2", "-", "-", "> 90", ">= 1.2", "growing"),
            ("> 0", "<= 2", "-", "-", "> 90", "< 0.7", "declining"),
            ("> 0", "-", "-", "-", "-", "-", "mature"),
        ],
        examples=[
            ({"purchases": "0", "returned": False, "in_stage": "0"}, {"stage": "potential"}),
            ({"purchases": "4", "idle": "3.2967", "returned": False, "in_stage": "0", "age": "191"}, {"stage": "churned"}),
        ],
    ),
    T("客户生命周期阶段", "Stages of a customer's life"),
)  # fmt: skip
policy.default(
    RECYCLE,
    policy.table(
        inputs={"grade": ("text", T("等级", "Grade")), "stage": ("text", T("阶段", "Stage"))},
        outputs={
            "no_contact": ("number", T("未联系（天）", "Without contact (days)")),
            "no_order": ("number", T("未成交（天）", "Without an order (days)")),
            "warn": ("number", T("提前提醒（天）", "Warned before (days)")),
        },
        rows=[
            ("A", "-", "-", "-", "0"), ("B", "-", "180", "-", "14"),
            ("-", "potential", "120", "365", "14"), ("-", "-", "150", "365", "14"),
        ],
        examples=[({"grade": "A", "stage": "mature"}, {"no_contact": None}), ({"grade": "C", "stage": "potential"}, {"no_contact": "120"})],
    ),
    T("公海回收规则", "Recycling to the public pool"),
)  # fmt: skip
policy.default(
    NEXT,
    policy.table(
        inputs={"signal": ("text", T("信号", "Signal")), "measure": ("number", T("程度", "Measure"))},
        outputs={"rank": ("number", T("先后（小的先做）", "Order (lower first)"))},
        rows=[
            ("pooled", "-", "1"), ("recycling", "-", "5"), ("overdue_money", "> 60", "10"), ("quotation_expiring", "<= 3", "15"),
            ("overdue_money", "-", "20"), ("churned", "-", "25"), ("dormant", "-", "25"), ("declining", "-", "30"),
            ("quotation_expiring", "-", "35"), ("contact_overdue", "-", "40"), ("stage_contact", "-", "45"),
            ("no_contact_person", "-", "60"), ("missing_industry", "-", "70"), ("grade_near", "-", "80"), ("-", "-", "99"),
        ],
        examples=[
            ({"signal": "overdue_money", "measure": "90"}, {"rank": "10"}),
            ({"signal": "contact_overdue", "measure": "5"}, {"rank": "40"}),
        ],
    ),
    T("客户下一步行动的先后", "What to do next with a customer"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """What a grade entitles to. None: the grade promises or limits nothing of the kind."""

    grade: str
    visit_days: int | None
    response_hours: Decimal | None
    discount: Decimal | None
    payment_days: int | None
    credit: Decimal | None
    version: int


def terms_of(company_id: UUID, on: date) -> Callable[[str, str], Terms]:
    """The terms of a day as a function of (kind of party, grade); each pair is judged once."""
    version = policy.in_force(TERMS, company_id, on)

    @cache
    def of(kind: str, grade: str) -> Terms:
        out: Mapping[str, Any] = policy.decide(version.table, {"kind": kind, "grade": grade}).outputs
        visit, days = out.get("visit_days"), out.get("payment_days")
        return Terms(
            grade, None if visit is None else int(visit), out.get("response_hours"), out.get("discount"),
            None if days is None else int(days), out.get("credit"), version.version,
        )  # fmt: skip

    return of
