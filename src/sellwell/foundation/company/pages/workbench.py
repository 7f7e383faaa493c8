"""The workbench of the administrator, of human resources and of the auditor."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sellwell.foundation.company import composition, evidence, reviewing
from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.company.kernel_views import SECURITY
from sellwell.foundation.company.models import PersonState
from sellwell.foundation.company.operations.rights import people_with_conflicts
from sellwell.foundation.company.views import PEOPLE
from sellwell.kernel import directory, outbox
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Period, T
from sellwell.web.registry import Number, Warning_, figure, warnings, workblock


def _this_week(ctx: Context) -> Period:
    return Period(ctx.today - timedelta(days=6), ctx.today + timedelta(days=1))


def _active_people(ctx: Context) -> Number:
    count = PEOPLE.rows(ctx.actor).filter(state=PersonState.ACTIVE.value).count()
    return Number(count, unit=str(T("人", "people")), url="/people/?state=active")


def _refused(ctx: Context) -> Number:
    found = evidence.refused_by_the_matrix(ctx.company_id, _this_week(ctx))
    refused = found.concerned - found.kept
    note = T(f"共 {found.concerned} 次办理", f"of {found.concerned} attempts")
    return Number(Decimal(refused), unit=str(T("次", "times")), note=note, url="/security-log/")


def _jobs(ctx: Context) -> Number:
    waiting = outbox.waiting()
    note = T(f"失败 {waiting.get('failed', 0)} 项", f"{waiting.get('failed', 0)} failed")
    return Number(waiting.get("due", 0), unit=str(T("项", "jobs")), note=note)


def _vacant(ctx: Context) -> Number:
    """Positions that nobody holds today."""
    return Number(len(composition.team(ctx.company_id, ctx.today).vacant), unit="", url="/composition")


def _conflicts(ctx: Context) -> Number:
    """People whose roles do not go together."""
    people = {user_id for user_id, _ in people_with_conflicts(ctx.today)}
    return Number(len(people), unit=str(T("人", "people")), url="/duty-proof")


def _reviews_late(ctx: Context) -> Number:
    """Departments whose review is overdue."""
    late = sum(1 for one in reviewing.due(ctx.company_id, ctx.today) if one.is_overdue(ctx.today))
    return Number(late, unit="", url="/reviews-due")


figure("auditor", T("逾期的部门检视", "Department reviews overdue"), _reviews_late, order=30)
figure("auditor", T("本周被权限拒绝", "Refused by rights this week"), _refused, order=10)
figure("auditor", T("兼任不相容职务", "Incompatible duties in one hand"), _conflicts, order=20)
figure("hr", T("空缺岗位", "Vacant positions"), _vacant, order=20)
figure("administrator", T("在职人员", "Active people"), _active_people, order=10)
figure("administrator", T("本周被权限拒绝", "Refused by rights this week"), _refused, order=20)
figure("administrator", T("等待的后台任务", "Waiting jobs"), _jobs, order=30)
figure("hr", T("在职人员", "Active people"), _active_people, order=10)


def organisation_warnings(ctx: Context) -> list[Warning_]:
    """People without a role, roles without a person, people whose roles do not go together."""
    period = _this_week(ctx)
    found = [
        Warning_(T(f"{b.name} 没有角色", f"{b.name} holds no role"), f"/people/{b.row_id}/", "near")
        for b in evidence.people_without_a_role(ctx.company_id, period).broken
    ]
    found += [
        Warning_(T(f"没有人担任“{b.name}”", f"Nobody holds “{b.name}”"), "/assignments/", "info")
        for b in evidence.roles_without_a_person(ctx.company_id, period).broken
    ]
    conflicts = people_with_conflicts(ctx.today)
    names = directory.current().names({user_id for user_id, _ in conflicts})
    for user_id, pair in conflicts:
        name = names.get(user_id, "")
        text = T(
            f"{name} 兼任不相容职务：{pair.name_zh}", f"{name} holds incompatible duties: {pair.name_en}"
        )
        found.append(Warning_(text, "/duties/", "late"))
    return found


warnings("administrator", organisation_warnings)
warnings("hr", organisation_warnings)


def _latest_refusals(ctx: Context) -> dict[str, Any] | None:
    """The latest attempts that were refused or held."""
    rows = list(SECURITY.rows(ctx.actor).order_by("-at", "-id")[:8])
    return {"view": SECURITY, "found": rows}


workblock(
    "administrator",
    "refusals",
    T("最近被拒绝的操作", "Latest refusals"),
    "company/_refusals.html",
    context=_latest_refusals,
    order=20,
)


def _roles(ctx: Context) -> dict[str, Any]:
    """Every role with the people who hold it today."""
    current = directory.current()
    holders = {role: current.holders(role.value, ctx.company_id, "", ctx.today) for role in RoleCode}
    names = current.names({user for users in holders.values() for user in users})
    return {"roles": [(role.label, [names.get(u, "") for u in users]) for role, users in holders.items()]}


for _role in ("administrator", "hr"):
    workblock(
        _role, "roles", T("角色与人员", "Roles and people"), "company/_roles.html", context=_roles, order=30
    )
