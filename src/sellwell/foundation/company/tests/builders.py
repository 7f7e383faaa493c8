"""How each operation of the organisation succeeds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sellwell.foundation.company.models import (
    Absence,
    Assignment,
    Duty,
    DutyEntry,
    Goal,
    Person,
    Position,
    Reorganisation,
)
from sellwell.foundation.company.tests import (  # noqa: F401 - their builders register themselves
    connecting,
    scoring,
)
from sellwell.kernel import policy
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import DutyPair, Grant, PolicyVersion, Task, User
from sellwell.kernel.models.policy import PolicyStatus
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from datetime import datetime

    from sellwell.testing.world import World


def a_task(
    world: World, owner: str, operation: str = "tests.step", row_id: Any = None, due: datetime | None = None
) -> Task:
    """An open task of somebody, as a step would have left it."""
    ctx = world.ctx(owner)
    return Task.objects.create(
        company_id=world.company.pk, owner=world.user(owner), department_path=ctx.actor.posts[0].department_path,
        region=ctx.actor.posts[0].region, operation=operation, row_type="kernel.user", row_id=row_id or new_id(), created_at=ctx.now, due_at=due or ctx.now,
    )  # fmt: skip


def a_leaver(world: World, username: str = "leaver") -> Person:
    """Somebody who owns nothing."""
    user = world.add(username, "rep")
    return Person.objects.select_related("user").get(user=user)


def a_draft(world: World, by: str = "finance") -> PolicyVersion:
    """A draft of the next version of some policy, its rows as they are."""
    name = sorted(policy.DEFAULTS)[0]
    made: PolicyVersion = world.run(by, "company.draft_policy", data=a_draft_of(name)).result
    return made


def a_draft_of(name: str) -> dict[str, Any]:
    """The input that drafts a policy's shipped rows again."""
    return {"name": name, "rows": [{"cells": list(row)} for row in policy.DEFAULTS[name].table["rows"]]}


def a_grant(world: World) -> Grant:
    """Some cell of the matrix."""
    return Grant.objects.filter(verb="company.people", role="rep").get()


def a_person(world: World, role: str) -> Person:
    """A role's person, read afresh."""
    return Person.objects.select_related("user").get(user=User.objects.get(pk=world.user(role).pk))


@builder("company.hire")
def _hire(world: World) -> Case:
    data = {
        "name": "秦不夜", "username": "qin", "number": "E0900", "hired_on": str(world.today),
        "department": str(world.department("EAST").pk), "role": "rep",
    }  # fmt: skip
    return Case("hr", data=data)


@builder("company.change_person")
def _change_person(world: World) -> Case:
    return Case("hr", row=a_person(world, "rep"), data={"name": "林晓洲", "phone": "13800000000"})


@builder("company.issue_password")
def _issue_password(world: World) -> Case:
    return Case("administrator", row=a_person(world, "rep"))


@builder("company.add_department")
def _add_department(world: World) -> Case:
    data = {"code": "EAST2", "name": "华东二部", "parent": str(world.department("EAST").pk)}
    return Case("hr", data=data)


@builder("company.change_department")
def _change_department(world: World) -> Case:
    return Case("hr", row=world.department("SOUTH"), data={"head": str(world.user("account_manager").pk)})


@builder("company.assign")
def _assign(world: World) -> Case:
    data = {
        "person": str(a_person(world, "rep").pk), "role": "account_manager",
        "department": str(world.department("SOUTH").pk), "since": str(world.today),
    }  # fmt: skip
    return Case("hr", data=data)


@builder("company.end_assignment")
def _end_assignment(world: World) -> Case:
    return Case("hr", row=Assignment.objects.get(user=world.user("rep")), data={"until": str(world.today)})


@builder("company.hand_over")
def _hand_over(world: World) -> Case:
    a_task(world, "rep")
    return Case(
        "regional_manager", row=a_person(world, "rep"), data={"to": str(world.user("account_manager").pk)}
    )


@builder("company.leave")
def _leave(world: World) -> Case:
    return Case("hr", row=a_leaver(world))


@builder("company.transfer")
def _transfer(world: World) -> Case:
    task = a_task(world, "rep")
    data = {"row_type": "kernel.task", "row": str(task.pk), "to": str(world.user("account_manager").pk)}
    return Case("regional_manager", data=data)


@builder("company.set_grant")
def _set_grant(world: World) -> Case:
    data = {"role": "rep", "verb": "company.people", "scope": "team", "since": str(world.today)}
    return Case("administrator", data=data)


