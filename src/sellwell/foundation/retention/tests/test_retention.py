"""From purchases to scores, cases and a measured gain; and clause 4.2.5, broken and mended."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.foundation.retention import chores, queries, scoring
from sellwell.foundation.retention.models import Intervention, Run, Score
from sellwell.foundation.retention.rules import is_held_out
from sellwell.foundation.retention.tests.builders import (
    a_case,
    a_playbook,
    at_risk,
    bought,
    opened_before,
    scored,
)
from sellwell.kernel.evidence import for_clause
from sellwell.kernel.models import Fact, Task
from sellwell.kernel.values import Period
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.refusals import refused
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def test_scores_come_from_facts_alone_and_say_why(world: World) -> None:
    lost, loyal = at_risk(world), a_customer(world)
    bought(world, loyal, 95, 65, 35, 5)
    run = scored(world)
    scores = {one.customer_id: one for one in Score.objects.filter(run=run)}
    assert (scores[lost.pk].level, scores[loyal.pk].level) == ("high", "low")
    assert (scores[lost.pk].idle, scores[lost.pk].gap, scores[lost.pk].purchases) == (200, 30, 4)
    assert (run.method, run.auc, run.customers) == ("rhythm", None, 2)
    assert refused(world, "sales_manager", "retention.score", None, {}) == {"retention.scored_today"}


def test_what_was_cancelled_whole_was_no_purchase(world: World) -> None:
    customer = at_risk(world)
    bought(world, customer, 1)
    last = Fact.objects.filter(customer_id=customer.pk).latest("happened_on")
    Fact.objects.create(
        **{
            f.attname: getattr(last, f.attname) for f in Fact._meta.fields if f.attname not in ("id", "amount", "seq", "reverses")
        },
        amount=-last.amount, seq=2, reverses=last.pk,
    )  # fmt: skip
    assert max(one.on for one in queries.purchases(world.company.pk, world.today)) == world.today - timedelta(
        days=200
    )


def test_nothing_bought_is_said_and_not_scored(world: World) -> None:
    assert refused(world, "sales_manager", "retention.score", None, {}) == {"retention.nothing_bought"}
    assert not chores.score_when_due(world.company.pk)


def test_a_company_with_a_year_of_sales_gets_a_model_that_was_judged(world: World) -> None:
    customers = [a_customer(world) for _ in range(64)]
    for number, customer in enumerate(customers):
        step = 15 if number % 2 else 45
        gone = 40 + 11 * (number % 23)
        bought(world, customer, *range(380 - number, gone, -step), amount=f"{500 + number}.00")
    run = scored(world)
    assert run.method != "rhythm"
    assert run.auc is not None and run.auc > Decimal("0.5")
    assert set(run.qualities) >= {"recency", "past_rate", "alive", "logistic", "boosted"}
    assert run.judged_on == world.today - timedelta(days=scoring.HORIZON)
    assert {"r", "alpha", "a", "b"} <= set(run.parameters)
    assert all(one.risk is not None and one.alive is not None for one in Score.objects.filter(run=run))


def test_only_the_latest_run_counts_and_former_ones_stay(world: World) -> None:
    customer = at_risk(world)
    first = scored(world)
    Run.objects.filter(pk=first.pk).update(on=world.today - timedelta(days=8))
    assert chores.score_when_due(world.company.pk)
    assert not chores.score_when_due(world.company.pk)
    world.see()
    assert Score.objects.filter(customer=customer).count() == 2
    score = queries.score_of(customer.pk)
    assert score is not None and score.run.on == world.today


def test_a_playbook_gives_the_owner_a_task_within_three_working_days(world: World) -> None:
    case = a_case(world)
    task = Task.objects.get(row_id=case.pk, operation="retention.contact")
    assert task.owner_id == case.customer.owner_id == case.owner_id
    assert case.due_on is not None and case.due_on > world.today
    world.run("sales_manager", "retention.apply", case.playbook)
    assert Intervention.objects.filter(customer=case.customer).count() == 1, "nobody is asked twice"


def test_the_hold_out_group_is_recorded_before_and_gets_no_task(world: World) -> None:
    customers = [at_risk(world) for _ in range(12)]
    scored(world)
    playbook = a_playbook(world, holdout=50)
    world.run("sales_manager", "retention.apply", playbook)
    cases = {case.customer_id: case for case in Intervention.objects.filter(playbook=playbook)}
    for customer in customers:
        held = is_held_out(playbook.pk, customer.pk, 50)
        case = cases[customer.pk]
        assert (case.arm, case.state) == (("holdout", "watched") if held else ("treated", "opened"))
        assert Task.objects.filter(row_id=case.pk).exists() != held


def test_grades_and_value_narrow_a_playbook(world: World) -> None:
    at_risk(world)
    scored(world)
    graded = a_playbook(world, "P-A", grades=["A"])
    rich = a_playbook(world, "P-V", least_value="100.00")
    for playbook in (graded, rich):
        world.run("sales_manager", "retention.apply", playbook)
    assert not Intervention.objects.exists()


def test_retained_is_proved_by_a_purchase_only(world: World) -> None:
    case = opened_before(a_case(world, "offer"), 5)
    assert refused(world, "rep", "retention.retain", case, {}) == {"retention.not_bought"}
    bought(world, case.customer, 1)
    world.run("rep", "retention.retain", case)
    case.refresh_from_db()
    assert case.state == "retained"


def test_both_groups_are_judged_by_what_was_bought(world: World) -> None:
    customers = [at_risk(world) for _ in range(8)]
    scored(world)
    playbook = a_playbook(world, holdout=50)
    world.run("sales_manager", "retention.apply", playbook)
    for case in Intervention.objects.filter(playbook=playbook).select_related("customer"):
        opened_before(case, 90)
    bought(world, customers[0], 40)
    bought(world, customers[1], 95)  # before it was opened: that is no coming back
    assert chores.follow_playbooks(world.company.pk)
    world.see()
    cases = Intervention.objects.filter(playbook=playbook, opened_on__lt=world.today)
    assert {case.customer_id for case in cases if case.came_back} == {customers[0].pk}
    assert {case.state for case in cases} == {"retained", "lost"}
    gain = queries.gain_of(playbook.pk)
    assert (gain.treated + gain.held, gain.treated_back + gain.held_back) == (8, 1)
    assert gain.is_few


def test_what_people_wrote_is_erased_with_the_customer(world: World) -> None:
    case = a_case(world, "offer")
    world.run("legal", "customers.erase", case.customer, {"ground": "request", "reference": "DSR-9"})
    case.refresh_from_db()
    assert (case.note, case.offer) == ("", "")


@clause("4.2.5", breaks=True)
def test_a_customer_at_risk_whom_nobody_contacted_in_time_is_named_until_it_was_in_time(world: World) -> None:
    case = a_case(world)
    assert naming(world, "4.2.5", case) == set()
    opened_before(case, 20)
    assert naming(world, "4.2.5", case) == {"contacted_in_time"}
    world.run("rep", "retention.contact", case, {"note": "迟到的电话"})
    assert naming(world, "4.2.5", case) == {"contacted_in_time"}, "late stays late"
    Intervention.objects.filter(pk=case.pk).update(contacted_on=case.due_on)
    assert naming(world, "4.2.5", case) == set()


@clause("4.2.5")
def test_the_evidence_says_how_many_stayed_and_what_was_won_back(world: World) -> None:
    loyal, gone = a_customer(world), a_customer(world)
    bought(world, loyal, 60, 5)
    bought(world, gone, 100)
    period = Period(world.today - timedelta(days=40), world.today + timedelta(days=1))
    (one,) = for_clause("4.2.5")
    figures = {each.title.en: each for each in one.collect(world.company.pk, period).measured}
    assert figures["Retention rate"].value == Decimal("50.0")
    assert figures["Churn rate"].value == Decimal("50.0")
    assert figures["Won back against the hold-out group"].value is None
