"""Rules of surveys that people set: how often somebody is asked, which scores are low, who speaks with whom by when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.kernel import policies as judges
from sellwell.kernel import policy
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T

CAPS, LOW, MESSAGES = "voice.caps", "voice.low_scores", "voice.campaign_caps"

policy.default(
    CAPS,
    policy.table(
        inputs={"grade": ("text", T("客户等级", "Customer's grade"))},
        outputs={
            "person_days": ("number", T("同一人至少隔几天", "Days between surveys of one person")),
            "customer_days": (
                "number",
                T("同一客户按几天计", "Days that a customer's surveys are counted over"),
            ),
            "customer_most": ("number", T("其间最多几次", "At most so many")),
        },
        rows=[["-", "90", "90", "3"]],
        examples=[({"grade": "B"}, {"person_days": "90", "customer_days": "90", "customer_most": "3"})],
    ),
    T("客户调查的次数上限", "How often customers are surveyed"),
)
policy.default(
    MESSAGES,
    policy.table(
        inputs={"channel": ("text", T("渠道（mail/sms）", "Channel (mail/sms)"))},
        outputs={
            "days": ("number", T("按几天计", "Days counted over")),
            "most": ("number", T("其间每人最多几条", "At most so many for one person")),
        },
        rows=[["mail", "30", "2"], ["-", "30", "1"]],
        examples=[
            ({"channel": "mail"}, {"days": "30", "most": "2"}),
            ({"channel": "sms"}, {"days": "30", "most": "1"}),
        ],
    ),
    T("营销消息的次数上限", "Caps of campaign messages"),
)
policy.default(
    LOW,
    policy.table(
        inputs={
            "metric": ("text", T("指标（nps/csat/ces）", "Metric (nps/csat/ces)")),
            "score": ("number", T("分数", "Score")),
            "grade": ("text", T("客户等级", "Customer's grade")),
        },
        outputs={
            "follow": ("flag", T("须回访", "To be followed up")),
            "hours": ("number", T("几个工作小时内联系", "Working hours to contact them")),
            "days": ("number", T("几个工作日内解决", "Working days to settle it")),
            "role": ("text", T("由谁回访", "Role that does it")),
        },
        rows=[
            ["nps", "<= 6", "A", "yes", "8", "5", "service"],
            ["nps", "<= 6", "-", "yes", "16", "10", "service"],
            ["csat", "<= 2", "A", "yes", "8", "5", "service"],
            ["csat", "<= 2", "-", "yes", "16", "10", "service"],
            ["ces", "<= 3", "-", "yes", "24", "10", "service"],
            ["-", "-", "-", "no", "-", "-", "-"],
        ],
        examples=[
            (
                {"metric": "nps", "score": "6", "grade": "B"},
                {"follow": True, "hours": "16", "days": "10", "role": "service"},
            ),
            (
                {"metric": "nps", "score": "7", "grade": "B"},
                {"follow": False, "hours": None, "days": None, "role": None},
            ),
            (
                {"metric": "csat", "score": "2", "grade": "A"},
                {"follow": True, "hours": "8", "days": "5", "role": "service"},
            ),
        ],
    ),
    T("低分回访", "Follow-up of low scores"),
)


@dataclass(frozen=True, slots=True)
class Caps:
    """How often a customer and each of its people may be asked."""

    person_days: int
    customer_days: int
    customer_most: int


def caps(grade: str, ctx: Context) -> Caps:
    """The caps for customers of a grade."""
    said = judges.judge(CAPS, ctx, {"grade": grade}).outputs or {}
    return Caps(*(int(said.get(name) or 0) for name in ("person_days", "customer_days", "customer_most")))


def messages(channel: str, ctx: Context) -> tuple[int, int]:
    """Over how many days campaign messages to one person are counted, and how many may go out in them."""
    said = judges.judge(MESSAGES, ctx, {"channel": channel}).outputs or {}
    return int(said.get("days") or 0), int(said.get("most") or 0)


@dataclass(frozen=True, slots=True)
class Low:
    """What a low score asks for."""

    metric: str
    score: int
    hours: Decimal
    days: int
    role: str


def low(metric: str, score: int, grade: str, ctx: Context) -> Low | None:
    """Whether a score is low, and then who speaks with them by when; None: it is not."""
    return _read(metric, score, judges.judge(LOW, ctx, _facts(metric, score, grade)).outputs or {})


def low_on(company_id: UUID, day: date, metric: str, score: int, grade: str) -> bool:
    """Whether the policy of a day called a score low: for evidence, which judges the past by its own rules."""
    table = policy.in_force(LOW, company_id, day).table
    return _read(metric, score, policy.decide(table, _facts(metric, score, grade)).outputs or {}) is not None


def _facts(metric: str, score: int, grade: str) -> dict[str, Any]:
    return {"metric": metric, "score": Decimal(score), "grade": grade}


def _read(metric: str, score: int, said: Mapping[str, Any]) -> Low | None:
    if said.get("follow") is not True:
        return None
    return Low(
        metric,
        score,
        Decimal(said.get("hours") or 16),
        int(said.get("days") or 10),
        str(said.get("role") or "service"),
    )
