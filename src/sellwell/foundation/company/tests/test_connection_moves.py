"""A connection that is led elsewhere: nobody's account counts there before somebody else says that it is still theirs."""

from __future__ import annotations

from typing import Any

import pytest

from sellwell.foundation.company import connections
from sellwell.foundation.company.connections import REGISTER
from sellwell.foundation.company.models import Assignment, Connection, Person
from sellwell.foundation.company.tests.connecting import a_connection, connected, link
from sellwell.integrations import messaging
from sellwell.integrations.messaging.serving import serve
from sellwell.integrations.wecom.server import WeComOffice
from sellwell.kernel import chores
from sellwell.kernel.models import Task
from sellwell.kernel.values import Refusal
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def counts(world: World) -> tuple[bool, bool, bool]:
    """Whether the rep's link signs in, is offered for it, and is an address."""
    keys = connections.keys_of(Connection.objects.get())
    found = messaging.holder(keys, "lin")
    address = messaging.addresses(world.user("rep").pk, world.company.pk).get("wecom")
    return found is not None, bool(messaging.for_sign_in()), address == "lin"


@pytest.mark.parametrize("change", [{"app_id": "corp-2"}, {"base_url": "http://127.0.0.1:10"}])
def test_links_rest_until_a_second_person_confirms(world: World, change: dict[str, str]) -> None:
    row = a_connection(world)
    link(world, "rep", "wecom", "lin")
    assert counts(world) == (True, True, True)
    a_connection(world)  # the same keys again take nothing away
    assert counts(world) == (True, True, True)
    a_connection(world, **change)
    assert counts(world) == (False, False, False)
    assert REGISTER.keys("wecom", world.company.pk) is not None  # nor does a simulator take its messages
    with pytest.raises(Refusal) as refusal:
        world.run("administrator", "company.confirm_connection", row)
    assert refusal.value.code == "company.connection_own_move"
    assert Task.objects.get(operation="company.confirm_connection", state="open").role == "hr"
    world.run("hr", "company.confirm_connection", row)
    assert counts(world) == (True, True, True)
    assert not Task.objects.filter(operation="company.confirm_connection", state="open").exists()
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.confirm_connection", row)
    assert refusal.value.code == "company.connection_not_moved"


def test_without_links_there_is_nothing_to_confirm(world: World) -> None:
    a_connection(world)
    assert a_connection(world, app_id="corp-2").moved_by is None


def test_a_moved_directory_brings_nobody_in(world: World) -> None:
    office = WeComOffice()
    with serve(office) as url:
        row = connected(world, "wecom", office, url, pulls=True)
        link(world, "rep", "wecom", "lin")
        with serve(office) as other:
            connected(world, "wecom", office, other, pulls=True)
            assert not chores.CHORES["company.pull_directories"](world.company.pk)
            world.see()
            with pytest.raises(Refusal) as refusal:
                world.run("hr", "company.pull_directory", row)
    assert refusal.value.code == "company.connection_not_confirmed"
    assert not office.calls


def test_the_page_says_so_and_offers_it(world: World, client: Any) -> None:
    a_connection(world)
    link(world, "rep", "wecom", "lin")
    a_connection(world, app_id="corp-2")
    client.force_login(world.user("hr"))
    page = client.get("/message-channels").content.decode()
    assert "须由他人确认" in page and "/do/company.confirm_connection/" in page


@pytest.mark.parametrize("title", ["系统管理员", "Executive", "财务", "人力资源", "审计", "销售经理"])
def test_a_title_typed_over_there_gives_no_power_here(world: World, title: str) -> None:
    office = WeComOffice()
    office.units += [{"id": 2, "name": "华东大区", "parentid": 1}]
    person = {"userid": "qin", "name": "秦不夜", "department": [2], "main_department": 2}
    office.people = [{**person, "position": title}]
    with serve(office) as url:
        row = connected(world, "wecom", office, url)
        assert world.run("hr", "company.pull_directory", row).result.pull_answer == ""
        made = Person.objects.get(external_id="wc:HENGDA:qin")
        assert not made.user.assignments.exists()
        task = Task.objects.get(operation="company.assign", state="open")
        assert (task.row_id, task.role) == (made.pk, "hr")
        world.run("hr", "company.pull_directory", row)
        assert Task.objects.filter(operation="company.assign").count() == 1


def test_a_link_never_takes_the_place_of_another_directorys_key(world: World) -> None:
    a_connection(world)
    Person.objects.filter(user=world.user("rep")).update(external_id="payroll-7")
    with pytest.raises(Refusal) as refusal:
        link(world, "rep", "wecom", "lin")
    assert refusal.value.code == "company.account_other_directory"
    assert world.person("rep").external_id == "payroll-7"
    link(world, "finance", "wecom", "qian")
    link(world, "finance", "wecom", "qian2")  # of the same connection: corrected
    feishu = a_connection(world, "feishu")
    with pytest.raises(Refusal):
        link(world, "finance", "feishu", "ou_1")
    world.run("administrator", "company.disconnect", Connection.objects.get(system="wecom"))
    link(world, "finance", "feishu", "ou_1")  # the former vendor is given up
    assert feishu.state == "on"


def test_an_account_is_linked_only_where_somebody_works(world: World) -> None:
    a_connection(world)
    post = Assignment.objects.get(user=world.user("rep"))
    world.run("hr", "company.end_assignment", post, {"until": str(world.today)})
    with pytest.raises(Refusal) as refusal:
        link(world, "rep", "wecom", "lin")
    assert "company.account_no_post" in [o.code for o in refusal.value.objections]