@builder("company.end_grant")
def _end_grant(world: World) -> Case:
    return Case("administrator", row=a_grant(world), data={"until": str(world.today)})


@builder("company.set_duty_pair")
def _set_duty_pair(world: World) -> Case:
    data = {
        "code": "hire_pay", "name_zh": "录用与离职分离", "name_en": "Hiring apart from leaving",
        "duty_a": ["company.hire"], "duty_b": ["company.leave"],
    }  # fmt: skip
    return Case("administrator", data=data)


@builder("company.draft_policy")
def _draft_policy(world: World) -> Case:
    return Case("finance", data=a_draft_of(sorted(policy.DEFAULTS)[0]))


@builder("company.publish_policy")
def _publish_policy(world: World) -> Case:
    def in_state(state: str) -> PolicyVersion:
        """In force: the version that the company began with. Retired: that one, once the draft took its place."""
        draft = a_draft(world)
        before = PolicyVersion.objects.get(name=draft.name, status=PolicyStatus.IN_FORCE.value)
        if state == PolicyStatus.RETIRED.value:
            world.run("sales_manager", "company.publish_policy", draft, {"since": str(world.today)})
            before.refresh_from_db()
        assert before.state == state
        return before

    data = {"since": str(world.today)}
    return Case("sales_manager", row=a_draft(world), data=data, in_state=in_state)


# --- positions, duties, waivers, absences --------------------------------------------------------------------------------


def position(code: str) -> Position:
    """A shipped position."""
    return Position.objects.get(code=code)


def duty(code: str) -> Duty:
    """A shipped duty."""
    return Duty.objects.get(code=code)


def an_entry(code: str = "campaigns", letter: str = "A") -> DutyEntry:
    """A cell of the shipped matrix."""
    return DutyEntry.objects.filter(duty__code=code, letter=letter).order_by("id")[0]


def absence_data(
    world: World, who: str = "rep", deputy: str = "account_manager", start: int = 3
) -> dict[str, Any]:
    """The input for some days away."""
    since = world.today + timedelta(days=start)
    found = {
        "person": str(a_person(world, who).pk), "since": str(since), "until": str(since + timedelta(days=7)),
    }  # fmt: skip
    return found | ({"deputy": str(world.user(deputy).pk)} if deputy else {})


def an_absence(world: World, who: str = "rep", deputy: str = "account_manager", start: int = 3) -> Absence:
    """Some days away."""
    made: Absence = world.run(
        "hr", "company.plan_absence", data=absence_data(world, who, deputy, start)
    ).result
    return made


def waiver_data(world: World, who: str = "rep", pair: str = "price_quote") -> dict[str, Any]:
    """The input that waives a pair for somebody."""
    return {
        "person": str(world.user(who).pk), "pair": str(DutyPair.objects.get(code=pair).pk),
        "control": "财务部每周全数复核", "since": str(world.today), "until": str(world.today + timedelta(days=90)),
    }  # fmt: skip


@builder("company.define_position")
def _define_position(world: World) -> Case:
    data = {
        "code": "channel_manager", "role": "account_manager", "layer": "3", "name_zh": "渠道经理",
        "name_en": "Channel manager", "duties_zh": "发展和管理渠道伙伴。", "statement_since": str(world.today),
    }  # fmt: skip
    return Case("hr", data=data)


@builder("company.define_duty")
def _define_duty(world: World) -> Case:
    data = {
        "code": "channel_care",
        "name_zh": "渠道维护",
        "name_en": "Care of channels",
        "verbs": ["customers.add"],
    }
    return Case("hr", data=data)


@builder("company.set_duty")
def _set_duty(world: World) -> Case:
    data = {
        "duty": str(duty("campaigns").pk), "position": str(position("rep").pk), "letter": "I", "since": str(world.today),
    }  # fmt: skip
    return Case("hr", data=data)


@builder("company.end_duty")
def _end_duty(world: World) -> Case:
    return Case("hr", row=an_entry(), data={"until": str(world.today)})


@builder("company.waive_conflict")
def _waive(world: World) -> Case:
    return Case("executive", data=waiver_data(world))


@builder("company.end_waiver")
def _end_waiver(world: World) -> Case:
    row = world.run("executive", "company.waive_conflict", data=waiver_data(world)).result
    return Case("executive", row=row)


@builder("company.plan_absence")
def _plan_absence(world: World) -> Case:
    return Case("hr", data=absence_data(world))


