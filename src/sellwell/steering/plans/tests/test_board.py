"""The board as values: how many queries it takes, and what of an earlier month stays on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sellwell.steering.plans import board
from sellwell.steering.plans.models import Cycle
from sellwell.steering.plans.pages.cycles import late_steps
from sellwell.steering.plans.tests.builders import a_cycle, on_day
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def queries_of_board(world: World, month_of: Cycle) -> int:
    ctx = world.ctx("sales_manager")
    board.of_month(month_of.since, ctx)  # what is read once per process is read
    with CaptureQueriesContext(connection) as queries:
        assert board.of_month(month_of.since, ctx)
    return len(queries.captured_queries)


def test_a_board_of_many_cycles_takes_no_more_queries_than_one_of_one(world: World) -> None:
    east = a_cycle(world)
    many = queries_of_board(world, east)
    Cycle.objects.exclude(pk=east.pk).update(since=east.since - timedelta(days=400), until=east.since - timedelta(days=370))  # fmt: skip
    Cycle.objects.exclude(pk=east.pk).update(state="stopped")
    assert queries_of_board(world, east) == many


def test_the_home_page_reads_ones_own_late_steps_only(world: World) -> None:
    cycle = a_cycle(world)
    with on_day(world, cycle.until + timedelta(days=2)):
        ctx = world.ctx("regional_manager")
        with CaptureQueriesContext(connection) as queries:
            assert late_steps(ctx)
        (sql,) = [q["sql"] for q in queries.captured_queries if "plans_cyclestep" in q["sql"]]
        assert '"plans_cycle"."owner_id" =' in sql
        assert not late_steps(world.ctx("rep"))


def test_what_is_open_of_last_month_stays_on_the_board_the_departments_page_and_behind_the_link(
    world: World,
) -> None:
    old = a_cycle(world)
    with on_day(world, old.until + timedelta(days=2)):
        new = a_cycle(world)
        ctx = world.ctx("sales_manager")
        both = [
            line.cycle.pk for line in board.of_month(new.since, ctx) if line.cycle.department.code == "EAST"
        ]
        assert both == [old.pk, new.pk]
        assert old.pk in [line.cycle.pk for line in board.of_month(new.since, ctx) if line.is_late]
        assert [c.cycle.pk for c in board.of_month(old.since, ctx) if c.cycle.pk == new.pk] == []
        line = board.of_department(new.department.path, ctx)
        assert line is not None and line.cycle.pk == old.pk
        world.run("sales_manager", "plans.stop_cycle", old, {"reason": "补记无意义"})
        line = board.of_department(new.department.path, ctx)
        assert line is not None and line.cycle.pk == new.pk
        assert old.pk not in [line.cycle.pk for line in board.of_month(new.since, ctx)]
