"""Management cycles and sign-offs of the simulated company: heads account for the steps, some late; plans are signed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps

from sellwell.kernel import clock
from sellwell.kernel.door import see_companies
from sellwell.kernel.models import ApprovalRequest, User
from sellwell.kernel.values import months_later
from sellwell.simulation.people import Stage
from sellwell.steering.plans import chores, queries

# How many days after its day a department does a step; the others are a day early.
HABITS = {("SOUTH", "plan"): 12, ("WEST", "monitor"): 5, ("NORTH", "solve"): 4, ("CHANNEL", "target"): 6}
# What a step names as its proof, the newest of the department (or of the company), and the words with it.
PROOFS = {
    "target": ("company.goal", "", "按年度战略目标分解到本月"),
    "plan": ("pipeline.visit", "-business_date", "本月拜访与推进计划"),
    "monitor": ("orders.order", "-business_date", "逐单核对执行进度"),
    "analyse": ("receivables.invoice", "-business_date", "开票、回款与逾期分析"),
    "solve": ("pipeline.opportunity", "-business_date", "停滞商机逐个约谈并定对策"),
}


def a_day(stage: Stage) -> None:
    """What falls due today: the period's cycles are opened, the east signs its plan, heads account for steps."""
    pace, stage.pace = stage.pace, timedelta(seconds=1)
    with clock.at(stage.now):
        see_companies([stage.company_id])
        is_new = chores.open_when_due(stage.company_id)
    if is_new:
        _east_plans(stage)
    users = {u.pk: u for u in User.objects.filter(is_system=False)}
    waiting = queries.waiting_steps(stage.company_id)
    for cycle, step in sorted(waiting, key=lambda pair: pair[0].number):
        late = HABITS.get((cycle.department.code, step.kind), -1)
        if stage.today >= step.due_on + timedelta(days=late):
            _account(stage, users[cycle.owner_id], step)
    with clock.at(stage.now):
        chores.prove_steps(stage.company_id)
    stage.pace = pace


def _account(stage: Stage, head: User, step: Any) -> None:
    """The head names the newest fitting record of the department."""
    row_type, order, words = PROOFS[step.kind]
    rows: Any = apps.get_model(row_type).objects.all()
    if order:
        rows = rows.filter(department_path__startswith=step.cycle.department_path).order_by(order, "-id")
    else:
        rows = rows.order_by("code")
    row = rows.first()
    ref = f"{row_type}:{row.pk}" if row is not None else f"company.department:{step.cycle.department_id}"
    data = {"step": step.kind, "documents": [ref], "note": words}
    stage.act(head, "plans.complete_step", step.cycle, data)


def _east_plans(stage: Stage) -> None:
    """The east's sales plan of the month, signed by sales: it does the second step by itself."""
    department: Any = apps.get_model("company.Department").objects.get(code="EAST")
    first = stage.today.replace(day=1)
    data = {
        "kind": "plan", "department": department.pk, "title": f"华东 {first:%Y-%m} 销售计划", "since": first,
        "until": months_later(first, 1), "text": "重点客户逐户推进；备件促销；逾期客户先款后货。",
    }  # fmt: skip
    _signed(stage, stage.user("regional_manager"), data, ("sales_manager",))


def _signed(stage: Stage, author: User, data: dict[str, Any], signers: tuple[str, ...]) -> None:
    """A draft goes to its sides, and these sign."""
    made = stage.act(author, "plans.draft_sign_off", None, data)
    if made is None:
        return
    stage.act(author, "plans.put_in_force", made)
    for signer in signers:
        request = ApprovalRequest.objects.filter(row_id=made.pk, state="open").first()
        if request is not None:
            stage.act(stage.user(signer), "approvals.approve", request, {"note": "同意"})


def leave_waiting(stage: Stage) -> None:
    """The sales manager sends a step of the south back, so that it is late; next year's strategy is signed by both sides,
    the budget by sales and waits for finance."""
    _sent_back(stage)
    department: Any = apps.get_model("company.Department").objects.get(code="EAST")
    year = stage.today.year + 1
    period = {"department": department.pk, "since": date(year, 1, 1), "until": date(year + 1, 1, 1)}
    strategy = {
        **period, "kind": "strategy", "title": f"华东 {year} 年营销策略",
        "text": "主攻食品机械自动化改造；以样板客户带动同区域复制；线上获客与展会并行。",
    }  # fmt: skip
    _signed(stage, stage.user("regional_manager"), strategy, ("sales_manager", "marketing"))
    budget = {
        **period, "kind": "budget", "title": f"华东 {year} 年销售预算", "amount": Decimal("1680000.00"),
        "text": "差旅 420000 元；推广 760000 元；样机 350000 元；培训 150000 元。",
    }  # fmt: skip
    _signed(stage, stage.user("regional_manager"), budget, ("sales_manager",))


def _sent_back(stage: Stage) -> None:
    """The newest step of the south whose day has passed was not done well enough."""
    done = apps.get_model("plans.CycleStep").objects.filter(
        cycle__department__code="SOUTH", done_on__isnull=False, due_on__lt=stage.today
    )
    step: Any = done.select_related("cycle").order_by("-cycle__since", "-position").first()
    if step is not None:
        data = {"step": step.kind, "reason": "计划没有落到客户，退回重做"}
        stage.act(stage.user("sales_manager"), "plans.take_back_step", step.cycle, data)
