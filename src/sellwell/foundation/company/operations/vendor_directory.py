"""Bringing in a vendor's directory. Whoever is gone over there is proposed as a leaver; nobody is removed by a machine."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction

from sellwell.foundation.company import vendor_directory
from sellwell.foundation.company.models import Company, Connection, ConnectionState, Person, PersonState
from sellwell.foundation.company.rules.vendor_directory import Plan
from sellwell.integrations.messaging import Failure
from sellwell.kernel import door
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Code, Input, Ref, field
from sellwell.kernel.models import Task
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, Refusal, T

log = logging.getLogger(__name__)
OTHER_PLAN = Reason(
    "company.pull_other_plan",
    T("预览之后通讯录又有变化，请重新预览。", "The directory has changed since you looked. Look again."),
)
PROPOSED = Reason(
    "company.leaving_proposed",
    T("{name}的离职已在待办中。", "That {name} leaves is in the tasks already."),
)
FAULT = "fault"  # an error of our own, named in the log
LEAVE, ASSIGN = "company.leave", "company.assign"


class ProposeLeavers(Input):
    """Who is gone over there."""

    people: list[Ref("company.person")] = field(T("人员", "People"), min_length=1, max_length=5000)  # type: ignore[valid-type]


def proposed_already(people: list[Any]) -> set[Any]:
    """Whose leaving waits in somebody's tasks."""
    return set(
        Task.objects.filter(operation=LEAVE, row_id__in=people, state="open").values_list("row_id", flat=True)
    )


def assess_leavers(row: Company, given: ProposeLeavers | None, ctx: Context) -> Assessment:
    """Nobody twice."""
    if given is None:
        return Assessment()
    waiting = proposed_already(given.people)
    named = Person.objects.select_related("user").in_bulk(waiting)
    found = [
        PROPOSED.refuse(path=f"people.{index}", name=named[pk].user.name)
        for index, pk in enumerate(given.people)
        if pk in waiting
    ]
    return Assessment(content={"people": len(given.people)}, objections=tuple(found))


@operation(
    "company.propose_leavers",
    T("提议办理离职", "Propose leavers"),
    Company,
    help=T(
        "把通讯录中已不在的人列入人力资源的待办；是否离职由人决定。",
        "Put people who are gone from the directory into the tasks of human resources; people decide.",
    ),
    input=ProposeLeavers,
    assess=assess_leavers,
    clauses=["1.3.2"],
    menu=False,
)
def propose_leavers(row: Company, given: ProposeLeavers, ctx: Context, assessment: Assessment) -> Effects:
    """One task each."""
    effects = Effects(result=row)
    people = Person.objects.filter(pk__in=given.people, state=PersonState.ACTIVE.value)
    effects.tasks += [NewTask(LEAVE, person, role="hr") for person in people]
    return effects


class PullDirectory(Input):
    """Empty does whatever is to be done; a fingerprint does exactly what was looked at."""

    seen: Code = field(T("预览标识", "What was looked at"), "")


@operation(
    "company.pull_directory",
    T("同步平台通讯录", "Bring in the directory"),
    Connection,
    help=T(
        "读取平台的部门和人员并同步；不在的人列为离职提议，部门移动由组织调整办理。",
        "Read the vendor's departments and people and follow them; who is gone is proposed, departments are moved by people.",
    ),
    input=PullDirectory,
    from_states=[ConnectionState.ON],
    assess=vendor_directory.assess_pull,
    nested=["company.sync_directory", "company.propose_leavers"],
    clauses=["1.1.2", "1.3.2"],
    channels=["web", "cli", "job"],
    menu=False,
)
def pull_directory(row: Connection, given: PullDirectory, ctx: Context, assessment: Assessment) -> Effects:
    """Whole or not at all; how it went stands on the row, so that a refusal by night is seen in the morning."""
    answer = ""
    try:
        plan = vendor_directory.plan_for(row, ctx)
        if given.seen and given.seen != plan.fingerprint:
            raise Refusal(OTHER_PLAN.refuse())
        with transaction.atomic():
            _do(plan, row, ctx)
    except Failure as failure:
        answer = failure.code
    except Refusal as refusal:
        if refusal.code == OTHER_PLAN.code or given.seen:
            raise  # somebody is looking: they are told
        answer = refusal.code
    except Exception as error:
        if given.seen:
            raise
        # It stands on the row like any other answer, so that the night does not try again and again.
        log.error("the directory of %s was not brought in: %s", row.system, type(error).__name__)
        answer = FAULT
    effects = Effects(result=row)
    effects.update(row, pulled_on=ctx.today, pull_answer=answer[:80])
    if not answer:
        people = Person.objects.filter(external_id__in=plan.to_post)
        effects.tasks += [NewTask(ASSIGN, person, role="hr") for person in people]
    return effects


def _do(plan: Plan, row: Connection, ctx: Context) -> None:
    company = Company.objects.get(pk=row.company_id)
    if plan.departments or plan.people:
        data = {"departments": plan.departments, "people": plan.people}
        door.run("company.sync_directory", ctx, company.pk, data)
    waiting = proposed_already(plan.leavers)
    leavers = [pk for pk in plan.leavers if pk not in {str(one) for one in waiting}]
    if leavers:
        door.run("company.propose_leavers", ctx, company.pk, {"people": leavers})
