"""Stories of what two sides sign: budgets with finance, strategies with marketing, exactly this text (2.2.5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sellwell.kernel.models import ApprovalRequest
from sellwell.steering.plans.models import SignOff
from sellwell.steering.plans.tests.builders import a_draft, asked, content, signed
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.refusals import refused
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@clause("2.2.5")
def test_a_budget_holds_once_sales_and_finance_have_signed(world: World) -> None:
    budget = a_draft(world)
    request = asked(world, budget)
    assert {s.guard for s in request.steps.all()} == {"plans.side.sales", "plans.side.finance"}
    assert all(s.is_open for s in request.steps.all())  # both at once
    world.run("finance", "approvals.approve", request)
    budget.refresh_from_db()
    assert budget.state == "draft"
    world.run("sales_manager", "approvals.approve", request)
    budget.refresh_from_db()
    assert budget.state == "in_force" and budget.effective_on == world.today and budget.content_hash


@clause("2.2.5")
def test_a_strategy_is_signed_by_marketing_and_not_by_finance(world: World) -> None:
    strategy = a_draft(world, "strategy", title="华东营销策略", amount=None)
    request = asked(world, strategy)
    assert {s.guard for s in request.steps.all()} == {"plans.side.sales", "plans.side.marketing"}
    assert refused(world, "finance", "approvals.approve", request) in ({"approval.not_yours"}, {"not_found"})


@clause("2.2.5")
def test_nothing_is_changed_while_it_is_signed_and_a_change_asks_everybody_anew(world: World) -> None:
    budget = a_draft(world)
    request = asked(world, budget)
    world.run("finance", "approvals.approve", request)
    other = content(world, amount="2400000")
    assert refused(world, "regional_manager", "plans.change_sign_off", budget, other) == {"held"}
    world.run("regional_manager", "approvals.withdraw", request)
    world.run("regional_manager", "plans.change_sign_off", budget, other)
    again = asked(world, budget)
    assert again.pk != request.pk and all(s.decided_at is None for s in again.steps.all())
    world.run("sales_manager", "approvals.approve", again)
    budget.refresh_from_db()
    assert budget.state == "draft"  # finance signed other figures
    world.run("finance", "approvals.approve", again)
    budget.refresh_from_db()
    assert budget.state == "in_force"


@clause("2.2.5")
def test_a_side_returns_it_with_a_reason(world: World) -> None:
    budget = a_draft(world)
    request = asked(world, budget)
    assert refused(world, "finance", "approvals.reject", request) == {"approval.needs_note"}
    world.run("finance", "approvals.reject", request, {"note": "推广费高于去年三成，请说明"})
    budget.refresh_from_db()
    assert budget.state == "draft" and budget.held_by is None


@clause("2.2.5")
def test_who_drafted_or_changed_it_does_not_sign(world: World) -> None:
    budget = a_draft(world)
    world.run("finance", "plans.change_sign_off", budget, content(world, amount="900000"))
    request = asked(world, budget)
    asked_for_finance = request.steps.get(guard="plans.side.finance").candidates
    assert asked_for_finance and world.user("finance").pk not in asked_for_finance  # whoever stands above
    assert refused(world, "finance", "approvals.approve", request) in ({"approval.not_yours"}, {"not_found"})
    world.add("finance2", "finance", "FIN")
    request = ApprovalRequest.objects.get(pk=request.pk)
    world.run("regional_manager", "approvals.withdraw", request)
    request = asked(world, budget)
    world.run("finance2", "approvals.approve", request)
    world.run("sales_manager", "approvals.approve", request)
    budget.refresh_from_db()
    assert budget.state == "in_force"


@clause("2.2.5")
def test_nobody_signs_for_two_sides(world: World) -> None:
    world.post(world.user("sales_manager"), "finance", "FIN")
    world.add("sales2", "sales_manager", "HQ")
    budget = a_draft(world)
    request = asked(world, budget)
    assert refused(world, "sales_manager", "approvals.approve", request) == {"plans.two_sides"}
    world.run("sales2", "approvals.approve", request)  # for sales
    world.run("sales_manager", "approvals.approve", request)  # then this person may sign for finance
    budget.refresh_from_db()
    assert budget.state == "in_force"


@clause("2.2.5")
def test_a_revision_takes_the_place_of_its_version_which_stays_readable(world: World) -> None:
    budget = signed(world, a_draft(world))
    beside = {**content(world), "kind": "budget", "department": str(world.department("EAST").pk)}
    assert refused(world, "regional_manager", "plans.draft_sign_off", data=beside) == {
        "plans.in_force_already"
    }
    revision = world.run("regional_manager", "plans.revise_sign_off", budget).result
    assert refused(world, "regional_manager", "plans.revise_sign_off", budget) == {"plans.being_revised"}
    world.run("regional_manager", "plans.change_sign_off", revision, content(world, amount="1500000"))
    budget.refresh_from_db()
    assert budget.state == "in_force"  # until the new one is signed
    signed(world, revision)
    budget.refresh_from_db()
    assert budget.state == "replaced" and budget.amount == 1200000 and budget.replaced_on == world.today


def test_the_last_signature_locks_the_department_and_the_second_of_two_drafts_finds_the_first(
    world: World,
) -> None:
    first, second = a_draft(world), a_draft(world, title="另一份预算")
    one, other = asked(world, first), asked(world, second)
    for request in (one, other):
        world.run("finance", "approvals.approve", request)
    with CaptureQueriesContext(connection) as queries:
        world.run("sales_manager", "approvals.approve", one)
    locks = [q["sql"] for q in queries.captured_queries if "FOR NO KEY UPDATE" in q["sql"]]
    assert any(
        "company_department" in sql and first.department_id.hex in sql.replace("-", "") for sql in locks
    )
    world.run("sales_manager", "approvals.approve", other)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("in_force", "draft")


def test_a_revision_leaves_no_day_without_a_version(world: World) -> None:
    budget = signed(world, a_draft(world))
    revision = world.run("regional_manager", "plans.revise_sign_off", budget).result
    later = content(world, since=str(world.today + timedelta(days=30)))
    assert refused(world, "regional_manager", "plans.change_sign_off", revision, later) == {
        "plans.begins_later"
    }
    SignOff.objects.filter(pk=revision.pk).update(since=world.today + timedelta(days=30))
    revision.refresh_from_db()
    assert refused(world, "regional_manager", "plans.put_in_force", revision) == {"plans.begins_later"}


def test_what_is_drafted_can_be_signed(world: World) -> None:
    base = {"kind": "budget", "department": str(world.department("EAST").pk)}
    wrong = {**content(world, amount=None, text=None), **base, "until": str(world.today)}
    assert refused(world, "regional_manager", "plans.draft_sign_off", data=wrong) == {
        "plans.sign_off_dates", "plans.needs_amount", "plans.no_content",
    }  # fmt: skip
    south = {**content(world), **base, "department": str(world.department("SOUTH").pk)}
    assert refused(world, "regional_manager", "plans.draft_sign_off", data=south) == {"not_permitted.scope"}


@clause("2.2.5", breaks=True)
def test_a_budget_whose_period_has_begun_is_named_until_both_sides_have_signed(world: World) -> None:
    budget = a_draft(world)
    assert naming(world, "2.2.5", budget) == {"signed_by_every_side"}
    request = asked(world, budget)
    world.run("finance", "approvals.approve", request)
    assert naming(world, "2.2.5", budget) == {"signed_by_every_side"}
    world.run("sales_manager", "approvals.approve", request)
    assert naming(world, "2.2.5", budget) == set()


@clause("2.2.5", breaks=True)
def test_a_text_altered_past_the_door_is_named_until_it_is_what_was_signed(world: World) -> None:
    budget = signed(world, a_draft(world))
    assert naming(world, "2.2.5", budget) == set()
    SignOff.objects.filter(pk=budget.pk).update(amount="9900000.00")
    assert naming(world, "2.2.5", budget) == {"signed_by_every_side"}
    SignOff.objects.filter(pk=budget.pk).update(amount="1200000.00")
    assert naming(world, "2.2.5", budget) == set()


@clause("2.2.5", breaks=True)
def test_a_strategy_put_in_force_past_the_door_is_named_until_signed(world: World) -> None:
    strategy = a_draft(world, "strategy", amount=None)
    SignOff.objects.filter(pk=strategy.pk).update(state="in_force", effective_on=world.today)
    assert naming(world, "2.2.5", strategy) == {"signed_by_every_side"}
    SignOff.objects.filter(pk=strategy.pk).update(state="draft", effective_on=None)
    signed(world, SignOff.objects.get(pk=strategy.pk), "sales_manager", "marketing")
    assert naming(world, "2.2.5", strategy) == set()


@clause("2.2.5")
def test_nobody_is_asked_for_two_sides_when_the_only_one_of_a_side_wrote_it(world: World) -> None:
    budget = a_draft(world)
    world.run("finance", "plans.change_sign_off", budget, content(world, amount="900000"))
    request = asked(world, budget)
    by_side = {s.guard: set(s.candidates) for s in request.steps.all()}
    assert by_side["plans.side.sales"] == {world.user("sales_manager").pk}
    assert by_side["plans.side.finance"] == {world.user("executive").pk}
    world.run("sales_manager", "approvals.approve", request)
    world.run("executive", "approvals.approve", request)
    budget.refresh_from_db()
    assert budget.state == "in_force"


@clause("2.2.5")
def test_two_authors_who_are_alone_on_their_sides_strand_nothing(world: World) -> None:
    budget = a_draft(world)
    for role, amount in (("finance", "900000"), ("sales_manager", "950000")):
        world.run(role, "plans.change_sign_off", budget, content(world, amount=amount))
    request = asked(world, budget)
    signers = [s.candidates for s in request.steps.all()]
    assert all(signers) and not set(signers[0]) & set(signers[1])
    for user in {u for people in signers for u in people}:
        role = next(r for r, one in world.installed.users.items() if one.pk == user)
        world.run(role, "approvals.approve", request)
    budget.refresh_from_db()
    assert budget.state == "in_force"
