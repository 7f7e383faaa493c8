"""The paste box: above the forms that take its parts, and what its button fills in."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.test import Client

from sellwell.kernel.models import User
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
LINE = "顾明远 13800001234 江苏省苏州市吴中区东方大道1号"


def client_of(world: World, role: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=world.user(role).pk))
    return client


@pytest.mark.parametrize("operation", ["customers.add", "customers.add_address", "pipeline.add_lead"])
def test_the_box_stands_above_forms_that_take_its_parts(world: World, operation: str) -> None:
    client = client_of(world, "rep")
    assert "_paste_for" in client.get(f"/do/{operation}/").content.decode()
    answer = client.post("/address/split", {"_paste": LINE, "_paste_for": operation}).content.decode()
    found = re.search(r'data-fill="([^"]+)"', answer)
    assert found
    values = json.loads(html.unescape(found[1]))
    assert "顾明远" in values.values() and "13800001234" in values.values()
    if operation == "customers.add":
        assert values["province"] == "江苏省" and values["address"].endswith("东方大道1号")


def test_other_forms_have_no_box_and_nonsense_is_answered(world: World) -> None:
    client = client_of(world, "rep")
    assert "_paste_for" not in client.get("/do/pipeline.plan_visit/").content.decode()
    assert client.post("/address/split", {"_paste": LINE, "_paste_for": "orders.ship"}).status_code == 404
    assert client.get("/address/split").status_code == 405
    empty = client.post("/address/split", {"_paste": "", "_paste_for": "customers.add"}).content.decode()
    assert "没有识别出内容" in empty
    assert Client().post("/address/split", {"_paste": LINE}).status_code == 302  # strangers sign in first
