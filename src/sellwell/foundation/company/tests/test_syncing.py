"""People and departments kept in step with another directory, by REST's operation and by an Excel file."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from sellwell.foundation.company.models import Assignment, Company, Department, Person
from sellwell.foundation.company.tests.builders import directory_data
from sellwell.kernel import personal
from sellwell.kernel.models import LedgerEntry
from sellwell.kernel.values import Refusal
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def sync(world: World, data: dict[str, Any]) -> None:
    world.run("hr", "company.sync_directory", world.company, data)


def test_what_is_sent_twice_is_there_once_and_what_changed_is_changed(world: World) -> None:
    data = directory_data(world)
    sync(world, data)
    sync(world, data)
    made = Department.objects.get(external_id="d-1")
    assert (made.path, made.region) == ("HQ.EAST.EAST9.", "华东")
    assert Assignment.objects.filter(department=made, until=None).count() == 2
    data["people"][0] |= {"name": "改名", "department": "SOUTH"}
    sync(world, data)
    person = Person.objects.select_related("user").get(external_id="u-1")
    assert person.user.name == "改名"
    assert LedgerEntry.objects.filter(operation="company.sync_directory").count() == 3
    assert Person.objects.filter(external_id__startswith="u-").count() == 2


@pytest.mark.parametrize(
    ("part", "change", "reason", "path"),
    [
        ("people", {"department": "NOWHERE"}, "company.sync_unknown", "people.1.department"),
        ("people", {"username": "rep"}, "company.sync_taken", "people.1.username"),
        ("people", {"external_id": "u-1"}, "company.sync_twice", "people.1.external_id"),
        ("people", {"username": "new1"}, "company.sync_twice", "people.1.username"),
        ("people", {"number": "N001"}, "company.sync_twice", "people.1.number"),
        ("people", {"department": "WEST"}, "company.department_closed", "people.1.department"),
        ("departments", {"above": "WEST"}, "company.department_closed", "departments.0.above"),
        ("people", {"role": None}, "company.sync_half", "people.1.department"),
        ("departments", {"above": "LATER"}, "company.sync_unknown", "departments.0.above"),
    ],
)
def test_one_wrong_row_and_nothing_is_written(
    world: World, part: str, change: dict[str, Any], reason: str, path: str
) -> None:
    Department.objects.filter(code="WEST").update(until=world.today)
    data = directory_data(world)
    data[part][-1] |= change
    with pytest.raises(Refusal) as refusal:
        sync(world, data)
    assert (reason, path) in [(o.code, o.path) for o in refusal.value.objections]
    assert not Department.objects.filter(external_id="d-1").exists()
    assert not Person.objects.filter(external_id__startswith="u-").exists()


def test_a_department_is_moved_by_a_reorganisation_only(world: World) -> None:
    data = directory_data(world)
    sync(world, data)
    data["departments"][0]["above"] = "SOUTH"
    with pytest.raises(Refusal) as refusal:
        sync(world, data)
    assert refusal.value.code == "company.sync_moved"


def test_the_code_of_a_department_is_sent_once_and_stays(world: World) -> None:
    data = directory_data(world)
    second = data["departments"][0] | {"external_id": "d-2", "name": "华东十部"}
    assert refused(world, {"departments": [data["departments"][0], second]}) == [
        ("company.sync_twice", "departments.1.code")
    ]
    sync(world, data)
    renamed = {"departments": [data["departments"][0] | {"code": "EAST10"}]}
    assert refused(world, renamed) == [("company.sync_code", "departments.0.code")]


def refused(world: World, data: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as refusal:
        sync(world, data)
    return [(o.code, o.path) for o in refusal.value.objections]


def test_another_company_than_the_one_at_work_is_not_written_to(world: World) -> None:
    other = Company.objects.create(code="OTHER", name="另一家公司")
    with pytest.raises(Refusal) as refusal:
        world.run("hr", "company.sync_directory", other, directory_data(world))
    assert refusal.value.code == "company.sync_company"
    assert not Department.objects.filter(external_id="d-1").exists()


def test_phone_and_first_day_of_known_people_are_brought_up_to_date(world: World) -> None:
    data = directory_data(world)
    sync(world, data)
    data["people"][0] |= {"phone": "13800000001", "hired_on": str(world.today - timedelta(days=9))}
    sync(world, data)
    person = Person.objects.get(external_id="u-1")
    assert (personal.open_(person.phone), person.hired_on) == ("13800000001", world.today - timedelta(days=9))
    sync(world, data)
    data["people"][0]["phone"] = ""
    sync(world, data)
    again = Person.objects.get(external_id="u-1")
    assert (again.version, again.phone) == (person.version, person.phone)


def workbook(people: list[list[str]]) -> bytes:
    """A file as somebody would fill it in."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("部门")
    for row, cells in enumerate(
        [["外部编号", "代码", "名称", "类别", "上级部门"], ["d-1", "EAST9", "华东九部", "区域部门", "EAST"]]
    ):
        sheet.write_row(row, 0, cells)
    sheet = book.add_worksheet("人员")
    for row, cells in enumerate(
        [["外部编号", "姓名", "用户名", "工号", "用工方式", "入职日期", "部门", "角色"], *people]
    ):
        sheet.write_row(row, 0, cells)
    book.close()
    return buffer.getvalue()


def test_an_excel_file_is_brought_in_and_a_wrong_row_is_named(world: World, client: Any) -> None:
    client.force_login(world.user("hr"))
    assert client.get("/directory/import").status_code == 200
    assert client.get("/directory/import?template=1").content[:2] == b"PK"
    good = ["u-1", "秦不夜", "qin", "N001", "兼职", "2026-01-05", "d-1", "销售代表"]
    bad = ["u-2", "韩若水", "han", "N002", "全职", "2026-01-05", "NOWHERE", "销售代表"]

    def send(rows: list[list[str]]) -> Any:
        return client.post("/directory/import", {"file": SimpleUploadedFile("people.xlsx", workbook(rows))})

    answer = send([good, bad])
    assert answer.status_code == 422 and "人员 3" in answer.content.decode()
    world.see()
    assert not Person.objects.filter(external_id="u-1").exists()
    assert send([good]).status_code == 200
    world.see()
    person = Person.objects.get(external_id="u-1")
    assert (person.employment, person.user.assignments.get().department.code) == ("part_time", "EAST9")
    client.force_login(world.user("rep"))
    assert client.get("/directory/import").status_code == 403
