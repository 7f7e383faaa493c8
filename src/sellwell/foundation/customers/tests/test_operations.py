"""Customers: entered once, masked, revealed for a reason, forgotten for good."""

from __future__ import annotations

import pytest
from django.db import connection

from sellwell.foundation.customers import evidence, queries
from sellwell.foundation.customers.models import Contact, Customer, Party
from sellwell.foundation.customers.tests.builders import a_code, a_contact, a_customer, an_address
from sellwell.foundation.customers.views import CUSTOMERS
from sellwell.kernel import checks as kernel_checks
from sellwell.kernel import history, personal, search
from sellwell.kernel.models import LedgerEntry
from sellwell.kernel.values import Period, Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def refused(world: World, role: str, operation: str, row: object = None, **data: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        world.run(role, operation, row, data)
    return caught.value


@clause("1.4.2")
def test_phone_and_email_are_sealed_and_found_again(world: World) -> None:
    customer = a_customer(world, phone="+86 138-1234-5678", email="Zhang@Example.COM")
    party = Party.objects.get(pk=customer.party_id)
    assert personal.is_envelope(party.phone) and "13812345678" not in str(party.phone)
    assert personal.open_(party.phone) == "13812345678"
    assert personal.open_(party.email) == "zhang@example.com"
    for typed in ("138 1234 5678", "5678"):
        condition = queries.by_phone(world.company.pk, typed)
        assert condition is not None and Customer.objects.get(condition) == customer


@clause("1.4.2")
@pytest.mark.parametrize("key", ["uscc", "phone", "email"])
def test_an_equal_key_is_refused_with_who_holds_it(world: World, key: str) -> None:
    values = {"uscc": a_code(77), "phone": "13812345678", "email": "same@example.com"}
    known = a_customer(world, **values)
    again = {"name": "另一家水务集团", key: values[key].upper() if key == "email" else values[key]}
    refusal = refused(world, "rep", "customers.add", **again)
    assert [(o.code, o.path) for o in refusal.objections] == [("customers.duplicate", key)]
    assert known.party.name in refusal.objections[0].text.zh
    assert world.user("rep").name in refusal.objections[0].text.zh


@clause("1.4.2", "1.3.1")
def test_who_holds_it_is_masked_for_those_who_may_not_see_the_customer(world: World) -> None:
    known = a_customer(world, by="account_manager", uscc=a_code(78))
    text = (
        refused(world, "rep", "customers.add", name="另一家水务集团", uscc=a_code(78)).objections[0].text.zh
    )
    assert known.party.name not in text
    assert f"{known.party.name[:2]}***" in text


@clause("1.4.2")
def test_a_like_name_only_warns(world: World) -> None:
    a_customer(world, name="云川精密机械有限公司")
    outcome = world.run(
        "rep", "customers.add", None, {"name": "云川精密机械股份有限公司", "phone": "13700000001"}
    )
    assert "customers.similar" in [o.code for o in outcome.warnings]
    assert Customer.objects.count() == 2


@clause("1.4.2")
def test_a_contact_elsewhere_with_the_same_phone_only_warns(world: World) -> None:
    a_contact(world, phone="13911112222")
    outcome = world.run("rep", "customers.add", None, {"name": "北辰水务集团", "phone": "13911112222"})
    assert "customers.contact_elsewhere" in [o.code for o in outcome.warnings]


@clause("1.4.2")
def test_everything_wrong_is_told_at_once(world: World) -> None:
    refusal = refused(
        world, "rep", "customers.add", name="北辰", uscc="123", phone="12", email="x@", contact_phone="7"
    )
    assert {o.path for o in refusal.objections} == {"uscc", "phone", "email", "contact_phone"}


@clause("1.3.2")
def test_a_customer_may_be_entered_for_a_colleague(world: World) -> None:
    customer = a_customer(world, by="sales_manager", owner=str(world.user("rep").pk))
    assert customer.owner_id == world.user("rep").pk
    assert customer.department_path == world.department("EAST").path
    refusal = refused(
        world, "rep", "customers.add", name="北辰水务", owner=str(world.user("account_manager").pk)
    )
    assert refusal.code == "not_permitted.scope"


@clause("1.4.2")
def test_changing_the_party_alone_is_noticed_by_a_stale_edit(world: World) -> None:
    customer = a_customer(world)
    opened = customer.version
    world.run("rep", "customers.change", customer, {"name": "改名之后的公司"}, expected_version=opened)
    with pytest.raises(Refusal) as caught:
        world.run("rep", "customers.change", customer, {"name": "又改一次"}, expected_version=opened)
    assert caught.value.code == "stale"


@clause("1.4.2")
def test_an_empty_phone_keeps_and_a_ticked_one_goes(world: World) -> None:
    customer = a_customer(world, phone="13812345678")
    world.run("rep", "customers.change", customer, {"name": "北辰水务"})
    assert personal.open_(Party.objects.get(pk=customer.party_id).phone) == "13812345678"
    world.run("rep", "customers.change", customer, {"name": "北辰水务", "remove": ["phone"]})
    party = Party.objects.get(pk=customer.party_id)
    assert party.phone is None and party.phone_blind == ""


@clause("1.3.1")
def test_terms_beyond_the_policy_wait_for_approval(world: World) -> None:
    customer = a_customer(world)
    outcome = world.run("rep", "customers.set_terms", customer, {"grade": "B", "payment_days": 45})
    assert outcome.hold is not None
    assert Customer.objects.get(pk=customer.pk).payment_days == 30
    world.run("regional_manager", "approvals.approve", outcome.hold, {})
    assert Customer.objects.get(pk=customer.pk).payment_days == 45


@clause("1.4.2")
def test_at_most_one_contact_is_primary_and_one_address_default(world: World) -> None:
    customer = a_customer(world)
    first, second = (
        a_contact(world, customer),
        a_contact(world, customer, phone="13900002222", is_primary=True),
    )
    assert [c.pk for c in Contact.objects.filter(customer=customer, is_primary=True)] == [second.pk]
    world.run("rep", "customers.change_contact", first, {"name": "闻人景行", "is_primary": True})
    assert [c.pk for c in Contact.objects.filter(customer=customer, is_primary=True)] == [first.pk]
    one, two = an_address(world, customer), an_address(world, customer, line="机械路 9 号", is_default=True)
    assert queries.delivery_address(customer.pk) == two != one


@clause("1.4.2")
def test_numbers_are_revealed_for_a_reason_and_a_while(world: World) -> None:
    customer = a_customer(world, phone="13812345678")
    ctx = world.ctx("finance")
    row = CUSTOMERS.rows(ctx.actor).get(pk=customer.pk)
    shown = {c.name: c.read(row) for c in CUSTOMERS.visible(ctx.actor)}
    assert shown["phone_masked"] == "138****5678" and "phone" not in shown
    assert not queries.revealed_to(ctx.user_id, customer.pk, ctx.now)
    outcome = world.run(
        "finance", "customers.reveal", customer, {"purpose": "collection", "reason": "催收货款"}
    )
    assert outcome.result.revealed[0]["phone"] == "13812345678"
    assert queries.revealed_to(ctx.user_id, customer.pk, world.ctx("finance").now)
    assert not queries.revealed_to(world.user("legal").pk, customer.pk, ctx.now)
    assert LedgerEntry.objects.filter(operation="customers.reveal", row_id=customer.pk).count() == 1


@clause("1.4.2")
def test_what_is_erased_is_gone_and_the_rest_stays(world: World) -> None:
    customer = a_customer(
        world, name="闻人景行有限公司", phone="13812345678", contact_name="令狐知远", address="机械路 7 号"
    )
    world.run("rep", "customers.comment", customer, {"text": "喜欢龙井"})
    world.run("legal", "customers.erase", customer, {"ground": "request", "reference": "DSR-7"})
    party = Party.objects.get(pk=customer.party_id)
    assert (party.name, party.uscc, party.phone_blind) == ("", None, "") and party.erased_at is not None
    assert personal.open_(party.phone) is None
    assert {c.name for c in Contact.objects.filter(customer=customer)} == {""}
    assert not search.find(world.ctx("sales_manager").actor, "闻人")
    assert Customer.objects.get(pk=customer.pk).number == customer.number
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') FROM kernel_ledgerchange t")
        everything = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(t::text, '') FROM kernel_ledgerentry t")
        everything += cursor.fetchone()[0]
    for planted in ("闻人景行", "令狐知远", "13812345678", "喜欢龙井", "机械路 7 号"):
        assert planted not in everything
    assert history.timeline(Customer.objects.get(pk=customer.pk), world.ctx("legal").actor)
    assert not kernel_checks.run_all(["customers.erased", "customers.uscc", "customers.keys_once"])


@clause("1.4.2")
def test_evidence_counts_customers_without_keys_and_against_the_policy(world: World) -> None:
    a_customer(world)
    bare = world.run("rep", "customers.add", None, {"name": "无名水务"}).result
    period = Period(world.today)
    without = evidence.customers_without_a_key(world.company.pk, period)
    against = evidence.customers_that_break_the_policy(world.company.pk, period)
    assert (without.concerned, without.kept, [b.row_id for b in without.broken]) == (2, 1, [bare.pk])
    assert [b.row_id for b in against.broken] == [bare.pk]


@clause("1.4.2")
def test_checks_find_what_is_broken_on_purpose(world: World) -> None:
    one, two = a_customer(world), a_customer(world)
    Party.objects.filter(pk=two.party_id).update(
        phone_blind=Party.objects.get(pk=one.party_id).phone_blind, uscc="91350100M000100Y44"
    )
    found = kernel_checks.run_all(["customers.uscc", "customers.keys_once"])
    assert {f.check for f in found} == {"customers.uscc", "customers.keys_once"}
