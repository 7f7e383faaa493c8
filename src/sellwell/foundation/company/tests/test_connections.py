"""Connections: the secret is nowhere in clear, what a test answers is kept, the page says what is and what failed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from sellwell.cli import acting
from sellwell.foundation.company.connections import REGISTER
from sellwell.foundation.company.models import Connection
from sellwell.foundation.company.operations.connections import Connect, assess_connect
from sellwell.foundation.company.tests.connecting import (
    NOWHERE,
    a_connection,
    connected,
    connection_data,
    link,
)
from sellwell.integrations.messaging.serving import serve
from sellwell.integrations.wecom.server import WeComOffice
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input
from sellwell.kernel.models import Message
from sellwell.kernel.operations import REGISTRY, guards_of
from sellwell.kernel.values import Refusal
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-tests"


def stores_with(text: str) -> list[str]:
    """Every table that holds a text in clear."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE position(%s in t::text) > 0", [text])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_the_secret_is_kept_encrypted_and_in_no_table_in_clear(world: World) -> None:
    row = a_connection(world)
    keys = REGISTER.keys("wecom", world.company.pk)
    assert keys is not None and keys.secret == SECRET
    assert stores_with(SECRET) == []
    assert stores_with("corp-1")  # the search does find what stands in clear
    with pytest.raises(Refusal):
        world.run("administrator", "company.connect", data=connection_data(agent_id=""))
    assert stores_with(SECRET) == []
    envelope = Connection.objects.get(pk=row.pk).secret["c"]
    assert stores_with(envelope) == ["company_connection"]  # not even the envelope is in the ledger


def test_without_a_secret_the_former_one_stays_but_never_goes_to_another_address(world: World) -> None:
    a_connection(world)
    world.run("administrator", "company.connect", data=connection_data(secret="", app_id="corp-2"))
    keys = REGISTER.keys("wecom", world.company.pk)
    assert keys is not None and (keys.app_id, keys.secret) == ("corp-2", SECRET)
    with pytest.raises(Refusal) as refusal:
        world.run(
            "administrator",
            "company.connect",
            data=connection_data(secret="", base_url="https://elsewhere.example"),
        )
    assert refusal.value.code == "company.connection_moved"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"secret": ""}, "company.connection_secret"),
        ({"agent_id": ""}, "company.connection_agent"),
        ({"base_url": "http://api.example"}, "company.connection_address"),
        ({"base_url": "http://127.0.0.1.example/"}, "company.connection_address"),
        ({"base_url": "https://user@x y"}, "company.connection_address"),
        ({"base_url": "https://user:word@api.example/"}, "company.connection_address"),
        ({"base_url": "https://api.example:99999/"}, "company.connection_address"),
        ({"base_url": "https://[::1/"}, "company.connection_address"),
        ({"base_url": "https://api.example/?to=x"}, "company.connection_address"),
        ({"base_url": "https://169.254.169.254/"}, "company.connection_address"),
        ({"base_url": "https://10.0.0.5/"}, "company.connection_address"),
        ({"base_url": "https://127.1/"}, "company.connection_address"),
        ({"base_url": "https://[fe80::1]/"}, "company.connection_address"),
        ({"base_url": "https://db.internal/"}, "company.connection_address"),
    ],
)
def test_keys_that_cannot_work_are_refused(world: World, change: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal) as refusal:
        world.run("administrator", "company.connect", data=connection_data() | change)
    assert reason in [o.code for o in refusal.value.objections]
    assert not Connection.objects.exists()


def test_this_machine_is_an_address_only_where_simulators_are_allowed(world: World, settings: Any) -> None:
    settings.SIMULATORS = False
    for address in (NOWHERE, "https://127.0.0.1/", "http://localhost:8100"):
        with pytest.raises(Refusal) as refusal:
            world.run("administrator", "company.connect", data=connection_data(base_url=address))
        assert refusal.value.code == "company.connection_address"
    a_connection(world, base_url="https://proxy.example:8443/wecom")
    assert Connection.objects.get().base_url.endswith("/wecom")


