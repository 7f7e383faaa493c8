"""The book, a clause, the overview and the drill-down, as people open them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from html import unescape
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sellwell.kernel import clock, system
from sellwell.kernel.door import run
from sellwell.selling.pipeline.tests.builders import an_opportunity
from sellwell.steering.improvement.tests.builders import a_course, a_rule
from sellwell.steering.manual import drilling, queries
from sellwell.steering.manual.models import Basis, Reading
from sellwell.steering.manual.operations.variations import Process
from sellwell.steering.manual.tests.builders import a_draft, a_reading, publish, the_edition
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def browser(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.user(role))
    return client


def text(client: Client, path: str, status: int = 200, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == status, path
    return answer.content.decode()


def measured(world: World) -> None:
    run("manual.measure", system.context(world.company.pk), data={"months": 2})
    world.see()


@clause("1.1.1")
def test_the_book_shows_text_margin_and_chapters(world: World) -> None:
    measured(world)
    client = browser(world, "rep")
    page = text(client, "/manual/")
    assert "以统一规范贯穿销售全过程" in page and "1.4.5" in page
    assert "还没有控制" in page and "项控制" in page
    assert "5.2.2" in text(client, "/manual/5/") and "5.2.2" in text(client, "/manual/5.2/")
    found = text(client, "/manual/?q=库存 相符")
    assert 'id="c5.2.2"' in found and 'id="c5.2.1"' not in found
    assert 'id="c5.2.2"' in text(client, "/manual/?q=5.2.2")
    assert "没有找到" in text(client, "/manual/?q=独角兽")
    text(client, "/manual/9.9.9/", 404)
    text(client, "/manual/no/", 404)


@clause("1.2.2")
def test_the_clauses_for_a_role_follow_its_rights(world: World) -> None:
    warehouse = text(browser(world, "warehouse"), "/manual/?mine=1")
    assert 'id="c5.2.4"' in warehouse and 'id="c5.1.2"' not in warehouse
    assert 'id="c5.1.2"' in text(browser(world, "rep"), "/manual/?mine=1")


@clause("1.1.1")
def test_a_clause_shows_all_that_stands_behind_it(world: World) -> None:
    measured(world)
    page = text(browser(world, "auditor"), "/manual/5.2.2/")
    for words in ("确认订单", "信用额度与逾期", "按规则定价的明细", "民法典合同编", "有效", "待制定", "审批"):
        assert words in page, words
    bare = text(browser(world, "auditor"), "/manual/7.3.1/")
    assert "还没有控制" in bare and "还没有证据" in bare and "100%" not in bare
    panel = text(browser(world, "rep"), "/manual/5.2.2/", **{"HX-Request": "true", "HX-Target": "panel-body"})
    assert "panel-title" in panel and "<html" not in panel


@clause("1.1.1")
def test_the_overview_leads_to_the_records(world: World) -> None:
    measured(world)
    client = browser(world, "executive")
    page = text(client, "/manual/overview")
    assert "条款 × 部门" in page and "/manual/1.1.2/records" in page and "还没有控制的条款" in page
    text(client, "/manual/overview?month=2001-13")
    records = text(client, "/manual/1.2.1/records")
    assert "2.4.1" in records and "没有已核对且有效的依据" in records
    part = text(client, "/manual/1.2.1/records?part=1")
    assert "<html" not in part and "2.4.1" in part


def test_records_out_of_scope_are_counted_and_not_named(world: World) -> None:
    a_reading(world)
    reading = a_reading(world, "finance")
    type(reading).objects.update(due_on=world.today - timedelta(days=1))
    own = text(browser(world, "rep"), "/manual/1.2.2/records")
    assert "不在您的范围内" in own
    assert f"/manual-readings/{reading.pk}/" not in own
    whole = text(browser(world, "hr"), "/manual/1.2.2/records")
    assert f"/manual-readings/{reading.pk}/" in whole and "不在您的范围内" not in whole


@clause("1.1.2")
def test_nobody_reads_which_colleague_is_behind_with_training(world: World) -> None:
    """Everybody finds everybody's name; who has not passed a course is for superiors and those who look after people."""
    with clock.at(clock.now() - timedelta(days=20)):
        course = a_course(world)
        a_rule(world, course, "warehouse", days=10)
        a_rule(world, course, "rep", days=10)
    own, other = world.user("rep").name, world.user("warehouse").name
    shown = text(browser(world, "rep"), "/manual/1.4.5/records?part=1")
    assert own in shown and other not in shown and "不在您的范围内" in shown
    of_team = text(browser(world, "regional_manager"), "/manual/1.4.5/records?part=1")
    assert own in of_team and other not in of_team
    whole = text(browser(world, "hr"), "/manual/1.4.5/records?part=1")
    assert own in whole and other in whole and "不在您的范围内" not in whole


