"""The rights matrix and the incompatible duties: every change dated, none in the past (clause 1.3.1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.company import queries
from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.company.models import DutyWaiver
from sellwell.foundation.company.operations.posts import BOTH_DUTIES
from sellwell.foundation.company.policies import RIGHTS_APPROVAL
from sellwell.kernel import access, duties, generations
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Amount, Code, Input, Name, field
from sellwell.kernel.models import DutyPair, Grant
from sellwell.kernel.operations import REGISTRY, Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, State, T
from sellwell.kernel.views import VIEWS

UNKNOWN_VERB = Reason(
    "company.unknown_verb",
    T(
        "没有这个权限项：{verb}。请从权限矩阵中选择。",
        "There is no right called {verb}. Choose one from the matrix.",
    ),
)
IN_THE_PAST = Reason(
    "company.rights_past",
    T(
        "权限不能追溯设定。请选择今天或以后的日期。",
        "Rights are not set backwards. Choose today or a later day.",
    ),
)
ENDS_BEFORE = Reason(
    "company.rights_dates", T("失效日期必须晚于生效日期。", "The end must be after the start.")
)
LATER_CELL = Reason(
    "company.rights_later",
    T(
        "同一权限已有从 {since} 起的设定。请先结束它。",
        "The same right is already set from {since} on. End that one first.",
    ),
)
ENDED = Reason("company.right_ended", T("这项权限已经失效。", "This right has ended already."))
LAST_KEY = Reason(
    "company.last_key",
    T(
        "这是最后一项“{verb}”的权限，收回后再也无人能设定权限。请先授予其他角色。",
        "This is the last right to “{verb}”: without it nobody could set rights. Give it to another role first.",
    ),
)
SAME_SIDES = Reason(
    "company.duty_same_side",
    T("“{verb}”不能同时在两边。", "“{verb}” cannot stand on both sides."),
)

# Without these nobody could ever give a right again.
KEYS = ("company.set_grant", "company.end_grant", "company.assign")


class ScopeCode(State):
    """How far a right reaches, from narrow to wide."""

    OWN = "own", access.SCOPE_NAMES["own"]
    TEAM = "team", access.SCOPE_NAMES["team"]
    DEPARTMENT = "department", access.SCOPE_NAMES["department"]
    REGION = "region", access.SCOPE_NAMES["region"]
    PRODUCT_LINE = "product_line", access.SCOPE_NAMES["product_line"]
    COMPANY = "company", access.SCOPE_NAMES["company"]
    GROUP = "group", access.SCOPE_NAMES["group"]


def known_verbs() -> set[str]:
    """Every operation, view, export and field group."""
    return {*REGISTRY, *(verb for view in VIEWS.values() for verb in view.verbs())}


# --- the matrix -------------------------------------------------------------------------------------------------------


class SetGrant(Input):
    """One cell: which role may do what, how far, up to which amount, from when."""

    role: RoleCode = field(T("角色", "Role"))
    verb: Code = field(T("权限代码", "Verb"), help=T("例如 orders.confirm", "For instance orders.confirm"))
    scope: ScopeCode = field(T("范围", "Scope"))
    amount_limit: Amount | None = field(
        T("金额上限", "Amount limit"), None, help=T("留空为不限", "Empty: no limit")
    )
    since: date = field(T("生效日期", "From"))
    until: date | None = field(T("失效日期（不含）", "Until (not included)"), None)


def cells_like(given: SetGrant) -> list[Grant]:
    """The cells of the same role, verb and scope that hold on the first day or later."""
    later = Q(until__isnull=True) | Q(until__gt=given.since)
    same = Grant.objects.filter(later, role=given.role.value, verb=given.verb, scope=given.scope.value)
    return list(same.filter(company_id=None).order_by("since"))


def assess_grant(row: Any, given: SetGrant, ctx: Context) -> Assessment:
    """The verb exists, the dates lie ahead, and nobody holds two incompatible duties by it."""
    objections: list[Objection] = []
    if given.verb not in known_verbs():
        objections.append(UNKNOWN_VERB.refuse(path="verb", verb=given.verb))
    if given.since < ctx.today:
        objections.append(IN_THE_PAST.refuse(path="since"))
    if given.until is not None and given.until <= given.since:
        objections.append(ENDS_BEFORE.refuse(path="until"))
    later = next((cell for cell in cells_like(given) if cell.since > given.since), None)
    if later is not None:
        objections.append(LATER_CELL.refuse(path="since", since=later.since))
    objections += _conflicts(given.role.value, given.verb, given.since)
    content = {
        "role": given.role.value,
        "verb": given.verb,
        "scope": given.scope.value,
        "limit": given.amount_limit,
        "own_role": given.role.value in ctx.actor.roles,
    }
    return Assessment(content=content, objections=tuple(objections))


def _conflicts(role: str, verb: str, on: date) -> list[Objection]:
    """The first pair of duties that the role, or anybody who holds it with other roles, would get whole."""
    combinations = {frozenset({role})} | {
        frozenset(roles) for roles in queries.roles_by_user(on).values() if role in roles
    }
    for roles in sorted(combinations, key=sorted):
        held = queries.verbs_of(roles, on)
        pair = queries.conflict_of({*held, verb})
        if pair is not None and queries.conflict_of(held) is None:
            return [BOTH_DUTIES.refuse(path="verb", pair=T(pair.name_zh, pair.name_en))]
    return []


@operation(
    "company.set_grant",
    T("设定权限", "Set right"),
    Grant,
    help=T(
        "从某日起给角色一项权限，写明范围和金额上限；同一权限原来的设定随之结束。授予本人的角色或上限很高时需要审批。",
        "Give a role a right from a day on, with scope and amount limit; what was set for it before ends. A right for a role"
        " of one's own, or a very high limit, needs approval.",
    ),
    input=SetGrant,
    creates=True,
    assess=assess_grant,
    route=RIGHTS_APPROVAL,
    clauses=["1.3.1"],
)
def set_grant(row: Any, given: SetGrant, ctx: Context, assessment: Assessment) -> Effects:
    """Set one cell from a day on. A cell that was set on the same day is corrected in place."""
    effects = Effects()
    values = {"amount_limit": given.amount_limit, "until": given.until}
    for cell in cells_like(given):
        if cell.since == given.since:
            effects.update(cell, **values, is_default=False)
            effects.result = cell
        else:
            effects.update(cell, until=given.since)
    if effects.result is None:
        effects.result = Grant(
            id=new_id(),
            role=given.role.value,
            verb=given.verb,
            scope=given.scope.value,
            since=given.since,
            **values,
        )
        effects.insert(effects.result)
    generations.bump("rights")
    return effects


class EndGrant(Input):
    """The first day on which the right no longer holds."""

    until: date = field(T("失效日期（不含）", "Until (not included)"))


def assess_end_grant(cell: Grant, given: EndGrant | None, ctx: Context) -> Assessment:
    """It still holds, it ends today or later, and somebody can still set rights afterwards."""
    objections: list[Objection] = []
    if cell.until is not None and cell.until <= ctx.today:
        objections.append(ENDED.refuse())
    if given is not None and given.until < ctx.today:
        objections.append(IN_THE_PAST.refuse(path="until"))
    if cell.verb in KEYS:
        others = Grant.objects.filter(queries.in_force_on(ctx.today), verb=cell.verb, until=None).exclude(
            pk=cell.pk
        )
        if not others.exists():
            objections.append(LAST_KEY.refuse(verb=REGISTRY[cell.verb].title))
    content = {"role": cell.role, "verb": cell.verb, "scope": cell.scope}
    return Assessment(content=content, objections=tuple(objections))


@operation(
    "company.end_grant",
    T("收回权限", "End right"),
    Grant,
    help=T("从某日起收回这项权限。", "Take this right away from a day on."),
    input=EndGrant,
    assess=assess_end_grant,
    clauses=["1.3.1"],
    danger=True,
)
def end_grant(cell: Grant, given: EndGrant, ctx: Context, assessment: Assessment) -> Effects:
    """End one cell. One that was set today held for the day: a right is never undone for the past."""
    effects = Effects(result=cell)
    effects.update(cell, until=max(given.until, cell.since + timedelta(days=1)))
    generations.bump("rights")
    return effects


# --- incompatible duties ----------------------------------------------------------------------------------------------


class SetDutyPair(Input):
    """Two lists of verbs that one person must not both do."""

    code: Code = field(T("代码", "Code"), pattern=r"^[a-z][a-z0-9_]{1,38}$")
    name_zh: Name = field(T("中文名称", "Name in Chinese"))
    name_en: Name = field(T("英文名称", "Name in English"))
    duty_a: list[Code] = field(T("职务甲", "Duty A"), min_length=1, max_length=60)
    duty_b: list[Code] = field(T("职务乙", "Duty B"), min_length=1, max_length=60)
    per: Literal["document", "person"] = field(
        T("判断范围", "Judged per"),
        "document",
        help=T("document 同一笔业务，person 同一人", "One sale, or one person"),
    )
    basis: Code = field(T("依据", "Basis"), "")
    is_active: bool = field(T("启用", "In use"), True)


def assess_pair(row: Any, given: SetDutyPair, ctx: Context) -> Assessment:
    """The verbs exist and none stands on both sides."""
    known = known_verbs()
    objections: list[Objection] = []
    for side in ("duty_a", "duty_b"):
        for index, verb in enumerate(getattr(given, side)):
            if verb not in known:
                objections.append(UNKNOWN_VERB.refuse(path=f"{side}.{index}", verb=verb))
    for index, verb in enumerate(given.duty_b):
        if verb in given.duty_a:
            objections.append(SAME_SIDES.refuse(path=f"duty_b.{index}", verb=verb))
    return Assessment(content={"code": given.code, "per": given.per}, objections=tuple(objections))


@operation(
    "company.set_duty_pair",
    T("设定不相容职务", "Set incompatible duties"),
    DutyPair,
    help=T(
        "设定或修改一对同一人不得兼办的职务。",
        "Set or change a pair of duties that one person must not hold together.",
    ),
    input=SetDutyPair,
    creates=True,
    assess=assess_pair,
    clauses=["1.3.1"],
)
def set_duty_pair(row: Any, given: SetDutyPair, ctx: Context, assessment: Assessment) -> Effects:
    """Set a pair by its code: a known one is changed, a new one is made."""
    values = given.model_dump(exclude={"code"})
    pair = DutyPair.objects.select_for_update().filter(code=given.code).first()
    effects = Effects(result=pair)
    if pair is None:
        effects.result = DutyPair(id=new_id(), code=given.code, **values)
        effects.insert(effects.result)
    else:
        effects.update(pair, **values)
    generations.bump("duties")
    return effects


def people_with_conflicts(on: date) -> list[tuple[UUID, DutyPair]]:
    """People whose roles give them both sides of a pair that is judged per person, and nobody waived it."""
    people = queries.roles_by_user(on)
    verbs = queries.verbs_by_role({role for roles in people.values() for role in roles}, on)
    held = {user: {v for role in roles for v in verbs.get(role, ())} for user, roles in people.items()}
    waived = set(DutyWaiver.objects.filter(queries.in_force_on(on)).values_list("user_id", "pair_id"))
    return [(user, pair) for user, pair in duties.conflicts_per_person(held) if (user, pair.pk) not in waived]
