"""API tokens in the reader's own menu: made, shown once, revoked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from sellwell.kernel.models import ApiToken

if TYPE_CHECKING:
    from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"sw_[0-9a-f]{8}_[\w-]{43}")


@pytest.fixture
def client(world: World) -> Client:
    found = Client()
    found.force_login(world.user("rep"))
    return found


@pytest.mark.parametrize("htmx", [False, True])
def test_the_secret_is_shown_once(client: Client, world: World, htmx: bool) -> None:
    headers = {"HX-Request": "true"} if htmx else {}
    form = {"label": "报表脚本", "scopes": "orders.view\norders.lines", "_key": "once"}
    response = client.post("/do/tokens.create/", form, headers=headers)
    assert response.status_code == 200 and response["Cache-Control"] == "no-store"
    secrets = set(SECRET.findall(response.content.decode()))
    assert len(secrets) == 1 and b"data-copy" in response.content
    token = ApiToken.objects.get()
    assert token.scopes == ["orders.view", "orders.lines"]
    again = client.post("/do/tokens.create/", form, headers=headers)
    assert again.status_code == 200 and not SECRET.search(again.content.decode())
    assert ApiToken.objects.count() == 1
    for path in ("/tokens/", f"/tokens/{token.pk}/", f"/tokens/{token.pk}/timeline"):
        assert not SECRET.search(client.get(path).content.decode()), path
    whole = secrets.pop()
    assert Client().get("/api/v1/orders", headers={"Authorization": f"Bearer {whole}"}).status_code == 200


def test_it_is_revoked_from_its_page(client: Client, world: World) -> None:
    token = world.run("rep", "tokens.create", data={"label": "x"}).result
    assert (
        b"/do/tokens.revoke/"
        in client.get(f"/tokens/{token.pk}/menu").content + client.get(f"/tokens/{token.pk}/").content
    )
    client.post(f"/do/tokens.revoke/{token.pk}/", {"_key": "k"})
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_the_menu_leads_there(client: Client, world: World) -> None:
    assert b'href="/tokens/"' in client.get("/me").content
    page = client.get("/tokens/")
    assert page.status_code == 200 and "/do/tokens.create/" in page.content.decode()


def test_others_do_not_see_it(client: Client, world: World) -> None:
    other = world.run("finance", "tokens.create", data={"label": "财务脚本"}).result
    assert client.get(f"/tokens/{other.pk}/").status_code == 404
    assert "财务脚本" not in client.get("/tokens/").content.decode()
