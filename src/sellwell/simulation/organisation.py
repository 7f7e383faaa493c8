"""The organisation of the simulated company: heads, goals, reviews; before today absences, a waiver and changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.apps import apps

from sellwell.kernel.models import DutyPair, User
from sellwell.simulation.people import Stage

# Functions whose ready-made account heads the department.
HEADS = {"SERVICE": "service", "MKT": "marketing", "LEGAL": "legal", "QA": "quality", "HR": "hr"}
GOALS = (
    ("EAST2027", "华东市场份额第一", "First in the east", ("EAST", "MKT")),
    ("SERVICE48", "投诉 48 小时内办结", "Complaints settled within 48 hours", ("SERVICE", "QA", "WH")),
    (
        "CASH45",
        "平均回款缩短到 45 天",
        "Money in after 45 days on average",
        ("FIN", "EAST", "SOUTH", "NORTH", "WEST"),
    ),
    ("EXPORT", "开拓海外市场", "Markets abroad", ()),
)
REVIEWED = ("HQ", "EAST", "SOUTH", "NORTH", "WEST", "FIN", "SERVICE", "MKT", "LEGAL", "HR")
UNREVIEWED = 4  # procedures that nobody has looked at in time


def shape(stage: Stage, departments: dict[str, Any], staff: dict[str, list[User]]) -> None:
    """Name the heads, set goals, and hold the first reviews."""
    hr, boss = stage.user("hr"), stage.user("executive")
    for code in ("SOUTH", "NORTH", "WEST"):
        managers = staff.get(f"regional_manager@{code}")
        if managers:
            stage.act(hr, "company.change_department", departments[code], {"head": managers[0].pk})
    for code, username in HEADS.items():
        stage.act(hr, "company.change_department", departments[code], {"head": stage.user(username).pk})
    for code, name, name_en, serving in GOALS:
        goal = stage.act(
            boss,
            "company.add_goal",
            None,
            {"code": code, "name": name, "name_en": name_en, "since": stage.today},
        )
        if goal is not None and serving:
            stage.act(boss, "company.serve_goal", goal, {"departments": [departments[c].pk for c in serving]})


def review_procedures(stage: Stage) -> None:
    """The yearly look at every procedure, by its figures; a few were left out and are overdue."""
    hr = stage.somebody("procedures.review")
    every = list(
        apps.get_model("procedures.Procedure").objects.filter(state="in_force").order_by("operation")
    )
    for procedure in every[: len(every) - UNREVIEWED]:
        data = {
            "procedure": procedure.pk,
            "findings": "步骤与实际一致，时限合适，继续执行。",
            "outcome": "keep",
        }
        stage.act(hr, "procedures.review", None, data)


def leave_waiting(stage: Stage) -> None:
    """The weeks around today: reviews held and overdue, people away with and without deputies, changes under way."""
    departments = {d.code: d for d in apps.get_model("company.Department").objects.all()}
    people = {p.user_id: p for p in apps.get_model("company.Person").objects.all()}
    hr, boss = stage.user("hr"), stage.user("executive")
    for code in REVIEWED:
        stage.act(
            hr, "company.review_department", departments[code],
            {
                "strategy": "职责与年度战略目标一致", "market": "客户数与销售额在编制标准之内", "outcome": "keep",
                "findings": "继续执行，下期关注人均产出",
            },
        )  # fmt: skip
    away = (
        ("regional_manager", "sales_manager", 8, 5), ("executive", None, 20, 4), ("finance", None, 12, 3),
        ("rep", "account_manager", 3, 7), ("warehouse", None, 30, 6), ("service", None, 15, 2),
    )  # fmt: skip
    for who, deputy, start, length in away:
        since = stage.today + timedelta(days=start)
        data = {
            "person": people[stage.user(who).pk].pk,
            "since": since,
            "until": since + timedelta(days=length),
        }
        stage.act(
            hr, "company.plan_absence", None,
            data | ({"deputy": stage.user(deputy).pk} if deputy is not None else {}) | {"note": "年假"},
        )  # fmt: skip
    pair = DutyPair.objects.get(code="price_quote")
    waived = {
        "person": stage.user("account_manager").pk, "pair": pair.pk, "control": "财务部每周全数复核报价",
        "since": stage.today, "until": stage.today + timedelta(days=120),
    }  # fmt: skip
    stage.act(boss, "company.waive_conflict", None, waived)
    _changes(stage, departments, people, hr, boss)


def _changes(stage: Stage, departments: dict[str, Any], people: dict[Any, Any], hr: User, boss: User) -> None:
    """One change that is settled for next month, and one that is still being thought through."""
    settled = stage.act(
        hr, "company.draft_reorganisation", None,
        {"title": "电商与渠道合并为线上渠道部", "effective_on": stage.today + timedelta(days=30)},
    )  # fmt: skip
    if settled is not None:
        stage.act(
            hr, "company.add_change", settled,
            {"action": "merge", "department": departments["ONLINE"].pk, "into": departments["CHANNEL"].pk},
        )  # fmt: skip
        stage.act(boss, "company.schedule_reorganisation", settled)
    draft = stage.act(
        hr, "company.draft_reorganisation", None,
        {"title": "设立机器人事业部", "effective_on": stage.today + timedelta(days=60)},
    )  # fmt: skip
    if draft is None:
        return
    person = people[stage.user("account_manager").pk].pk
    robot = {
        "action": "add", "code": "ROBOT", "name": "机器人事业部", "name_en": "Robots", "kind": "division",
        "into": departments["HQ"].pk, "product_line": "机器人",
    }  # fmt: skip
    stage.act(hr, "company.add_change", draft, robot)
    moving = {
        "action": "person",
        "department": departments["EAST"].pk,
        "into_code": "ROBOT",
        "person": person,
    }
    stage.act(hr, "company.add_change", draft, moving)
    stage.act(hr, "company.add_change", draft, {"action": "head", "code": "ROBOT", "person": person})
    # The south would be left without a manager: the preview says so.
    south = departments["SOUTH"]
    moving = {
        "action": "person",
        "department": south.pk,
        "into": departments["WEST"].pk,
        "person": people[south.head_id].pk,
    }
    stage.act(hr, "company.add_change", draft, moving)


def add_division(stage: Stage, top: Any) -> None:
    """A division that goes by its product line, wherever it is sold, with an approval limit of its own (clause 2.2.2)."""
    hr = stage.user("hr")
    data = {
        "code": "ROBOT", "name": "机器人事业部", "name_en": "Robotics division", "kind": "division", "parent": top.pk,
        "product_line": "机器人", "head": stage.user("sales_manager").pk,
    }  # fmt: skip
    stage.act(hr, "company.add_department", None, data)
    rows = [{"cells": ["ROBOT", "> 300000", "sales_manager"]}, {"cells": ["-", "-", "-"]}]
    given = {"name": "company.division_limits", "rows": rows, "note": "机器人事业部单笔超过 30 万元须审批"}
    draft = stage.act(stage.user("finance"), "company.draft_policy", None, given)
    if draft is not None:
        stage.act(stage.user("administrator"), "company.publish_policy", draft, {"since": stage.today})
