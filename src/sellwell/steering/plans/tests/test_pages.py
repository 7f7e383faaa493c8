"""The board, records and a department's page, as people open them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from sellwell.kernel import files
from sellwell.steering.plans.models import CycleStep
from sellwell.steering.plans.rules import StepKind
from sellwell.steering.plans.tests.builders import (
    a_cycle,
    a_draft,
    a_record,
    asked,
    complete,
    cycles,
    on_day,
    signed,
)
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def text(world: World, role: str, path: str, status: int = 200) -> str:
    client = Client()
    client.force_login(world.user(role))
    answer = client.get(path)
    world.see()
    assert answer.status_code == status, path
    return answer.content.decode()


def test_an_empty_board_says_what_to_do(world: World) -> None:
    page = text(world, "sales_manager", "/cycle-board")
    assert "还没有您能查看的管理循环" in page and "plans.open_cycles" in page


@clause("2.2.3")
def test_the_board_shows_what_is_done_due_and_late_and_opens_the_documents(world: World) -> None:
    cycle = a_cycle(world)
    complete(world, cycle, StepKind.TARGET)
    due = CycleStep.objects.get(cycle=cycle, kind="plan").due_on
    month = f"{cycle.since:%Y-%m}"
    page = text(world, "sales_manager", f"/cycle-board?month={month}")
    assert page.count('class="cycle-cell') == 5 * 6
    assert f"/departments/{world.department('EAST').pk}/" in page and "is-done" in page
    with on_day(world, due + timedelta(days=2)):
        late = text(world, "sales_manager", f"/cycle-board?month={month}&show=late")
        assert "迟 2 天" in late and "is-late" in late
        assert "登记完成" not in late  # it is not the sales manager's turn
        assert "登记完成" in text(world, "regional_manager", f"/cycle-board?month={month}")


@clause("2.2.3")
def test_a_board_shows_ones_own_scope_only(world: World) -> None:
    found = cycles(world)
    page = text(world, "regional_manager", "/cycle-board")
    assert found["EAST"].number in page and found["SOUTH"].number not in page
    assert text(world, "rep", "/cycle-board").count("cycle-dept") == 1
    text(world, "rep", f"/cycles/{found['SOUTH'].pk}/", 404)


def test_a_cycles_page_names_its_proofs_and_hands_out_its_files(world: World) -> None:
    cycle = a_cycle(world)
    head = world.user("regional_manager")
    stored = files.keep(
        files.receive([b"%PDF-1.7 plan"], "十一月计划.pdf", company_id=world.company.pk, uploaded_by=head.pk)
    )
    data = {"step": "target", "documents": [a_record(world)], "files": [str(stored.pk)], "note": "分解到人"}
    world.run("regional_manager", "plans.complete_step", cycle, data)
    page = text(world, "sales_manager", f"/cycles/{cycle.pk}/")
    assert "十一月计划.pdf" in page and "分解到人" in page and "华东大区" in page
    text(world, "sales_manager", f"/files/{stored.pk}?of=plans.cycle/{cycle.pk}")
    text(world, "warehouse", f"/files/{stored.pk}?of=plans.cycle/{cycle.pk}", 404)


def test_any_record_is_found_and_stays_chosen(world: World) -> None:
    cycle = a_cycle(world)
    found = text(world, "regional_manager", "/pick/plans.document?q=华东大区")
    assert a_record(world) in found and "plans.cycle:" not in text(
        world, "regional_manager", f"/pick/plans.document?q={cycle.number}"
    )
    form = text(world, "regional_manager", f"/do/plans.complete_step/{cycle.pk}/?documents={a_record(world)}")
    assert f'value="{a_record(world)}"' in form and "华东大区" in form


def test_what_fits_a_step_is_offered(world: World) -> None:
    cycle = a_cycle(world)
    complete(world, cycle, StepKind.TARGET)
    budget = signed(world, a_draft(world, since=str(cycle.since), until=str(cycle.until)))
    page = text(world, "regional_manager", f"/cycles/{cycle.pk}/")
    assert "用它登记" in page and budget.number in page


@clause("2.2.5")
def test_a_sign_offs_page_tells_who_has_signed_and_who_has_not(world: World) -> None:
    budget = a_draft(world)
    path = f"/sign-offs/{budget.pk}/"
    assert "尚未送签" in text(world, "regional_manager", path)
    request = asked(world, budget)
    world.run("finance", "approvals.approve", request)
    page = text(world, "regional_manager", path)
    assert "已签署" in page and world.user("finance").name in page
    assert "待签署" in page and world.user("sales_manager").name in page
    world.run("sales_manager", "approvals.reject", request, {"note": "分项不清"})
    again = text(world, "regional_manager", path)
    assert "以前的送签" in again and "分项不清" in again and "尚未送签" in again
    text(world, "warehouse", path, 404)


@clause("2.2.1")
def test_a_department_has_a_home_with_its_cycle_work_and_people(world: World) -> None:
    a_cycle(world)
    home = text(world, "rep", f"/departments/{world.department('EAST').pk}/")
    for words in (
        "概况",
        "人员与空缺",
        "待办与逾期",
        "管理循环",
        "客户数",
        "在跟商机",
        world.user("rep").name,
    ):
        assert words in home, words
    assert "今年销售额" not in home  # a sum over everybody's rows is not the representative's to see
    assert "今年销售额" in text(world, "regional_manager", f"/departments/{world.department('EAST').pk}/")
    assert "本类部门的默认职责" in home and "无岗位承担" not in home
    assert "无岗位承担" in text(
        world, "rep", f"/departments/{world.department('ONLINE').pk}/"
    )  # nobody works there yet
    finance = text(world, "finance", f"/departments/{world.department('FIN').pk}/")
    assert "本类部门的默认职责" not in finance
    assert "在跟商机" not in finance and "cycle-cell" not in finance


def test_my_department_is_where_one_works(world: World) -> None:
    assert world.department("FIN").name in text(world, "finance", "/my-department")
    assert 'href="/my-department"' in text(world, "rep", "/")
