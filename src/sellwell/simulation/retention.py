"""Customers at risk of the simulated company: a playbook of last season with its outcome, and today's cases, some late."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from django.apps import apps

from sellwell.foundation.retention import chores
from sellwell.kernel import clock
from sellwell.kernel.door import see_companies
from sellwell.kernel.models import User
from sellwell.simulation.people import Stage

EARLIER = timedelta(days=96)  # before the first day played: by then the outcome is known
PLAYBOOKS: tuple[dict[str, Any], ...] = (
    {"code": "R-01", "name": "高风险客户电话回访", "level": "high", "holdout": 30, "days": 3,
     "advice": "三个工作日内电话联系：问清近期未下单的原因，确认设备使用情况，约定下一步。"},
    {"code": "R-02", "name": "大额客户次日关怀", "level": "medium", "holdout": 20, "days": 1, "least_value": "100000.00",
     "advice": "次日由负责人联系并约上门，检查设备运行，介绍保养方案；需要让价的按价格权限报批。"},
)  # fmt: skip
NOTES = (
    "近期项目放缓，备件库存够用。",
    "换了采购负责人，重新介绍了服务内容。",
    "对上次交期不满意，已说明改进。",
    "同行报价更低，正在比较。",
)
OFFERS = ("安排一次免费上门保养。", "提供旧机折价方案，价格另行报批。", "约定加急备件通道。")
MOST = 40  # cases that are worked on at once: more would only take time


def begin(stage: Stage, first: date) -> None:
    """Scores and playbooks a season before the first day; what owners did then, and the outcome by now."""
    if first - EARLIER <= stage.today:
        return
    stage.begin(first - EARLIER)
    keeper = stage.somebody("retention.score")
    if stage.act(keeper, "retention.score") is None:
        return
    _set_playbooks(stage, keeper)
    _by_itself(stage)
    stage.begin(first - EARLIER + timedelta(days=2))
    work(stage, 0.95)
    stage.begin(first)
    _by_itself(stage)


def _set_playbooks(stage: Stage, keeper: User) -> None:
    """Both playbooks, started, where they are not there yet."""
    if apps.get_model("retention.Playbook").objects.filter(company_id=stage.company_id).exists():
        return
    for data in PLAYBOOKS:
        stage.act(keeper, "retention.start_playbook", stage.act(keeper, "retention.add_playbook", None, data))


def leave_waiting(stage: Stage, share: float) -> None:
    """Scores anew, playbooks applied by themselves, and a share of who waits is contacted; the others come late."""
    keeper = stage.somebody("retention.score")
    _set_playbooks(stage, keeper)
    if stage.act(keeper, "retention.score") is not None:
        _by_itself(stage)
        work(stage, share)


def work(stage: Stage, share: float) -> None:
    """Owners contact a share of those waiting; some are offered something, a few say that they are gone."""
    rng = random.Random(stage.today.toordinal())  # noqa: S311 - a simulation, no secret
    users = {user.pk: user for user in User.objects.filter(is_system=False)}
    with clock.at(stage.now):
        see_companies([stage.company_id])
        cases = list(
            apps.get_model("retention.Intervention")
            .objects.filter(state="opened")
            .order_by("opened_on", "id")[:MOST]
        )
    for case in cases:
        if rng.random() > share:
            continue
        owner = users[case.owner_id]
        if stage.act(owner, "retention.contact", case, {"note": rng.choice(NOTES)}) is None:
            continue
        if rng.random() < 0.6:
            stage.act(owner, "retention.offer", case, {"offer": rng.choice(OFFERS)})
        elif rng.random() < 0.2:
            stage.act(owner, "retention.lose", case, {"reason": "工厂搬迁，不再采购。"})


def _by_itself(stage: Stage) -> None:
    """What the worker does daily."""
    with clock.at(stage.now):
        see_companies([stage.company_id])
        chores.follow_playbooks(stage.company_id)
