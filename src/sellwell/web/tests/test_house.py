"""The frame around every page: strangers, signing in, rights, languages, and every page of every room for every role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from sellwell.kernel.access import ROLES
from sellwell.kernel.models import SecurityLog
from sellwell.kernel.operations import REGISTRY
from sellwell.testing.world import World
from sellwell.web import registry, signin
from sellwell.web.shortcuts import allowed_entries, family_of, menu_for

PASSWORD = "a-long-enough-password"


@pytest.fixture
def rep(world: World) -> Iterator[Client]:
    """A sales rep at the browser."""
    client = Client()
    client.force_login(world.user("rep"))
    yield client


def browser(world: World, role: str) -> Client:
    """Somebody of a role at the browser."""
    client = Client()
    client.force_login(world.user(role))
    return client


@pytest.mark.django_db
def test_strangers_are_sent_to_the_sign_in_page_and_back() -> None:
    answer = Client().get("/orders/?state=draft")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in?next=/orders/%3Fstate%3Ddraft"
    assert Client().get("/orders/", headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.django_db
def test_every_answer_forbids_foreign_scripts() -> None:
    policy = Client().get("/sign-in")["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "frame-ancestors 'none'" in policy


def test_signing_in_leads_only_within_the_house(world: World) -> None:
    user = world.user("rep")
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    sent = {"username": user.username, "password": PASSWORD, "next": "https://example.org/"}
    answer = Client().post("/sign-in", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_too_many_failures_shut_the_door_for_a_while(world: World) -> None:
    user = world.user("rep")
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    client = Client()
    for _ in range(signin.PER_ACCOUNT):
        assert client.post("/sign-in", {"username": user.username, "password": "wrong"}).status_code == 422
    answer = client.post("/sign-in", {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 422
    assert "15 分钟" in answer.content.decode()
    assert SecurityLog.objects.filter(operation=signin.OPERATION).count() == signin.PER_ACCOUNT


def test_the_language_is_kept(rep: Client) -> None:
    assert "工作台" in rep.get("/").content.decode()
    rep.post("/language", {"language": "en", "next": "/"})
    page = rep.get("/").content.decode()
    assert "Workbench" in page and 'lang="en"' in page


def test_pages_that_are_not_there_and_pages_that_are_not_for_everybody(rep: Client) -> None:
    assert rep.get("/no-such-page").status_code == 404
    assert rep.get("/do/no.such/").status_code == 404
    assert rep.get("/jobs/none/00000000-0000-7000-8000-000000000000").status_code == 404
    assert rep.get("/security/").status_code in (403, 404)


def test_every_page_opens_for_those_who_may(world: World) -> None:
    """One world for all roles: what failed is told together."""
    wrong = [found for role in sorted(ROLES) for found in _pages_that_fail(world, role)]
    assert not wrong


def _pages_that_fail(world: World, role: str) -> list[tuple[str, str, int]]:
    client, actor = browser(world, role), world.ctx(role).actor
    expected = dict.fromkeys(
        ("/", "/tasks", "/me", "/search?q=SO", "/commands?q=order", "/rights/who?verb=orders.confirm"), 200
    )
    expected |= {entry.url: 200 for entry in registry.MENU if not entry.right or actor.may(entry.right)}
    for page in registry.LISTS.values():
        may = 200 if actor.may(page.view.name) else 403
        expected[page.url] = expected[f"{page.url}?q=华东&sort=-amount&state=draft&after=nonsense"] = may
    for board in registry.BOARDS.values():
        expected[f"/{board.view.url}/board"] = 200 if actor.may(board.view.name) else 403
    statuses = {path: client.get(path).status_code for path in expected}
    return [(role, path, status) for path, status in statuses.items() if status != expected[path]]


def test_pages_of_one_thing_share_a_line_of_the_menu(world: World) -> None:
    """Each page that a role may see stands in its menu, or beside one that does."""
    assert len({url for family in registry.FAMILIES for url in family}) == sum(map(len, registry.FAMILIES))
    for role in sorted(ROLES):
        actor = world.ctx(role).actor
        lines = {entry.url for section in menu_for(actor, "/") for entry, _ in section.entries}
        for entry in allowed_entries(actor):
            beside = {one.url for one, _ in family_of(actor, entry.url)}
            assert entry.url in lines or beside & lines, (role, entry.url)
            assert len(beside & lines) <= 1, (role, entry.url)
    page = browser(world, "rep").get("/goals/").content.decode()
    assert 'href="/departments/"' in page and 'class="family"' in page


def test_every_count_opens(world: World) -> None:
    client, actor = browser(world, "sales_manager"), world.ctx("sales_manager").actor
    for page in registry.LISTS.values():
        if actor.may(page.view.name):
            assert client.get(f"{page.url}count").status_code == 200, page.url


def test_every_creation_has_a_form_that_names_what_is_missing(world: World) -> None:
    wrong = []
    for role in ("rep", "sales_manager", "finance", "warehouse", "administrator"):
        client, actor = browser(world, role), world.ctx(role).actor
        for name, operation in REGISTRY.items():
            if not operation.creates or "web" not in operation.channels or not actor.may(name):
                continue
            drawn, sent = client.get(registry.url_for(name)), client.post(f"/do/{name}/", {"_key": "k"})
            if drawn.status_code != 200 or sent.status_code not in (302, 422, 200):
                wrong.append((role, name, drawn.status_code, sent.status_code))
    assert not wrong


def test_a_list_asks_as_often_for_one_row_as_for_many(
    world: World, rep: Client, django_assert_max_num_queries: Any
) -> None:
    for page in registry.LISTS.values():
        if world.ctx("rep").actor.may(page.view.name):
            with django_assert_max_num_queries(22):
                rep.get(page.url)
