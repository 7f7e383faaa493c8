"""What people see of retention: who is at risk and why, cases, playbooks with their gain, how good the model is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sellwell.foundation.retention import queries, rules
from sellwell.foundation.retention.models import (
    InterventionState,
    Method,
    Playbook,
    PlaybookState,
    RiskLevel,
    Run,
)
from sellwell.foundation.retention.views import CASES, PLAYBOOKS, RUNS, SCORES, why
from sellwell.kernel import access
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.registry import family, form, list_page, panel, record_page, related, section

section("sales", T("销售", "Sales"), order=20)
family("/churn-risk/", "/retention-cases/", "/retention-playbooks/", "/churn-models/")

list_page(
    SCORES, section="sales", icon="alert", order=14,
    columns=["customer", "level", "risk", "why", "value", "grade", "owner"],
    card=["customer", "level", "why", "value"],
    saved=[
        ("high", T("高风险", "High risk"), {"level": "high"}),
        ("mine", T("我的", "Mine"), {"owner": "me"}),
    ],
    links=[
        (T("挽留任务", "Cases"), "/retention-cases/", "retention.cases"),
        (T("挽留方案", "Playbooks"), "/retention-playbooks/", "retention.playbooks"),
        (T("模型质量", "Model quality"), "/churn-models/", "retention.runs"),
    ],
    empty=T(
        "还没有评分。有成交后每周自动计算，也可在“模型质量”页立即计算。",
        "No scores yet. They are computed weekly once something was bought, or at once from “Model quality”.",
    ),
)  # fmt: skip
record_page(
    SCORES,
    facts=[
        "level",
        "risk",
        "why",
        "value",
        "alive",
        "expected",
        "spending",
        "idle",
        "purchases",
        "grade",
        "owner",
        "on",
    ],
)

list_page(
    CASES, columns=["customer", "state", "level", "why", "due_on", "owner", "playbook", "arm"],
    card=["customer", "state", "due_on", "why"],
    saved=[
        ("mine", T("我的", "Mine"), {"owner": "me"}),
        ("open", T("待联系", "To be contacted"), {"state": "opened"}),
    ],
    empty=T(
        "还没有挽留任务。方案开始执行后自动建立。", "No cases yet. They are opened once a playbook is started."
    ),
)  # fmt: skip
record_page(
    CASES,
    path=[InterventionState.OPENED, InterventionState.CONTACTED, InterventionState.OFFER, InterventionState.RETAINED],
    facts=["why", "advice", "due_on", "contacted_on", "note", "offer", "lost_reason", "playbook", "arm", "opened_on",
           "judged_from", "came_back", "owner"],
)  # fmt: skip

list_page(
    PLAYBOOKS, new=["retention.add_playbook"],
    columns=["name", "state", "level", "grades", "least_value", "days", "holdout", "started_on"],
    card=["name", "state", "level"],
    empty=T(
        "还没有挽留方案。新建一个：对谁、多久内、做什么、留出多少作对照。",
        "No playbooks yet. Add one: for whom, by when, what to do, and how many are left alone to compare with.",
    ),
)  # fmt: skip
record_page(
    PLAYBOOKS, path=[PlaybookState.DRAFT, PlaybookState.ACTIVE, PlaybookState.ENDED],
    facts=["advice", "level", "grades", "least_value", "days", "holdout", "started_on", "code"],
)  # fmt: skip
related("retention.playbook", CASES, by="playbook_id", place="main", order=20,
        columns=["customer", "state", "arm", "due_on", "contacted_on", "came_back", "owner"])  # fmt: skip

list_page(
    RUNS, new=["retention.score"],
    columns=["on", "method", "auc", "calibration", "base_rate", "judged", "customers"],
    card=["on", "method", "auc", "calibration"],
    empty=T("还没有评分批次。点“计算流失评分”。", "No runs yet. Press “Compute churn scores”."),
)  # fmt: skip
record_page(
    RUNS,
    facts=["method", "auc", "calibration", "base_rate", "judged", "customers", "horizon", "learnt_on", "judged_on",
           "model_version"],
)  # fmt: skip


def initial(playbook: Playbook, ctx: Context) -> dict[str, Any]:
    """A playbook as it stands."""
    return {
        name: getattr(playbook, name)
        for name in ("name", "advice", "level", "grades", "least_value", "days", "holdout")
    }


form("retention.add_playbook", wide=True)
form("retention.change_playbook", wide=True, initial=initial)


# --- how good the model is -----------------------------------------------------------------------------------------------


PARAMETERS = ("r", "alpha", "a", "b", "log_likelihood", "p", "q", "v", "correlation")


def quality_of(run: Run, ctx: Context) -> dict[str, Any]:
    """Every method as it was judged, the one in use marked, and the parameters of the value model."""
    methods = [
        {"name": Method(name).label, "is_used": name == run.method, **one}
        for name, one in run.qualities.items()
    ]
    return {
        "methods": methods,
        "parameters": [(name, run.parameters[name]) for name in PARAMETERS if name in run.parameters],
    }


panel("retention.run", "quality", T("各方法的检验结果", "How each method was judged"), "retention/_quality.html",
      context=quality_of, place="main", order=10)  # fmt: skip


# --- what a playbook gained ------------------------------------------------------------------------------------------------


def gain_of(playbook: Playbook, ctx: Context) -> dict[str, Any]:
    """Both groups, the difference with its interval, and whether they are too small for more than a hint."""
    gain = queries.gain_of(playbook.pk)
    return {
        "gain": gain,
        "treated": _share(gain.treated_back, gain.treated),
        "held": _share(gain.held_back, gain.held),
        "difference": _points(gain.difference),
        "low": _points(gain.low),
        "high": _points(gain.high),
        "won": None if gain.won is None else f"{gain.won:.1f}",
        "fewest": rules.FEWEST,
        "states": [(s, n) for s, n in queries.counts_of(playbook.pk).items() if n],
    }


def _share(part: int, whole: int) -> str:
    return f"{Decimal(part) / whole * 100:.1f}%" if whole else "—"


def _points(share: float | None) -> str:
    return "" if share is None else f"{share * 100:+.1f}"


panel("retention.playbook", "gain", T("效果", "What it gained"), "retention/_gain.html", context=gain_of, place="main",
      order=10)  # fmt: skip


# --- on the customer's page --------------------------------------------------------------------------------------------------


def of_customer(customer: Any, ctx: Context) -> dict[str, Any] | None:
    """Risk, value and cases of a customer; nothing where they were never scored."""
    score = queries.score_of(customer.pk)
    if score is None or access.cell_for(ctx.actor, SCORES.name, score) is None:
        return None
    return {
        "score": score,
        "level": RiskLevel(score.level),
        "why": why(score),
        "columns": {
            name: SCORES.column(name, ctx.actor) for name in ("level", "risk", "value", "alive", "expected")
        },
        "cases": queries.of_customer(customer.pk) if ctx.actor.may(CASES.name) else [],
        "state": CASES.column("state", ctx.actor),
    }


panel("customers.customer", "churn", T("价值与流失风险", "Value and churn risk"), "retention/_customer.html",
      context=of_customer, place="side", right=SCORES.name, order=20)  # fmt: skip
