"""Leaving the company: only when nothing is owned any more; rights, sign-in and tokens end at once (clause 1.3.2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.company import directory, queries
from sellwell.foundation.company.models import Assignment, Department, Person, PersonState
from sellwell.foundation.company.rules.days import first_day_after
from sellwell.kernel import approval, generations
from sellwell.kernel import directory as directories
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.extensions import own_tasks
from sellwell.kernel.models import ApiToken, ApprovalStep, Delegation, DelegationState, Task, User
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T, named

STILL_OWNS = Reason(
    "company.still_owns",
    T(
        "此人名下还有 {count} 个未了结的“{noun}”。请先整体交接。",
        "This person still answers for open rows: {noun}, {count}. Hand everything over first.",
    ),
)
STILL_HEADS = Reason(
    "company.still_heads",
    T(
        "此人仍是“{name}”的负责人。请先整体交接或另定负责人。",
        "This person still heads {name}. Hand over, or name a new head first.",
    ),
)
LAST_ADMINISTRATOR = Reason(
    "company.last_administrator",
    T(
        "此人是唯一的系统管理员。请先安排另一位管理员。",
        "This person is the only administrator. Assign another one first.",
    ),
)


def assess_leave(person: Person, given: Any, ctx: Context) -> Assessment:
    """Everything that the person still answers for, named with its count."""
    work = {model: len(ids) for model, ids in queries.work_of(person.user_id)}
    objections: list[Objection] = [
        STILL_OWNS.refuse(count=count, noun=getattr(model, "noun", T(model.__name__, model.__name__)))
        for model, count in work.items()
    ]
    for department in Department.objects.filter(queries.open_on(ctx.today), head_id=person.user_id):
        name = named(department)
        objections.append(STILL_HEADS.refuse(name=name))
    holders = directories.current().holders("administrator", ctx.company_id, "", ctx.today)
    if holders == [person.user_id]:
        objections.append(LAST_ADMINISTRATOR.refuse())
    counts = {model._meta.label_lower: count for model, count in work.items()}
    return Assessment(content={"person": str(person.pk)}, context=counts, objections=tuple(objections))


@operation(
    "company.leave",
    T("离职", "Leave"),
    Person,
    help=T(
        "办理离职：停用账号、结束任职、撤销令牌和委托。名下仍有未了结事项时不能办理。",
        "Close off somebody who leaves: sign-in, posts, tokens and delegations end. Refused while anything is owned.",
    ),
    from_states=[PersonState.ACTIVE],
    assess=assess_leave,
    clauses=["1.3.2"],
    danger=True,
)
def leave(person: Person, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """End everything that somebody could act by; approvals that waited for this person go to others."""
    effects = Effects(result=person)
    effects.update(person, state=PersonState.LEFT.value, left_on=ctx.today)
    effects.update(User.objects.get(pk=person.user_id), is_active=False)
    still_held = Assignment.objects.filter(
        Q(until__isnull=True) | Q(until__gt=ctx.today), user_id=person.user_id
    )
    for post in still_held:
        effects.update(post, until=first_day_after(post.since, ctx.today))
    for token in ApiToken.objects.filter(user_id=person.user_id, revoked_at__isnull=True):
        effects.update(token, revoked_at=ctx.now)
    lent = Delegation.objects.filter(
        Q(owner_id=person.user_id) | Q(deputy_id=person.user_id), state=DelegationState.ACTIVE.value
    )
    for delegation in lent:
        effects.update(delegation, state=DelegationState.REVOKED.value)
    _ask_others(effects, person.user_id, ctx)
    generations.bump(directory.GENERATION)
    effects.events.append(NewEvent("company.left", {"person": str(person.user_id)}))
    return effects


_DROP_OWN = """
UPDATE kernel_task SET state = 'dropped', done_at = %s, version = kernel_task.version + 1
WHERE owner_id = %s AND state = 'open' AND (operation LIKE 'approvals.%%' OR operation = ANY(%s))
RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


def _ask_others(effects: Effects, user_id: UUID, ctx: Context) -> None:
    """Open steps that this person could decide go on without: to the other candidates, else to those found anew."""
    effects.execute(Task, _DROP_OWN, [ctx.now, user_id, sorted(own_tasks)])
    waiting = ApprovalStep.objects.filter(
        candidates__contains=[user_id],
        opened_at__isnull=False,
        decided_at__isnull=True,
        request__state="open",
    )
    for step in waiting.select_related("request"):
        others = [c for c in step.candidates if c != user_id]
        found = others or approval.candidates(step.role, step.request, ctx, without=[user_id])
        effects.update(step, candidates=found)
        if not others:
            effects.tasks += approval.tasks_for(step, step.request, ctx)
