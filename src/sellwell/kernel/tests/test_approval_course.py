"""Approvals as people expect them: return, question, signers, copies, reminders, time limits (clause 1.3.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.kernel import clock, deadlines, policy
from sellwell.kernel.approval_fields import FIELDS, amended, hidden
from sellwell.kernel.models import (
    ApprovalDecision,
    ApprovalNote,
    ApprovalRequest,
    ApprovalStep,
    Deadline,
    Delegation,
    Event,
    LedgerEntry,
    PolicyVersion,
    RequestState,
    Task,
)
from sellwell.kernel.tests.builders import step_of
from sellwell.kernel.tests.sample import DRAFT, Sample
from sellwell.kernel.tests.test_approvals import candidates, code_of, held
from sellwell.kernel.tests.test_holds import state_of
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def open_tasks(world: World, request: ApprovalRequest) -> set[tuple[str, str]]:
    """Who has which open task on a request."""
    found = Task.objects.filter(row_id=request.pk, state="open").values_list("owner__username", "operation")
    return set(found)


def drain(world: World) -> None:
    while deadlines.act([world.company.pk]):
        pass
    world.see()


# --- return -----------------------------------------------------------------------------------------------------------------


@clause("1.3.1")
def test_a_returned_request_is_decided_once_more_from_there(world: World, sample: Sample) -> None:
    sample.route("regional_manager, legal, finance")
    paper, request = held(sample)
    world.run("regional_manager", "approvals.approve", request, {"note": "可以"})
    world.run("legal", "approvals.approve", request)
    back = {"step": str(step_of(request).pk), "note": "折扣依据不足"}
    assert (
        code_of(world.run, "finance", "approvals.return", request, {**back, "note": ""})
        == "approval.needs_note"
    )
    assert code_of(world.run, "legal", "approvals.return", request, back) == "approval.already_decided"
    world.run("finance", "approvals.return", request, back)
    paper.refresh_from_db()
    assert (state_of(request), paper.held_by) == (RequestState.OPEN, request.pk)
    assert open_tasks(world, request) == {("regional_manager", "approvals.approve")}
    assert code_of(world.run, "finance", "approvals.approve", request) == "approval.not_yours"
    for role in ("regional_manager", "legal", "finance"):
        world.run(role, "approvals.approve", request)
    assert state_of(request) == RequestState.APPROVED
    rounds = ApprovalDecision.objects.filter(user=world.user("regional_manager")).values_list(
        "round", flat=True
    )
    assert sorted(rounds) == [1, 2]  # what was said before stays in the history


def test_it_cannot_be_returned_forward_or_elsewhere(world: World, sample: Sample) -> None:
    sample.route("regional_manager, finance")
    _, request = held(sample)
    _, other = held(sample)
    for step in (step_of(request, 1), step_of(request, 0), step_of(other)):
        data = {"step": str(step.pk), "note": "退回"}
        assert (
            code_of(world.run, "regional_manager", "approvals.return", request, data)
            == "approval.not_earlier"
        )


# --- signers -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where, order", [("before", ["legal", "regional_manager"]), ("after", ["regional_manager", "legal"])]
)
def test_a_signer_before_or_after(world: World, sample: Sample, where: str, order: list[str]) -> None:
    sample.route("regional_manager, finance")
    paper, request = held(sample)
    data = {"person": str(world.user("legal").pk), "where": where}
    world.run("regional_manager", "approvals.add_signer", request, data)
    for role in [*order, "finance"]:
        assert {who for who, _ in open_tasks(world, request)} <= {role} or where == "after"
        world.run(role, "approvals.approve", request)
    paper.refresh_from_db()
    assert (state_of(request), paper.note) == (RequestState.APPROVED, "请寄出")
    assert ApprovalStep.objects.get(request=request, role="").added_by == world.user("regional_manager")


def test_a_signer_beside_must_agree_too(world: World, sample: Sample) -> None:
    _, request = held(sample)
    data = {"person": str(world.user("legal").pk), "where": "beside"}
    world.run("regional_manager", "approvals.add_signer", request, data)
    world.run("regional_manager", "approvals.approve", request)
    assert state_of(request) == RequestState.OPEN
    assert open_tasks(world, request) == {("legal", "approvals.approve")}
    world.run("legal", "approvals.approve", request)
    assert state_of(request) == RequestState.APPROVED


def test_the_requester_is_no_signer_nor_is_a_stranger(world: World, sample: Sample) -> None:
    _, request = held(sample)
    data = {"person": str(world.user("rep").pk)}
    assert (
        code_of(world.run, "regional_manager", "approvals.add_signer", request, data)
        == "approval.cannot_sign"
    )
    data = {"person": str(world.user("regional_manager").pk)}
    assert (
        code_of(world.run, "regional_manager", "approvals.add_signer", request, data)
        == "approval.signs_already"
    )
    data = {"person": str(world.user("legal").pk)}
    assert code_of(world.run, "rep", "approvals.add_signer", request, data) == "approval.own_request"


def test_a_signer_is_taken_off_again(world: World, sample: Sample) -> None:
    _, request = held(sample)
    legal = {"person": str(world.user("legal").pk)}
    world.run("regional_manager", "approvals.add_signer", request, legal)
    assert open_tasks(world, request) == {("legal", "approvals.approve")}
    assert code_of(world.run, "rep", "approvals.drop_signer", request, legal) == "approval.not_added"
    manager = {"person": str(world.user("regional_manager").pk)}
    assert (
        code_of(world.run, "regional_manager", "approvals.drop_signer", request, manager)
        == "approval.not_added"
    )
    world.run("regional_manager", "approvals.drop_signer", request, legal)
    assert open_tasks(world, request) == {("regional_manager", "approvals.approve")}
    world.run("regional_manager", "approvals.approve", request)
    assert state_of(request) == RequestState.APPROVED
    assert {s.outcome for s in request.steps.all()} == {"dropped", "agreed"}


# --- questions, comments, copies ----------------------------------------------------------------------------------------------


@clause("1.3.1")
def test_a_question_goes_to_the_requester_and_its_answer_back(world: World, sample: Sample) -> None:
    _, request = held(sample)
    assert code_of(world.run, "rep", "approvals.answer", request, {"text": "好"}) == "approval.not_asked"
    world.run("regional_manager", "approvals.question", request, {"text": "为何超出限额？"})
    assert ("rep", "approvals.answer") in open_tasks(world, request)
    assert ("regional_manager", "approvals.approve") in open_tasks(world, request)
    world.run("rep", "approvals.answer", request, {"text": "客户年度框架"})
    assert ("rep", "approvals.answer") not in open_tasks(world, request)
    answer = ApprovalNote.objects.get(kind="answer")
    assert (answer.answers.kind, answer.to) == ("question", world.user("regional_manager"))
    assert "年度框架" not in str(answer.text)  # sealed


def test_a_third_person_is_asked_and_can_read_it_then(world: World, sample: Sample) -> None:
    _, request = held(sample)
    assert code_of(world.run, "finance", "approvals.comment", request, {"text": "看到"}) != "not_permitted"
    data = {"text": "客户信用如何？", "to": str(world.user("warehouse").pk)}
    assert code_of(world.run, "warehouse", "approvals.comment", request, {"text": "?"}) == "not_found"
    world.run("regional_manager", "approvals.question", request, data)
    world.run("warehouse", "approvals.answer", request, {"text": "没有欠款"})
    assert code_of(world.run, "warehouse", "approvals.approve", request) == "approval.not_yours"


def test_copies_go_once_to_each(world: World, sample: Sample) -> None:
    _, request = held(sample)
    people = {"people": [str(world.user(role).pk) for role in ("finance", "warehouse")]}
    assert code_of(world.run, "warehouse", "approvals.copy", request, people) == "not_found"
    world.run("rep", "approvals.copy", request, people)
    world.run("rep", "approvals.copy", request, people)
    assert ApprovalNote.objects.filter(kind="copied").count() == 2
    assert code_of(world.run, "warehouse", "approvals.copy", request, people) == "approval.not_involved"
    world.run("warehouse", "approvals.comment", request, {"text": "已阅"})


# --- the same approver once -----------------------------------------------------------------------------------------------------


def test_the_same_approver_is_asked_once(world: World, sample: Sample) -> None:
    sample.route("regional_manager, finance, regional_manager")
    _, request = held(sample)
    world.run("regional_manager", "approvals.approve", request)
    world.run("finance", "approvals.approve", request)
    assert state_of(request) == RequestState.APPROVED
    assert [s.outcome for s in request.steps.order_by("position")] == ["agreed", "agreed", "carried"]
    assert ApprovalDecision.objects.get(carried=True).user == world.user("regional_manager")


# --- time ------------------------------------------------------------------------------------------------------------------------


@clause("1.3.1")
def test_silence_is_reminded_then_goes_upward(world: World, sample: Sample) -> None:
    _, request = held(sample)
    step = step_of(request)
    assert step.due_at is not None
    assert sorted(Deadline.objects.values_list("what", flat=True)) == [
        "approvals.escalate",
        "approvals.remind",
    ]
    drain(world)
    assert not ApprovalNote.objects.exists()  # nothing is due yet
    with clock.at(step.due_at):
        drain(world)
    reminder = ApprovalNote.objects.get(kind="reminded")
    assert reminder.user.username == "deadlines"
    assert Event.objects.filter(name="approvals.reminded", payload__step=str(step.pk)).count() == 1
    with clock.at(step.due_at + timedelta(days=5)):
        drain(world)
    step.refresh_from_db()
    assert set(candidates(request)) == {"regional_manager", "executive"}
    assert step.escalated_at is not None
    assert ("executive", "approvals.approve") in open_tasks(world, request)
    assert LedgerEntry.objects.get(operation="approvals.escalate").channel == "job"
    world.run("executive", "approvals.approve", request)
    assert state_of(request) == RequestState.APPROVED
    assert not Deadline.objects.filter(state="due").exists()


def test_a_decided_step_is_left_in_peace(world: World, sample: Sample) -> None:
    _, request = held(sample)
    world.run("regional_manager", "approvals.approve", request)
    with clock.at(clock.now() + timedelta(days=30)):
        drain(world)
    assert not ApprovalNote.objects.exists()


def test_the_requester_reminds_not_too_often(world: World, sample: Sample) -> None:
    _, request = held(sample)
    world.run("rep", "approvals.remind", request)
    assert code_of(world.run, "rep", "approvals.remind", request) == "approval.too_soon"
    with clock.at(clock.now() + timedelta(hours=2)):
        world.run("rep", "approvals.remind", request)
    assert ApprovalNote.objects.filter(kind="reminded").count() == 2


def test_all_of_a_role_climbs_in_place_of_the_silent(world: World, sample: Sample) -> None:
    world.add("second_legal", "legal", "LEGAL")
    sample.route("all:legal")
    _, request = held(sample)
    world.run("legal", "approvals.approve", request)
    world.run("sales_manager", "approvals.escalate", request)
    assert "legal" in candidates(request)
    assert "second_legal" not in candidates(request)
    higher = next(name for name in candidates(request) if name != "legal")
    world.run(higher, "approvals.approve", request)
    assert state_of(request) == RequestState.APPROVED


def test_a_deadline_that_breaks_is_tried_again_and_named(
    world: World, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    def breaks(due: Deadline, ctx: object) -> None:
        raise ValueError("王小明")

    _, request = held(sample)
    kind = deadlines.KINDS["approvals.remind"]
    monkeypatch.setitem(deadlines.KINDS, "approvals.remind", replace(kind, function=breaks))
    with clock.at(step_of(request).due_at):
        assert deadlines.act([world.company.pk]) == 1
    world.see()
    broken = Deadline.objects.get(what="approvals.remind")
    assert (broken.state, broken.attempts, broken.error) == ("due", 1, "ValueError")
    assert broken.due_at > step_of(request).due_at


# --- fields of a step -------------------------------------------------------------------------------------------------------------


def set_fields(role: str, hidden: str, editable: str) -> None:
    """From now on steps of a role hide and may change these fields."""
    table = {**policy.DEFAULTS[FIELDS].table, "rows": [["-", role, hidden, editable], ["-", "-", "-", "-"]]}
    PolicyVersion.objects.filter(name=FIELDS).update(table=table)
    policy.changed()


def test_a_step_does_not_see_what_the_policy_hides(world: World, sample: Sample) -> None:
    sample.route("regional_manager, finance")
    set_fields("regional_manager", "note, amount", "-")
    _, request = held(sample)
    steps = list(request.steps.all())
    assert hidden(request, steps, world.ctx("regional_manager")) == {"note"}  # amounts are always shown
    assert hidden(request, steps, world.ctx("rep")) == set()


@clause("1.3.1")
def test_changed_terms_are_decided_anew_by_everybody(world: World, sample: Sample) -> None:
    sample.route("regional_manager, finance")
    set_fields("finance", "-", "amount")
    request = world.run("rep", DRAFT, data={"amount": "150.00", "note": "新建"}).hold
    assert request is not None
    amount = {"name": "amount", "value": "120.00", "note": "按底价"}
    assert (
        code_of(world.run, "regional_manager", "approvals.amend", request, amount) == "approval.not_editable"
    )
    world.run("regional_manager", "approvals.approve", request)
    assert (
        code_of(world.run, "finance", "approvals.amend", request, {**amount, "value": "很多"})
        == "approval.not_valid"
    )
    assert (
        code_of(world.run, "finance", "approvals.amend", request, {**amount, "name": "note"})
        == "approval.not_editable"
    )
    world.run("finance", "approvals.amend", request, amount)
    assert state_of(request) == RequestState.OPEN
    assert (request.snapshot["amount"], str(request.amount)) == ("120.00", "120.00")
    assert open_tasks(world, request) == {("regional_manager", "approvals.approve")}
    world.run("regional_manager", "approvals.approve", request)
    world.run("finance", "approvals.approve", request)
    assert state_of(request) == RequestState.APPROVED
    made = Delegation.objects.get(pk=request.row_id)
    assert (str(made.amount_limit), made.note) == ("120.00", "新建")


def test_a_change_of_an_unseen_field_is_told_without_the_field(world: World, sample: Sample) -> None:
    sample.route("regional_manager, finance")
    set_fields("regional_manager", "note, amount", "note")
    _, request = held(sample)
    assert hidden(request, list(request.steps.all()), world.ctx("regional_manager")) == {"note"}
    said = "note: 旧 → 新"
    assert amended(said, request, {"note"}) == "修改了一个不对您显示的字段。"
    assert amended(said, request, set()).endswith(": 旧 → 新")
    assert not amended(said, request, set()).startswith("note")
