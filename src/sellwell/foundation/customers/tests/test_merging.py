"""Two customers become one and part again: fields, rows, keys, refusals, many hands at once (clause 4.3.5)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from sellwell.foundation.company.extensions import scorecard_measures
from sellwell.foundation.customers import queries
from sellwell.foundation.customers.models import Address, Contact, Customer, Merge, Party
from sellwell.foundation.customers.tests.builders import (
    a_code,
    a_contact,
    a_customer,
    an_address,
    two_with_one_phone,
)
from sellwell.kernel import checks, door, personal
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Period, Refusal
from sellwell.testing.marks import clause
from sellwell.testing.refusals import refusals as refused
from sellwell.testing.world import World


def merged(world: World, survivor: Customer, loser: Customer, **keep: str) -> Merge:
    world.run(
        "marketing", "customers.merge", survivor, {"other": str(loser.pk), "reason": "电话相同", **keep}
    )
    survivor.refresh_from_db()
    loser.refresh_from_db()
    return Merge.objects.get(loser=loser, state="done")


def parted(world: World, merge: Merge) -> None:
    world.run("sales_manager", "customers.unmerge", merge, {"reason": "核实后是两家"})


@pytest.mark.django_db
@clause("4.3.5")
def test_a_merge_moves_contacts_and_addresses_and_unmerge_gives_them_back(world: World) -> None:
    survivor, loser = two_with_one_phone(world)
    own, theirs = a_contact(world, survivor), a_contact(world, loser, name="南宫望")
    here, there = an_address(world, survivor), an_address(world, loser)
    made = merged(world, survivor, loser)
    assert set(Contact.objects.values_list("customer_id", flat=True)) == {survivor.pk}
    assert loser.state == "merged" and loser.merged_into_id == survivor.pk
    assert Contact.objects.filter(customer=survivor, is_primary=True).count() == 1
    assert Address.objects.filter(customer=survivor, kind="delivery", is_default=True).count() == 1
    since = a_contact(world, survivor, name="东方既白")
    parted(world, made)
    now = dict(Contact.objects.values_list("pk", "customer_id"))
    assert now == {own.pk: survivor.pk, theirs.pk: loser.pk, since.pk: survivor.pk}
    assert Contact.objects.get(pk=theirs.pk).is_primary and Contact.objects.get(pk=own.pk).is_primary
    assert Address.objects.get(pk=there.pk).is_default and Address.objects.get(pk=here.pk).is_default
    loser.refresh_from_db()
    assert loser.state == "active" and loser.merged_into_id is None
    assert not checks.run_all(["customers.merged_hold_nothing"])
    planted = ("origin is not", "phone_blind is not", "phone_last4_blind is not", "phone is not")
    assert not [f for f in checks.run_all(["ledger.rows"]) if not f.problem.startswith(planted)]


@pytest.mark.django_db
@clause("4.3.5")
def test_the_chosen_values_go_over_and_come_back_unless_they_changed_since(world: World) -> None:
    survivor, loser = two_with_one_phone(world)
    mine, theirs = survivor.party.name, loser.party.name
    email = personal.open_(loser.party.email)
    made = merged(world, survivor, loser, name="other", email="other", industry="other")
    party = Party.objects.get(pk=survivor.party_id)
    assert party.name == theirs and personal.open_(party.email) == email
    assert all(personal.is_envelope(value) for value in made.before.values())
    world.run("rep", "customers.change", survivor, {"name": "合并后改的名", "email": ""})
    parted(world, made)
    party = Party.objects.get(pk=survivor.party_id)
    assert party.name == "合并后改的名", "what was changed since the merge stays"
    assert personal.open_(party.email) != email
    assert Party.objects.get(pk=loser.party_id).name == theirs != mine


@pytest.mark.django_db
def test_a_code_comes_along_where_the_survivor_has_none_and_goes_back(world: World) -> None:
    other, first = two_with_one_phone(world)  # `first` has no code
    code = other.party.uscc
    made = merged(world, first, other)
    assert Party.objects.get(pk=first.party_id).uscc == code
    assert Party.objects.get(pk=other.party_id).uscc is None
    parted(world, made)
    assert Party.objects.get(pk=first.party_id).uscc is None
    assert Party.objects.get(pk=other.party_id).uscc == code


@pytest.mark.django_db
def test_the_keys_of_a_merged_customer_find_the_survivor(world: World) -> None:
    survivor, loser = two_with_one_phone(world)
    email = personal.open_(loser.party.email)
    merged(world, survivor, loser)
    found = refused(world, "rep", "customers.add", None, {"name": "新客户甲", "email": email})
    assert [o.code for o in found] == ["customers.duplicate"]
    assert found[0].args["customer"] == survivor.party.name
    assert queries.lineage(survivor.pk) and set(queries.lineage(survivor.pk)) == {survivor.pk, loser.pk}
    assert queries.survivors([loser.pk]) == {loser.pk: survivor.pk}
    named = refused(world, "rep", "customers.add_contact", None, {"customer": str(loser.pk), "name": "某人"})
    assert [o.code for o in named] == ["customers.merged"] and survivor.number in str(named[0].text)


@pytest.mark.django_db
@clause("1.4.2")
def test_a_name_alone_merges_nobody(world: World) -> None:
    one = a_customer(world, name="望海水务有限公司")
    other = a_customer(world, name="望海水务有限公司", uscc="")
    found = refused(
        world, "marketing", "customers.merge", one, {"other": str(other.pk), "reason": "名称相同"}
    )
    assert [o.code for o in found] == ["customers.merge_unproved"]


@pytest.mark.django_db
def test_what_cannot_be_one_is_told_at_once(world: World) -> None:
    survivor, loser = two_with_one_phone(world)
    Party.objects.filter(pk=loser.party_id).update(uscc=a_code(777))
    world.run("finance", "customers.block", loser, {"reason": "长期拖欠"})
    data = {"other": str(loser.pk), "reason": "电话相同"}
    found = refused(world, "marketing", "customers.merge", survivor, data)
    assert {o.code for o in found} == {"customers.merge_codes", "customers.merge_states"}
    itself = refused(world, "marketing", "customers.merge", survivor, {**data, "other": str(survivor.pk)})
    assert [o.code for o in itself] == ["customers.merge_itself"]


@pytest.mark.django_db
def test_chains_part_from_the_end(world: World) -> None:
    survivor, loser = two_with_one_phone(world)
    contact = a_contact(world, loser)
    first = merged(world, survivor, loser)
    last = a_customer(world, uscc="")
    Party.objects.filter(pk=last.party_id).update(phone_blind=survivor.party.phone_blind)
    second = merged(world, last, survivor)
    assert set(queries.lineage(last.pk)) == {last.pk, survivor.pk, loser.pk}
    found = refused(world, "marketing", "customers.unmerge", first, {"reason": "不是一家"})
    assert [o.code for o in found] == ["customers.merged_further"] and second.number in str(found[0].text)
    parted(world, second)
    parted(world, first)
    contact.refresh_from_db()
    assert contact.customer_id == loser.pk


@pytest.mark.django_db
def test_who_is_erased_is_erased_with_all_that_were_merged_into_it(world: World) -> None:
    survivor, loser = two_with_one_phone(world)
    contact = a_contact(world, loser)
    made = merged(world, survivor, loser, email="other")
    world.run("legal", "customers.erase", survivor, {"ground": "request", "reference": "DSR-1"})
    made.refresh_from_db()
    contact.refresh_from_db()
    assert made.reason == "" and contact.name == ""
    assert (made.before, made.chosen) == ({}, {})
    assert Party.objects.get(pk=loser.party_id).name == ""
    found = refused(world, "marketing", "customers.unmerge", made, {"reason": "不是一家"})
    assert [o.code for o in found] == ["customers.merge_erased"]


@pytest.mark.django_db
def test_a_straggler_is_brought_along_and_finds_back(world: World) -> None:
    survivor, loser = two_with_one_phone(world)
    made = merged(world, survivor, loser)
    contact = a_contact(world, survivor)
    Contact.objects.filter(pk=contact.pk).update(customer_id=loser.pk)  # written while the merge ran
    assert checks.run_all(["customers.merged_hold_nothing"])
    from sellwell.foundation.customers.chores import bring_stragglers_along

    assert bring_stragglers_along(world.company.pk)
    assert not bring_stragglers_along(world.company.pk)
    contact.refresh_from_db()
    assert contact.customer_id == survivor.pk
    parted(world, made)
    contact.refresh_from_db()
    assert contact.customer_id == loser.pk


def _try(ctx: Context, survivor: Customer, other: Customer) -> str:
    try:
        door.run("customers.merge", ctx, survivor.pk, {"other": str(other.pk), "reason": "电话相同"})
    except Refusal as refusal:
        return refusal.code
    finally:
        connection.close()
    return "merged"


@pytest.mark.django_db(transaction=True)
@clause("4.3.5")
def test_two_merges_of_one_customer_at_once_make_one(world: World) -> None:
    first, loser = two_with_one_phone(world)
    second = a_customer(world, uscc="")
    Party.objects.filter(pk=second.party_id).update(phone_blind=first.party.phone_blind)
    contexts = [world.ctx("marketing") for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(_try, contexts, [first, second, first], [loser, loser, loser]))
    world.see()
    assert answers.count("merged") == 1, answers
    assert Customer.objects.filter(state="merged").count() == 1
    assert Merge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_customers_merged_into_each_other_at_once_leave_one(world: World) -> None:
    one, other = two_with_one_phone(world)
    contexts = [world.ctx("marketing") for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(_try, contexts, [one, other], [other, one]))
    world.see()
    assert answers.count("merged") == 1, answers
    assert Customer.objects.filter(state="merged").count() == 1


@pytest.mark.django_db
@clause("4.3.5")
def test_values_find_back_though_the_first_merge_is_taken_back_before_the_second(world: World) -> None:
    survivor, loser = two_with_one_phone(world)
    third = a_customer(world, uscc="")
    judged(world, survivor, third)
    names = [one.party.name for one in (survivor, loser, third)]
    first = merged(world, survivor, loser, name="other", email="other")
    second = merged(world, survivor, third, name="other", email="other")
    parted(world, first)
    assert Party.objects.get(pk=survivor.party_id).name == names[2]
    parted(world, second)
    now = [Party.objects.get(pk=one.party_id).name for one in (survivor, loser, third)]
    assert now == names


@pytest.mark.django_db
@clause("4.3.4")
def test_who_is_erased_after_parting_is_gone_from_the_merge_and_its_ledger_entry(world: World) -> None:
    survivor, loser = two_with_one_phone(world)
    made = merged(world, survivor, loser, name="other", email="other")
    kept = dict(made.chosen)
    parted(world, made)
    world.run("legal", "customers.erase", loser, {"ground": "request", "reference": "DSR-2"})
    made.refresh_from_db()
    assert (made.before, made.chosen) == ({}, {})
    # what the ledger holds of the merge's row is sealed under the key of whose it was
    assert all(personal.open_(envelope) is None for envelope in kept.values())


def judged(world: World, one: Customer, other: Customer) -> None:
    data = {"first": str(one.pk), "second": str(other.pk)}
    pair = world.run("marketing", "customers.propose_pair", None, data).result
    world.run("sales_manager", "customers.decide_pair", pair, {"verdict": "same", "reason": "同一地址"})


@pytest.mark.django_db
def test_a_customer_entered_twice_is_one_new_customer_on_the_scorecard(world: World) -> None:
    survivor, loser = two_with_one_phone(world)
    rep = survivor.owner_id
    today = Period(world.today, world.today + timedelta(days=1))
    count = scorecard_measures.functions["customers"]
    assert loser.owner_id == rep and count(world.company.pk, [rep], today)[rep] == 2
    merge = merged(world, survivor, loser)
    assert count(world.company.pk, [rep], today)[rep] == 1
    parted(world, merge)
    assert count(world.company.pk, [rep], today)[rep] == 2
