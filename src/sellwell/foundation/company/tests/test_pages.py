"""The organisation's pages open for those who may see them, and show what they should."""

from __future__ import annotations

import pytest
from django.test import Client

from sellwell.foundation.company.models import Assignment
from sellwell.foundation.company.tests.builders import a_draft, a_person, a_task
from sellwell.kernel import generations
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import Grant, LedgerEntry, User
from sellwell.kernel.tests.builders import a_request
from sellwell.kernel.views import BY_TYPE
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def page(world: World, role: str, url: str, status: int = 200) -> str:
    """A page as that role's person sees it."""
    client = Client()
    client.force_login(world.user(role))
    response = client.get(url, follow=True)
    assert response.status_code == status, url
    world.see()
    return response.content.decode()


@pytest.mark.parametrize(
    "url", ["/people/", "/departments/", "/assignments/", "/duties/", "/policies/", "/ledger/", "/security-log/", "/rights/cells/", "/approvals/", "/delegations/", "/"]
)  # fmt: skip
def test_lists_and_the_workbench_open_for_the_administrator(world: World, url: str) -> None:
    assert "管理员" in page(world, "administrator", url)


@pytest.mark.parametrize(
    "role", ["rep", "regional_manager", "finance", "warehouse", "hr", "auditor", "executive"]
)
def test_every_role_has_a_workbench(world: World, role: str) -> None:
    assert world.user(role).name in page(world, role, "/")


def test_records_open(world: World) -> None:
    person = a_person(world, "rep")
    assert "林晓舟" in page(world, "hr", f"/people/{person.pk}/")
    east = world.department("EAST")
    assert "华东大区" in page(world, "rep", f"/departments/{east.pk}/")
    post = Assignment.objects.get(user=world.user("rep"))
    assert "销售代表" in page(world, "rep", f"/assignments/{post.pk}/")
    cell = Grant.objects.filter(verb="company.people").first()
    assert cell is not None
    page(world, "administrator", f"/rights/cells/{cell.pk}/")


def test_a_rep_sees_no_colleague(world: World) -> None:
    assert "何悦心" not in page(world, "rep", "/people/")
    page(world, "rep", f"/people/{a_person(world, 'hr').pk}/", 404)


def test_the_hand_over_page_names_what_is_open(world: World) -> None:
    a_task(world, "rep")
    person = a_person(world, "rep")
    html = page(world, "regional_manager", f"/people/{person.pk}/hand-over")
    assert "待办" in html
    assert "company.hand_over" in html
    assert "负责人的部门" in page(world, "hr", f"/people/{a_person(world, 'regional_manager').pk}/hand-over")
    page(world, "rep", f"/people/{person.pk}/hand-over", 403)


def test_a_password_is_shown_once_and_works(world: World) -> None:
    client, url = Client(), f"/people/{a_person(world, 'rep').pk}/password"
    client.force_login(world.user("administrator"))
    assert "<code>" not in client.get(url).content.decode()
    html = client.post(url).content.decode()
    secret = html.split("<code>")[1].split("</code>")[0]
    assert User.objects.get(username="rep").check_password(secret)
    assert secret not in client.get(url).content.decode()


def test_an_approval_is_found_by_its_approver(world: World) -> None:
    request = a_request(world)
    assert request.number in page(world, "regional_manager", "/approvals/")
    page(world, "regional_manager", f"/approvals/{request.pk}/")
    page(world, "warehouse", f"/approvals/{request.pk}/", 404)


def test_a_policy_shows_its_table(world: World) -> None:
    draft = a_draft(world)
    assert "→" in page(world, "finance", f"/policies/{draft.pk}/")


def test_people_are_found_by_pinyin(world: World) -> None:
    for typed in ("lxz", "林晓", "linxiao"):
        assert str(world.user("rep").pk) in page(world, "rep", f"/pick/kernel.user?q={typed}")


@pytest.mark.parametrize(
    ("role", "operation"),
    [
        ("hr", "company.hire"),
        ("hr", "company.assign"),
        ("hr", "company.add_department"),
        ("administrator", "company.set_grant"),
        ("administrator", "company.set_duty_pair"),
        ("finance", "company.draft_policy"),
        ("rep", "approvals.delegate"),
    ],
)
def test_forms_open(world: World, role: str, operation: str) -> None:
    assert "<form" in page(world, role, f"/do/{operation}/")


def test_a_record_offers_its_transfer(world: World) -> None:
    request = a_request(world)
    url = f"/do/company.transfer/?row_type=kernel.approvalrequest&row={request.pk}"
    assert "company.transfer" in page(world, "sales_manager", f"/approvals/{request.pk}/")
    assert str(request.pk) in page(world, "sales_manager", url)


@clause("1.3.1")
def test_an_entry_of_the_ledger_shows_what_it_changed_and_whether_it_is_unaltered(world: World) -> None:
    request = a_request(world)
    world.run("regional_manager", "approvals.approve", request)
    entry = LedgerEntry.objects.get(operation="approvals.approve")
    url = f"/ledger/{entry.seq}/"
    assert url in page(world, "auditor", "/ledger/")
    html = page(world, "auditor", url)
    assert world.user("regional_manager").name in html and request.number in html
    assert (
        "审批意见" in html and "kernel." not in html.partition("<main")[2]
    )  # every row by a name that people know
    assert "未被改动" in html and bytes(entry.hash).hex() in html
    planted = LedgerEntry.objects.get(pk=entry.pk)
    planted.pk, planted.id, planted.channel = None, new_id(), "cli"
    planted.save(force_insert=True)  # past the door
    assert "不一致" in page(world, "auditor", f"/ledger/{planted.seq}/")
    page(world, "rep", url, 404)  # a representative reads only what was done by themselves
    page(world, "auditor", "/ledger/999999/", 404)


def test_an_entry_names_no_row_that_its_reader_may_not_see(world: World) -> None:
    person = a_person(world, "rep")
    world.run("hr", "company.change_person", person, {"speciality": "阀门"})
    entry = LedgerEntry.objects.get(operation="company.change_person")
    assert "阀门" in page(world, "auditor", f"/ledger/{entry.seq}/")
    Grant.objects.filter(role="auditor", verb=BY_TYPE["company.person"].name).update(until=world.today)
    generations.bump("rights")
    generations.forget()
    html = page(world, "auditor", f"/ledger/{entry.seq}/")
    assert "阀门" not in html and person.user.name not in html.partition("<main")[2]
