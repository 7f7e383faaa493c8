"""How the simulated company looks after its customers: judged every fortnight, contacted now and then, a pool at the end."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from django.apps import apps

from sellwell.foundation.relations import chores
from sellwell.kernel import clock
from sellwell.kernel.door import see_companies
from sellwell.kernel.models import Task, User
from sellwell.simulation.people import Stage

EVERY = 14  # days between two runs while the days are played
CONTACTS_A_DAY = 1.4
LOG = "activities.log"
POOLS_SINCE = timedelta(days=21)
POOLED_REGIONS = 2  # in so many regions the company has pools, the last weeks only
TAGS: tuple[tuple[str, str, str, list[tuple[str, str, str]]], ...] = (
    ("战略客户", "关系", "manual", []),
    ("老板亲自对接", "关系", "manual", []),
    ("招投标客户", "采购方式", "manual", []),
    ("高价值", "价值", "rule", [("value", "at_least", "500000")]),
    ("多次复购", "行为", "rule", [("purchases", "at_least", "4")]),
    ("半年未购", "行为", "rule", [("days_since", "at_least", "180")]),
    ("有逾期", "风险", "rule", [("overdue_days", "at_least", "1")]),
    ("未成交", "行为", "rule", [("stage", "is", "potential")]),
)
SEGMENTS: tuple[tuple[str, str, list[tuple[str, str, str]], list[str]], ...] = (
    ("重要客户", "季度回访名单", [("grade", "is", "A,B")], []),
    ("待唤醒", "唤醒活动", [("stage", "is", "dormant,churned"), ("value", "at_least", "1")], []),
    ("新品推荐", "老客户新品推荐，不打扰待唤醒客户", [("purchases", "at_least", "2")], ["待唤醒"]),
)
# What is said and, now and then, what is to be done next: (how, who began, what, next step).
SAID = (
    ("call", "out", "电话回访，设备运行正常，备件库存偏低。", "寄送备件报价"),
    ("message", "in", "客户询问新机型的交期与付款方式，已转仓库。", ""),
    ("call", "out", "确认下月用量，价格无异议。", ""),
    ("mail", "out", "发送技术参数表与同行业案例。", ""),
    ("call", "in", "客户在比较另一家，约下周拜访。", "准备对比方案"),
    ("message", "out", "对账无误，本周付款。", ""),
    ("note", "out", "采购负责人下季度轮岗，需提前认识接任者。", ""),
    ("call", "in", "客户反馈上次到货包装良好，愿意试用新品。", ""),
)


def a_day(stage: Stage) -> None:
    """Contacts of the day, those that were asked for first; and the run, when its day has come."""
    rng = random.Random(stage.today.toordinal())  # noqa: S311 - a simulation, no secret
    pace, stage.pace = stage.pace, timedelta(seconds=20)
    tasks = Task.objects.filter(state="open", operation=LOG).order_by("due_at", "row_number", "pk")
    for task in list(tasks.select_related("owner")[:3]):
        if rng.random() < 0.5:
            _contact(stage, task.owner, task.row_id, rng)
    customers: Any = apps.get_model("customers.Customer").objects.filter(state="active").order_by("number")
    count = customers.count()
    for _ in range(int(CONTACTS_A_DAY + rng.random())):
        if count:
            customer = customers.select_related("owner")[rng.randrange(count)]
            _contact(stage, customer.owner, customer.pk, rng)
    stage.pace = pace
    if stage.today.toordinal() % EVERY == 0:
        judge(stage)


def _contact(stage: Stage, who: User, customer_id: Any, rng: random.Random) -> None:
    kind, direction, text, step = rng.choice(SAID)
    data = {
        "customer": str(customer_id),
        "kind": kind,
        "direction": direction,
        "text": text,
        "next_step": step,
    }
    stage.act(who, LOG, None, data)


def judge(stage: Stage) -> None:
    """The daily run, as the worker would do it."""
    with clock.at(stage.now):
        see_companies([stage.company_id])
        chores.judge(stage.company_id)


def begin(stage: Stage) -> None:
    """Tags and segments, and the first run over what the history brought."""
    keeper = stage.somebody("relations.add_tag")
    for name, group, kind, rule in TAGS:
        lines = [{"what": what, "op": op, "value": value} for what, op, value in rule]
        stage.act(
            keeper,
            "relations.add_tag",
            None,
            {"name": name, "group": group, "kind": kind, "conditions": lines},
        )
    made: dict[str, Any] = {}
    for name, about, rule, without in SEGMENTS:
        lines = [{"what": what, "op": op, "value": value} for what, op, value in rule]
        data = {
            "name": name,
            "about": about,
            "conditions": lines,
            "without": [made[w].pk for w in without if w in made],
        }
        made[name] = stage.act(keeper, "relations.add_segment", None, data)
    judge(stage)


def open_pools(stage: Stage) -> None:
    """Pools for the regions with most customers, some weeks before the end: owners are warned first."""
    customers: Any = apps.get_model("customers.Customer").objects.exclude(region="")
    regions: dict[str, int] = {}
    for region in customers.values_list("region", flat=True):
        regions[region] = regions.get(region, 0) + 1
    managers = {
        user.pk: user for user in User.objects.filter(is_system=False, is_active=True).order_by("username")
    }
    for region in sorted(regions, key=lambda name: (-regions[name], name))[:POOLED_REGIONS]:
        holder = next((u for u in managers.values() if _manages(stage, u, region)), None)
        if holder is not None:
            data = {
                "name": f"{region}公海",
                "region": region,
                "owner": str(holder.pk),
                "per_day": 3,
                "capacity": 300,
            }
            stage.act(stage.somebody("relations.add_pool"), "relations.add_pool", None, data)
    judge(stage)


def _manages(stage: Stage, user: User, region: str) -> bool:
    return any(p.role == "regional_manager" and p.region == region for p in stage.context(user).actor.posts)


def leave_waiting(stage: Stage) -> None:
    """On the last day: marks by hand, a clustering, claims from the pool, grades that wait for a director."""
    judge(stage)
    with clock.at(stage.now):
        see_companies([stage.company_id])
        chores.cluster_when_due(stage.company_id)
    rng = random.Random(stage.today.toordinal())  # noqa: S311 - a simulation, no secret
    tags: Any = list(apps.get_model("relations.Tag").objects.filter(kind="manual").order_by("name"))
    customers: Any = list(
        apps.get_model("customers.Customer")
        .objects.filter(grade__in=["A", "B"])
        .select_related("owner")
        .order_by("number")[:30]
    )
    for customer in customers:
        if tags:
            stage.act(customer.owner, "relations.mark", customer, {"tags": [str(rng.choice(tags).pk)]})
    head = stage.user("regional_manager")
    paths = tuple(post.department_path for post in stage.context(head).actor.posts)
    for customer in [c for c in customers if c.department_path.startswith(paths)][:2]:
        until = stage.today + timedelta(days=120)
        data = {
            "grade": "A" if customer.grade == "B" else "B",
            "until": until.isoformat(),
            "reason": "新产线招标，提前按重点客户服务",
        }
        stage.act(head, "relations.override_grade", customer, data)
    _claim(stage)


def _claim(stage: Stage) -> None:
    """Reps take the best of what is in the pools; most of it stays for others."""
    reps = [
        (user, post.region)
        for user in User.objects.filter(is_system=False, is_active=True).order_by("username")
        for post in stage.context(user).actor.posts
        if post.role == "rep"
    ]
    standings: Any = apps.get_model("relations.Standing").objects.filter(pool__isnull=False)
    for pool in apps.get_model("relations.Pool").objects.filter(is_open=True).order_by("region"):
        found = list(standings.filter(pool=pool).order_by("-value", "customer__number")[:6])
        for standing, (user, _) in zip(
            found[: len(found) // 3], [r for r in reps if r[1] == pool.region], strict=False
        ):
            stage.act(user, "relations.claim", pool, {"customer": str(standing.pk)})
