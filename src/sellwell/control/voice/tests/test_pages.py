"""Results, the view for ISO 9001, records and the workbench, as people open them."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

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
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def get(world: World, role: str, path: str, status: int = 200) -> str:
    client = Client()
    client.force_login(world.user(role))
    answer = client.get(path)
    world.see()
    assert answer.status_code == status, path
    return answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/survey-results", "/customer-satisfaction", "/questionnaires/", "/survey-programmes/", "/survey-rounds/",
        "/survey-invitations/", "/survey-responses/", "/survey-answers/", "/survey-links/", "/follow-ups/",
        "/interviews/", "/interview-passages/", "/interview-guides/", "/studies/", "/study-findings/",
    ],
)  # fmt: skip
def test_an_empty_page_says_what_to_do_first(world: World, path: str) -> None:
    for role in ("marketing", "service"):
        page = get(world, role, path)
        assert "还没有" in page or "没有" in page


@clause("4.2.4")
def test_results_show_figures_with_their_numbers_and_warn_of_small_ones(world: World) -> None:
    form = a_questionnaire(world, "published")
    for nps, csat in ((10, 5), (9, 4), (3, 2)):
        a_response(
            world,
            "submitted",
            an_invitation(world, form=form),
            nps=nps,
            csat=csat,
            q7={"text": "<b>不错</b>"},
        )
    page = get(world, "executive", "/survey-results")
    assert "33.3" in page and "66.7%" in page and "样本少于 30" in page and "▲" not in page
    assert "&lt;b&gt;不错" in page and "<b>不错" not in page
    for column in ("region", "department_path", "product_line", "grade", "x"):
        assert "n=3" in get(world, "executive", f"/survey-results?by={column}&form={form.number}")
    get(world, "executive", "/survey-results?since=garbage&until=2026-13-99&form=%00")
    get(world, "rep", "/survey-results", 403)
    client = Client()
    client.force_login(world.user("executive"))
    content = client.get(f"/survey-results?form={form.number}&export=1").content
    world.see()
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert ["10", 1.0] in [[row[3], row[4]] for row in rows if row[0] == 1]


def test_results_ask_as_often_for_few_answers_as_for_many(world: World) -> None:
    form = a_questionnaire(world, "published")
    client = Client()
    client.force_login(world.user("executive"))
    counts = []
    for batch in (2, 6):
        for _ in range(batch):
            a_response(world, "submitted", an_invitation(world, form=form))
        client.get("/survey-results")
        with CaptureQueriesContext(connection) as asked:
            client.get("/survey-results")
        world.see()
        counts.append(len(asked))
    assert counts[0] == counts[1]


@clause("4.2.4")
def test_one_view_shows_it_as_evidence_for_iso_9001(world: World) -> None:
    a_follow_up(world)
    an_interview(world)
    by_calendar(world)
    page = get(world, "auditor", "/customer-satisfaction")
    for words in ("9.1.2", "净推荐值", "低分如何处理", "客户访谈", "交付后回访"):
        assert words in page, words


def test_records_open_with_what_is_in_them(world: World) -> None:
    follow_up = a_follow_up(world)
    page = get(world, "service", f"/follow-ups/{follow_up.pk}/")
    assert "客户的作答" in page and "记录联系" in page
    study = a_study(world, "concluded")
    page = get(world, "executive", f"/studies/{study.pk}/")
    assert "我们更看重交期" in page and "净推荐值" in page and "客户偏好" in page
    passage = a_passage(world)
    page = get(world, "marketing", f"/interviews/{passage.interview_id}/")
    assert "您最看重什么" in page and "我们更看重交期" in page
    row = an_interview(world)
    form = get(world, "marketing", f"/do/voice.record_interview/{row.pk}/")
    assert 'name="answers.2.question"' in form
    open_study = a_study(world)
    form = get(world, "marketing", f"/do/voice.add_finding/{open_study.pk}/")
    assert "净推荐值 NPS" in form and "我们更看重交期" in form


def test_the_service_desk_sees_low_scores_first(world: World) -> None:
    a_follow_up(world)
    assert "低分待联系" in get(world, "service", "/")


def test_a_seller_reads_of_own_customers_only(world: World) -> None:
    own = a_response(world, "submitted")
    assert own.owner_id == world.user("rep").pk
    get(world, "rep", f"/survey-responses/{own.pk}/")
    get(world, "account_manager", f"/survey-responses/{own.pk}/", 404)
