"""Consents that count and end at once, requests with their clocks, copies, erasure, passes, alarms."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sellwell.foundation.company.models import Assignment
from sellwell.foundation.customers.models import Contact, Customer, Party
from sellwell.foundation.customers.tests.builders import a_contact, a_customer, a_member, an_address
from sellwell.foundation.privacy import chores, queries, watching
from sellwell.foundation.privacy.holding import copies, keeping
from sellwell.foundation.privacy.models import Consent, DataSubject, ExportPass, LookAlarm, Request
from sellwell.foundation.privacy.operations.looks import leave
from sellwell.foundation.privacy.operations.requests import clocks
from sellwell.foundation.privacy.rules.words import Purpose
from sellwell.foundation.privacy.tests.builders import a_consent, a_person, a_request, a_text, an_alarm, whom
from sellwell.foundation.privacy.views import LOOKS, look_why
from sellwell.kernel import clock, deadlines, personal, takings
from sellwell.kernel.models import LedgerEntry, Task
from sellwell.kernel.values import Refusal, T, months_later
from sellwell.selling.orders.tests.builders import a_confirmed_order
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
EMAIL, SMS = Purpose.MARKETING_EMAIL, Purpose.MARKETING_SMS


def may(world: World, subject: UUID, purpose: Purpose = EMAIL, days: int = 0) -> bool:
    on = world.today + timedelta(days=days)
    return queries.may_use(world.company.pk, [subject], purpose, on)[subject].allowed


def refused(world: World, role: str, operation: str, row: Any = None, **data: Any) -> set[str]:
    with pytest.raises(Refusal) as caught:
        world.run(role, operation, row, data)
    return {o.code for o in caught.value.objections}


# --- consents ----------------------------------------------------------------------------------------------------------


@clause("4.3.1")
def test_a_consent_counts_from_its_day_and_a_withdrawal_at_once(world: World) -> None:
    contact = a_contact(world)
    assert not may(world, contact.pk)
    consent = a_consent(world, contact)
    assert may(world, contact.pk) and not may(world, contact.pk, SMS)
    world.run("service", "privacy.withdraw_consent", consent, {"way": "phone"})
    assert not may(world, contact.pk)
    a_consent(world, contact)
    assert may(world, contact.pk)


@clause("4.3.1")
def test_a_change_of_substance_ends_earlier_consents_without_touching_them(world: World) -> None:
    contact = a_contact(world)
    consent = a_consent(world, contact)
    same = a_text(world, state="draft")
    world.run("legal", "privacy.publish_text", same, {"substance": False})
    assert may(world, contact.pk)
    other = a_text(world, state="draft")
    world.run("legal", "privacy.publish_text", other, {"substance": True})
    assert not may(world, contact.pk)
    consent.refresh_from_db()
    assert consent.state == "granted"
    assert chores.expire(world.company.pk)
    world.see()
    consent.refresh_from_db()
    assert consent.state == "expired"
    world.run(
        "rep",
        "privacy.renew_consent",
        consent,
        {"way": "web", "granted_on": str(world.today), "proof_reference": "F-9"},
    )
    assert may(world, contact.pk)


@clause("4.3.1")
def test_a_consent_needs_wording_proof_and_for_children_a_guardian(world: World) -> None:
    contact = a_contact(world)
    data = {**whom(contact), "purpose": "survey", "way": "web", "granted_on": str(world.today)}
    assert refused(world, "rep", "privacy.record_consent", **data) == {"privacy.no_text", "privacy.no_proof"}
    a_text(world, "survey")
    a_person(world, contact, age="under_14")
    assert refused(world, "rep", "privacy.record_consent", **data, proof_reference="F-1") == {
        "privacy.guardian"
    }
    old = {
        **data,
        "granted_on": str(world.today - timedelta(days=1)),
        "proof_reference": "F-1",
        "guardian": True,
    }
    assert refused(world, "rep", "privacy.record_consent", **old) == {"privacy.before_text"}
    world.run("rep", "privacy.record_consent", None, {**data, "proof_reference": "F-1", "guardian": True})
    assert may(world, contact.pk, Purpose.SURVEY)


def test_an_organisation_or_somebody_elses_contact_gives_no_consent(world: World) -> None:
    a_text(world)
    customer = a_customer(world)
    data = {
        "customer": str(customer.pk),
        "purpose": "marketing_email",
        "way": "web",
        "granted_on": str(world.today),
        "proof_reference": "F-1",
    }
    assert refused(world, "rep", "privacy.record_consent", **data) == {"privacy.organisation"}
    other = a_contact(world, phone="13900009999")
    assert refused(world, "rep", "privacy.record_consent", **data, contact=str(other.pk)) == {
        "privacy.other_customer"
    }


def test_a_european_is_protected_by_the_european_rules(world: World) -> None:
    contact = a_contact(world)
    assert not may(world, contact.pk, Purpose.SURVEY)
    a_person(world, contact, country="DE")
    assert may(world, contact.pk, Purpose.SURVEY)  # a legitimate interest there
    world.run(
        "rep", "privacy.record_refusal", None, {**whom(contact), "purposes": ["survey"], "way": "email"}
    )
    assert not may(world, contact.pk, Purpose.SURVEY)


def test_may_use_asks_as_often_for_many_as_for_one(world: World) -> None:
    contacts = [a_contact(world, phone=f"1390000{n:04d}") for n in range(8)]
    for contact in contacts[:5]:
        a_consent(world, contact)
    asked = []
    for some in (contacts[:1], contacts):
        queries.may_use(world.company.pk, [c.pk for c in some], EMAIL, world.today)
        with CaptureQueriesContext(connection) as captured:
            found = queries.may_use(world.company.pk, [c.pk for c in some], EMAIL, world.today)
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 6
    assert sum(answer.allowed for answer in found.values()) == 5


# --- requests ----------------------------------------------------------------------------------------------------------


@clause("4.3.4")
def test_the_clocks_count_working_days_of_the_calendar(world: World) -> None:
    minute = timedelta(minutes=1)
    found = clocks(
        world.company.pk, date(2026, 9, 24), "pipl", "copy"
    )  # Thursday before Mid-Autumn and National Day
    assert found["acknowledge_by"] == clock.day_begins(date(2026, 10, 1)) - minute
    assert found["due_at"] == clock.day_begins(date(2026, 10, 23)) - minute
    assert found["stop_at"] == clock.day_begins(date(2026, 10, 27)) - minute  # 30 days end on a Saturday
    assert (
        clocks(world.company.pk, date(2026, 9, 24), "gdpr", "copy", extended=True)["stop_at"]
        > found["stop_at"]
    )


@clause("4.3.4")
def test_a_copy_holds_what_we_hold_and_is_logged(world: World) -> None:
    contact = a_contact(world, phone="13911112222", email="wen@example.com")
    a_consent(world, contact)
    row = a_request(world, state="in_progress", contact=contact)
    assert refused(world, "legal", "privacy.fulfil_request", row, answer="给您") == {"privacy.no_copy"}
    world.run("legal", "privacy.make_copy", row)
    row.refresh_from_db()
    parts = copies.of_request(row)
    body = json.loads(copies.as_json(row, parts))
    assert body["data"]["customers.contact"][0]["phone"] == "13911112222"
    assert {"customers.contact", "privacy.consent", "privacy.request"} <= body["data"].keys()
    assert "customers.customer" not in body["data"]
    assert copies.as_paper(row, parts, "测试公司", "水印").startswith(b"%PDF")
    world.run("legal", "privacy.fulfil_request", row, {"answer": "已提供"})


@clause("4.3.4")
def test_an_erasure_destroys_the_contacts_key_alone(world: World) -> None:
    contact = a_contact(world, phone="13911112222", note="喜欢龙井")
    customer = contact.customer
    a_consent(world, contact, note="展会上签的")
    row = a_request(world, "erasure", "in_progress", contact, text="请删除我的信息")
    world.run("legal", "privacy.fulfil_request", row, {"answer": "已删除，特此告知"})
    contact.refresh_from_db()
    row.refresh_from_db()
    assert (contact.name, contact.note, personal.open_(contact.phone)) == ("", "", None)
    assert (row.state, row.text, row.answer) == ("fulfilled", "", "")
    assert Consent.objects.get(subject_id=contact.pk).note == ""
    assert Party.objects.get(pk=customer.party_id).name
    assert not may(world, contact.pk, Purpose.CONTRACT)
    assert LedgerEntry.objects.filter(operation="customers.erase_contact", row_id=contact.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT wrapped FROM kernel_subjectkey WHERE subject_id = %s", [contact.pk])
        assert cursor.fetchone() == (None,)


@clause("4.3.4")
def test_statutory_documents_stay_and_say_until_when(world: World) -> None:
    customer = a_customer(world, kind="person", uscc="", name="闻人景行")
    world.made["customer"] = customer
    a_confirmed_order(world, customer=str(customer.pk))
    data = {"customer": str(customer.pk), "kind": "erasure", "way": "email", "received_on": str(world.today)}
    row = world.run("service", "privacy.receive_request", None, data).result
    world.run("legal", "privacy.verify_identity", row, {"how": "document"})
    world.run("legal", "privacy.start_request", row)
    assert keeping.kept_until(row) == months_later(world.today, 120)
    assert refused(world, "legal", "privacy.fulfil_request", row, answer="删除") == {
        "customers.open_business"
    }
    part = {
        "answer": "订单依法保存",
        "ground": "retention",
        "kept_until": str(world.today + timedelta(days=3650)),
    }
    world.run("legal", "privacy.fulfil_partly", row, part)
    assert DataSubject.objects.get(subject_id=customer.party_id).state == "restricted"
    assert not may(world, customer.party_id, Purpose.CONTRACT)
    assert may(world, customer.party_id, Purpose.LEGAL_DUTY)


@clause("4.3.4")
def test_a_correction_must_have_been_made(world: World) -> None:
    contact = a_contact(world)
    row = a_request(world, "correction", "in_progress", contact)
    assert refused(world, "legal", "privacy.fulfil_request", row, answer="已更正") == {
        "privacy.not_corrected"
    }
    world.run("legal", "customers.change_contact", contact, {"name": "闻人景星"})
    world.run("legal", "privacy.fulfil_request", row, {"answer": "已更正"})


@clause("4.3.4")
def test_an_address_that_was_corrected_is_a_correction(world: World) -> None:
    person = a_customer(world, kind="person", uscc="", name="闻人景行")
    address = an_address(world, person)
    data = {"customer": str(person.pk), "kind": "correction", "way": "email", "received_on": str(world.today)}
    row = world.run("service", "privacy.receive_request", None, data).result
    world.run("legal", "privacy.verify_identity", row, {"how": "document"})
    world.run("legal", "privacy.start_request", row)
    other = a_contact(world, person)
    assert refused(world, "legal", "privacy.fulfil_request", row, answer="已更正") == {
        "privacy.not_corrected"
    }, other
    new = {"consignee": "闻人景行", "province": "福建省", "city": "福州市", "line": "望海路九号"}
    world.run("legal", "customers.change_address", address, new)
    world.run("legal", "privacy.fulfil_request", row, {"answer": "已更正"})


@clause("4.3.4")
def test_a_withdrawal_request_ends_marketing_everywhere(world: World) -> None:
    contact = a_contact(world)
    a_consent(world, contact)
    row = a_request(world, "withdrawal", "in_progress", contact)
    world.run("legal", "privacy.fulfil_request", row, {"answer": "已停止"})
    assert not may(world, contact.pk) and not may(world, contact.pk, SMS)
    assert may(world, contact.pk, Purpose.CONTRACT)


@clause("4.3.4", "1.3.2")
def test_who_is_on_the_customers_team_works_on_no_request_about_it(world: World) -> None:
    row = a_request(world)
    a_member(world, row.customer, "legal")
    assert refused(world, "legal", "privacy.verify_identity", row, how="document") == {"privacy.seller"}


@clause("4.3.4", "1.3.2")
def test_sellers_receive_requests_and_work_on_none(world: World) -> None:
    contact = a_contact(world)
    data = {**whom(contact), "kind": "access", "way": "phone", "received_on": str(world.today)}
    row = world.run("rep", "privacy.receive_request", None, data).result
    assert refused(world, "rep", "privacy.verify_identity", row, how="code") == {"not_permitted"}
    legal = world.user("legal")
    Customer.objects.filter(pk=contact.customer_id).update(owner=legal)
    assert refused(world, "legal", "privacy.verify_identity", row, how="code") == {"privacy.seller"}


@clause("4.3.4")
def test_a_clock_that_runs_out_urges_legal_and_then_the_management(world: World) -> None:
    row = a_request(world)
    late = row.due_at + timedelta(minutes=1)
    with clock.at(late):
        deadlines.act([world.company.pk])
        world.see()
    row.refresh_from_db()
    assert row.escalated == 2
    assert Task.objects.filter(row_id=row.pk, state="open", role="executive").exists()
    with clock.at(row.stop_at + timedelta(minutes=1)):
        deadlines.act([world.company.pk])
        world.see()
    row.refresh_from_db()
    assert row.escalated == 3


def test_an_answered_request_is_left_alone_by_its_clocks(world: World) -> None:
    row = a_request(world, state="refused")
    with clock.at(row.stop_at + timedelta(days=1)):
        deadlines.act([world.company.pk])
        world.see()
    row.refresh_from_db()
    assert row.escalated == 0


# --- looks and exports -------------------------------------------------------------------------------------------------


@clause("4.3.4")
def test_a_large_export_needs_leave_that_legal_gives(world: World) -> None:
    ctx = world.ctx("sales_manager")
    assert leave(ctx, "customers.contacts", 500).reference == ""
    with pytest.raises(takings.NoLeave):
        leave(ctx, "customers.contacts", 501)
    takings.exported(
        ctx, "customers.contacts", T("联系人", "Contacts"), 300, (), {}, leave(ctx, "customers.contacts", 300)
    )
    assert leave(ctx, "customers.contacts", 200).reference == ""
    with pytest.raises(takings.NoLeave):  # many small exports are one large one
        leave(ctx, "customers.contacts", 201)
    data = {"view": "customers.contacts", "rows": 800, "purpose": "service", "reason": "年度回访名单"}
    outcome = world.run("sales_manager", "privacy.ask_export", None, data)
    assert outcome.hold is not None and not ExportPass.objects.exists()
    world.run("legal", "approvals.approve", outcome.hold, {})
    assert leave(world.ctx("sales_manager"), "customers.contacts", 800).purpose == Purpose.SERVICE.label
    with pytest.raises(takings.NoLeave):
        leave(world.ctx("sales_manager"), "customers.contacts", 801)
    with pytest.raises(takings.NoLeave):
        leave(world.ctx("executive"), "customers.contacts", 800)
    ctx = world.ctx("sales_manager")
    held = leave(ctx, "customers.contacts", 790)
    takings.exported(ctx, "customers.contacts", T("联系人", "Contacts"), 790, (), {}, held)
    with pytest.raises(takings.NoLeave):  # a pass is used up
        leave(ctx, "customers.contacts", 600)
    with clock.at(clock.now() + timedelta(hours=25)), pytest.raises(takings.NoLeave):
        leave(world.ctx("sales_manager"), "customers.contacts", 800)


def test_nobody_asks_for_a_list_that_they_may_not_export(world: World) -> None:
    data = {"view": "customers.contacts", "rows": 10, "purpose": "service", "reason": "自己看看"}
    assert refused(world, "rep", "privacy.ask_export", **data) == {"privacy.no_such_list"}


@clause("4.3.4")
def test_many_looks_raise_one_alarm_that_somebody_else_settles(world: World) -> None:
    customer = a_customer(world)
    ctx = world.ctx("finance")
    for _ in range(31):
        takings.revealed(ctx, T("客户号码", "Numbers"), customer.pk, T("业务联系", "Call"), 1)
    kinds = {one.kind for one in watching.unusual(world.company.pk, world.today)}
    assert "looks" in kinds
    assert chores.watch(world.company.pk) and not chores.watch(world.company.pk)
    world.see()
    alarm = LookAlarm.objects.get(kind="looks")
    assert (alarm.user_id, alarm.count, alarm.limit) == (world.user("finance").pk, 31, 30)
    assert Task.objects.filter(row_id=alarm.pk, role="legal", state="open").exists()
    world.run("legal", "privacy.settle_alarm", alarm, {"finding": "justified", "words": "集中催收"})
    own = an_alarm(world, who="legal")
    assert refused(world, "legal", "privacy.settle_alarm", own, finding="justified", words="自查") == {
        "privacy.own_alarm"
    }


def test_looks_before_leaving_are_told_apart(world: World) -> None:
    customer = a_customer(world)
    ctx = world.ctx("finance")
    for _ in range(6):
        takings.revealed(ctx, T("客户号码", "Numbers"), customer.pk, T("业务联系", "Call"), 1)
    assert "leaving" not in {one.kind for one in watching.unusual(world.company.pk, world.today)}
    Assignment.objects.filter(user=world.user("finance")).update(until=world.today + timedelta(days=10))
    assert "leaving" in {one.kind for one in watching.unusual(world.company.pk, world.today)}


def test_a_reveal_is_in_the_log_with_its_purpose(world: World) -> None:
    customer = a_customer(world)
    world.run("finance", "customers.reveal", customer, {"purpose": "collection", "reason": "催收到期货款"})
    (row,) = LOOKS.rows(world.ctx("legal").actor)
    assert row.row_id == customer.pk and look_why(row) == "催收货款"


def test_erasing_a_customer_erases_the_keys_of_its_contacts(world: World) -> None:
    contact = a_contact(world)
    world.run("legal", "customers.erase", contact.customer, {"ground": "request", "reference": "DSR-9"})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM kernel_subjectkey WHERE erased_at IS NOT NULL AND subject_id = ANY(%s)",
            [[contact.pk, contact.customer.party_id]],
        )
        assert cursor.fetchone() == (2,)
    assert Contact.objects.get(pk=contact.pk).name == ""


def test_requests_have_numbers_of_their_own(world: World) -> None:
    assert a_request(world).number.startswith("PR-") and Request.objects.count() == 1
