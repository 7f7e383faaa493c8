"""The split of leads between sales and marketing: default, variations of departments, hand-over, the story of 1.3.2."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sellwell.foundation.company.models import Assignment, Department
from sellwell.kernel import clock, policy
from sellwell.kernel.models import Task
from sellwell.selling.pipeline import splitting
from sellwell.selling.pipeline.models import Lead
from sellwell.selling.pipeline.splitting import SPLIT, LeadStep
from sellwell.selling.pipeline.tests.builders import a_lead
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.refusals import refused
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
FAIR = {"name": "展会来客", "phone": "13612340001", "source": "fair"}


def vary(world: World, *rows: tuple[str, ...], days: int = 0) -> Any:
    """Publish a version with rows of variations before the default ones, from some day on."""
    table = policy.DEFAULTS[SPLIT].table
    data = {"name": SPLIT, "rows": [{"cells": list(row)} for row in (*rows, *table["rows"])]}
    examples = [
        {
            "given": {"step": "qualify", "department": "HQ", "source": "web"},
            "expect": {"roles": splitting.SALES},
        }
    ]
    draft = world.run("sales_manager", "company.draft_policy", data=data | {"examples": examples}).result
    since = str(world.today + timedelta(days=days))
    return world.run("administrator", "company.publish_policy", draft, {"since": since})


def roles(world: World, step: LeadStep, path: str, source: str = "fair") -> tuple[str, ...]:
    version = policy.in_force(SPLIT, world.company.pk, world.today)
    return splitting.party(step, path, source, version).roles


@clause("1.3.2")
def test_by_default_marketing_collects_what_marketing_made_and_sales_qualifies(world: World) -> None:
    assert refused(world, "rep", "pipeline.add_lead", data=FAIR) == {"pipeline.not_their_step"}
    lead = world.run("marketing", "pipeline.add_lead", data=FAIR).result
    assert world.run("rep", "pipeline.add_lead", data=FAIR | {"phone": "13612340002", "source": "entry"})
    assert lead.owner_id == world.user("marketing").pk


@clause("1.3.2")
def test_a_hand_over_makes_the_task_of_the_side_that_qualifies(world: World) -> None:
    a_lead(world, by="rep")  # the rep has one in hand already: the account manager takes the next
    lead = a_lead(world, by="marketing", source="campaign")
    data = {"department": str(world.department("EAST").pk), "note": "要十台"}
    world.run("marketing", "pipeline.hand_over_lead", lead, data)
    lead.refresh_from_db()
    task = Task.objects.get(row_id=lead.pk, state="open")
    assert lead.owner_id == task.owner_id and task.operation == "pipeline.contact_lead"
    assert lead.owner_id in {world.user(r).pk for r in ("account_manager", "regional_manager")}
    assert (lead.department_path, lead.region, lead.outcome) == ("HQ.EAST.", "华东", "要十台")
    other = a_lead(world, by="marketing", source="fair")
    data = {"department": str(world.department("LEGAL").pk)}
    assert refused(world, "marketing", "pipeline.hand_over_lead", other, data) == {
        "pipeline.nobody_qualifies"
    }


@clause("1.3.2")
def test_a_variation_holds_from_its_day_for_its_department_and_those_below(world: World) -> None:
    Department.objects.create(
        company_id=world.company.pk, code="EAST9", name="九队", parent=world.department("EAST"), path="HQ.EAST.EAST9."
    )  # fmt: skip
    vary(world, ("collect", "EAST", "fair", "rep"), ("collect", "EAST9", "-", "account_manager"), days=1)
    assert roles(world, LeadStep.COLLECT, "HQ.EAST.") == ("marketing",)
    with clock.at(clock.now() + timedelta(days=1)):
        assert roles(world, LeadStep.COLLECT, "HQ.EAST.") == ("rep",)
        assert roles(world, LeadStep.COLLECT, "HQ.EAST.EAST9.") == ("account_manager",)
        assert roles(world, LeadStep.COLLECT, "HQ.EAST.", "campaign") == ("marketing",)
        assert roles(world, LeadStep.COLLECT, "HQ.SOUTH.") == ("marketing",)
        shown = splitting.shown(world.company.pk, world.today)
        assert [(str(one.department), one.version) for one in shown[:2]] == [("华东大区", 2), ("九队", 2)]
        assert str(shown[2].sources) == "网站表单、展会、市场活动"
        assert {one.version for one in shown[2:]} == {1}
        world.run("rep", "pipeline.add_lead", data=FAIR)


@clause("1.3.2", breaks=True)
def test_a_step_by_the_wrong_side_is_refused_and_named_when_planted(world: World) -> None:
    assert refused(world, "account_manager", "pipeline.add_lead", data=FAIR) == {"pipeline.not_their_step"}
    mine = a_lead(world, by="rep", source="referral")
    vary(world, ("qualify", "EAST", "-", "account_manager"))
    data = {"name": "望海", "title": "改造"}
    assert refused(world, "rep", "pipeline.qualify_lead", mine, data) == {"pipeline.not_their_step"}
    lead = world.run("marketing", "pipeline.add_lead", data=FAIR).result
    assert naming(world, "1.3.2", lead) == set()
    # Past every door: whoever collected it turns out to have held another post.
    post = Assignment.objects.filter(user=world.user("marketing"))
    post.update(role="legal")
    assert naming(world, "1.3.2", lead) == {"lead_steps_by_the_split"}
    post.update(role="marketing")
    assert naming(world, "1.3.2", lead) == set()


def test_the_web_form_is_nobodys_step_and_goes_to_whose_it_is(world: World) -> None:
    from sellwell.kernel import door, system

    vary(world, ("collect", "-", "web", "account_manager"))
    made: Lead = door.run(
        "pipeline.add_lead", system.context(world.company.pk), None, FAIR | {"source": "web"}
    ).result
    assert made.owner_id == world.user("account_manager").pk
    assert naming(world, "1.3.2", made) == set()


def test_the_split_is_shown(world: World) -> None:
    vary(world, ("collect", "EAST", "fair", "rep"))
    lead = a_lead(world)
    client = Client()
    client.force_login(world.user("rep"))
    page = client.get("/lead-split").content.decode()
    assert "变通" in page and "销售代表" in page
    assert "线索分工" in client.get(f"/leads/{lead.pk}/").content.decode()
    client.force_login(world.user("warehouse"))
    assert client.get("/lead-split").status_code in (403, 404)
