"""Ruling between claims: by a manager who is no party and stands above all of them (clauses 1.3.1, 1.3.2)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sellwell.foundation.company.queries import owned_model
from sellwell.kernel import access, door
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Rate, Text, field
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.deals import policies, queries, rules
from sellwell.selling.deals.models import Conflict, Registration, RegistrationState, Ruling, Share
from sellwell.selling.deals.operations.register import deadlines_of

PARTY = Reason(
    "deals.party",
    T(
        "您是当事人，不能裁定自己的撞单。请由上级经理裁定。",
        "You are a party to this conflict and cannot rule on it. A manager above must.",
    ),
)
ABOVE = Reason(
    "deals.above",
    T(
        "撞单涉及其他部门，须由销售经理裁定。",
        "The conflict reaches into another department: the sales manager rules.",
    ),
)
NO_SHARE = Reason(
    "deals.no_share",
    T(
        "共享时，报备人的份额应大于 0 且小于 100%。",
        "In a shared deal the part of whoever registered lies between 0 and 100 %.",
    ),
)
SHARED = Reason(
    "deals.shared_already",
    T(
        "对方的报备 {number} 已经裁定共享，不能再分份额。请裁定归报备人或维持原归属。",
        "The other registration, {number}, is shared by a ruling already. Rule for one side instead.",
    ),
)
MANY = Reason(
    "deals.many_holders",
    T(
        "共享只适用于两人之间；这里涉及 {count} 位持有人。",
        "Only two people can share; {count} others hold it here.",
    ),
)


class Rule(Input):
    """The decision, why, and what becomes of the customer and its opportunities."""

    ruling: Ruling = field(T("裁定", "Ruling"))
    reason: Text = field(T("理由", "Reason"), min_length=5)
    pass_on: bool = field(
        T(
            "将撞单的客户和商机移交给报备人",
            "Pass the customer and its opportunities on to whoever registered",
        ),
        False,
    )
    share: Rate | None = field(
        T("报备人份额", "Part of whoever registered"),
        None,
        help=T("仅用于共享，如 0.6", "For shared deals only, such as 0.6"),
    )


def lock_rule(row: Registration, given: Rule, ctx: Context) -> list[Lock]:
    """The other registrations, and what would be passed on."""
    found = Conflict.objects.filter(registration=row)
    wanted = [lock("document", Registration, [c.other_id for c in found if c.other_id])]
    for row_type, column in (
        ("customers.customer", "customer_id"),
        ("pipeline.opportunity", "opportunity_id"),
    ):
        model: Any = owned_model(row_type)
        wanted.append(lock("document", model, [getattr(c, column) for c in found if getattr(c, column)]))
    return wanted


def assess_rule(row: Registration, given: Rule | None, ctx: Context) -> Assessment:
    """Whoever rules is no party and stands above all parties; shares are between two and make one whole."""
    conflicts = queries.conflicts_of(row)
    found: list[Objection] = []
    # Who held it when it was found is a party, and who holds it now.
    holders = queries.holders_now(row, conflicts)
    then = {c.holder_id for c in conflicts}
    if not rules.may_rule(ctx.user_id, {row.owner_id, row.created_by_id, *then, *holders}):
        found.append(PARTY.refuse())
    cell = access.cell_for(ctx.actor, "deals.rule", row)
    if (
        cell is not None
        and cell.scope == "department"
        and not rules.covers(cell.post.department_path, (c.department_path for c in conflicts))
    ):
        found.append(ABOVE.refuse())
    if given is not None and given.ruling is Ruling.SHARE:
        if given.share is None or rules.split(given.share) is None:
            found.append(NO_SHARE.refuse(path="share"))
        if len(holders) != 1:
            found.append(MANY.refuse(path="ruling", count=len(holders)))
        others = [c.other for c in conflicts if c.other is not None and c.other.state in queries.CLAIMED]
        shared = Share.objects.filter(registration__in=others).select_related("registration").order_by("id")
        if (one := shared.first()) is not None:
            found.append(SHARED.refuse(path="ruling", number=one.registration.number))
    content = {"registration": str(row.pk), "ruling": given.ruling if given is not None else ""}
    return Assessment(content=content, carry=conflicts, objections=tuple(found))


@operation(
    "deals.rule",
    T("裁定撞单", "Rule on conflict"),
    Registration,
    help=T(
        "由与双方无关的经理裁定：归报备人、维持原归属或共享，并写明理由。",
        "A manager who is no party decides: to whoever registered, as it was, or shared; with the reason.",
    ),
    input=Rule,
    from_states=[RegistrationState.DISPUTED],
    assess=assess_rule,
    lock_keys=lock_rule,
    nested=["company.transfer"],
    clauses=["1.3.1", "1.3.2"],
)
def rule(row: Registration, given: Rule, ctx: Context, assessment: Assessment) -> Effects:
    """The ruling with its effect: protection, the other's rejection, the hand-over, or shares."""
    effects, conflicts = Effects(result=row), assessment.carry
    said = {
        "ruling": given.ruling.value, "ruling_reason": given.reason, "ruled_by_id": ctx.user_id, "ruled_at": ctx.now,
    }  # fmt: skip
    if given.ruling is Ruling.KEEP:
        effects.update(row, state=RegistrationState.REJECTED.value, **said)
        return effects
    until = ctx.today + timedelta(days=policies.protection(row.product_line, ctx).days)
    effects.update(row, state=RegistrationState.PROTECTED.value, protected_until=until, **said)
    effects.deadlines += deadlines_of(row, ctx)
    known = {c.other.pk: c.other for c in conflicts if c.other is not None}
    others = [other for other in known.values() if other.state in queries.CLAIMED]
    if given.ruling is Ruling.SHARE and given.share is not None:
        (holder,) = queries.holders_now(row, conflicts)
        effects.insert(*_shares(row, holder, given.share, others))
    else:
        _reject(effects, others, said)
        if given.pass_on:
            _pass_on(row, conflicts, ctx)
    return effects


def _reject(effects: Effects, others: list[Registration], said: dict[str, Any]) -> None:
    for other in others:
        effects.update(other, state=RegistrationState.REJECTED.value, **said)
        effects.drop_tasks.append(other.pk)
        effects.drop_deadlines.append(other.pk)


def _shares(row: Registration, holder_id: Any, mine: Decimal, others: Any) -> list[Share]:
    """The same two parts on this registration and on the other's, so that either shows them."""
    parts = {row.owner_id: mine, holder_id: Decimal(1) - mine}
    return [
        Share(id=new_id(), company_id=row.company_id, registration=one, user_id=user, share=part)
        for one in (row, *others)
        for user, part in parts.items()
    ]


def _pass_on(row: Registration, conflicts: list[Conflict], ctx: Context) -> None:
    """The customer and its open opportunities go to whoever registered, through the house's own hand-over."""
    for conflict in conflicts:
        for row_type, target in (
            ("customers.customer", conflict.customer),
            ("pipeline.opportunity", conflict.opportunity),
        ):
            if target is not None and target.owner_id != row.owner_id:
                data = {"row_type": row_type, "row": target.pk, "to": row.owner_id, "note": row.number}
                door.run("company.transfer", ctx, None, data)