@builder("company.cancel_absence")
def _cancel_absence(world: World) -> Case:
    return Case("hr", row=an_absence(world))


# --- goals ---------------------------------------------------------------------------------------------------------------


def a_goal(world: World) -> Goal:
    """A goal of this year."""
    data = {"code": "GROW", "name": "华东市场份额第一", "since": str(world.today)}
    made: Goal = world.run("executive", "company.add_goal", data=data).result
    return made


@builder("company.add_goal")
def _add_goal(world: World) -> Case:
    return Case("executive", data={"code": "GROW", "name": "华东市场份额第一", "since": str(world.today)})


@builder("company.serve_goal")
def _serve_goal(world: World) -> Case:
    return Case("executive", row=a_goal(world), data={"departments": [str(world.department("EAST").pk)]})


@builder("company.end_goal")
def _end_goal(world: World) -> Case:
    return Case("executive", row=a_goal(world), data={"until": str(world.today + timedelta(days=30))})


# --- reorganisations and reviews -----------------------------------------------------------------------------------------


def a_draft_change(world: World, *changes: dict[str, Any], on: int = 0) -> Reorganisation:
    """A draft with these changes, in effect so many days from today."""
    data = {"title": "华东调整", "effective_on": str(world.today + timedelta(days=on))}
    row: Reorganisation = world.run("hr", "company.draft_reorganisation", data=data).result
    for change in changes:
        world.run("hr", "company.add_change", row, change)
    return row


def moving_south(world: World) -> dict[str, Any]:
    """The south goes under the east."""
    departments = {
        name: str(world.department(code).pk) for name, code in (("department", "SOUTH"), ("into", "EAST"))
    }
    return {"action": "move", **departments}


def a_scheduled(world: World, on: int = 0) -> Reorganisation:
    """A change that is settled."""
    row = a_draft_change(world, moving_south(world), on=on)
    world.run("executive", "company.schedule_reorganisation", row)
    return Reorganisation.objects.get(pk=row.pk)


def _in_state(world: World, state: str) -> Reorganisation | None:
    row = a_draft_change(world, moving_south(world)) if state == "draft" else a_scheduled(world)
    if state == "applied":
        world.run("executive", "company.apply_reorganisation", row)
    if state == "withdrawn":
        world.run("hr", "company.withdraw_reorganisation", row)
    return Reorganisation.objects.get(pk=row.pk)


def _change_case(world: World, role: str, row: Reorganisation, data: dict[str, Any] | None = None) -> Case:
    return Case(role, row=row, data=data or {}, in_state=lambda state: _in_state(world, state))


@builder("company.draft_reorganisation")
def _draft_reorganisation(world: World) -> Case:
    return Case("hr", data={"title": "华东调整", "effective_on": str(world.today)})


@builder("company.add_change")
def _add_change(world: World) -> Case:
    return _change_case(world, "hr", a_draft_change(world), moving_south(world))


@builder("company.drop_change")
def _drop_change(world: World) -> Case:
    return _change_case(world, "hr", a_draft_change(world, moving_south(world)), {"number": 1})


@builder("company.schedule_reorganisation")
def _schedule(world: World) -> Case:
    return _change_case(world, "executive", a_draft_change(world, moving_south(world)))


@builder("company.withdraw_reorganisation")
def _withdraw(world: World) -> Case:
    return _change_case(world, "hr", a_scheduled(world))


@builder("company.apply_reorganisation")
def _apply(world: World) -> Case:
    return _change_case(world, "executive", a_scheduled(world))


@builder("company.review_department")
def _review(world: World) -> Case:
    data = {"strategy": "与年度战略一致", "market": "市场稳定", "outcome": "keep"}
    return Case("hr", row=world.department("EAST"), data=data)


# --- another directory ---------------------------------------------------------------------------------------------------


def directory_data(world: World) -> dict[str, Any]:
    """A department and two people as another directory sends them."""
    people = [
        {"external_id": f"u-{n}", "name": f"新同事{n}", "username": f"new{n}", "number": f"N{n:03d}",
         "hired_on": str(world.today), "department": "d-1", "role": "rep"}
        for n in (1, 2)
    ]  # fmt: skip
    department = {
        "external_id": "d-1",
        "code": "EAST9",
        "name": "华东九部",
        "kind": "regional",
        "above": "EAST",
    }
    return {"departments": [department], "people": people}


@builder("company.sync_directory")
def _sync(world: World) -> Case:
    return Case("hr", row=world.company, data=directory_data(world))
