"""A vendor's directory: what it would change is looked at first, done through the door, and nobody is removed by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from sellwell.foundation.company import chores as chores_of_company
from sellwell.foundation.company import vendor_directory
from sellwell.foundation.company.models import Assignment, Connection, Department, Person
from sellwell.foundation.company.rules import vendor_directory as rules
from sellwell.foundation.company.tests.connecting import a_connection, connected, link
from sellwell.integrations.messaging.rolls import Member, Roll, Unit, roll_of
from sellwell.integrations.messaging.serving import serve
from sellwell.integrations.wecom.adapter import WeCom
from sellwell.integrations.wecom.server import WeComOffice
from sellwell.kernel import chores, clock
from sellwell.kernel.models import LedgerEntry, Task
from sellwell.testing.world import World

# --- the rules, without a database -----------------------------------------------------------------------------------------

TODAY = date(2026, 3, 2)
TOP = rules.OwnUnit("HQ", "总部", "", "function", "", "")
EAST = rules.OwnUnit("EAST", "华东大区", "East", "regional", "wc:X:2", "HQ")


def own(external_id: str = "wc:X:lin", **changes: Any) -> rules.OwnPerson:
    """Somebody here."""
    values = {
        "id": "p1", "name": "林晓舟", "username": "rep", "number": "E1", "employment": "full_time",
        "hired_on": TODAY, "speciality": "", "external_id": external_id, "is_active": True, "department": "EAST",
        "department_name": "华东大区", "role": "rep", **changes,
    }  # fmt: skip
    return rules.OwnPerson(**values)


def planned(
    units: tuple[Unit, ...],
    members: tuple[Member, ...],
    *people: rules.OwnPerson,
    own_units: Any = (TOP, EAST),
) -> rules.Plan:
    """A plan for company X at WeCom."""
    here = rules.Here(tuple(own_units), people, {"销售代表": "rep"}, TODAY)
    return rules.plan(Roll(units, members), here, lambda account: f"wc:X:{account}")


def lines(plan: rules.Plan) -> list[tuple[str, str]]:
    return [(line.what, line.after) for line in plan.lines]


UNITS = (Unit("2", "华东大区"),)
LIN = Member("lin", "林晓舟", ("2",))


def test_what_is_the_same_is_not_sent() -> None:
    plan = planned(UNITS, (LIN,), own())
    assert not plan.lines and not plan.departments and not plan.people and not plan.leavers


def test_new_people_come_with_a_post_only_where_department_and_role_are_known() -> None:
    known = Member("Wang", "王五", ("2",), login="Wang", title="销售代表")
    plan = planned(UNITS, (LIN, known, Member("x", "赵六", ("2",), title="首席")), own())
    assert [(p["username"], p.get("department"), p.get("role")) for p in plan.people] == [
        ("wang", "EAST", "rep"), (plan.people[1]["username"], None, None),
    ]  # fmt: skip
    assert re.fullmatch(
        r"wc\.[0-9a-f]{10}", plan.people[1]["username"]
    )  # one letter is too short for a user name


def test_a_move_keeps_the_role_and_a_department_beside_is_no_move() -> None:
    units = (*UNITS, Unit("5", "新部门"))
    plan = planned(units, (Member("lin", "林晓舟", ("5",)),), own())
    assert ("moved", "新部门") in lines(plan) and plan.people[0]["role"] == "rep"
    beside = planned(units, (Member("lin", "林晓舟", ("5", "2")),), own())
    assert not beside.people


def test_who_is_gone_is_only_proposed_and_an_empty_directory_proposes_nobody() -> None:
    other = own("wc:X:gone", id="p2", number="E2", username="gone", name="已走")
    foreign = own("hr-7", id="p3", number="E3", username="other", name="别处的人")
    plan = planned(UNITS, (LIN,), own(), other, foreign)
    assert plan.leavers == ["p2"]
    empty = planned(UNITS, (), own(), other)
    assert not empty.leavers and lines(empty) == [("problem", "nobody_seen")]


def test_nobody_is_linked_by_a_guess() -> None:
    plan = planned(UNITS, (Member("rep", "林晓舟", ("2",)),), own(external_id=""))
    assert not plan.people and lines(plan) == [("problem", "not_linked")]


@pytest.mark.parametrize(
    ("units", "people", "member", "why"),
    [
        ((TOP, rules.OwnUnit("EAST", "华东大区", "", "regional", "wc:X:2", "HQ", True)), (own(),), LIN, "closed"),
        ((TOP, EAST), (own(is_active=False),), LIN, "left_here"),
        ((TOP, EAST), (own(), own("wc:X:b", id="p2", number="E2", username="b")), Member("b", "乙", ("2",), number="E1"), "number_taken"),
        ((TOP, EAST), (own(),), Member("y" * 80, "长", ("2",)), "too_long"),
    ],
    ids=["closed", "left_here", "number_taken", "too_long"],
)  # fmt: skip
def test_what_people_must_settle_is_named_and_not_sent(
    units: Any, people: Any, member: Member, why: str
) -> None:
    plan = planned(UNITS, (member,), *people, own_units=units)
    assert ("problem", why) in lines(plan) and not plan.people


def test_an_open_department_below_a_closed_one_is_not_called_closed() -> None:
    closed = rules.OwnUnit("OLD", "旧部", "", "regional", "wc:X:9", "HQ", True)
    plan = planned((Unit("9", "旧部"), Unit("2", "华东大区", "9")), (), own_units=(TOP, closed, EAST))
    assert lines(plan) == [("problem", "closed"), ("problem", "no_above")] and not plan.departments


def test_departments_in_a_circle_over_there_are_named_and_bring_nothing() -> None:
    told = [
        Unit("7", "甲", "8"),
        Unit("8", "乙", "7"),
        Unit("9", "丙", "7"),
        Unit("5", "自己", "5"),
        Unit("2", "华东大区"),
    ]
    roll = roll_of(told, ())
    assert [u.id for u in roll.units if not u.is_circular] == ["2"]
    plan = planned(roll.units, ())
    assert lines(plan) == [("problem", "circle")] * 4 and not plan.departments


def test_a_long_chain_of_departments_is_put_in_order() -> None:
    told = [Unit(str(n), f"第{n}级", str(n + 1)) for n in range(3000)]
    assert [u.id for u in roll_of(told, ()).units][:2] == ["2999", "2998"]


def test_a_department_is_taken_over_by_its_place_renamed_by_its_id_and_never_moved() -> None:
    free = rules.OwnUnit("EAST", "华东大区", "East", "regional", "", "HQ")
    taken = planned(UNITS, (), own_units=(TOP, free))
    assert taken.departments == [
        {"external_id": "wc:X:2", "code": "EAST", "name": "华东大区", "name_en": "East", "kind": "regional"}
    ]
    renamed = planned((Unit("2", "东部"),), ())
    assert renamed.departments[0]["name"] == "东部" and "above" not in renamed.departments[0]
    moved = planned((Unit("9", "事业部"), Unit("2", "华东大区", "9")), ())
    assert ("moved_unit", "事业部") in lines(moved)
    assert [d["name"] for d in moved.departments] == ["事业部"]


def test_the_same_plan_has_the_same_fingerprint_and_another_has_another() -> None:
    assert planned(UNITS, (LIN,)).fingerprint == planned(UNITS, (LIN,)).fingerprint
    assert planned(UNITS, (LIN,)).fingerprint != planned(UNITS, (Member("lin", "林", ("2",)),)).fingerprint


# --- through the door and the page -----------------------------------------------------------------------------------------


@dataclass
class Pulled:
    """A company connected to a simulated WeCom with a directory."""

    world: World
    office: WeComOffice
    row: Connection

    def pull(self) -> str:
        """Bring it in; gives what went wrong."""
        row = self.world.run("hr", "company.pull_directory", self.row).result
        return str(row.pull_answer)


@pytest.fixture
def house(world: World) -> Iterator[Pulled]:
    """The rep is linked; one department is known by its place, one is new; one person is new."""
    office = WeComOffice()
    office.units += [
        {"id": 2, "name": "华东大区", "parentid": 1},
        {"id": 3, "name": "华东九部", "parentid": 2},
    ]
    office.people = [
        {"userid": "lin", "name": "林晓舟", "department": [2], "main_department": 2},
        {"userid": "qin", "name": "秦不夜", "department": [3], "main_department": 3, "position": "销售代表"},
    ]  # fmt: skip
    with serve(office) as url:
        row = connected(world, "wecom", office, url)
        link(world, "rep", "wecom", "lin")
        yield Pulled(world, office, row)


@pytest.mark.django_db
def test_new_changed_moved_and_gone(house: Pulled) -> None:
    world, office = house.world, house.office
    assert house.pull() == ""
    assert world.department("EAST").pk == Department.objects.get(external_id="wc:HENGDA:2").pk
    made = Department.objects.get(external_id="wc:HENGDA:3")
    assert made.path == f"HQ.EAST.{made.code}."
    new = Person.objects.select_related("user").get(external_id="wc:HENGDA:qin")
    post = new.user.assignments.get()
    assert (new.user.username, post.role, post.department_id) == ("qin", "rep", made.pk)
    assert not new.user.has_usable_password()
    before = LedgerEntry.objects.filter(operation="company.sync_directory").count()
    assert (
        house.pull() == ""
        and LedgerEntry.objects.filter(operation="company.sync_directory").count() == before
    )

    office.people[0]["name"], office.people[0]["department"] = "林晓洲", [3]
    del office.people[1]
    assert house.pull() == ""
    assert world.person("rep").user.name == "林晓洲"
    current = Assignment.objects.filter(user=world.user("rep"), until=None).get()
    assert current.department_id == made.pk and current.role == "rep"
    assert Person.objects.get(pk=new.pk).state == "active"  # gone over there, and here until people say so
    task = Task.objects.get(operation="company.leave")
    assert (task.row_id, task.role, task.state) == (new.pk, "hr", "open")
    assert house.pull() == "" and Task.objects.filter(operation="company.leave").count() == 1


@pytest.mark.django_db
def test_what_was_looked_at_is_what_is_done(house: Pulled, client: Any) -> None:
    client.force_login(house.world.user("hr"))
    url = f"/connections/{house.row.pk}/directory"
    assert "预览" in client.get(url).content.decode()
    page = client.post(url, {"step": "look"}).content.decode()
    house.world.see()
    assert "秦不夜" in page and "华东九部" in page
    assert not Person.objects.filter(external_id="wc:HENGDA:qin").exists()  # looking writes nothing
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    house.office.people[1]["name"] = "秦长夜"
    answer = client.post(url, {"step": "do", "seen": seen[1]})
    house.world.see()
    assert answer.status_code == 422 and "又有变化" in answer.content.decode()
    assert not Person.objects.filter(external_id="wc:HENGDA:qin").exists()
    page = client.post(url, {"step": "look"}).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    assert client.post(url, {"step": "do", "seen": seen[1]}).status_code == 200
    house.world.see()
    assert Person.objects.get(external_id="wc:HENGDA:qin").user.name == "秦长夜"
    assert "没有要同步的内容" in client.post(url, {"step": "look"}).content.decode()
    client.force_login(house.world.user("rep"))
    assert client.post(url, {"step": "look"}).status_code == 403


@pytest.mark.django_db
def test_the_same_user_name_is_offered_for_linking(house: Pulled, client: Any) -> None:
    house.office.people.append({"userid": "finance", "name": "钱若渠", "department": [1]})
    client.force_login(house.world.user("hr"))
    page = client.post(f"/connections/{house.row.pk}/directory", {"step": "look"}).content.decode()
    house.world.see()
    path = f"/do/company.link_account/{house.world.person('finance').pk}/?system=wecom&amp;account=finance"
    assert path in page
    assert house.pull() == ""
    assert house.world.person("finance").external_id == ""
    link(house.world, "finance", "wecom", "finance")
    assert house.pull() == ""
    assert house.world.person("finance").user.name == "钱若渠"


@pytest.mark.django_db
def test_a_vendor_that_is_down_and_a_refusal_write_nothing_and_are_told(house: Pulled, client: Any) -> None:
    house.office.fail("down")  # a page makes one attempt
    assert house.pull() == "http_503" and len(house.office.calls) == 1
    house.office.people.append({"userid": "noname", "name": "", "department": [1]})
    assert house.pull() == "invalid"
    assert not Person.objects.filter(external_id="wc:HENGDA:qin").exists()
    client.force_login(house.world.user("administrator"))
    assert "有冲突，未写入" in client.get("/message-channels").content.decode()


@pytest.mark.django_db
def test_an_error_of_one_directory_stands_on_it_and_stops_no_other(
    house: Pulled, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, due = house.world, chores.CHORES["company.pull_directories"]
    Connection.objects.update(pulls=True)
    a_connection(world, "dingtalk", pulls=True)
    plan_for = vendor_directory.plan_for

    def broken(row: Connection, ctx: Any) -> Any:
        if row.system == "dingtalk":
            raise RuntimeError
        return plan_for(row, ctx)

    monkeypatch.setattr(vendor_directory, "plan_for", broken)
    assert due(world.company.pk)
    world.see()
    answers = dict(Connection.objects.values_list("system", "pull_answer"))
    assert answers == {"dingtalk": "fault", "wecom": ""}
    assert not due(world.company.pk)


@pytest.mark.django_db
def test_no_row_is_locked_while_the_vendor_is_asked(house: Pulled, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    roll, run = WeCom.roll, chores_of_company.run
    monkeypatch.setattr(WeCom, "roll", lambda self: order.append("asked") or roll(self))
    monkeypatch.setattr(chores_of_company, "run", lambda *a: order.append("done") or run(*a))
    Connection.objects.update(pulls=True)
    assert chores.CHORES["company.pull_directories"](house.world.company.pk)
    house.world.see()
    assert order == ["asked", "done"] and Connection.objects.get().pull_answer == ""


@pytest.mark.django_db
def test_a_connection_that_is_off_is_not_looked_at(house: Pulled, client: Any) -> None:
    house.world.run("administrator", "company.disconnect", house.row)
    house.office.calls.clear()
    client.force_login(house.world.user("hr"))
    answer = client.post(f"/connections/{house.row.pk}/directory", {"step": "look"})
    assert answer.status_code == 422 and "已停用" in answer.content.decode() and not house.office.calls


@pytest.mark.django_db
def test_every_day_once_where_it_is_wanted(house: Pulled) -> None:
    world = house.world
    due = chores.CHORES["company.pull_directories"]
    assert not due(world.company.pk)
    keys = {"app_id": house.office.app_id, "agent_id": "1", "secret": house.office.secret, "pulls": True}
    base_url = Connection.objects.get().base_url
    a_connection(world, "wecom", base_url, **keys)
    assert due(world.company.pk)
    world.see()
    assert Person.objects.filter(external_id="wc:HENGDA:qin").exists()
    assert not due(world.company.pk)
    house.office.fail("down", "down", "down", "down")
    with clock.at(clock.now() + timedelta(days=1)):
        assert due(world.company.pk)
        world.see()
        assert Connection.objects.get().pull_answer == "http_503"
        assert not due(world.company.pk)  # not again and again
