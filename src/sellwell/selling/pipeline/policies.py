"""Rules of selling that people set: hours for minutes, what a stage is worth, how long a quotation holds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sellwell.kernel import policies as judges
from sellwell.kernel import policy
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.selling.pipeline.models import Stage

MINUTES = "pipeline.visit_minutes"
PROBABILITY = "pipeline.stage_probability"
VALIDITY = "pipeline.quotation_validity"
AFTER_SALES = "pipeline.after_sales"
AMOUNT_APPROVAL = "pipeline.amount_approval"
MARGIN_APPROVAL = "pipeline.margin_approval"

policy.default(
    MINUTES,
    policy.table(
        inputs={"grade": ("text", T("客户等级", "Customer's grade"))},
        outputs={"hours": ("number", T("纪要时限（小时）", "Hours for the minutes"))},
        rows=[("-", "24")],
        examples=[({"grade": "C"}, {"hours": "24"})],
    ),
    T("拜访纪要时限", "Time for visit minutes"),
)
policy.default(
    PROBABILITY,
    policy.table(
        inputs={"stage": ("text", T("阶段", "Stage"))},
        outputs={"probability": ("number", T("赢单概率", "Probability"))},
        rows=[
            ("develop", "10%"),
            ("needs", "25%"),
            ("match", "40%"),
            ("trial", "50%"),
            ("offer", "60%"),
            ("won", "100%"),
            ("-", "0%"),
        ],
        examples=[({"stage": "match"}, {"probability": "0.4"})],
    ),
    T("商机阶段的赢单概率", "Probability by stage"),
)
policy.default(
    VALIDITY,
    policy.table(
        inputs={"grade": ("text", T("客户等级", "Customer's grade"))},
        outputs={"days": ("number", T("有效天数", "Days valid"))},
        rows=[("-", "30")],
        examples=[({"grade": "A"}, {"days": "30"})],
    ),
    T("报价有效期", "How long quotations hold"),
)
policy.default(
    AFTER_SALES,
    policy.table(
        inputs={"stage": ("text", T("阶段", "Stage"))},
        outputs={"days": ("number", T("验收后跟进天数", "Days after acceptance"))},
        rows=[("-", "365")],
        examples=[({"stage": "after_sales"}, {"days": "365"})],
    ),
    T("售后跟进期（质保期）", "Period of after-sales (warranty)"),
)
# Asked only where somebody's own limit is exceeded: the measure is then the amount, else nothing.
policy.default(
    AMOUNT_APPROVAL,
    policy.table(
        inputs={"measure": ("number", T("超出本人限额的金额", "Amount over one's limit"))},
        outputs={"approvers": ("text", T("审批人", "Approvers"))},
        rows=[
            ("> 5000000", "sales_manager, executive"),
            ("> 1000000", "sales_manager"),
            ("> 0", "regional_manager"),
            ("-", "-"),
        ],
        examples=[
            ({"measure": "600000"}, {"approvers": "regional_manager"}),
            ({"measure": "0"}, {"approvers": None}),
        ],
    ),
    T("大额报价审批", "Approval of large quotations"),
)
policy.default(
    MARGIN_APPROVAL,
    policy.table(
        # An approval asks by the measure of the hold, and a hold's measure grows with the harm: the margin, negative.
        inputs={"measure": ("number", T("负毛利率", "Margin, sign turned"))},
        outputs={"approvers": ("text", T("审批人", "Approvers"))},
        rows=[("> 0", "sales_manager, finance"), ("> -10%", "sales_manager"), ("-", "-")],
        examples=[
            ({"measure": "-0.3"}, {"approvers": None}),
            ({"measure": "-0.05"}, {"approvers": "sales_manager"}),
        ],
    ),
    T("低毛利报价审批", "Approval of low margins"),
)


def minutes_due_in(grade: str, ctx: Context) -> timedelta:
    """How long somebody has to write the minutes of a visit (clause 2.2.4; 24 hours by default)."""
    hours: Decimal = judges.judge(MINUTES, ctx, {"grade": grade}).outputs["hours"]
    return timedelta(hours=float(hours))


def probability_of(stage: Stage, ctx: Context) -> Decimal:
    """What a stage makes of an opportunity's amount, 0 to 1."""
    found: Decimal = judges.judge(PROBABILITY, ctx, {"stage": str(stage)}).outputs["probability"]
    return found


def after_sales_since(ctx: Context) -> date:
    """The earliest day of acceptance that is still followed up."""
    days = int(judges.judge(AFTER_SALES, ctx, {"stage": "after_sales"}).outputs["days"])
    return ctx.today - timedelta(days=days)


def valid_days(grade: str, ctx: Context) -> int:
    """For how many days a quotation holds if nobody says otherwise."""
    return int(judges.judge(VALIDITY, ctx, {"grade": grade}).outputs["days"])
