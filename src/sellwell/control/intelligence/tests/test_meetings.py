"""Series plan meetings, agendas come of live exceptions, what is agreed is carried over until it is done."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from sellwell.control.intelligence import chores
from sellwell.control.intelligence.models import Action, AgendaLine, Attendee, Meeting
from sellwell.control.intelligence.tests.builders import (
    a_meeting,
    a_series,
    again,
    an_attendee,
    days_on,
    later,
    sent,
    series_data,
)
from sellwell.kernel import chores as kernel_chores
from sellwell.kernel import clock
from sellwell.kernel.extensions import AgendaAsked, AgendaPoint, agenda_items
from sellwell.kernel.models import Task
from sellwell.kernel.values import Refusal, T
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def text(world: World, role: str, path: str, status: int = 200) -> str:
    client = Client()
    client.force_login(world.user(role))
    answer = client.get(path)
    world.see()
    assert answer.status_code == status, path
    return answer.content.decode()


@clause("2.4.3")
def test_a_series_plans_two_weeks_ahead_and_goes_on(world: World) -> None:
    series = a_series(world)
    meetings = list(Meeting.objects.filter(series=series).order_by("planned_at"))
    assert len(meetings) == 2
    invited = set(Attendee.objects.filter(meeting=meetings[0]).values_list("user__username", flat=True))
    assert {"rep", "account_manager", "regional_manager"} <= invited and "finance" not in invited
    assert chores.plan_when_due(world.company.pk) is False
    with later(world, days=8):
        kernel_chores.do_due([world.company.pk])
        world.see()
        assert Meeting.objects.filter(series=series).count() == 4


def test_only_named_roles_are_invited(world: World) -> None:
    series = a_series(world, roles=["rep"])
    meeting = Meeting.objects.filter(series=series).first()
    invited = set(Attendee.objects.filter(meeting=meeting).values_list("user__username", flat=True))
    assert invited == {"rep", "account_manager", "regional_manager"}  # chair and minute taker always are


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"day": 9}, "intelligence.not_a_weekday"),
        ({"clauses": ["9.9.9"]}, "intelligence.no_clause"),
        ({"starts_at": "25:00"}, "invalid"),
    ],
)
def test_a_series_that_cannot_be_is_refused(world: World, values: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        world.run("regional_manager", "intelligence.plan_series", data=series_data(world, **values))
    assert refusal.value.code == code


@clause("2.4.3")
def test_the_agenda_comes_of_live_exceptions_and_names_only_what_a_reader_may_see(world: World) -> None:
    item = sent(world, "rep")
    series = a_series(world)
    meeting = Meeting.objects.filter(series=series).order_by("planned_at").last()
    with clock.at(meeting.planned_at):
        world.run("regional_manager", "intelligence.start_meeting", meeting)
        lines = {line.source: line for line in AgendaLine.objects.filter(meeting=meeting)}
        assert lines["intelligence.items"].count == 1
        assert lines["kernel.evidence"].entries[0]["id"] == str(item.pk)  # the series watches 2.4.4
        assert item.topic not in str([line.entries for line in lines.values()])
        page = text(world, "regional_manager", f"/meetings/{meeting.pk}/live")
        assert item.topic in page and "逾期的情报" in page
        other = text(world, "account_manager", f"/meetings/{meeting.pk}/live")
        assert item.topic not in other and "另有 1 项未列出" in other


def test_other_rooms_put_points_on_agendas(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def one(asked: AgendaAsked) -> AgendaPoint:
        return AgendaPoint(T("退货待处理", "Returns that wait"), 3)

    monkeypatch.setitem(agenda_items.functions, "test.returns", one)
    meeting = a_meeting(world, "running")
    assert AgendaLine.objects.get(meeting=meeting, source="test.returns").count == 3


@clause("2.4.3")
def test_what_is_agreed_is_a_task_and_carried_over_until_done(world: World) -> None:
    series = a_series(world)
    first, second = Meeting.objects.filter(series=series).order_by("planned_at")
    with clock.at(first.planned_at):
        world.run("regional_manager", "intelligence.start_meeting", first)
        data = {"text": "调两台样机", "owner": str(world.user("rep").pk), "due_on": days_on(world, 3)}
        world.run("account_manager", "intelligence.agree_action", first, data)
        world.run("account_manager", "intelligence.note_decision", first, {"text": "不跟价"})
        world.run("account_manager", "intelligence.finish_meeting", first, {"minutes": "讨论应对降价"})
    action = Action.objects.get(meeting=first)
    assert Task.objects.filter(row_id=action.pk, owner=world.user("rep"), state="open").exists()
    with clock.at(second.planned_at):
        page = text(world, "rep", f"/meetings/{second.pk}/live")
        assert "调两台样机" in page and "以前会议未完成的" in page
        world.run("regional_manager", "intelligence.start_meeting", second)
        assert AgendaLine.objects.get(meeting=second, source="intelligence.actions").count == 1
        world.run("rep", "intelligence.complete_action", action, {"result": "已调"})
        assert "以前会议未完成的" not in text(world, "rep", f"/meetings/{second.pk}/live")


def test_a_guest_raises_points_but_does_not_lead(world: World) -> None:
    meeting = a_meeting(world)
    world.run("rep", "intelligence.raise_point", meeting, {"title": "样机不够用"})
    with pytest.raises(Refusal) as refusal:
        world.run("rep", "intelligence.start_meeting", meeting)
    assert refusal.value.code == "intelligence.not_chair"
    world.run("regional_manager", "intelligence.start_meeting", meeting)
    with pytest.raises(Refusal) as refusal:
        world.run(
            "account_manager", "intelligence.note_point", meeting, {"point": 99, "note": "没有这个议题"}
        )
    assert refusal.value.code == "intelligence.no_point"
    data = {"present": [str(world.user("finance").pk)]}
    with pytest.raises(Refusal) as refusal:
        world.run("account_manager", "intelligence.note_attendance", meeting, data)
    assert refusal.value.code == "intelligence.not_invited"
    data = {"present": [str(world.user("rep").pk)], "excused": [str(world.user("regional_manager").pk)]}
    world.run("account_manager", "intelligence.note_attendance", meeting, data)
    came = dict(Attendee.objects.filter(meeting=meeting).values_list("user__username", "presence"))
    assert came == {"rep": "present", "regional_manager": "excused", "account_manager": "absent"}


def test_a_meeting_does_not_begin_the_day_before(world: World) -> None:
    meeting = Meeting.objects.filter(series=a_series(world)).order_by("planned_at").last()
    with pytest.raises(Refusal) as refusal:
        world.run("regional_manager", "intelligence.start_meeting", meeting)
    assert refusal.value.code == "intelligence.too_early"


@clause("2.4.3")
def test_minutes_are_sent_to_everybody_and_read_by_each(world: World) -> None:
    mine = an_attendee(world)
    waiting = Task.objects.filter(operation="intelligence.read_minutes", state="open")
    assert set(waiting.values_list("owner__username", flat=True)) == {"rep", "regional_manager"}
    world.run("rep", "intelligence.read_minutes", mine)
    assert set(waiting.values_list("owner__username", flat=True)) == {"regional_manager"}
    with pytest.raises(Refusal) as refusal:
        world.run("rep", "intelligence.read_minutes", again(mine))
    assert refusal.value.code == "intelligence.read_already"
    assert "讨论应对降价" in text(world, "rep", f"/meetings/{mine.meeting_id}/")


def test_a_meeting_is_not_there_for_strangers(world: World) -> None:
    meeting = a_meeting(world)
    text(world, "warehouse", f"/meetings/{meeting.pk}/live", 404)
    assert "价格应对会" in text(world, "rep", "/")  # soon, on the workbench
    with later(world, days=3), pytest.raises(Refusal):
        world.run("rep", "intelligence.cancel_meeting", meeting, {"reason": "无人"})
    assert timedelta(0) < meeting.planned_at - clock.now()


def test_a_long_rest_does_not_put_two_meetings_on_one_day(world: World) -> None:
    before = datetime(2026, 9, 24, 10, tzinfo=clock.BUSINESS_ZONE)
    with clock.at(before):  # Thursdays; 1 October is a day of rest and moves to the 8th, which is one itself
        series = a_series(world, day=4)
        chores.plan_when_due(world.company.pk)
        world.see()
    with clock.at(before + timedelta(days=1)):
        chores.plan_when_due(world.company.pk)
        world.see()
        days = [
            clock.business_day(m.planned_at)
            for m in Meeting.objects.filter(series=series).order_by("planned_at")
        ]
    assert days == [date(2026, 10, 8)]
