"""Rules of intelligence that people set: days of each step, who judges, what a confirmed item is worth, how long cards hold."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from sellwell.control.intelligence.models import Channel, StepKind
from sellwell.kernel import calendar, clock, policy
from sellwell.kernel import policies as judges
from sellwell.kernel.values import T

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context

STEPS = "intelligence.step_times"
SOURCES = "intelligence.sources"
POINTS = "intelligence.points"
LEGAL = "intelligence.legal_review"
CARD_APPROVAL = "intelligence.card_approval"
CARD_VALIDITY = "intelligence.card_validity"

policy.default(
    STEPS,
    policy.table(
        inputs={
            "step": ("text", T("步骤", "Step")),
            "kind": ("text", T("情报类别", "Kind")),
            "urgent": ("flag", T("紧急", "Urgent")),
        },
        outputs={
            "days": ("number", T("工作日", "Working days")),
            "hours": ("number", T("工作小时", "Working hours")),
        },
        rows=[
            ["screen", "in (price, competitor)", "yes", "-", "4"],
            ["screen", "-", "-", "2", "-"],
            ["analyse", "in (price, competitor)", "yes", "1", "-"],
            ["analyse", "-", "-", "5", "-"],
            ["decide", "in (price, competitor)", "yes", "1", "-"],
            ["decide", "-", "-", "3", "-"],
            ["answer", "-", "-", "10", "-"],
            ["answer_after_action", "-", "-", "2", "-"],
            ["close", "-", "-", "5", "-"],
            ["enter", "-", "-", "2", "-"],
            ["award", "-", "-", "5", "-"],
        ],
        examples=[
            ({"step": "screen", "kind": "price", "urgent": True}, {"days": None, "hours": "4"}),
            ({"step": "screen", "kind": "demand", "urgent": False}, {"days": "2", "hours": None}),
            ({"step": "answer", "kind": "policy", "urgent": False}, {"days": "10", "hours": None}),
        ],
    ),
    T("情报各步时限", "Time for each step of an item"),
)

policy.default(
    SOURCES,
    policy.table(
        inputs={"channel": ("text", T("来源渠道", "Source"))},
        outputs={"watched": ("flag", T("每月应有情报", "Something is expected every month"))},
        rows=[["in (visit, customer, research, sales_data)", "yes"], ["-", "no"]],
        examples=[({"channel": "visit"}, {"watched": True}), ({"channel": "api"}, {"watched": False})],
    ),
    T("哪些来源每月应有情报", "Sources that must not be silent for a month"),
)

policy.default(
    POINTS,
    policy.table(
        inputs={
            "timely": ("flag", T("及时上报", "Sent in in time")),
            "used": ("flag", T("已用于对策", "Led to an action")),
        },
        outputs={"factor": ("number", T("系数", "Factor"))},
        rows=[["yes", "yes", "1.5"], ["yes", "no", "1"], ["no", "yes", "0.5"], ["no", "no", "0"]],
        examples=[({"timely": True, "used": True}, {"factor": "1.5"}), ({"timely": False, "used": False}, {"factor": "0"})],
    ),
    T("情报积分系数", "What a confirmed item is worth"),
)  # fmt: skip

policy.default(
    LEGAL,
    policy.table(
        inputs={"lawful": ("text", T("来源声明", "Declared source"))},
        outputs={"approvers": ("text", T("审批人", "Approvers"))},
        rows=[["in (unsure, rival)", "legal"], ["-", "-"]],
        examples=[({"lawful": "unsure"}, {"approvers": "legal"}), ({"lawful": "open"}, {"approvers": None})],
    ),
    T("情报来源合法性审查", "Legal review of doubtful sources"),
)

policy.default(
    CARD_APPROVAL,
    policy.table(
        inputs={"measure": ("number", T("金额", "Amount"))},
        outputs={"approvers": ("text", T("审批人", "Approvers"))},
        rows=[["-", "sales_manager"]],
        examples=[({"measure": "0"}, {"approvers": "sales_manager"})],
    ),
    T("竞品卡审批", "Approval of battle cards"),
)

policy.default(
    CARD_VALIDITY,
    policy.table(
        inputs={"line": ("text", T("产品线", "Product line"))},
        outputs={"days": ("number", T("有效天数", "Days valid"))},
        rows=[["-", "180"]],
        examples=[({"line": ""}, {"days": "180"})],
    ),
    T("竞品卡有效期", "How long battle cards hold"),
)


def due_at(step: StepKind | str, kind: str, is_urgent: bool, since: datetime, ctx: Context) -> datetime:
    """When a step is due that begins at a moment: so many working hours on, or the evening of a working day."""
    said = judges.judge(STEPS, ctx, {"step": str(step), "kind": kind, "urgent": is_urgent}).outputs
    if said.get("hours") is not None:
        return calendar.add_working_time(since, said["hours"])
    day = calendar.add_working_days(clock.business_day(since), int(said.get("days") or 0))
    return evening_of(day)


def evening_of(day: date) -> datetime:
    """The end of a working day."""
    return datetime.combine(day, time(18), clock.BUSINESS_ZONE)


def days_allowed(step: str, kind: str, company_id: UUID, day: date) -> int:
    """How many working days something may take, by the version in force on a day."""
    table = policy.in_force(STEPS, company_id, day).table
    said = policy.decide(table, {"step": step, "kind": kind, "urgent": False}).outputs
    return int(said.get("days") or 0)


def watched(company_id: UUID, day: date) -> list[str]:
    """The sources from which something is expected every month."""
    table = policy.in_force(SOURCES, company_id, day).table
    return [
        c.value for c in Channel if policy.decide(table, {"channel": c.value}).outputs.get("watched") is True
    ]


def factor(is_timely: bool, is_used: bool, ctx: Context) -> Decimal:
    """By how much quality, novelty and impact count."""
    found: Decimal | None = judges.judge(POINTS, ctx, {"timely": is_timely, "used": is_used}).outputs.get(
        "factor"
    )
    return found if found is not None else Decimal(0)


def card_days(line: str, ctx: Context) -> int:
    """For how many days a battle card holds where nobody says otherwise."""
    return int(judges.judge(CARD_VALIDITY, ctx, {"line": line}).outputs.get("days") or 180)


def needs_legal(lawful: str, ctx: Context) -> bool:
    """Whether legal judges a source before the item is taken up."""
    return bool(judges.judge(LEGAL, ctx, {"lawful": lawful, "measure": Decimal(0)}).outputs.get("approvers"))
