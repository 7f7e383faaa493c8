"""Deal registration in the simulated company: deals, a conflict, a day of visits."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.apps import apps

from sellwell.kernel import clock
from sellwell.simulation.people import Stage

DEALS = (
    ("澄江食品机械有限公司", "680000.00", "已到厂两次，需求与预算均已确认，方案在评审。"),
    ("云栖包装设备有限公司", "420000.00", "展会接触，已寄样并电话确认试用结果。"),
    ("临溪饮料股份有限公司", "950000.00", "与设备部共同完成产线测量，等待招标文件。"),
)


def leave_waiting(stage: Stage) -> None:
    """On the last day: three deals are registered, one of them twice and not ruled upon yet; today's visits are planned."""
    sellers = _sellers(stage)
    for number, (name, amount, evidence) in enumerate(DEALS):
        data = {"name": name, "expected_amount": amount, "evidence": evidence}
        stage.act(sellers[number % len(sellers)], "deals.register", None, data)
    other = next((s for s in sellers[1:] if s != sellers[0]), None)
    if other is not None:
        evidence = "客户采购主动联系，已约定现场勘察。"
        data = {"name": DEALS[0][0], "expected_amount": "650000.00", "evidence": evidence}
        stage.act(other, "deals.register", None, data)
    _plan_a_day(stage)


def _sellers(stage: Stage) -> list[Any]:
    posts: Any = apps.get_model("company.Assignment").objects.filter(
        role="rep", until=None, user__is_active=True
    )
    others = [p.user for p in posts.select_related("user").order_by("user__username")]
    return list(dict.fromkeys([stage.user("rep"), *others]))


def _plan_a_day(stage: Stage) -> None:
    """The rep has three visits tomorrow, which is the day on which people look at the demo."""
    rep = stage.user("rep")
    customers: Any = apps.get_model("customers.Customer").objects.filter(owner=rep, state="active")
    for number, customer in enumerate(customers.order_by("number")[:3]):
        at = datetime.combine(stage.today + timedelta(days=1), time(9 + 3 * number), clock.BUSINESS_ZONE)
        purpose = ("设备更新方案沟通", "备件年度框架", "售后回访")[number]
        stage.act(
            rep, "pipeline.plan_visit", None, {"customer": customer.pk, "planned_at": at, "purpose": purpose}
        )
