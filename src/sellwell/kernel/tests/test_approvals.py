"""Holds and their release, told with a sample document (clause 1.3.1)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sellwell.kernel.models import (
    ApprovalDecision,
    ApprovalRequest,
    ApprovalStep,
    Delegation,
    LedgerEntry,
    RequestState,
    SecurityLog,
    Task,
)
from sellwell.kernel.tests.builders import a_delegation
from sellwell.kernel.tests.sample import SEND, Sample
from sellwell.kernel.values import Refusal
from sellwell.kernel.views import VIEWS
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def held(sample: Sample, amount: str = "150.00", owner: str = "rep") -> tuple[Delegation, ApprovalRequest]:
    """A paper over the limit, sent and therefore held."""
    paper = sample.paper(owner, amount)
    hold = sample.world.run(owner, SEND, paper, {"note": "请寄出"}).hold
    assert hold is not None
    paper.refresh_from_db()
    return paper, hold


def candidates(request: ApprovalRequest, position: int = 0) -> list[str]:
    """User names of those who may decide a step."""
    step = ApprovalStep.objects.get(request=request, position=position)
    from sellwell.kernel.models import User

    return sorted(User.objects.filter(pk__in=step.candidates).values_list("username", flat=True))


def code_of(function: object, *args: object, **options: object) -> str:
    """The code with which a call is refused."""
    with pytest.raises(Refusal) as refusal:
        function(*args, **options)  # type: ignore[operator]
    return refusal.value.code


@clause("1.3.1")
def test_over_the_limit_is_held_then_done_for_its_requester(world: World, sample: Sample) -> None:
    paper, request = held(sample)
    assert paper.held_by == request.pk
    assert paper.note == ""
    assert request.snapshot["amount"] == "150.00"
    assert SecurityLog.objects.filter(operation=SEND, code="tests.over").count() == 1
    assert LedgerEntry.objects.filter(operation="approvals.ask", row_id=request.pk).count() == 1
    assert code_of(world.run, "rep", "tests.check", paper) == "held"
    assert (
        Task.objects.filter(owner=world.user("regional_manager"), row_id=request.pk, state="open").count()
        == 1
    )

    world.run("regional_manager", "approvals.approve", request, {"note": "同意"})

    paper.refresh_from_db()
    request.refresh_from_db()
    assert (paper.note, paper.held_by) == ("请寄出", None)
    assert request.state == RequestState.APPROVED
    done = LedgerEntry.objects.get(operation=SEND)
    assert done.actor_id == world.user("rep").pk
    assert not Task.objects.filter(row_id=request.pk, state="open").exists()


def test_the_approver_sees_the_request_and_a_stranger_does_not(world: World, sample: Sample) -> None:
    world.add("other_rep", "rep", "SOUTH")
    sample.route("service")
    _, request = held(sample)
    view = VIEWS["approvals.view"]
    assert view.rows(world.ctx("rep").actor).filter(pk=request.pk).count() == 1
    assert view.rows(world.ctx("service").actor).filter(pk=request.pk).count() == 1
    assert view.rows(world.ctx("regional_manager").actor).filter(pk=request.pk).count() == 1
    assert view.rows(world.ctx("other_rep").actor).filter(pk=request.pk).count() == 0
    assert view.rows(world.ctx("warehouse").actor).filter(pk=request.pk).count() == 0
    assert code_of(world.run, "warehouse", "approvals.approve", request) == "not_found"


def test_the_requester_never_approves(world: World, sample: Sample) -> None:
    _, request = held(sample, owner="regional_manager")
    assert candidates(request) == [
        "sales_manager"
    ]  # the only holder of the role asked: the next one up decides
    assert code_of(world.run, "regional_manager", "approvals.approve", request) == "approval.own_request"


def test_no_holder_falls_upward_and_never_strands(world: World, sample: Sample) -> None:
    sample.route("tax_adviser")  # a role that nobody holds
    _, request = held(sample)
    assert candidates(request) == ["sales_manager"]


def test_the_nearest_holder_decides(world: World, sample: Sample) -> None:
    world.add("south_manager", "regional_manager", "SOUTH")
    _, request = held(sample)
    assert candidates(request) == ["regional_manager"]
    paper = sample.paper("rep", "150.00", department="NORTH")  # nobody there: the whole company is asked
    hold = world.run("rep", SEND, paper).hold
    assert hold is not None
    assert candidates(hold) == ["regional_manager", "south_manager"]


def test_steps_go_in_order(world: World, sample: Sample) -> None:
    sample.route("regional_manager, finance")
    paper, request = held(sample)
    assert code_of(world.run, "finance", "approvals.approve", request) == "not_found"  # not asked yet
    world.run("regional_manager", "approvals.approve", request)
    paper.refresh_from_db()
    assert paper.held_by == request.pk
    assert code_of(world.run, "regional_manager", "approvals.approve", request) == "approval.already_decided"
    world.run("finance", "approvals.approve", request)
    paper.refresh_from_db()
    assert paper.note == "请寄出"


def test_all_of_a_role_must_agree(world: World, sample: Sample) -> None:
    world.add("second_legal", "legal", "LEGAL")
    sample.route("all:legal")
    paper, request = held(sample)
    assert candidates(request) == ["legal", "second_legal"]
    world.run("legal", "approvals.approve", request)
    paper.refresh_from_db()
    assert paper.held_by == request.pk
    world.run("second_legal", "approvals.approve", request)
    paper.refresh_from_db()
    assert paper.held_by is None


def test_any_of_a_role_is_enough(world: World, sample: Sample) -> None:
    world.add("second_legal", "legal", "LEGAL")
    sample.route("legal")
    paper, request = held(sample)
    world.run("second_legal", "approvals.approve", request)
    paper.refresh_from_db()
    assert paper.held_by is None


def test_a_deputy_decides_and_both_names_stay(world: World, sample: Sample) -> None:
    a_delegation(world, "regional_manager", "account_manager")
    _, request = held(sample)
    assert VIEWS["approvals.view"].rows(world.ctx("account_manager").actor).filter(pk=request.pk).exists()
    world.run("account_manager", "approvals.approve", request)
    decision = ApprovalDecision.objects.get()
    assert decision.user_id == world.user("account_manager").pk
    assert decision.on_behalf_of_id == world.user("regional_manager").pk


def test_a_deputy_over_the_lent_amount_cannot_decide(world: World, sample: Sample) -> None:
    until = world.today + timedelta(days=7)
    data = {
        "deputy": str(world.user("warehouse").pk),
        "since": str(world.today),
        "until": str(until),
        "amount_limit": "100",
    }
    world.run("regional_manager", "approvals.delegate", data=data)
    _, request = held(sample)
    assert code_of(world.run, "warehouse", "approvals.approve", request) == "not_found"


def test_a_requester_is_no_deputy_for_the_own_request(world: World, sample: Sample) -> None:
    a_delegation(world, "regional_manager", "rep")
    _, request = held(sample)
    assert code_of(world.run, "rep", "approvals.approve", request) == "approval.own_request"


@clause("1.3.1")
def test_a_release_covers_what_was_agreed_and_no_more(world: World, sample: Sample) -> None:
    paper, request = held(sample, "150.00")  # over by 50
    world.run("regional_manager", "approvals.approve", request)
    assert world.run("rep", SEND, paper).hold is None  # the same again, within thirty days
    sample.exposure = Decimal(-20)  # others' doing changes, and less is over: the release survives a busy day
    assert world.run("rep", SEND, paper).hold is None
    sample.exposure = Decimal("0.01")  # a cent more than what was agreed
    again = world.run("rep", SEND, paper).hold
    assert again is not None
    assert again.pk != request.pk


def test_changed_content_needs_a_new_agreement(world: World, sample: Sample) -> None:
    paper, request = held(sample, "150.00")
    world.run("regional_manager", "approvals.approve", request)
    Delegation.objects.filter(pk=paper.pk).update(amount_limit=Decimal("140.00"))
    assert world.run("rep", SEND, paper).hold is not None


def test_a_release_ends(world: World, sample: Sample) -> None:
    from sellwell.kernel import clock

    paper, request = held(sample)
    world.run("regional_manager", "approvals.approve", request)
    with clock.at(clock.now() + timedelta(days=31)):
        assert world.run("rep", SEND, paper).hold is not None


@clause("1.3.1")
def test_a_rerun_that_fails_gives_its_requester_a_task(world: World, sample: Sample) -> None:
    paper, request = held(sample)
    sample.is_broken = True
    world.run("regional_manager", "approvals.approve", request)
    paper.refresh_from_db()
    request.refresh_from_db()
    assert request.state == RequestState.FAILED
    assert (paper.note, paper.held_by) == ("", None)
    task = Task.objects.get(owner=world.user("rep"), operation=SEND, state="open")
    assert task.row_id == paper.pk
    sample.is_broken = False
    assert world.run("rep", SEND, paper).hold is None  # what was agreed still holds
    task.refresh_from_db()
    assert task.state == "done"


def test_a_rejection_needs_a_reason_and_frees_the_row(world: World, sample: Sample) -> None:
    paper, request = held(sample)
    assert code_of(world.run, "regional_manager", "approvals.reject", request) == "approval.needs_note"
    world.run("regional_manager", "approvals.reject", request, {"note": "价格不合适"})
    paper.refresh_from_db()
    request.refresh_from_db()
    assert (paper.held_by, paper.note, request.state) == (None, "", RequestState.REJECTED)
    assert (
        Task.objects.filter(owner=world.user("rep"), operation=SEND, row_id=paper.pk, state="open").count()
        == 1
    )


def test_only_the_requester_withdraws(world: World, sample: Sample) -> None:
    paper, request = held(sample)
    assert code_of(world.run, "regional_manager", "approvals.withdraw", request) in (
        "approval.not_requester",
        "not_permitted",
    )
    world.run("rep", "approvals.withdraw", request)
    paper.refresh_from_db()
    assert paper.held_by is None


def test_the_same_key_answers_with_the_approval_until_it_is_decided(world: World, sample: Sample) -> None:
    paper = sample.paper("rep", "150.00")
    first = world.run("rep", SEND, paper, key="k")
    again = world.run("rep", SEND, paper, key="k")
    assert first.hold is not None
    assert again.hold is not None
    assert again.hold.pk == first.hold.pk
    world.run("regional_manager", "approvals.approve", first.hold)
    assert world.run("rep", SEND, paper, key="k").hold is None


def test_an_approver_who_leaves_is_replaced(world: World, sample: Sample) -> None:
    _, request = held(sample)
    world.run(
        "hr",
        "company.hand_over",
        world.person("regional_manager"),
        {"to": str(world.user("sales_manager").pk)},
    )
    world.run("hr", "company.leave", world.person("regional_manager"))
    assert candidates(request) == ["sales_manager"]
    assert Task.objects.filter(row_id=request.pk, owner=world.user("sales_manager"), state="open").exists()
    assert not Task.objects.filter(owner=world.user("regional_manager"), state="open").exists()


def test_over_ones_amount_limit_without_a_route_is_refused(world: World, sample: Sample) -> None:
    from sellwell.kernel import generations
    from sellwell.kernel.models import Grant

    sample.limit = Decimal(10**6)
    Grant.objects.filter(verb=SEND, role="rep").update(amount_limit=Decimal("100.00"))
    generations.bump("rights")
    assert world.run("rep", SEND, sample.paper("rep", "100.00")).hold is None
    assert code_of(world.run, "rep", SEND, sample.paper("rep", "100.01")) == "over_limit.no_route"
    assert world.run("sales_manager", SEND, sample.paper("rep", "100.01")).hold is None
