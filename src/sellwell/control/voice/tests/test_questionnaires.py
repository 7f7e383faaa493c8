"""Questionnaires: written, published, immutable from then on, in versions."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from sellwell.control.voice.models import Questionnaire
from sellwell.control.voice.tests.builders import a_questionnaire
from sellwell.kernel.values import Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def refused(world: World, verb: str, row: Questionnaire, data: dict[str, object]) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as refusal:
        world.run("marketing", verb, row, data)
    return [(o.code, o.path) for o in refusal.value.objections]


def text(world: World, role: str, path: str, status: int = 200) -> str:
    client = Client()
    client.force_login(world.user(role))
    answer = client.get(path)
    world.see()
    assert answer.status_code == status, path
    return answer.content.decode()


@clause("2.4.2")
def test_a_published_version_stays_and_the_next_takes_its_place(world: World) -> None:
    first = a_questionnaire(world, "published")
    assert refused(world, "voice.add_question", first, {"text": "?"}) == [("wrong_state", "")]
    second = world.run("marketing", "voice.revise", first).result
    assert second.number == f"{first.number}-2" and second.blocks == first.blocks
    assert refused(world, "voice.revise", first, {}) == [("voice.draft_exists", "")]
    world.run("marketing", "voice.drop_question", second, {"key": "q7"})
    world.run("marketing", "voice.publish", second)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("retired", "published")
    assert len(first.blocks) == 7 and len(second.blocks) == 6
    third = world.run("marketing", "voice.revise", first).result
    assert third.revision == 3


def test_conditions_hold_after_every_change(world: World) -> None:
    row = a_questionnaire(world)
    assert refused(world, "voice.drop_question", row, {"key": "q1"}) == [("voice.not_earlier", "depends_on")]
    assert refused(world, "voice.move_question", row, {"key": "q3", "position": 1}) == [
        ("voice.not_earlier", "depends_on")
    ]
    as_text = {"key": "q1", "kind": "text", "text": "?"}
    assert refused(world, "voice.change_question", row, as_text) == [("voice.not_earlier", "depends_on")]
    assert refused(world, "voice.change_question", row, {"key": "q99", "text": "?"}) == [
        ("voice.no_such_question", "key")
    ]
    world.run("marketing", "voice.drop_question", row, {"key": "q3"})
    world.run("marketing", "voice.move_question", row, {"key": "q1", "position": 6})
    row.refresh_from_db()
    assert [one.key for one in row.asked] == ["q2", "q4", "q5", "q6", "q7", "q1"]
    world.run("marketing", "voice.add_question", row, {"text": "新题"})
    row.refresh_from_db()
    assert row.asked[-1].key == "q8"  # never a key that another question had


def test_an_empty_questionnaire_is_not_published(world: World) -> None:
    row = a_questionnaire(world, questions=[])
    assert refused(world, "voice.publish", row, {}) == [("voice.nothing_asked", "")]


def test_the_page_of_a_draft_edits_and_previews(world: World) -> None:
    row = a_questionnaire(world)
    page = text(world, "marketing", f"/questionnaires/{row.pk}/")
    links = re.findall(r'href="(/do/voice\.change_question/[^"]*)"', page)
    assert len(links) == 7 and "vp-phone" in page and "仅当第 1 题的回答不高于 6 分时显示" in page
    read = text(world, "rep", f"/questionnaires/{row.pk}/")
    assert "voice.change_question/" not in read and "vp-phone" in read
    form = text(world, "marketing", links[2].replace("&amp;", "&"))
    assert "最需要改进的是什么" in form and "交期 | Delivery" in form and 'value="6"' in form


def test_a_question_is_moved_by_its_button(world: World) -> None:
    row = a_questionnaire(world)
    client = Client()
    client.force_login(world.user("marketing"))
    answer = client.post(f"/do/voice.move_question/{row.pk}/", {"_key": "k1", "key": "q2", "position": "1"})
    world.see()
    assert answer.status_code == 302 and f"/questionnaires/{row.pk}/" in answer["Location"]
    row.refresh_from_db()
    assert row.asked[0].key == "q2"
