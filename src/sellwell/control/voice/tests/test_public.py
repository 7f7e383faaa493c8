"""The page that customers answer on: by its link alone, interrupted and resumed, once, whatever is sent to it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from sellwell.control.voice import tokens
from sellwell.control.voice.models import Answer, FollowUp, Invitation, OpenLink, Response
from sellwell.control.voice.pages import public
from sellwell.control.voice.tests.builders import a_link, a_response, an_invitation
from sellwell.foundation.privacy.models import Consent
from sellwell.kernel.models import LedgerEntry, User
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_rates() -> None:
    cache.clear()


class Phone:
    """A stranger's browser without script: it follows what it is shown."""

    def __init__(self, world: World, row: Invitation | OpenLink, language: str = "zh") -> None:
        kind = tokens.INVITATION if isinstance(row, Invitation) else tokens.OPEN_LINK
        self.world, self.path = world, f"/s/{tokens.secret(kind, row.pk)}/"
        self.client = Client(enforce_csrf_checks=True)
        self.client.cookies["sw_language"] = language

    def get(self, path: str = "", status: int = 200) -> str:
        answer = self.client.get(path or self.path)
        self.world.see()
        assert answer.status_code == status, answer.status_code
        return answer.content.decode()

    def post(self, status: int = 302, **data: Any) -> str:
        answer = self.client.post(self.path, data)
        self.world.see()
        assert answer.status_code == status, answer.content.decode()[:2000]
        return self.get(answer["Location"]) if status == 302 else answer.content.decode()


def asked(page: str) -> str:
    """The question that a page asks."""
    found = re.search(r'name="key" value="(q\d+)"', page)
    return found[1] if found else ""


@clause("2.4.2")
def test_a_customer_answers_is_interrupted_and_goes_on(world: World) -> None:
    row = an_invitation(world)
    phone = Phone(world, row)
    assert "开始" in phone.get() and not Response.objects.exists()
    assert asked(phone.post(act="begin")) == "q1"
    page = phone.post(key="q1", number="4")
    assert asked(page) == "q2"
    phone.post(key="q2", number="2")
    # Another device, the same link: where they left off, with what they said.
    other = Phone(world, row, "en")
    page = other.get()
    assert asked(page) == "q3" and "Delivery" in page and "Question 3 of 7" in page
    assert 'value="4" checked' in other.get(f"{other.path}?q=q1")
    other.post(key="q3", choices="1")
    other.post(key="q4", choices=["1", "3"])
    other.post(key="q5", **{"row-1": "5", "row-2": "3"})
    other.post(key="q6")  # passed over
    page = other.post(key="q7", text="请提前通知")
    assert "Received, thank you" in page
    response = Response.objects.get()
    assert (response.state, response.nps, response.csat, response.ces) == ("submitted", 4, 2, None)
    assert FollowUp.objects.get().metric == "nps"
    row.refresh_from_db()
    assert row.state == "answered"
    entry = LedgerEntry.objects.filter(operation="voice.submit").latest("seq")
    assert User.objects.get(pk=entry.actor_id).username == "respondent"


def test_sent_twice_is_sent_once(world: World) -> None:
    row = an_invitation(world)
    response = a_response(world, "started", row)
    phone = Phone(world, row)
    phone.post(act="submit")
    phone.post(act="submit", status=200)
    phone.post(key="q1", number="0", status=200)
    response.refresh_from_db()
    assert (response.state, response.nps) == ("submitted", 9)
    assert LedgerEntry.objects.filter(operation="voice.submit").count() == 1
    assert "已收到" in phone.get()


def test_a_required_question_is_not_passed_over_and_says_so(world: World) -> None:
    phone = Phone(world, an_invitation(world))
    phone.post(act="begin")
    page = phone.post(key="q1", status=422)
    assert "请回答这一题" in page and asked(page) == "q1"
    assert asked(phone.post(act="submit", status=422)) == "q1"


def test_an_earlier_answer_changed_changes_what_is_asked(world: World) -> None:
    phone = Phone(world, an_invitation(world))
    phone.post(act="begin")
    phone.post(key="q1", number="3")
    assert asked(phone.post(key="q2", number="4")) == "q3"
    assert asked(phone.post(key="q1", number="10")) == "q2"
    assert asked(phone.post(key="q2", number="4")) == "q4"


@pytest.mark.parametrize(
    "sent",
    [
        {"key": "q1", "number": "11"},
        {"key": "q1", "number": "-1"},
        {"key": "q1", "number": "９"},
        {"key": "q1", "number": "1e9"},
        {"key": "q1", "number": "<script>alert(1)</script>"},
        {"key": "q2", "number": "9" * 5000},
    ],
)
def test_what_is_no_answer_is_refused_and_never_breaks(world: World, sent: dict[str, Any]) -> None:
    phone = Phone(world, an_invitation(world))
    phone.post(act="begin")
    assert 'role="alert"' in phone.post(status=422, **sent)
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "sent", [{"key": "q99", "number": "1"}, {"key": "'; DROP TABLE x;--"}, {"act": "nonsense"}, {}]
)
def test_what_means_nothing_changes_nothing(world: World, sent: dict[str, Any]) -> None:
    phone = Phone(world, an_invitation(world))
    phone.post(act="begin")
    assert asked(phone.post(**sent)) == "q1"
    assert not Answer.objects.exists()


