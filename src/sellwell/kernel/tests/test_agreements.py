"""What an agreement reaches, and whom a step still waits for (clause 1.3.1)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sellwell.foundation.company.models import Company, Department
from sellwell.kernel import generations
from sellwell.kernel.door import see_companies
from sellwell.kernel.models import ApprovalDecision, Delegation, LedgerEntry, Release, RequestState
from sellwell.kernel.tests.builders import step_of
from sellwell.kernel.tests.sample import SEND, Sample
from sellwell.kernel.tests.test_approval_course import open_tasks
from sellwell.kernel.tests.test_approvals import candidates, held
from sellwell.kernel.tests.test_holds import state_of
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def signer(world: World, name: str, where: str) -> dict[str, str]:
    return {"person": str(world.user(name).pk), "where": where}


@clause("1.3.1")
def test_who_agreed_to_less_is_asked_about_more(world: World, sample: Sample) -> None:
    sample.route("regional_manager")
    paper, request = held(sample, "150.00")
    sample.exposure = Decimal(30)  # meanwhile more is over
    world.run("regional_manager", "approvals.approve", request)
    paper.refresh_from_db()
    assert (state_of(request), paper.held_by, paper.note) == (RequestState.OPEN, request.pk, "")
    assert not Release.objects.filter(upper_bound="80.00").exists()
    assert open_tasks(world, request) == {("regional_manager", "approvals.approve")}
    world.run("regional_manager", "approvals.approve", request)
    paper.refresh_from_db()
    assert (state_of(request), paper.note) == (RequestState.APPROVED, "请寄出")


def test_a_signer_beside_does_not_take_the_place_of_the_others(world: World, sample: Sample) -> None:
    world.add("second_legal", "legal", "LEGAL")
    sample.route("all:legal")
    _, request = held(sample)
    world.run("legal", "approvals.add_signer", request, signer(world, "finance", "beside"))
    assert set(candidates(request)) == {"legal", "second_legal", "finance"}
    for name in ("legal", "finance"):
        world.run(name, "approvals.approve", request)
    assert state_of(request) == RequestState.OPEN
    world.run("second_legal", "approvals.approve", request)
    assert state_of(request) == RequestState.APPROVED


def test_the_last_who_was_waited_for_is_taken_off(world: World, sample: Sample) -> None:
    sample.route("regional_manager, finance")
    _, request = held(sample)
    world.run("regional_manager", "approvals.add_signer", request, signer(world, "legal", "beside"))
    world.run("regional_manager", "approvals.approve", request)
    world.run("regional_manager", "approvals.drop_signer", request, {"person": str(world.user("legal").pk)})
    assert open_tasks(world, request) == {("finance", "approvals.approve")}
    world.run("finance", "approvals.approve", request)
    assert state_of(request) == RequestState.APPROVED


def test_a_step_that_is_returned_to_keeps_who_was_added(world: World, sample: Sample) -> None:
    world.add("second_manager", "regional_manager", "EAST")
    sample.route("regional_manager, finance")
    _, request = held(sample)
    world.run("regional_manager", "approvals.add_signer", request, signer(world, "legal", "beside"))
    for name in ("regional_manager", "legal"):
        world.run(name, "approvals.approve", request)
    world.run(
        "finance", "approvals.return", request, {"step": str(step_of(request).pk), "note": "请补充依据"}
    )
    assert set(candidates(request)) == {"legal", "regional_manager"}


def test_who_spoke_already_is_not_written_twice(world: World, sample: Sample) -> None:
    world.add("second_legal", "legal", "LEGAL")
    sample.risk = Decimal(1)  # two routes, both of everybody of legal
    sample.route("all:legal")
    _, request = held(sample)
    world.run("legal", "approvals.approve", request)
    world.run("second_legal", "approvals.add_signer", request, signer(world, "finance", "before"))
    world.run("finance", "approvals.approve", request)
    world.run("second_legal", "approvals.approve", request)
    assert state_of(request) == RequestState.APPROVED
    assert ApprovalDecision.objects.filter(user=world.user("legal")).count() == 2  # once on each route


@clause("1.3.1")
def test_an_answer_leaves_the_questions_of_others_open(world: World, sample: Sample) -> None:
    _, request = held(sample)
    world.run("regional_manager", "approvals.question", request, {"text": "为何超出限额？"})
    to = {"text": "客户信用如何？", "to": str(world.user("warehouse").pk)}
    world.run("regional_manager", "approvals.question", request, to)
    world.run("rep", "approvals.answer", request, {"text": "客户年度框架"})
    assert ("warehouse", "approvals.answer") in open_tasks(world, request)
    assert ("rep", "approvals.answer") not in open_tasks(world, request)


def test_an_act_on_a_row_is_its_companys_whichever_company_the_page_is_set_to(
    world: World, sample: Sample
) -> None:
    other = Company.objects.create(code="OTHER", name="另一家")
    see_companies([world.company.pk, other.pk])
    away = Department.objects.create(company_id=other.pk, code="HQ", name="总部", path="HQ.")
    world.user("rep").assignments.create(
        company_id=other.pk, role="rep", department=away, since=world.today - timedelta(days=30)
    )
    generations.bump("organisation")
    paper = sample.paper("rep", "80.00")
    Delegation.objects.filter(pk=paper.pk).update(company_id=other.pk, department_path="HQ.")
    world.run("rep", SEND, paper, {"note": "寄出"})
    see_companies([world.company.pk, other.pk])
    assert LedgerEntry.objects.get(operation=SEND).company_id == other.pk
