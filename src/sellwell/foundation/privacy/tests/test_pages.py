"""Pages of privacy: the officer's home, the register, consents on the customer, the copy, exports with their watermark."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from sellwell.foundation.customers.tests.builders import a_contact, an_address
from sellwell.foundation.privacy.tests.builders import a_consent, a_request, an_alarm
from sellwell.kernel import policy
from sellwell.kernel.models import SecurityLog
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@dataclass
class Reader:
    """Somebody at the browser; afterwards the test sees the company's rows again."""

    world: World
    role: str

    def get(self, url: str) -> Any:
        client = Client()
        client.force_login(self.world.user(self.role))
        answer = client.get(url)
        self.world.see()
        return answer


def browser(world: World, role: str) -> Reader:
    return Reader(world, role)


@clause("4.3.4")
def test_the_officer_sees_what_is_due_and_a_seller_does_not(world: World) -> None:
    row, _ = a_request(world), an_alarm(world)
    page = browser(world, "legal").get("/privacy").content.decode()
    assert row.number in page and "查看次数过多" in page
    assert browser(world, "rep").get("/privacy").status_code == 403


@clause("4.3.4")
def test_the_register_is_a_page_and_a_workbook(world: World) -> None:
    page = browser(world, "auditor").get("/processing-register").content.decode()
    for words in ("联系人", "订立、履行合同所必需", "保存期限", "发票"):
        assert words in page
    answer = browser(world, "auditor").get("/processing-register.xlsx")
    assert answer.content.startswith(b"PK")
    assert SecurityLog.objects.filter(operation="web.export", assessment__view="privacy.register").exists()


@clause("4.3.1")
def test_a_customer_shows_what_may_be_done_with_whom(world: World) -> None:
    contact = a_contact(world)
    a_consent(world, contact)
    page = browser(world, "rep").get(f"/customers/{contact.customer_id}/tab/privacy").content.decode()
    assert contact.name in page and "本人已同意" in page and "没有本人的同意" in page


@clause("4.3.4")
def test_the_copy_is_for_the_officer_once_it_was_made(world: World) -> None:
    row = a_request(world, state="in_progress")
    legal = browser(world, "legal")
    assert legal.get(f"/privacy-requests/{row.pk}/copy.json").status_code == 404
    world.run("legal", "privacy.make_copy", row)
    assert legal.get(f"/privacy-requests/{row.pk}/copy.json").json()["request"] == row.number
    assert legal.get(f"/privacy-requests/{row.pk}/copy.pdf").content.startswith(b"%PDF")
    assert browser(world, "service").get(f"/privacy-requests/{row.pk}/copy.json").status_code in (403, 404)
    assert SecurityLog.objects.filter(operation="web.print", row_id=row.pk).count() == 2


@clause("4.3.4")
def test_an_export_with_names_carries_who_took_it_when_and_what_for(world: World) -> None:
    a_contact(world)
    answer = browser(world, "sales_manager").get("/contacts/export")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    who = world.user("sales_manager").name
    assert "含个人信息" in texts and who in texts and "日常工作" in texts
    assert "oddHeader" in sheet and "oddFooter" in sheet and who in sheet
    line = SecurityLog.objects.get(operation="web.export")
    assert line.assessment["personal"] is True and line.assessment["purpose"]["zh"] == "日常工作"


@clause("4.3.4")
@pytest.mark.parametrize(
    ("address", "role"),
    [("/addresses/export?columns=line", "sales_manager"), ("/consents/export?columns=person", "executive")],
)
def test_computed_columns_that_name_people_or_places_are_personal_too(
    world: World, address: str, role: str
) -> None:
    contact = a_contact(world)
    an_address(world, contact.customer)
    a_consent(world, contact)
    assert browser(world, role).get(address).status_code == 200
    line = SecurityLog.objects.get(operation="web.export")
    assert line.assessment["personal"] is True


@clause("4.3.4")
def test_too_many_rows_are_refused_with_the_way_to_ask(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    a_contact(world)
    decide = policy.decide
    strict = policy.read(policy.table(inputs=_INPUTS, outputs=_OUTPUTS, rows=[("-", "legal")]))
    monkeypatch.setattr(
        policy, "decide", lambda table, facts: decide(strict if set(facts) == {"rows"} else table, facts)
    )
    answer = browser(world, "sales_manager").get("/contacts/export")
    page = answer.content.decode()
    assert answer.status_code == 403 and "/do/privacy.ask_export/?view=customers.contacts&amp;rows=1" in page
    assert SecurityLog.objects.filter(code="privacy.export_needs_leave").count() == 1
    assert (
        browser(world, "sales_manager").get("/contacts/export?columns=customer,is_primary").status_code == 200
    )


_INPUTS = {"rows": ("number", policy.T("行数", "Rows"))}
_OUTPUTS = {"approvers": ("text", policy.T("审批人", "Approvers"))}
