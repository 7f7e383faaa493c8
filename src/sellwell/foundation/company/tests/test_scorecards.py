"""Scorecards: weights, versions and days; figures from records; who sees them; the story of clause 2.1.1."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.foundation.company import scorecards
from sellwell.foundation.company.defaults import POSITIONS, SCORECARDS
from sellwell.foundation.company.extensions import scorecard_measures
from sellwell.foundation.company.models import Position, Scorecard
from sellwell.foundation.company.rules import scorecards as rules
from sellwell.foundation.company.rules.scorecards import FROM_FACTS, Measure, Metric
from sellwell.foundation.company.tests.builders import a_person, a_task
from sellwell.foundation.company.tests.scoring import MEASURES, a_scorecard, given_for
from sellwell.foundation.company.tests.test_pages import page
from sellwell.kernel import clock
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import Fact, Task
from sellwell.kernel.values import Period, split
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.refusals import refusals, refused
from sellwell.testing.world import World

database = pytest.mark.django_db


# --- rules ---------------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(list(Metric)), min_size=1, unique=True), st.data())
def test_weights_that_make_the_whole_are_sound_and_a_cent_off_is_not(
    metrics: list[Metric], data: Any
) -> None:
    parts = [Decimal(data.draw(st.integers(1, 50))) for _ in metrics]
    weights = split(Decimal(100), parts)
    lines = [Measure(m.value, w) for m, w in zip(metrics, weights, strict=True)]
    assert rules.is_sound(lines)
    off = [Measure(lines[0].metric, lines[0].weight + Decimal("0.01")), *lines[1:]]
    assert not rules.is_sound(off) and not rules.is_sound([*lines, lines[0]])
    assert not rules.is_sound([Measure("unheard", Decimal(100))]) and not rules.is_sound([])


def test_a_figure_is_better_when_it_moved_the_way_it_should() -> None:
    one, two = Decimal(1), Decimal(2)
    assert rules.moved(two, one, "up") == "better" and rules.moved(two, one, "down") == "worse"
    assert rules.moved(one, two, "down") == "better" and rules.moved(one, one, "up") == ""
    assert rules.moved(None, one, "up") == ""


@clause("2.1.1")
def test_every_metric_is_computed_and_every_shipped_position_is_measured() -> None:
    computed = {m.value for m in FROM_FACTS} | set(scorecard_measures.functions)
    assert computed == set(Metric.values())
    assert {p.code for p in POSITIONS} == set(SCORECARDS)
    for lines in SCORECARDS.values():
        assert rules.is_sound([Measure(m.value, Decimal(w)) for m, w in lines.items()])


# --- versions ------------------------------------------------------------------------------------------------------------


@database
@clause("2.1.1")
def test_a_version_is_refused_with_everything_that_is_wrong(world: World) -> None:
    lines = [{"metric": "tasks", "weight": "60"}, {"metric": "tasks", "weight": "30"}]
    bad = given_for(world, "rep", days=-1, measures=lines)
    assert refused(world, "hr", "company.write_scorecard", data=bad) == {
        "company.scorecard_early",
        "company.scorecard_weights",
        "company.scorecard_twice",
    }
    a_scorecard(world)
    again = refused(world, "hr", "company.write_scorecard", data=given_for(world, "rep"))
    assert again == {"company.scorecard_draft"}
    unheard = given_for(world, "rep", measures=[{"metric": "handsome", "weight": "100"}])
    (objection,) = refusals(world, "hr", "company.write_scorecard", data=unheard)
    assert objection.path == "measures.0.metric"


@database
@clause("2.1.1")
def test_an_approved_version_follows_the_one_before_from_its_day_on(world: World) -> None:
    card = a_scorecard(world)
    first = scorecards.in_force(world.today)[card.position_id]
    world.run("executive", "company.approve_scorecard", card)
    then = world.today + timedelta(days=1)
    assert scorecards.in_force(world.today)[card.position_id].pk == first.pk
    assert scorecards.in_force(then)[card.position_id].pk == card.pk
    first.refresh_from_db()
    assert first.until == then and card.lines[0].metric == "collected"
    early = given_for(world, "rep", days=1)
    assert refused(world, "hr", "company.write_scorecard", data=early) == {"company.scorecard_early"}


@database
def test_nobody_approves_what_he_wrote_himself(world: World) -> None:
    card = a_scorecard(world)
    assert refused(world, "hr", "company.approve_scorecard", card) == {"company.scorecard_own"}


# --- figures -------------------------------------------------------------------------------------------------------------


def post(world: World, measure: str, amount: str, person: Any, days: int = 0, path: str = "HQ.EAST.") -> None:
    """A fact of somebody, as a document would have posted it."""
    day = world.today - timedelta(days=days)
    Fact.objects.create(
        company_id=world.company.pk, measure=measure, happened_on=day, recorded_at=clock.now(),
        recorded_month=day.replace(day=1), amount=Decimal(amount), document_amount=Decimal(amount), person_id=person.pk, department_path=path,
        document_type="orders.order", document_id=new_id(), source=new_id(),
    )  # fmt: skip


@database
@clause("2.1.1")
def test_figures_are_those_of_the_month_and_of_the_person(world: World) -> None:
    rep = world.user("rep")
    post(world, "collected", "1200.50", rep)
    post(world, "collected", "-200.50", rep)
    post(world, "collected", "70", rep, days=world.today.day)  # the last day of the month before
    post(world, "collected", "9999", world.user("account_manager"))
    (shown,) = scorecards.figures(rep.pk, world.company.pk, world.today)
    line = next(one for one in shown.lines if one.measure.metric == "collected")
    assert (line.now, line.before, line.is_money) == (Decimal(1000), Decimal(70), True)
    visits = next(one for one in shown.lines if one.measure.metric == "visits")
    assert (visits.now, visits.before) == (Decimal(0), Decimal(0))


@database
@clause("2.1.1")
def test_who_leads_is_measured_by_the_departments_led_as_they_were(world: World) -> None:
    rep = world.user("rep")
    post(world, "invoiced", "500", rep, path="HQ.EAST.")
    post(world, "invoiced", "30", rep, path="HQ.SOUTH.")

    def invoiced(role: str) -> Decimal | None:
        (shown,) = scorecards.figures(world.user(role).pk, world.company.pk, world.today)
        assert shown.leads == (role != "account_manager")
        return next(one.now for one in shown.lines if one.measure.metric == "invoiced")

    assert invoiced("regional_manager") == 500 and invoiced("sales_manager") == 530
    assert invoiced("account_manager") == 0


@database
def test_tasks_in_time_count_late_ones_and_leave_alone_what_is_not_due(world: World) -> None:
    rep, now = world.user("rep"), clock.now()
    done, late = a_task(world, "rep"), a_task(world, "rep")
    Task.objects.filter(pk=done.pk).update(
        state="done", done_by=rep, done_at=now, due_at=now + timedelta(hours=1)
    )
    Task.objects.filter(pk=late.pk).update(
        state="done", done_by=rep, done_at=now, due_at=now - timedelta(hours=1)
    )
    a_task(world, "rep", due=now + timedelta(hours=9))
    a_task(world, "rep", due=now - timedelta(minutes=1))
    span = Period(world.today, world.today + timedelta(days=1))
    assert scorecards.tasks_done(world.company.pk, [rep.pk], span) == {rep.pk: 2}
    share = scorecards.tasks_in_time(world.company.pk, [rep.pk], span)[rep.pk]
    assert share.quantize(Decimal("0.01")) == Decimal("0.33")
    nobody = world.user("quality").pk
    assert scorecards.tasks_in_time(world.company.pk, [nobody], span) == {}


# --- pages ---------------------------------------------------------------------------------------------------------------


@database
@clause("2.1.1")
def test_the_scorecard_is_seen_by_oneself_those_who_lead_and_human_resources(world: World) -> None:
    post(world, "collected", "4321.00", world.user("rep"))
    url = f"/people/{a_person(world, 'rep').pk}/"
    for role in ("rep", "regional_manager", "sales_manager", "executive", "hr"):
        assert "4,321.00" in page(world, role, url), role
    assert "4,321.00" in page(world, "rep", "/my-scorecard")
    for role in ("auditor", "administrator"):
        assert "4,321.00" not in page(world, role, url), role
    assert "4,321.00" not in page(world, "account_manager", "/my-scorecard")


@database
def test_a_position_shows_what_it_is_measured_by_or_that_nothing_is(world: World) -> None:
    position = Position.objects.get(code="rep")
    assert "完成拜访数" in page(world, "rep", f"/positions/{position.pk}/")
    Scorecard.objects.filter(position=position).update(state="withdrawn")
    assert "没有生效的记分卡" in page(world, "rep", f"/positions/{position.pk}/")
    assert "没有生效的记分卡" in page(world, "rep", "/my-scorecard")
    page(world, "hr", "/scorecards/")
    page(world, "hr", "/do/company.write_scorecard/")


# --- the story -----------------------------------------------------------------------------------------------------------


@database
@clause("2.1.1", breaks=True)
def test_a_position_without_a_sound_scorecard_is_named_until_one_is_approved(world: World) -> None:
    data = given_for(world, "rep") | {"code": "key_rep"}
    made = world.run(
        "hr", "company.define_position",
        data={"code": "key_rep", "role": "rep", "name_zh": "大客户代表", "name_en": "Key account rep", "duties_zh": "成交",
              "statement_since": str(world.today)},
    ).result  # fmt: skip
    assert "positions_without_a_scorecard" in naming(world, "2.1.1", made)
    data = given_for(world, "key_rep", days=0)
    card = world.run("hr", "company.write_scorecard", data=data).result
    assert "positions_without_a_scorecard" in naming(world, "2.1.1", made)
    world.run("sales_manager", "company.approve_scorecard", card)
    assert "positions_without_a_scorecard" not in naming(world, "2.1.1", made)
    # Past the door: weights that make no whole.
    broken = [dict(MEASURES[0], direction="up"), {"metric": "tasks", "weight": "10", "direction": "up"}]
    Scorecard.objects.filter(pk=card.pk).update(measures=broken)
    assert "positions_without_a_scorecard" in naming(world, "2.1.1", made)
