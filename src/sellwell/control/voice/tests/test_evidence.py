"""What breaks clauses 2.4.2, 2.4.3 and 4.2.4 is named, and no longer once it is mended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from sellwell.control.voice.models import Finding, FollowUp, Interview, Invitation, Passage, Round
from sellwell.control.voice.tests.builders import (
    a_follow_up,
    a_passage,
    a_questionnaire,
    a_response,
    a_study,
    an_interview,
    an_invitation,
    by_calendar,
)
from sellwell.control.voice.tests.test_surveys import codes
from sellwell.kernel import clock, evidence, personal
from sellwell.kernel.values import Period
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def measured(world: World, clause_: str, name: str) -> dict[str, tuple[int, str]]:
    period = Period(world.today - timedelta(days=40), world.today + timedelta(days=1))
    one = next(c for c in evidence.for_clause(clause_) if c.name == f"voice.{name}")
    found = one.collect(world.company.pk, period)
    return {m.title.en: (m.count, str(m.value)) for m in found.measured}


@clause("2.4.2", breaks=True)
def test_a_study_without_numbers_or_words_cannot_be_concluded_and_is_named_when_they_go(world: World) -> None:
    study = a_study(world)
    # Every door first: no conclusion without the three aspects, no finding without numbers or words.
    assert codes(world, "marketing", "voice.conclude", study, {}) == {"voice.study_lacks"}
    bare = {"aspect": "trend", "statement": "市场在变化。"}
    assert codes(world, "marketing", "voice.add_finding", study, bare) == {
        "voice.finding_no_numbers", "voice.finding_no_words",
    }  # fmt: skip
    wrong = {**bare, "numbers": ["made_up"], "passages": [str(study.pk)]}
    assert codes(world, "marketing", "voice.add_finding", study, wrong) == {
        "voice.finding_number", "voice.finding_words",
    }  # fmt: skip
    row = a_study(world, "concluded")
    assert naming(world, "2.4.2", row) == set()
    finding = Finding.objects.filter(study=row).earliest("id")
    assert codes(world, "marketing", "voice.drop_finding", finding, {}) == {"voice.study_is_concluded"}
    numbers = finding.numbers
    Finding.objects.filter(pk=finding.pk).update(numbers=[])  # past the door
    assert naming(world, "2.4.2", row) == {"studies_with_numbers_and_words"}
    Finding.objects.filter(pk=finding.pk).update(numbers=numbers)
    assert naming(world, "2.4.2", row) == set()
    # A quotation that its customer had erased no longer carries a finding.
    passage = Passage.objects.select_related("interview__customer").get(pk=finding.passages[0])
    personal.erase(passage.subject())
    assert naming(world, "2.4.2", row) == {"studies_with_numbers_and_words"}
    other = a_passage(world)
    Finding.objects.filter(pk=finding.pk).update(passages=[other.pk])
    assert naming(world, "2.4.2", row) == set()


def test_numbers_beside_2_4_2(world: World) -> None:
    form = a_questionnaire(world, "published")
    a_response(world, "submitted", an_invitation(world, form=form))
    an_invitation(world, form=form)
    an_interview(world, "held")
    found = measured(world, "2.4.2", "studies_with_numbers_and_words")
    assert found["Response rate"] == (2, "50.0") and found["Interviews a month"][0] == 1


def test_a_quotation_is_word_for_word(world: World) -> None:
    interview = an_interview(world, "held")
    data = {"interview": str(interview.pk), "question": 1, "quote": "我们只看价格"}
    assert codes(world, "marketing", "voice.quote", None, data) == {"voice.not_said"}


@clause("2.4.3", breaks=True)
def test_a_survey_of_the_calendar_that_was_not_held_is_named(world: World) -> None:
    row = by_calendar(world, way="link")
    world.run("marketing", "voice.pause_programme", row.programme)
    with clock.at(clock.now() + timedelta(days=9)):
        assert naming(world, "2.4.3", row) == {"surveys_held_as_planned"}
        world.run("marketing", "voice.resume_programme", row.programme)
        world.run("marketing", "voice.hold_round", row)
        assert naming(world, "2.4.3", row) == {"surveys_held_as_planned"}  # held, but not as planned
    Round.objects.filter(pk=row.pk).update(held_on=F("planned_on"))
    with clock.at(clock.now() + timedelta(days=9)):
        assert naming(world, "2.4.3", row) == set()


@clause("4.2.4", breaks=True)
def test_a_late_follow_up_is_named_until_it_was_in_time(world: World) -> None:
    row = a_follow_up(world)
    assert naming(world, "4.2.4", row) == set()
    with clock.at(row.due_at + timedelta(minutes=1)):
        assert naming(world, "4.2.4", row) == {"follow_ups_in_time"}
        world.run("service", "voice.contact", row, {"cause": "delivery", "said": "拖了一周"})
        assert naming(world, "4.2.4", row) == {"follow_ups_in_time"}  # spoken with, but late
    FollowUp.objects.filter(pk=row.pk).update(contacted_at=F("created_at"))
    with clock.at(row.due_at + timedelta(minutes=1)):
        assert naming(world, "4.2.4", row) == set()
    with clock.at(clock.day_begins(row.resolve_by + timedelta(days=2))):
        assert naming(world, "4.2.4", row) == {"follow_ups_in_time"}


@clause("4.2.4", breaks=True)
def test_a_low_score_without_a_follow_up_and_a_missed_interview_are_named(world: World) -> None:
    response = a_response(world, "submitted", nps=2)
    follow_up = FollowUp.objects.get(response=response)
    assert naming(world, "4.2.4", response) == set()
    other = a_response(world, "submitted", nps=9)
    FollowUp.objects.filter(pk=follow_up.pk).update(response=other)  # past the door
    assert naming(world, "4.2.4", response) == {"low_scores_followed_up"}
    FollowUp.objects.filter(pk=follow_up.pk).update(response=response)
    assert naming(world, "4.2.4", response) == set()

    interview = an_interview(world)
    with clock.at(clock.now() + timedelta(days=2)):
        assert naming(world, "4.2.4", interview) == {"interviews_as_planned"}
    Interview.objects.filter(pk=interview.pk).update(held_on=F("planned_on"), state="held")
    with clock.at(clock.now() + timedelta(days=2)):
        assert naming(world, "4.2.4", interview) == set()


@clause("4.2.4", breaks=True)
def test_asking_too_often_or_too_late_is_named(world: World) -> None:
    first, second = an_invitation(world), an_invitation(world)
    Invitation.objects.filter(pk=second.pk).update(customer=first.customer)  # past the door
    assert naming(world, "4.2.4", second) == {"asked_within_bounds"}
    assert naming(world, "4.2.4", first) == set()
    Invitation.objects.filter(pk=second.pk).update(customer=second.customer)
    assert naming(world, "4.2.4", second) == set()
    Invitation.objects.filter(pk=second.pk).update(happened_at=F("sent_at") - timedelta(hours=49))
    assert naming(world, "4.2.4", second) == {"asked_within_bounds"}


def test_numbers_beside_4_2_4(world: World) -> None:
    form = a_questionnaire(world, "published")
    for nps, csat in ((10, 5), (9, 4), (3, 2)):
        a_response(world, "submitted", an_invitation(world, form=form), nps=nps, csat=csat)
    found = measured(world, "4.2.4", "follow_ups_in_time")
    assert (
        found["NPS"] == (3, "33.3")
        and found["CSAT"] == (3, "66.7")
        and found["Response rate"] == (3, "100.0")
    )
