"""Every sentence of the design's paragraph on holds, told with the sample documents (clause 1.3.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from sellwell.kernel import checks, clock, deadlines, door
from sellwell.kernel.models import (
    ApprovalDecision,
    ApprovalRequest,
    ApprovalStep,
    Delegation,
    LedgerEntry,
    Release,
    RequestState,
    Task,
)
from sellwell.kernel.operations import REGISTRY, Assessment, Context, guard
from sellwell.kernel.tests.builders import a_delegation
from sellwell.kernel.tests.sample import BROKEN, CHECK, DRAFT, MAIL, SEND, Sample
from sellwell.kernel.tests.test_approvals import candidates, code_of, held
from sellwell.kernel.values import Objection, T
from sellwell.kernel.views import VIEWS
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def asked(request: ApprovalRequest) -> dict[str, list[str]]:
    """The roles of each route of a request, by guard, in order."""
    found: dict[str, list[str]] = {}
    for step in ApprovalStep.objects.filter(request=request).order_by("guard", "position"):
        found.setdefault(step.guard, []).append(step.role)
    return found


def state_of(request: ApprovalRequest) -> str:
    request.refresh_from_db()
    return request.state


# --- routes ---------------------------------------------------------------------------------------------------------------


@clause("1.3.1")
def test_routes_are_chosen_by_amount_and_attributes(world: World, sample: Sample) -> None:
    sample.routes_by(
        {"amount": ("number", T("金额", "Amount")), "deputy": ("text", T("代理", "Deputy"))},
        [
            ["<= 200", "-", "regional_manager"],
            ["> 200", str(world.user("auditor").pk), "regional_manager, finance"],
            ["-", "-", "executive"],
        ],
    )
    _, small = held(sample, "150.00")
    _, large = held(sample, "250.00")
    other = sample.paper("rep", "250.00")
    Delegation.objects.filter(pk=other.pk).update(deputy=world.user("hr"))
    special = world.run("rep", SEND, other).hold
    assert asked(small) == {"tests.over": ["regional_manager"]}
    assert asked(large) == {"tests.over": ["regional_manager", "finance"]}
    assert special is not None
    assert asked(special) == {"tests.over": ["executive"]}


def test_all_that_holds_forms_one_request_with_parallel_routes(world: World, sample: Sample) -> None:
    sample.risk = Decimal(3)
    sample.route("regional_manager, finance")
    paper, request = held(sample)
    assert ApprovalRequest.objects.count() == 1
    assert asked(request) == {
        "tests.over": ["regional_manager", "finance"],
        "tests.risky": ["regional_manager", "finance"],
    }
    world.run("regional_manager", "approvals.approve", request)  # decides both routes' first step
    world.run("finance", "approvals.approve", request)
    paper.refresh_from_db()
    assert paper.note == "请寄出"
    assert set(Release.objects.values_list("guard", "upper_bound")) == {
        ("tests.over", Decimal("50.00")), ("tests.risky", Decimal("3.00")),
    }  # fmt: skip


def test_a_copy_in_the_route_decides_nothing(world: World, sample: Sample) -> None:
    sample.route("regional_manager, cc:finance")
    paper, request = held(sample)
    assert asked(request) == {"tests.over": ["regional_manager"]}
    assert world.user("finance").pk in set(
        request.notes.filter(kind="copied").values_list("to_id", flat=True)
    )
    assert code_of(world.run, "finance", "approvals.approve", request) == "approval.not_yours"
    world.run("regional_manager", "approvals.approve", request)
    paper.refresh_from_db()
    assert paper.note == "请寄出"


# --- who may not, and who stands in ------------------------------------------------------------------------------------------


def test_the_requester_does_not_decide_through_a_deputy(world: World, sample: Sample) -> None:
    a_delegation(world, "regional_manager", "account_manager")
    _, request = held(sample, owner="regional_manager")
    assert candidates(request) == ["sales_manager"]
    assert code_of(world.run, "account_manager", "approvals.approve", request) in (
        "not_found",
        "approval.not_yours",
    )
    a_delegation(world, "sales_manager", "regional_manager")  # nor as the deputy of who decides
    assert code_of(world.run, "regional_manager", "approvals.approve", request) == "approval.own_request"


def test_a_deputy_is_in_the_ledger_beside_the_lender(world: World, sample: Sample) -> None:
    a_delegation(world, "regional_manager", "account_manager")
    _, request = held(sample)
    assert Task.objects.filter(row_id=request.pk, owner=world.user("account_manager"), state="open").exists()
    world.run("account_manager", "approvals.approve", request)
    entry = LedgerEntry.objects.get(operation="approvals.approve")
    assert (entry.actor_id, entry.on_behalf_of_id) == (
        world.user("account_manager").pk, world.user("regional_manager").pk,
    )  # fmt: skip


def test_one_deputy_speaks_for_two_who_must_both_agree(world: World, sample: Sample) -> None:
    world.add("second_legal", "legal", "LEGAL")
    sample.route("all:legal")
    for lender in ("legal", "second_legal"):
        a_delegation(world, lender, "account_manager")
    paper, request = held(sample)
    world.run("account_manager", "approvals.approve", request)
    paper.refresh_from_db()
    assert paper.held_by is None
    lenders = set(ApprovalDecision.objects.values_list("on_behalf_of__username", flat=True))
    assert lenders == {"legal", "second_legal"}


@pytest.mark.parametrize("day, may", [(0, False), (1, True), (6, True), (7, False)])
def test_a_delegation_holds_from_day_to_day(world: World, sample: Sample, day: int, may: bool) -> None:
    first, until = world.today + timedelta(days=1), world.today + timedelta(days=7)
    data = {"deputy": str(world.user("warehouse").pk), "since": str(first), "until": str(until)}
    world.run("regional_manager", "approvals.delegate", data=data)
    with clock.at(clock.now() + timedelta(days=day)):
        _, request = held(sample)
        if may:
            world.run("warehouse", "approvals.approve", request)
            assert state_of(request) == RequestState.APPROVED
        else:
            assert code_of(world.run, "warehouse", "approvals.approve", request) == "not_found"


def test_a_delegation_for_other_work_does_not_reach(world: World, sample: Sample) -> None:
    until = str(world.today + timedelta(days=7))
    data = {
        "deputy": str(world.user("warehouse").pk),
        "since": str(world.today),
        "until": until,
        "rooms": ["orders"],
    }
    world.run("regional_manager", "approvals.delegate", data=data)
    _, request = held(sample)
    assert code_of(world.run, "warehouse", "approvals.approve", request) == "not_found"  # nor is it read
    assert not VIEWS["approvals.view"].rows(world.ctx("warehouse").actor).filter(pk=request.pk).exists()
    assert code_of(
        world.run, "regional_manager", "approvals.delegate", data={**data, "rooms": ["nowhere"]}
    ) == ("delegation.no_room")


def test_a_late_delegation_hands_on_what_waits(world: World, sample: Sample) -> None:
    _, request = held(sample)
    a_delegation(world, "regional_manager", "account_manager")
    assert Task.objects.filter(row_id=request.pk, owner=world.user("account_manager"), state="open").exists()


def test_a_step_that_nobody_could_decide_is_taken_up_again(world: World, sample: Sample) -> None:
    _, request = held(sample)
    ApprovalStep.objects.filter(request=request).update(candidates=[])  # as when all holders were barred
    assert checks.run_all(["holds.open"])
    while deadlines.act([world.company.pk]):
        pass
    with clock.at(clock.now() + timedelta(days=10)):
        deadlines.act([world.company.pk])
    world.see()
    assert candidates(request) == ["regional_manager"]
    assert Task.objects.filter(owner=world.user("regional_manager"), row_id=request.pk, state="open").exists()
    assert not checks.run_all(["holds.open"])


# --- releases -----------------------------------------------------------------------------------------------------------------


@clause("1.3.1")
def test_a_larger_objection_adds_a_route_to_the_same_request(world: World, sample: Sample) -> None:
    sample.route("regional_manager")
    paper, request = held(sample, "150.00")
    sample.exposure = Decimal(30)  # meanwhile more is over
    sample.route("finance")
    world.run("regional_manager", "approvals.approve", request)
    paper.refresh_from_db()
    assert (state_of(request), paper.held_by, paper.note) == (RequestState.OPEN, request.pk, "")
    assert asked(request) == {"tests.over": ["regional_manager", "finance"]}
    assert Task.objects.filter(row_id=request.pk, owner=world.user("finance"), state="open").exists()
    assert ApprovalRequest.objects.count() == 1
    world.run("finance", "approvals.approve", request)
    paper.refresh_from_db()
    assert (state_of(request), paper.note) == (RequestState.APPROVED, "请寄出")
    assert sorted(Release.objects.values_list("upper_bound", flat=True)) == [
        Decimal("50.00"),
        Decimal("80.00"),
    ]


def test_a_new_objection_adds_its_own_route_and_who_agreed_before_is_asked_about_it(
    world: World, sample: Sample
) -> None:
    sample.route("regional_manager, finance")
    paper, request = held(sample, "150.00")
    world.run("regional_manager", "approvals.approve", request)
    sample.risk = Decimal(1)
    sample.route("regional_manager, legal")
    world.run("finance", "approvals.approve", request)
    assert state_of(request) == RequestState.OPEN
    risky = ApprovalStep.objects.filter(request=request, guard="tests.risky").order_by("position")
    assert [(s.role, s.outcome) for s in risky] == [("regional_manager", ""), ("legal", "")]
    world.run("regional_manager", "approvals.approve", request)  # the risk was not there at the first time
    world.run("legal", "approvals.approve", request)
    paper.refresh_from_db()
    assert paper.note == "请寄出"


def test_changed_content_is_asked_again_of_everybody(world: World, sample: Sample) -> None:
    paper, request = held(sample, "150.00")
    Delegation.objects.filter(pk=paper.pk).update(amount_limit=Decimal("149.00"))
    world.run("regional_manager", "approvals.approve", request)
    assert state_of(request) == RequestState.OPEN  # what was agreed were other terms
    assert request.snapshot["amount"] == "149.00"
    assert [s.outcome for s in request.steps.order_by("position")] == ["agreed", ""]
    world.run("regional_manager", "approvals.approve", request)
    assert state_of(request) == RequestState.APPROVED


def test_the_snapshot_is_frozen(world: World, sample: Sample) -> None:
    paper, request = held(sample, "150.00")
    Delegation.objects.filter(pk=paper.pk).update(amount_limit=Decimal("151.00"))
    request.refresh_from_db()
    assert request.snapshot["amount"] == "150.00"


def test_the_act_is_its_requesters_and_names_the_approvers(world: World, sample: Sample) -> None:
    _, request = held(sample)
    world.run("regional_manager", "approvals.approve", request)
    done = LedgerEntry.objects.get(operation=SEND)
    assert done.actor_id == world.user("rep").pk
    agreement = next(a for a in done.answers if a["guard"] == "approval")
    assert agreement["request"] == str(request.pk)
    assert agreement["approvers"] == [str(world.user("regional_manager").pk)]


def test_the_act_is_done_by_the_way_in_that_it_came(world: World, sample: Sample) -> None:
    paper = sample.paper("rep", "150.00")
    request = door.run(SEND, world.ctx("rep", "cli"), paper.pk, {}).hold
    assert request is not None
    world.run("regional_manager", "approvals.approve", request)
    assert LedgerEntry.objects.get(operation=SEND).channel == "cli"


def test_a_requester_who_lost_the_right_is_not_carried(world: World, sample: Sample) -> None:
    from sellwell.kernel import generations
    from sellwell.kernel.models import Grant

    paper, request = held(sample)
    Grant.objects.filter(verb=SEND, role="rep").update(role="nobody")
    generations.bump("rights")
    world.run("regional_manager", "approvals.approve", request)
    paper.refresh_from_db()
    assert (state_of(request), paper.note, paper.held_by) == (RequestState.FAILED, "", None)


# --- creations, failures ---------------------------------------------------------------------------------------------------------


def test_a_held_creation_that_fails_is_done_again_from_its_request(world: World, sample: Sample) -> None:
    request = world.run("rep", DRAFT, data={"amount": "150.00", "note": "新建"}).hold
    assert request is not None
    sample.is_broken = True
    world.run("regional_manager", "approvals.approve", request)
    assert state_of(request) == RequestState.FAILED
    task = Task.objects.get(owner=world.user("rep"), row_id=request.pk, state="open")
    assert task.operation == "approvals.retry"
    assert code_of(world.run, "rep", "approvals.retry", request) == "tests.broken"
    assert code_of(world.run, "regional_manager", "approvals.retry", request) == "approval.not_requester"
    sample.is_broken = False
    world.run("rep", "approvals.retry", request)
    assert state_of(request) == RequestState.APPROVED
    made = Delegation.objects.get(pk=request.row_id)
    assert (made.note, made.amount_limit) == ("新建", Decimal("150.00"))
    task.refresh_from_db()
    assert task.state == "done"


# --- held rows, nested acts ------------------------------------------------------------------------------------------------------


def test_a_held_row_refuses_verbs_also_from_within_others(world: World, sample: Sample) -> None:
    paper, _ = held(sample)
    assert not REGISTRY[CHECK].while_held
    assert code_of(world.run, "rep", CHECK, paper) == "held"
    assert code_of(world.run, "rep", SEND, paper) == "held"
    other = sample.paper("rep", "80.00")
    assert code_of(world.run, "rep", MAIL, other, {"paper": str(paper.pk)}) == "held"
    other.refresh_from_db()
    assert other.note == ""


def test_a_verb_declared_for_held_rows_is_done(world: World, sample: Sample) -> None:
    paper, request = held(sample)
    REGISTRY[CHECK] = replace(REGISTRY[CHECK], while_held=True)
    world.run("rep", CHECK, paper)
    paper.refresh_from_db()
    assert paper.held_by == request.pk


def test_a_refusal_beats_a_hold(world: World, sample: Sample) -> None:
    @guard("tests.no", T("不行", "No"), on=[SEND])
    def no(assessments: list[Assessment], ctx: Context) -> dict[int, Objection]:
        return {0: BROKEN.refuse()}

    assert code_of(world.run, "rep", SEND, sample.paper("rep", "150.00")) == "tests.broken"
    assert not ApprovalRequest.objects.exists()


@clause("1.3.1")
def test_a_nested_hold_undoes_the_outer_act_and_holds_it(world: World, sample: Sample) -> None:
    outer, inner = sample.paper("rep", "80.00"), sample.paper("rep", "150.00")
    request = world.run("rep", MAIL, outer, {"paper": str(inner.pk)}).hold
    assert request is not None
    outer.refresh_from_db()
    inner.refresh_from_db()
    assert (outer.note, outer.held_by, inner.held_by) == ("", request.pk, None)
    assert (request.operation, request.row_id) == (MAIL, outer.pk)
    assert not LedgerEntry.objects.filter(operation__in=[MAIL, SEND]).exists()
    world.run("regional_manager", "approvals.approve", request)
    outer.refresh_from_db()
    inner.refresh_from_db()
    assert state_of(request) == RequestState.APPROVED
    assert (outer.note, inner.note) == ("stamped", "with the mail")
    assert (
        world.run("rep", MAIL, outer, {"paper": str(inner.pk)}).hold is None
    )  # the release holds for the outer act


def test_a_nested_release_reaches_no_other_act(world: World, sample: Sample) -> None:
    outer, inner = sample.paper("rep", "80.00"), sample.paper("rep", "150.00")
    request = world.run("rep", MAIL, outer, {"paper": str(inner.pk)}).hold
    assert request is not None
    world.run("regional_manager", "approvals.approve", request)
    assert world.run("rep", SEND, inner).hold is not None
