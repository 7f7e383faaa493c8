"""Being in touch and deal registration in the simulated company: calls after visits, a route, deals and a conflict."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.apps import apps

from sellwell.kernel import clock
from sellwell.simulation.people import Stage

# How often a person of sales writes down a call, mail, message or note on a day.
SAID = (
    ("call", "out", "电话回访，设备运行正常，备件库存偏低。", "寄送备件报价"),
    ("message", "in", "客户询问新机型的交期与付款方式。", "回复交期"),
    ("mail", "out", "发送技术参数表与同行业案例。", ""),
    ("note", "out", "采购负责人下季度轮岗，需提前认识接任者。", ""),
    ("call", "in", "客户反馈上次到货包装良好，满意。", ""),
)
DEALS = (
    ("澄江食品机械有限公司", "680000.00", "已到厂两次，需求与预算均已确认，方案在评审。"),
    ("云栖包装设备有限公司", "420000.00", "展会接触，已寄样并电话确认试用结果。"),
    ("临溪饮料股份有限公司", "950000.00", "与设备部共同完成产线测量，等待招标文件。"),
)


def a_day(stage: Stage) -> None:
    """Every other day somebody writes down what was said to a customer of theirs."""
    if stage.today.toordinal() % 2:
        return
    pace, stage.pace = stage.pace, timedelta(seconds=1)
    customers: Any = apps.get_model("customers.Customer").objects.filter(state="active")
    count = customers.count()
    if count:
        number = stage.today.toordinal() // 2
        customer = customers.order_by("number")[number % count]
        kind, direction, text, step = SAID[number % len(SAID)]
        data = {
            "customer": customer.pk,
            "kind": kind,
            "direction": direction,
            "text": text,
            "next_step": step,
        }
        stage.act(customer.owner, "activities.log", None, data)
    stage.pace = pace


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
