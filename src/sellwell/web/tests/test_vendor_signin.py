"""Signing in through a vendor: there and back, once, for linked people who work here; everybody else is refused clearly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from sellwell.foundation.company.tests.connecting import connected, link
from sellwell.integrations.dingtalk.server import DingTalkOffice
from sellwell.integrations.feishu.server import FeishuOffice
from sellwell.integrations.messaging.serving import Call, Office, serve
from sellwell.integrations.wecom.server import WeComOffice
from sellwell.kernel import clock
from sellwell.kernel.models import SecurityLog, User
from sellwell.testing.world import World
from sellwell.web import signin, vendor_signin

pytestmark = pytest.mark.django_db
OFFICES: dict[str, tuple[type[Office], str]] = {
    "wecom": (WeComOffice, "userid"), "dingtalk": (DingTalkOffice, "userid"), "feishu": (FeishuOffice, "open_id"),
}  # fmt: skip


@dataclass
class Door:
    """A company that people sign in to through a vendor."""

    world: World
    office: Office
    system: str
    start: str

    def state(self, client: Any, target: str = "/") -> str:
        """Go to the vendor's page; gives the state that travels along."""
        answer = client.get(f"{self.start}?next={target}")
        assert answer.status_code == 302
        return parse_qs(urlsplit(answer["Location"]).query)["state"][0]

    def back(self, client: Any, state: str, code: str) -> Any:
        """Come back from the vendor's page."""
        name = "authCode" if self.system == "dingtalk" else "code"
        answer = client.get(f"/sign-in/from/{self.system}", {name: code, "state": state})
        self.world.see()
        return answer

    def sign_in(self, client: Any, account: str = "lin", target: str = "/") -> Any:
        """There and back as the holder of an account."""
        return self.back(client, self.state(client, target), self.office.code_for(account))


@pytest.fixture(params=sorted(OFFICES))
def door(request: pytest.FixtureRequest, world: World) -> Iterator[Door]:
    """Each vendor in turn, with the rep linked."""
    made, name = OFFICES[request.param]
    office = made()
    office.people = [{name: who, "name": who, "department": [1]} for who in ("lin", "stranger")]
    with serve(office) as url:
        row = connected(world, request.param, office, url)
        link(world, "rep", request.param, "lin")
        yield Door(world, office, request.param, f"/sign-in/with/{row.pk}")


def who(client: Any) -> str | None:
    """Who is signed in."""
    user = client.get("/sign-in").wsgi_request.user
    return user.username if user.is_authenticated else None


def logged() -> list[str]:
    return list(
        SecurityLog.objects.filter(operation="web.sign_in").order_by("at").values_list("code", flat=True)
    )


def test_the_page_offers_it_and_a_linked_person_comes_in(door: Door) -> None:
    client = Client()
    page = client.get("/sign-in").content.decode()
    assert f"{door.start}?next=" in page and "登录</a>" in page.replace("\n", "")
    answer = door.sign_in(client, target="/orders/")
    assert answer.status_code == 302 and answer["Location"] == "/orders/"
    assert who(client) == "rep"
    assert not logged()


def test_without_a_connection_no_button_is_there(world: World) -> None:
    assert "/sign-in/with/" not in Client().get("/sign-in").content.decode()


def test_an_account_that_is_linked_to_nobody_is_refused(door: Door) -> None:
    client = Client()
    answer = door.sign_in(client, "stranger")
    assert answer.status_code == 422 and "未绑定" in answer.content.decode()
    assert who(client) is None and logged() == ["sign_in.not_linked"]


def test_a_telephone_never_links(door: Door) -> None:
    door.world.run("hr", "company.change_person", door.world.person("finance"), {"phone": "13800000000"})
    for person in door.office.people:
        person["mobile"] = "13800000000"
    assert door.sign_in(Client(), "stranger").status_code == 422


@pytest.mark.parametrize("how", ["left", "closed"])
def test_who_has_left_is_refused_clearly(door: Door, how: str) -> None:
    if how == "left":
        door.world.add("leaver", "rep")
        link(door.world, "leaver", door.system, "stranger")
        door.world.run("hr", "company.leave", door.world.person("leaver"))
    else:
        link(door.world, "finance", door.system, "stranger")
        User.objects.filter(username="finance").update(is_active=False)
    client = Client()
    answer = door.sign_in(client, "stranger")
    assert answer.status_code == 422 and "已停用" in answer.content.decode()
    assert who(client) is None and logged() == ["sign_in.left"]