def test_an_act_that_carries_a_secret_is_never_held(world: World) -> None:
    """What is held keeps its input as it was given; nothing of `company.connect` may put it there."""
    with_secret = [o for o in REGISTRY.values() if o.input is not None and o.input.kept is not Input.kept]
    assert "company.connect" in [o.name for o in with_secret]
    for operation in with_secret:
        assert not operation.route and not guards_of(operation.name), f"{operation.name} may be held"
    wrong = Connect.model_validate(connection_data(secret="", agent_id="", base_url="http://x"))
    assessment = assess_connect(None, wrong, world.ctx("administrator"))
    assert assessment.amount is None and {o.kind for o in assessment.objections} == {"refuse"}


def test_the_command_line_prints_no_envelope(world: World) -> None:
    row = a_connection(world)
    assert "secret" not in acting._result(row)


def test_only_an_administrator_connects_and_hr_links(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.connect", data=connection_data())
    assert refusal.value.code == "not_permitted"
    a_connection(world)
    with pytest.raises(Refusal):
        world.run("rep", "company.link_account", world.person("rep"), {"system": "wecom", "account": "x"})


def test_an_account_is_one_persons_and_needs_a_connection(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        link(world, "rep", "wecom", "lin")
    assert refusal.value.code == "company.not_connected"
    a_connection(world)
    link(world, "rep", "wecom", "lin")
    with pytest.raises(Refusal) as refusal:
        link(world, "finance", "wecom", "lin")
    assert refusal.value.code == "company.account_taken"


@pytest.mark.parametrize("account", ["@all", "a|b", "a,b", " ", ""])
def test_an_account_is_one_and_never_everybody(world: World, account: str) -> None:
    row = a_connection(world)
    for operation, about, data in (
        ("company.test_connection", row, {"account": account}),
        ("company.link_account", world.person("rep"), {"system": "wecom", "account": account}),
    ):
        with pytest.raises(Refusal) as refusal:
            world.run("administrator", operation, about, data)
        assert [o.path for o in refusal.value.objections] == ["account"]


def test_a_test_message_says_what_the_vendor_really_answered(world: World, client: Any) -> None:
    office = WeComOffice()
    office.people = [{"userid": "gu", "name": "顾", "department": [1]}]
    client.force_login(world.user("administrator"))
    with serve(office) as url:
        row = connected(world, "wecom", office, url)
        world.run("administrator", "company.test_connection", row, {"account": "gu"})
        assert "测试消息" in str(office.to("gu")[0].body)
        assert "成功" in client.get("/message-channels").content.decode()
        world.see()
        world.run("administrator", "company.test_connection", row, {"account": "nobody"})
    page = client.get("/message-channels").content.decode()
    assert "81013" in page and "可见范围" in page
    world.see()
    assert Connection.objects.get().test_answer == "81013"
    world.run("administrator", "company.test_connection", row, {"account": "gu"})  # nobody serves it any more
    assert Connection.objects.get().test_answer == "no_answer"


def test_the_page_shows_channels_and_failures_to_administrators_only(world: World, client: Any) -> None:
    client.force_login(world.user("administrator"))
    page = client.get("/message-channels").content.decode()
    assert page.count("模拟</span>") == 5 and "没有被平台拒绝的消息" in page
    world.see()
    a_connection(world, base_url=NOWHERE)
    Message.objects.create(
        id=new_id(), company_id=world.company.pk, user=world.user("rep"), event_id=new_id(), kind="result",
        request_id=UUID(int=1), system="wecom", state="failed", reason="60020", send_at=world.ctx("rep").now,
    )  # fmt: skip
    page = client.get("/message-channels").content.decode()
    assert "已接入" in page and "可信 IP" in page and SECRET not in page
    form = client.get("/do/company.connect/?system=wecom&app_id=corp-1").content.decode()
    assert 'type="password"' in form and "corp-1" in form
    client.force_login(world.user("rep"))
    assert client.get("/message-channels").status_code == 403
    assert client.get("/connections/").status_code in (403, 404)