def test_a_cell_leads_to_the_records_that_it_counts(world: World) -> None:
    """The top's own cell stands for its own people, not for everybody below."""
    own, below = a_reading(world, "executive"), a_reading(world)
    type(own).objects.update(due_on=world.today - timedelta(days=1))
    client = browser(world, "hr")
    assert (own.department_path, below.department_path) == ("HQ.", "HQ.EAST.")
    top = text(client, "/manual/1.2.2/records?department=HQ.")
    assert f"/manual-readings/{own.pk}/" in top and f"/manual-readings/{below.pk}/" not in top
    east = text(client, "/manual/1.2.2/records?department=HQ.EAST.")
    assert f"/manual-readings/{below.pk}/" in east and f"/manual-readings/{own.pk}/" not in east
    world.see()
    for place in ("HQ.", "HQ.EAST."):
        month = world.today.replace(day=1)
        (found,) = drilling.records("1.2.2", world.company.pk, month, world.ctx("hr").actor, place)
        assert found.rate.concerned == Reading.objects.filter(department_path=place).count()


def test_a_departments_page_leads_to_the_records_that_it_counts(world: World) -> None:
    """Its figures stand for all below it, other than a column of the heat map."""
    own, below = a_reading(world, "executive"), a_reading(world)
    Reading.objects.update(due_on=world.today - timedelta(days=1))
    measured(world)
    client = browser(world, "hr")
    page = text(client, f"/departments/{world.department('HQ').pk}/")
    (url,) = re.findall(r'href="(/manual/1\.2\.2/records[^"]+)"', page)
    shown = text(client, unescape(url))
    assert f"/manual-readings/{own.pk}/" in shown and f"/manual-readings/{below.pk}/" in shown


@clause("1.1.3")
def test_an_edition_is_compared_and_exported(world: World) -> None:
    before = the_edition(world)
    draft = a_draft(world, changed=True)
    client = browser(world, "legal")
    page = text(client, f"/manual-editions/{draft.pk}/")
    assert '<ins class="fresh">' in page and '<del class="gone">' in page
    assert "5.2.2" in text(client, f"/manual-editions/{draft.pk}/compare?with={before.pk}")
    text(client, f"/manual-editions/{draft.pk}/compare?with=nonsense", 404)
    pdf = client.get(f"/manual-editions/{draft.pk}/file.pdf").content
    assert pdf.startswith(b"%PDF") and len(pdf) > 20_000
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/manual-editions/{draft.pk}/file.docx").content))
    assert archive.testzip() is None
    trees = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    said = "".join(node.text or "" for node in trees["word/document.xml"].iter() if node.tag.endswith("}t"))
    assert "经本人确认的订单才能发货。" in said and "7.4.5" in said
    assert client.get(f"/manual-editions/{draft.pk}/file.odt").status_code == 404


def test_the_wording_of_earlier_editions_stays_readable(world: World) -> None:
    publish(world, a_draft(world, changed=True))
    page = text(browser(world, "rep"), "/manual/5.2.2/")
    assert "历次版本" in page and "经本人确认的订单才能发货。" in page and "V1" in page
    client, yesterday = browser(world, "rep"), world.today - timedelta(days=1)
    then = text(client, f"/manual/?q=5.2.2&on={yesterday}")
    assert "有效的是 V1" in then and "经本人确认的订单才能发货。" not in then
    assert "经本人确认的订单才能发货。" in text(client, f"/manual/?q=5.2.2&on={world.today}")
    text(client, "/manual/?on=1999-12-31", 404)


def test_pages_are_few_queries(world: World, django_assert_max_num_queries: object) -> None:
    measured(world)
    client = browser(world, "executive")
    for path in ("/manual/5/", "/manual/5.2.2/", "/manual/overview", "/manual/?mine=1"):
        with django_assert_max_num_queries(30):  # type: ignore[operator]
            client.get(path)


@clause("1.1.3")
def test_the_register_of_bases_is_searched_and_says_who_cites(world: World) -> None:
    client = browser(world, "rep")
    found = text(client, "/bases/?q=民法典")
    assert "民法典合同编" in found and "电子签名法" not in found
    basis = Basis.objects.get(code="contract-law")
    page = text(client, f"/bases/{basis.pk}/")
    assert "已失效" in page and "民法典合同编" in page and "2021-01-01" in page
    page = text(client, f"/bases/{basis.successor_id}/")
    assert "有效" in page and "/manual/5.2.2/" in page


@clause("1.4.3")
def test_figures_beside_the_counts_are_shown_with_the_records_and_not_reckoned_by_the_measuring(
    world: World,
) -> None:
    """Conversion and time in stage: what clause 1.4.3 wants to be seen."""
    opportunity = an_opportunity(world)
    world.run("rep", "pipeline.analyse_needs", opportunity, {"needs": "需要两台码垛机器人"})
    shown = text(browser(world, "executive"), "/manual/1.4.3/records?part=1")
    assert "转化率" in shown and "100.0 %" in shown and "没有未遵守的记录" in shown
    assert "转化率" not in text(
        browser(world, "executive"), "/manual/1.4.3/records?part=1&department=HQ.EAST."
    )
    world.see()
    with CaptureQueriesContext(connection) as asked:
        measured(world)
    assert not any("percentile_cont" in query["sql"] and "next_stage" in query["sql"] for query in asked)


@clause("1.2.4")
def test_the_process_of_a_variation_is_chosen_from_those_that_are_defined(world: World) -> None:
    form = text(browser(world, "regional_manager"), "/do/manual.propose_variation/")
    assert '<option value="orders.order"' in form and '<option value="contracts.contract"' in form
    known = set(queries.processes()) - {"manual.variation"}  # nobody varies how variations are approved
    assert set(Process.values()) == known