def test_the_state_is_good_once(door: Door) -> None:
    client = Client()
    state = door.state(client)
    assert door.back(client, state, door.office.code_for("lin")).status_code == 302
    client.post("/sign-out")
    answer = door.back(client, state, door.office.code_for("lin"))
    assert answer.status_code == 422 and "已过期" in answer.content.decode()
    assert who(client) is None


def test_the_state_belongs_to_one_browser(door: Door) -> None:
    """Nobody is signed in as somebody else by a link that they are sent."""
    victim, stranger = Client(), Client()
    state = door.state(stranger)
    assert door.back(victim, state, door.office.code_for("lin")).status_code == 422
    assert who(victim) is None and not logged()


def test_the_state_ends_and_cannot_be_made_up(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    state = door.state(client)
    monkeypatch.setattr(vendor_signin, "GOOD_FOR", -1)
    assert door.back(client, state, door.office.code_for("lin")).status_code == 422
    monkeypatch.undo()
    for forged in ("", "0" * 32, door.state(client)[:-1] + "g"):
        assert door.back(client, forged, door.office.code_for("lin")).status_code == 422
    assert who(client) is None


def test_the_state_is_one_that_every_vendor_hands_back_and_costs_no_session(door: Door) -> None:
    client = Client()
    before = Session.objects.count()
    answer = client.get(f"{door.start}?next=/orders/")
    state = parse_qs(urlsplit(answer["Location"]).query)["state"][0]
    assert re.fullmatch(r"[0-9a-f]{32}", state) and Session.objects.count() == before
    cookie = answer.cookies[vendor_signin.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 600)
    path = urlsplit(answer["Location"]).path
    for wrong, status in ((state, 200), ("x" * 129, 400), ("a.b:c", 400)):
        query = {"state": wrong, "redirect_uri": "https://here/"}
        assert door.office.answer(Call("GET", path, query, {}, {}))[0] == status


def test_calls_of_nobody_close_the_door_for_nobody(door: Door) -> None:
    for _ in range(signin.PER_ADDRESS + 1):
        assert Client().get(f"/sign-in/from/{door.system}", {"state": "x", "code": "y"}).status_code == 422
    door.world.see()
    assert not logged() and not SecurityLog.objects.filter(operation="web.sign_in").exists()
    assert door.sign_in(Client()).status_code == 302


def test_a_vendor_that_is_down_is_asked_once_and_nobodys_failure(door: Door) -> None:
    client = Client()
    state, code = door.state(client), door.office.code_for("lin")
    door.office.calls.clear()
    door.office.fail("down", "down", "down")
    assert door.back(client, state, code).status_code == 422
    assert len(door.office.calls) == 1 and not logged()


def test_a_used_code_is_refused_with_the_vendors_answer(door: Door) -> None:
    client, code = Client(), door.office.code_for("lin")
    assert door.back(client, door.state(client), code).status_code == 302
    other = Client()
    assert door.back(other, door.state(other), code).status_code == 422
    assert who(other) is None and logged() == ["sign_in.vendor"]


def test_it_leads_only_within_the_house(door: Door) -> None:
    assert door.sign_in(Client(), target="https://elsewhere.example/")["Location"] == "/"


def test_failures_shut_the_door_for_both_ways_in(door: Door) -> None:
    client = Client()
    for _ in range(signin.PER_ADDRESS):
        door.sign_in(client, "stranger")
    answer = door.sign_in(client)
    assert answer.status_code == 422 and "次数过多" in answer.content.decode()
    assert who(client) is None
    assert "次数过多" in client.post("/sign-in", {"username": "rep", "password": "x"}).content.decode()
    with clock.at(clock.now() + signin.WINDOW + timedelta(seconds=1)):
        assert door.sign_in(client).status_code == 302


def test_who_stops_there_comes_back_to_the_page(door: Door) -> None:
    client = Client()
    answer = client.get(f"/sign-in/from/{door.system}", {"state": door.state(client)})
    assert answer.status_code == 422 and "取消" in answer.content.decode()


def test_a_connection_that_is_off_or_not_for_sign_in_lets_nobody_in(door: Door) -> None:
    client = Client()
    state, code = door.state(client), door.office.code_for("lin")
    data = {
        "system": door.system, "app_id": door.office.app_id, "agent_id": "1", "signs_in": False,
        "base_url": "https://api.example", "secret": "another",
    }  # fmt: skip
    door.world.run("administrator", "company.connect", data=data)
    assert door.back(client, state, code).status_code == 404
    assert client.get(door.start).status_code == 404
    assert who(client) is None
