"""Reading the manual is everybody's; its figures and variations are for those who have the right to them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.kernel import generations
from sellwell.kernel.access import ALL_ROLES
from sellwell.kernel.models import Grant
from sellwell.selling.orders.tests.builders import a_confirmed_order
from sellwell.steering.manual.models import Reading
from sellwell.steering.manual.pages.overview import kept_this_month, late_readers
from sellwell.steering.manual.tests.builders import a_reading, a_variation
from sellwell.steering.manual.tests.test_pages import browser, measured, text
from sellwell.testing.marks import clause
from sellwell.testing.world import World
from sellwell.web.registry import FIGURES

pytestmark = pytest.mark.django_db


def without(verb: str) -> None:
    """From now on nobody has this right."""
    Grant.objects.filter(verb=verb).update(verb="tests.nothing")
    generations.bump("rights")


@clause("1.3.1")
def test_figures_stand_on_the_manuals_pages_for_those_who_may_read_them(world: World) -> None:
    a_confirmed_order(world, (("P-001", "1"), ("P-001", "1", "105.00")))
    a_reading(world)
    measured(world)
    client = browser(world, "rep")
    before = text(client, "/manual/5.2.2/")
    assert "50%" in before and "合规情况" in before and "半年走势" in before
    assert "/manual/5.2.2/records" in text(client, "/manual/5/")
    assert "90 天内办结" in text(client, "/manual/1.2.2/")
    world.see()
    assert kept_this_month(world.ctx("executive")) is not None
    without("manual.figures")
    after = text(client, "/manual/5.2.2/")
    assert "50%" not in after and "合规情况" not in after and "半年走势" not in after
    assert "确认订单" in after  # what the software does for it is no figure
    book = text(client, "/manual/5/")
    assert "/manual/5.2.2/records" not in book and "项控制" in book
    assert "90 天内办结" not in text(client, "/manual/1.2.2/")
    world.see()
    assert kept_this_month(world.ctx("executive")) is None


@clause("1.3.1")
def test_variations_stand_beside_a_clause_for_those_who_see_them(world: World) -> None:
    number = a_variation(world, "approved").number
    assert number in text(browser(world, "rep"), "/manual/5.2.2/")
    Grant.objects.filter(verb="manual.variations", role="rep").update(scope="own")
    generations.bump("rights")
    assert number not in text(browser(world, "rep"), "/manual/5.2.2/")
    without("manual.variations")
    assert number not in text(browser(world, "auditor"), "/manual/5.2.2/")


def test_somebody_late_in_two_roles_is_one_person(world: World) -> None:
    world.post(world.user("rep"), "account_manager")
    a_reading(world)
    Reading.objects.filter(user=world.user("rep")).update(due_on=world.today - timedelta(days=1))
    assert Reading.objects.filter(user=world.user("rep")).count() == 2
    assert late_readers(world.ctx("hr")) == 1


@clause("1.1.2")
def test_every_role_has_a_figure_of_its_own_on_the_workbench() -> None:
    assert {block.role for block in FIGURES} - {"*"} >= set(ALL_ROLES)