def test_hostile_words_are_words(world: World) -> None:
    row = an_invitation(world)
    response = a_response(world, "started", row)
    phone = Phone(world, row)
    hostile = '=HYPERLINK("http://x")<img src=x onerror=alert(1)>{{ 7*7 }}\u202e\u0000'
    phone.post(key="q7", text=hostile)
    assert Answer.objects.get(response=response, key="q7").text == hostile.replace("\u0000", "")
    for path in (f"{phone.path}?q=q7", ""):
        assert "<img src=x" not in phone.get(path)
    staff = Client()
    staff.force_login(world.user("service"))
    page = staff.get(f"/survey-responses/{response.pk}/").content.decode()
    assert "<img src=x" not in page and "&lt;img src=x" in page and "{{ 7*7 }}" in page
    exported = staff.get("/survey-answers/export")
    assert exported.status_code == 200
    world.see()


def test_too_long_and_too_large_are_said_not_cut(world: World) -> None:
    row = an_invitation(world)
    a_response(world, "started", row)
    phone = Phone(world, row)
    assert "最多 2000 个字" in phone.post(key="q7", text="长" * 2001, status=422)
    assert "内容过大" in phone.post(key="q7", text="长" * 40_000, status=413)


def test_robots_and_wrong_secrets_get_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = Phone(world, an_invitation(world))
    phone.post(act="begin", website="http://spam", status=200)
    assert not Response.objects.exists()
    client = Client()
    assert client.get("/s/AAAAAAAAAAAAAAAAAAAAAAAAAAA/").status_code == 404
    assert client.get("/s/%00/").status_code in (400, 404)
    monkeypatch.setattr(public, "WRONG_PER_ADDRESS", 3)
    for _ in range(4):
        answer = client.get("/s/BBBB/")
    assert answer.status_code == 429 and "十分钟" in answer.content.decode()


def test_too_many_posts_are_put_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = Phone(world, an_invitation(world))
    monkeypatch.setattr(public, "PER_SECRET", 2)
    phone.post(act="begin")
    phone.post(key="q1", number="9")
    assert "十分钟" in phone.post(key="q2", number="5", status=429)


@clause("4.2.4")
def test_no_more_surveys_takes_one_press_and_looking_does_nothing(world: World) -> None:
    row = an_invitation(world)
    phone = Phone(world, row)
    phone.get(f"{phone.path}stop")
    row.refresh_from_db()
    assert row.state == "sent"
    answer = phone.client.post(f"{phone.path}stop")
    world.see()
    assert answer.status_code == 200 and "已生效" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "opted_out"
    consent = Consent.objects.get()
    assert (consent.subject_id, consent.purpose, consent.state) == (
        row.customer.party_id,
        "survey",
        "withdrawn",
    )
    assert consent.withdrawn_way == "web"
    assert "不会再收到" in phone.get(status=410)


@pytest.mark.parametrize("state", ["expired", "failed", "planned"])
def test_what_is_over_or_not_out_takes_no_answer(world: World, state: str) -> None:
    phone = Phone(world, an_invitation(world, state))
    assert "已结束" in phone.get(status=410)
    phone.post(act="begin", status=410)
    assert not Response.objects.exists()


def test_a_common_link_takes_one_answer_a_device_without_names(world: World) -> None:
    row = a_link(world)
    one = Phone(world, row)
    page = one.get()
    assert "不记名" in page and "不再接收调查" not in page
    one.post(act="begin")
    one.post(key="q1", number="9")
    assert asked(one.get()) == "q2"
    two = Phone(world, row)
    two.post(act="begin")
    assert Response.objects.filter(link=row).count() == 2
    response = Response.objects.filter(link=row).earliest("id")
    assert response.customer is None and response.subject() == response.pk
    assert one.client.post(f"{one.path}stop").status_code == 404
    world.see()
    world.run("marketing", "voice.close_link", row)
    assert "已结束" in two.get(status=410)


def test_secrets_are_kept_nowhere(world: World) -> None:
    row = an_invitation(world)
    secret = tokens.secret(tokens.INVITATION, row.pk)
    assert len(secret) >= 26 and row.token_hash == tokens.hash_of(secret)
    assert secret not in str(Invitation.objects.filter(pk=row.pk).values())


def test_the_link_and_its_code_are_for_those_who_may_invite(world: World) -> None:
    row = an_invitation(world)
    staff, seller = Client(), Client()
    staff.force_login(world.user("service"))
    seller.force_login(world.user("rep"))
    secret = tokens.secret(tokens.INVITATION, row.pk)
    assert secret in staff.get(f"/survey-invitations/{row.pk}/").content.decode()
    picture = staff.get(f"/survey-qr/invitation/{row.pk}.svg")
    assert picture["Content-Type"] == "image/svg+xml" and b"<svg" in picture.content
    assert secret not in seller.get(f"/survey-invitations/{row.pk}/").content.decode()
    assert seller.get(f"/survey-qr/invitation/{row.pk}.svg").status_code == 403
    world.see()
