"""Positions: what a kind of post is for, with its duty statement (clause 2.1.1)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.company import composition
from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.company.models import Assignment, Position
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Name, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

STATEMENT_DATES = Reason(
    "company.statement_dates",
    T(
        "职责说明的截止日期必须晚于开始日期。",
        "The end of the duty statement must be after its start.",
    ),
)
POSITION_HELD = Reason(
    "company.position_held",
    T(
        "还有 {count} 人担任该岗位，不能停用。请先结束或调整他们的任职。",
        "{count} people hold this position, so it cannot be retired. End or change their posts first.",
    ),
)


class DefinePosition(Input):
    """A position by its code; a known code is changed, a new one is made."""

    code: Code = field(T("代码", "Code"), pattern=r"^[a-z][a-z0-9_]{1,38}$")
    role: RoleCode = field(T("角色", "Role"), help=T("岗位的权限来自角色", "Its rights are the role's"))
    layer: Literal["1", "2", "3"] = field(
        T("层级", "Layer"), "3", help=T("1 高层，2 中层，3 一线", "1 direction, 2 management, 3 front line")
    )
    name_zh: Name = field(T("中文名称", "Name in Chinese"), max_length=80)
    name_en: Name = field(T("英文名称", "Name in English"), max_length=80)
    purpose_zh: ShortText = field(T("岗位目的", "Purpose in Chinese"), "")
    purpose_en: ShortText = field(T("岗位目的（英文）", "Purpose in English"), "")
    duties_zh: Text = field(T("职责说明", "Duty statement in Chinese"), "")
    duties_en: Text = field(T("职责说明（英文）", "Duty statement in English"), "")
    region: Code = field(T("区域", "Region"), "", max_length=40)
    product_line: Code = field(T("产品线", "Product line"), "", max_length=40)
    customer_group: Code = field(T("客户群", "Customer group"), "", max_length=40)
    statement_since: date = field(T("职责说明生效日期", "Statement in force from"))
    statement_until: date | None = field(T("失效日期（不含）", "Until (not included)"), None)
    is_active: bool = field(T("启用", "In use"), True)


def assess_position(row: Any, given: DefinePosition, ctx: Context) -> Assessment:
    """The statement's dates follow each other; a position that people hold stays in use."""
    objections: list[Objection] = []
    if given.statement_until is not None and given.statement_until <= given.statement_since:
        objections.append(STATEMENT_DATES.refuse(path="statement_until"))
    if not given.is_active:
        count = len(_holders(given.code, ctx.today))
        if count:
            objections.append(POSITION_HELD.refuse(path="is_active", count=count))
    return Assessment(content={"code": given.code, "role": given.role.value}, objections=tuple(objections))


def _holders(code: str, day: date) -> set[UUID]:
    """Who holds a position on a day or later, also by a role that it stands for."""
    known, by_role = composition.positions()
    not_ended = Assignment.objects.filter(Q(until__isnull=True) | Q(until__gt=day))
    found = set()
    for user, role, own in not_ended.values_list("user_id", "role", "position_id"):
        position = composition.position_of(role, own, known, by_role)
        if position is not None and position.code == code:
            found.add(user)
    return found


@operation(
    "company.define_position",
    T("设定岗位", "Define position"),
    Position,
    help=T(
        "按代码新建或修改岗位：目的、范围、层级和职责说明。",
        "Make or change a position by its code: purpose, scope, layer and duty statement.",
    ),
    input=DefinePosition,
    creates=True,
    assess=assess_position,
    clauses=["2.1.1"],
)
def define_position(row: Any, given: DefinePosition, ctx: Context, assessment: Assessment) -> Effects:
    """Set a position by its code. People who hold it keep it; the ledger keeps the statement as it was."""
    values = given.model_dump(exclude={"code", "role", "layer"})
    values |= {"role": given.role.value, "layer": int(given.layer)}
    position = Position.objects.select_for_update().filter(code=given.code).first()
    effects = Effects(result=position)
    if position is None:
        effects.result = Position(id=new_id(), code=given.code, **values)
        effects.insert(effects.result)
    else:
        effects.update(position, **values)
    effects.search.append(effects.result)
    return effects
