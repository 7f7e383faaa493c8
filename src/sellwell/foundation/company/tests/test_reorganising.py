"""Reorganisations: what may be, what it would do, and that history stays as it was."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from sellwell.foundation.company import evidence, planning, reviewing, structure
from sellwell.foundation.company.models import Assignment, Department, DepartmentReview, Reorganisation
from sellwell.foundation.company.rules.reorganising import Node, Post, Step, apply
from sellwell.foundation.company.tests.builders import (
    a_draft_change,
    a_person,
    a_scheduled,
    a_task,
    moving_south,
)
from sellwell.kernel import asking, clock, deadlines
from sellwell.kernel.models import Deadline, LedgerEntry, Task
from sellwell.kernel.values import Period, Refusal, months_later
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db

NODES = [
    Node("HQ", "总部", head="boss"),
    Node("A", "甲", above="HQ"),
    Node("A1", "甲一", above="A"),
    Node("B", "乙", above="HQ"),
]
POSTS = [
    Post("boss", "x", "HQ", "1"),
    Post("p", "rep", "A1", "2"),
    Post("q", "rep", "B", "3"),
    Post("p", "rep", "B", "4"),
]


def codes(*steps: Step) -> list[str]:
    return [p.code for p in apply(NODES, POSTS, steps).problems]


def test_what_cannot_be_is_found_each_with_its_step() -> None:
    assert codes(Step("move", "A", "A1")) == ["cycle"]
    assert codes(Step("move", "A", "A")) == ["cycle"]
    assert codes(Step("merge", "A", "A1")) == ["cycle"]
    assert codes(Step("close", "A")) == ["has_departments"]
    assert codes(Step("close", "B")) == ["has_people"]
    assert codes(Step("add", "B", "HQ", "x")) == ["code_taken"]
    assert codes(Step("add", "C", "NOWHERE", "x")) == ["no_department"]
    assert codes(Step("person", "A", "B", person="p")) == ["no_post_there"]
    assert codes(Step("person", "A1", "B", person="p")) == ["overlapping"]
    assert codes(Step("head", "B", person="boss")) == ["own_superior"]
    assert codes(Step("merge", "B", "A"), Step("close", "B")) == ["no_department"]


EMPTY = [Node("C", "丙", above="HQ"), Node("D", "丁", above="HQ")]


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([Step("close", "C", "C")], ["cycle"]),
        ([Step("merge", "C", "C")], ["cycle"]),
        ([Step("close", "C", "NOWHERE")], ["no_department"]),
        ([Step("close", "C", "D"), Step("close", "D", "C")], ["no_department"]),
        ([Step("close", "C", "D"), Step("close", "D")], []),
        ([Step("add", "OLD", "HQ", "x")], ["code_taken"]),
        ([Step("add", "NEW", "HQ", "x"), Step("close", "NEW")], ["made_here"]),
        ([Step("add", "NEW", "HQ", "x"), Step("merge", "NEW", "C")], ["made_here"]),
    ],
)
def test_a_department_ends_in_one_that_is_there(steps: list[Step], found: list[str]) -> None:
    after = apply([*NODES, *EMPTY], POSTS, steps, taken={"OLD"})
    assert [p.code for p in after.problems] == found
    assert {after.followed(code) for code in after.went} <= {"HQ", "D"}


def test_posts_of_other_days_are_no_double_post() -> None:
    day = date(2026, 5, 1)
    held = Post("p", "rep", "C", "1", until=day)
    later = Post("p", "rep", "D", "2", since=day)
    for step in (Step("merge", "C", "D"), Step("merge", "D", "C")):
        after = apply([*NODES, *EMPTY], [held, later], [step])
        assert not after.problems and [p.id for p in after.posts] == ["1", "2"]
    open_ = Post("p", "rep", "C", "1")
    after = apply([*NODES, *EMPTY], [open_, later], [Step("merge", "C", "D")])
    assert [p.code for p in after.problems] == ["overlapping"]
    assert codes_of([later], Step("close", "D")) == ["has_people"]


def codes_of(posts: list[Post], *steps: Step) -> list[str]:
    return [p.code for p in apply([*NODES, *EMPTY], posts, steps).problems]


def test_a_merge_takes_departments_and_people_along_and_a_double_post_just_ends() -> None:
    after = apply(NODES, POSTS, [Step("merge", "B", "A1"), Step("merge", "A", "HQ")])
    assert not after.problems and set(after.nodes) == {"HQ", "A1"} and after.path("A1") == "HQ.A1."
    assert [(p.person, p.code) for p in after.posts] == [("boss", "HQ"), ("p", "A1"), ("q", "A1")]
    assert after.went == {"B": "A1", "A": "HQ"}


def change(
    world: World, action: str, code: str, into: str = "", person: str = "", **more: Any
) -> dict[str, Any]:
    found: dict[str, Any] = {"action": action, **more}
    if code:
        found["department"] = str(world.department(code).pk)
    if into:
        found["into"] = str(world.department(into).pk)
    if person:
        found["person"] = str(a_person(world, person).pk)
    return found


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (("move", "HQ", "EAST"), "company.change_cycle"),
        (("close", "EAST"), "company.change_has_people"),
        (("close", "HQ"), "company.change_has_departments"),
        (("person", "SOUTH", "WEST", "rep"), "company.change_no_post"),
        (("head", "EAST", "", "executive"), "company.change_own_superior"),
        (("move", "EAST"), "company.change_needs"),
        (("head", "SOUTH", "", "gone"), "company.head_left"),
    ],
)
def test_bad_changes_are_refused_with_what_to_do(world: World, args: tuple[str, ...], reason: str) -> None:
    gone = world.add("gone", "rep", "SOUTH")
    gone.is_active = False
    gone.save()
    row = a_draft_change(world)
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.add_change", row, change(world, *args))
    assert reason in [o.code for o in refusal.value.objections]


@clause("2.1.5")
def test_a_reorganisation_waits_for_its_day_and_is_applied_by_the_worker(world: World) -> None:
    row = a_scheduled(world, on=10)
    with pytest.raises(Refusal) as refusal:
        world.run("executive", "company.apply_reorganisation", row)
    assert refusal.value.code == "company.reorganisation_early"
    while deadlines.act([world.company.pk]):
        pass
    assert Department.objects.get(code="SOUTH").path == "HQ.SOUTH."
    future = {
        n.code: n.above for n in structure.as_of(world.company.pk, world.today + timedelta(days=10)).nodes
    }
    assert future["SOUTH"] == "EAST"
    before = world.today
    with clock.at(clock.now() + timedelta(days=10)):
        while deadlines.act([world.company.pk]):
            pass
        south = Department.objects.get(code="SOUTH")
        assert (south.path, Reorganisation.objects.get(pk=row.pk).state) == ("HQ.EAST.SOUTH.", "applied")
        then = {n.code: n.above for n in structure.as_of(world.company.pk, before).nodes}
        assert then["SOUTH"] == "HQ"


@clause("2.1.5")
def test_records_follow_their_department_and_history_stays(world: World) -> None:
    southerner = world.add("southerner", "rep", "SOUTH")
    task = a_task(world, "southerner")
    kept = a_task(world, "rep")
    row = a_draft_change(world, change(world, "merge", "SOUTH", "EAST"))
    shown = planning.preview(row)
    assert [(str(old), str(new)) for _, old, new in shown.people] == [("华南大区", "华东大区")]
    world.run("executive", "company.schedule_reorganisation", row)
    day = world.today
    with clock.at(clock.now() + timedelta(days=1)):
        world.run("executive", "company.apply_reorganisation", row)
        moved = Task.objects.get(pk=task.pk)
        assert (moved.department_path, moved.region) == ("HQ.EAST.", "华东")
        assert Task.objects.get(pk=kept.pk).version == kept.version
        posts = Assignment.objects.filter(user=southerner).order_by("since")
        assert [(p.department.code, p.region, p.until) for p in posts] == [
            ("SOUTH", "华南", world.today), ("EAST", "华东", None)
        ]  # fmt: skip
        south = Department.objects.get(code="SOUTH")
        assert (south.until, south.successor.code) == (world.today, "EAST")
        then = structure.as_of(world.company.pk, day)
        assert "SOUTH" in {n.code for n in then.nodes}
        assert [p.code for p in then.posts if p.person == str(southerner.pk)] == ["SOUTH"]
        assert "SOUTH" not in {n.code for n in structure.as_of(world.company.pk, world.today).nodes}
    entry = LedgerEntry.objects.get(operation="company.apply_reorganisation")
    assert entry.row_id == row.pk


@clause("2.1.5")
def test_a_person_who_moves_takes_the_records_along(world: World) -> None:
    task = a_task(world, "rep")
    row = a_draft_change(world, change(world, "person", "EAST", "SOUTH", "rep"))
    world.run("executive", "company.schedule_reorganisation", row)
    world.run("executive", "company.apply_reorganisation", row)
    moved = Task.objects.get(pk=task.pk)
    assert (moved.department_path, moved.region) == ("HQ.SOUTH.", "华南")
    assert Assignment.objects.get(user=world.user("rep"), until=None).department.code == "SOUTH"


@clause("2.1.5")
@pytest.mark.parametrize("first", ["person", "merge"])
def test_who_goes_elsewhere_than_the_department_takes_the_records_along(world: World, first: str) -> None:
    world.add("southerner", "rep", "SOUTH")
    task, kept = a_task(world, "southerner"), a_task(world, "southerner")
    Task.objects.filter(pk=kept.pk).update(owner=world.user("rep"))
    steps = [change(world, "person", "SOUTH", "WEST", "southerner"), change(world, "merge", "SOUTH", "EAST")]
    if first == "merge":
        steps = [steps[1], change(world, "person", "EAST", "WEST", "southerner")]
    row = a_draft_change(world, *steps)
    world.run("executive", "company.schedule_reorganisation", row)
    world.run("executive", "company.apply_reorganisation", row)
    paths = dict(Task.objects.filter(pk__in=[task.pk, kept.pk]).values_list("pk", "department_path"))
    assert paths == {task.pk: "HQ.WEST.", kept.pk: "HQ.EAST."}


@clause("2.1.5")
def test_a_region_stays_where_the_new_department_has_none(world: World) -> None:
    task = a_task(world, "rep")
    row = a_draft_change(world, change(world, "person", "EAST", "FIN", "rep"))
    world.run("executive", "company.schedule_reorganisation", row)
    world.run("executive", "company.apply_reorganisation", row)
    moved = Task.objects.get(pk=task.pk)
    assert (moved.department_path, moved.region) == ("HQ.FIN.", "华东")


@clause("2.1.5")
def test_a_post_that_begins_later_goes_with_its_department(world: World) -> None:
    begins = world.today + timedelta(days=40)
    post = world.post(world.user("rep"), "rep", "SOUTH", since=begins)
    shut = a_draft_change(world)
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.add_change", shut, change(world, "close", "SOUTH"))
    assert refusal.value.code == "company.change_has_people"
    row = a_draft_change(world, change(world, "merge", "SOUTH", "WEST"))
    world.run("executive", "company.schedule_reorganisation", row)
    world.run("executive", "company.apply_reorganisation", row)
    after = Assignment.objects.get(pk=post.pk)
    assert (after.department.code, after.since, after.until) == ("WEST", begins, None)


@clause("2.1.5")
def test_the_code_of_a_closed_department_is_not_used_again(world: World) -> None:
    row = a_draft_change(world, change(world, "merge", "SOUTH", "EAST"))
    world.run("executive", "company.schedule_reorganisation", row)
    world.run("executive", "company.apply_reorganisation", row)
    again = {"action": "add", "code": "SOUTH", "name": "新华南", "into": str(world.department("HQ").pk)}
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.add_change", a_draft_change(world), again)
    assert refusal.value.code == "company.change_code_taken"


def test_only_a_change_that_is_there_is_dropped(world: World) -> None:
    row = a_draft_change(world, moving_south(world))
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.drop_change", row, {"number": 2})
    assert [(o.code, o.path) for o in refusal.value.objections] == [("company.change_unknown", "number")]


def test_what_was_withdrawn_waits_for_no_day(world: World) -> None:
    row = a_scheduled(world, on=10)
    assert Deadline.objects.filter(row_id=row.pk, state="due").exists()
    world.run("hr", "company.withdraw_reorganisation", row)
    assert not Deadline.objects.filter(row_id=row.pk, state="due").exists()


@clause("2.1.5")
def test_a_new_department_takes_people_and_a_head_in_one_draft(world: World) -> None:
    new = {
        "action": "add",
        "code": "KEY",
        "name": "大客户部",
        "into": str(world.department("HQ").pk),
        "kind": "customer",
    }
    move = change(world, "person", "EAST", "", "account_manager") | {"into_code": "KEY"}
    row = a_draft_change(world, new, move, {"action": "head", "code": "KEY", "person": str(a_person(world, "account_manager").pk)})  # fmt: skip
    world.run("executive", "company.schedule_reorganisation", row)
    world.run("executive", "company.apply_reorganisation", row)
    made = Department.objects.get(code="KEY")
    assert (made.path, made.head_id, made.kind) == ("HQ.KEY.", world.user("account_manager").pk, "customer")
    assert Assignment.objects.get(user=world.user("account_manager"), until=None).department_id == made.pk


@clause("2.1.5")
def test_counter_examples_are_named_before_it_is_settled(world: World) -> None:
    row = a_draft_change(world, change(world, "person", "EAST", "SOUTH", "regional_manager"))
    texts = [s.text.zh for s in planning.preview(row).gaps]
    assert any("华东" in t and "无人负责" in t and "区域经理" in t for t in texts), texts


@clause("2.1.5")
def test_approvals_that_change_hands_are_named(world: World) -> None:
    world.add("southern", "regional_manager", "SOUTH", name="南经理")
    row = a_draft_change(world, change(world, "person", "EAST", "SOUTH", "regional_manager"))
    told = [(d.department.zh, d.role.zh, d.before, d.after) for d in planning.preview(row).approvals]
    east = world.user("regional_manager").name
    both = "、".join(sorted([east, "南经理"]))
    assert ("华东大区", "区域经理", east, both) in told and ("华南大区", "区域经理", "南经理", both) in told


def test_it_cannot_be_settled_empty_or_for_a_day_that_is_past(world: World) -> None:
    row = a_draft_change(world)
    with pytest.raises(Refusal) as refusal:
        world.run("executive", "company.schedule_reorganisation", row)
    assert refusal.value.code == "company.reorganisation_empty"
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.draft_reorganisation", data={"title": "x", "effective_on": "2020-01-01"})
    assert refusal.value.code == "company.reorganisation_past"
    with pytest.raises(Refusal):
        world.run("hr", "company.schedule_reorganisation", a_draft_change(world, moving_south(world)))


@clause("2.1.5", breaks=True)
def test_an_overdue_review_names_the_department_until_it_is_held(world: World) -> None:
    today = Period(world.today, world.today + timedelta(days=1))
    found = evidence.reviews_overdue(world.company.pk, today)
    east = world.department("EAST")
    assert len(found.broken) == 14 and east.pk in [b.row_id for b in found.broken]
    data = {"strategy": "与战略一致", "market": "市场变化不大", "outcome": "keep"}
    world.run("hr", "company.review_department", east, data)
    again = evidence.reviews_overdue(world.company.pk, today)
    assert len(again.broken) == 13 and east.pk not in [b.row_id for b in again.broken]
    assert DepartmentReview.objects.get().next_due == months_later(world.today, 12)
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.review_department", east, data | {"outcome": "change"})
    assert refusal.value.code == "company.review_change"
    row = a_draft_change(world, moving_south(world))
    world.run(
        "hr", "company.review_department", east, data | {"outcome": "change", "reorganisation": str(row.pk)}
    )


@clause("2.1.5")
def test_the_review_that_counts_is_the_last_one_held(world: World) -> None:
    east = world.department("EAST")
    data = {"strategy": "与战略一致", "market": "市场变化不大", "outcome": "keep"}
    world.run("hr", "company.review_department", east, data)
    with clock.at(clock.now() + timedelta(days=40)):
        world.run("hr", "company.review_department", east, data)
        held, day = world.today, world.today + timedelta(days=1)
    (due,) = [d for d in reviewing.due(world.company.pk, day) if d.department.pk == east.pk]
    assert (due.last, due.on) == (held, months_later(held, 12))
    (due,) = [d for d in reviewing.due(world.company.pk, world.today) if d.department.pk == east.pk]
    assert due.last == world.today


def test_the_button_does_not_prove_the_duties_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = a_draft_change(world, change(world, "person", "EAST", "SOUTH", "regional_manager"))

    def proved(*given: Any) -> None:
        raise AssertionError("the page shows the proof once, in its preview")

    monkeypatch.setattr(planning.proving, "told", proved)
    assert asking.preview("company.schedule_reorganisation", world.ctx("executive"), row) == []
    world.run("executive", "company.schedule_reorganisation", row)


@pytest.mark.parametrize("role", ["hr", "executive"])
def test_the_pages_of_changes_open(world: World, client: Any, role: str) -> None:
    row = a_draft_change(
        world, change(world, "person", "EAST", "SOUTH", "regional_manager"), moving_south(world)
    )
    client.force_login(world.user(role))
    for path in (f"/reorganisations/{row.pk}/", "/reorganisations/", "/reviews-due", "/department-reviews/"):
        assert client.get(path).status_code == 200, path
    assert "无人负责" in client.get(f"/reorganisations/{row.pk}/").content.decode()
