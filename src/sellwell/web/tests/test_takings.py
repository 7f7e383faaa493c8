"""What leaves as a file leaves a line: exports and papers in the security log, revealed numbers in the ledger."""

from __future__ import annotations

import pytest
from django.test import Client

from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel.models import LedgerEntry, SecurityLog
from sellwell.selling.delivery.tests.builders import a_shipment
from sellwell.selling.orders.tests.builders import an_order
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def browser(world: World, role: str) -> Client:
    """Somebody of a role at the browser."""
    client = Client()
    client.force_login(world.user(role))
    return client


def lines(world: World, act: str) -> list[SecurityLog]:
    world.see()
    return list(SecurityLog.objects.filter(operation=act).order_by("at", "id"))


def test_an_export_names_who_took_how_many_rows_of_what(world: World) -> None:
    order = an_order(world)
    query = f"state={order.state}&sort=amount&q={order.number}"
    answer = browser(world, "sales_manager").get(f"/orders/export?{query}")
    assert answer.status_code == 200
    [line] = lines(world, "web.export")
    assert line.actor_id == world.user("sales_manager").pk and line.company_id == world.company.pk
    assert (line.code, line.channel) == ("reading.exported", "web")
    kept = line.assessment
    assert (kept["view"], kept["rows"]) == ("orders.view", 1)
    assert "number" in kept["columns"]
    assert kept["filters"] == {"q": None, "state": [order.state]}


def test_a_typed_name_is_not_kept(world: World) -> None:
    customer = a_customer(world, name="江南秘密机械")
    answer = browser(world, "sales_manager").get("/customers/export?q=江南秘密&name=江南秘密")
    assert answer.status_code == 200
    [line] = lines(world, "web.export")
    assert line.assessment["rows"] == 1
    assert line.assessment["filters"]["q"] is None
    assert "江南" not in f"{line.assessment}{line.objections}", customer


def test_a_refused_export_takes_nothing_and_leaves_no_line_of_one(world: World) -> None:
    assert browser(world, "warehouse").get("/customers/export").status_code in (403, 404)
    assert lines(world, "web.export") == []


def test_the_rights_matrix_too(world: World) -> None:
    assert browser(world, "administrator").get("/rights/?export").status_code == 200
    [line] = lines(world, "web.export")
    assert line.assessment["view"] == "rights.view" and line.assessment["rows"] > 100


def test_a_paper_names_its_record(world: World) -> None:
    shipment = a_shipment(world)
    answer = browser(world, "warehouse").get(f"/shipments/{shipment.pk}/note.pdf")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    [line] = lines(world, "web.print")
    assert (line.row_id, line.assessment) == (shipment.pk, {"view": "delivery.view"})
    assert line.actor_id == world.user("warehouse").pk


def test_the_auditor_reads_the_line_in_words(world: World) -> None:
    an_order(world)
    browser(world, "sales_manager").get("/orders/export")
    page = browser(world, "auditor").get("/security-log/").content.decode()
    assert "从“订单”导出了 1 行。" in page


def test_revealed_numbers_are_in_the_ledger(world: World) -> None:
    customer = a_customer(world)
    world.run("rep", "customers.reveal", customer, {"purpose": "call", "reason": "约上门时间"})
    entry = LedgerEntry.objects.get(operation="customers.reveal")
    assert (entry.actor_id, entry.row_id) == (world.user("rep").pk, customer.pk)


def test_no_paper_is_answered_past_the_log() -> None:
    """Every page that gives a PDF or a workbook goes through `shortcuts.paper` or `takings.exported`."""
    from pathlib import Path

    import sellwell

    allowed = {"web/shortcuts.py", "web/lists/export.py", "web/rights.py", "kernel/files.py"}
    allowed |= {"foundation/privacy/pages/register.py", "control/voice/pages/results.py"}  # log by themselves
    # a picture of a link, and one's own calendar
    allowed |= {"control/voice/pages/surveys.py", "selling/activities/pages/feed.py"}
    # empty forms for people to fill in hold nobody's rows
    allowed |= {"foundation/company/pages/syncing.py", "web/lists/bring_in.py"}
    # a calendar program reads its owner's own agenda
    allowed |= {"selling/activities/pages/feed.py"}
    root = Path(sellwell.__file__).parent
    found = {
        str(path.relative_to(root)) for path in root.rglob("*.py")
        if "tests" not in path.parts and 'Content-Disposition"' in path.read_text("utf-8")
    }  # fmt: skip
    assert found <= allowed, found - allowed
