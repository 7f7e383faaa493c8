"""Registering, colliding, ruling and the end of the protection."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from sellwell.foundation.customers.models import Customer
from sellwell.foundation.customers.tests.builders import a_code, a_customer
from sellwell.kernel import clock, deadlines, door, personal
from sellwell.kernel.models import Task
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Refusal
from sellwell.selling.deals.models import Conflict, Registration, Share
from sellwell.selling.deals.tests.builders import WHY, a_dispute, a_registration, again
from sellwell.selling.pipeline.models import Opportunity
from sellwell.selling.pipeline.tests.builders import an_opportunity
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
NAME = "苏州听涛造纸有限公司"


def claim(world: World, by: str, **values: Any) -> door.Outcome:
    data = {
        "expected_amount": "300000.00",
        "evidence": WHY,
        **({} if "customer" in values else {"name": NAME}),
        **values,
    }
    return world.run(by, "deals.register", data=data)


def refusal(world: World, by: str, operation: str, row: object = None, **data: object) -> str:
    with pytest.raises(Refusal) as caught:
        world.run(by, operation, row, data)
    return caught.value.code


def rival(world: World, department: str = "EAST") -> str:
    username = f"rival-{department.lower()}"
    if username not in world.installed.users:
        world.add(username, "rep", department)
    return username


@clause("1.3.2")
def test_a_deal_that_nobody_else_is_on_is_protected_for_ninety_days(world: World) -> None:
    made = claim(world, "rep").result
    assert made.state == "protected" and made.protected_until == world.today + timedelta(days=90)
    assert (
        refusal(world, "rep", "deals.register", name=NAME, expected_amount="1", evidence=WHY) == "deals.mine"
    )


@clause("1.3.2")
@pytest.mark.parametrize(
    "again_as",
    [
        {"name": "听涛造纸股份有限公司"},
        {"name": "另一个名字", "phone": "138 1234 5678"},
        {"name": "另一个名字", "uscc": a_code(7)},
    ],
)
def test_the_same_deal_is_found_by_name_phone_and_code(world: World, again_as: dict[str, str]) -> None:
    claim(world, "rep", phone="13812345678", uscc=a_code(7))
    outcome = claim(world, rival(world, "SOUTH"), **again_as)
    assert outcome.result.state == "disputed" and outcome.result.protected_until is None
    text = str(outcome.warnings[0].text)
    assert "听涛" not in text and world.user("rep").name not in text  # masked: another department's
    assert world.department("EAST").region in text
    conflict = Conflict.objects.get()
    assert conflict.holder_id == world.user("rep").pk
    task = Task.objects.get(row_id=outcome.result.pk, state="open")
    assert (task.operation, task.role) == ("deals.rule", "sales_manager")  # two regions


def test_other_product_lines_and_regions_are_other_deals(world: World) -> None:
    claim(world, "rep", product_line="PUMP")
    assert claim(world, rival(world), product_line="VALVE").result.state == "protected"
    assert (
        claim(world, rival(world), name="无锡听涛造纸有限公司", product_line="PUMP").result.state
        == "protected"
    )


def test_customers_and_their_opportunities_of_others_are_claims_too(world: World) -> None:
    customer = a_customer(world, name=NAME)
    opportunity = an_opportunity(world, customer)
    made = claim(world, rival(world)).result
    assert made.state == "disputed"
    found = {(c.customer_id, c.opportunity_id) for c in Conflict.objects.filter(registration=made)}
    assert found == {(customer.pk, None), (None, opportunity.pk)}
    assert (
        claim(world, "rep", customer=str(customer.pk)).result.state == "disputed"
    )  # the rival's claim stands
    mine = a_customer(world, name="望海独有的客户")
    assert claim(world, "rep", customer=str(mine.pk)).result.state == "protected"


@clause("1.3.1")
def test_only_a_manager_above_all_parties_rules(world: World) -> None:
    made = a_dispute(world)
    reason = {"ruling": "grant", "reason": "后报者持有委托书"}
    assert refusal(world, "rep", "deals.rule", made, **reason) == "not_permitted"
    own = claim(world, "regional_manager", name=made.name).result
    assert refusal(world, "regional_manager", "deals.rule", own, **reason) == "deals.party"
    far = claim(world, rival(world, "SOUTH"), name=made.name).result
    south = world.add("south-manager", "regional_manager", "SOUTH")
    assert south and refusal(world, "south-manager", "deals.rule", far, **reason) == "deals.above"
    world.run("sales_manager", "deals.rule", far, reason)


@clause("1.3.2")
def test_a_ruling_passes_customer_and_opportunity_on(world: World) -> None:
    customer = a_customer(world, name=NAME)
    opportunity = an_opportunity(world, customer)
    made = claim(world, rival(world)).result
    data = {"ruling": "grant", "reason": "客户书面指定由其跟进", "pass_on": True}
    world.run("regional_manager", "deals.rule", made, data)
    new_owner = world.user(rival(world)).pk
    assert Customer.objects.get(pk=customer.pk).owner_id == new_owner
    assert Opportunity.objects.get(pk=opportunity.pk).owner_id == new_owner
    ruled = again(made)
    assert (ruled.state, ruled.ruled_by_id) == ("protected", world.user("regional_manager").pk)
    assert ruled.protected_until == world.today + timedelta(days=90)


@clause("1.3.2")
def test_who_loses_a_ruling_is_rejected_with_its_reason(world: World) -> None:
    first = claim(world, "rep").result
    made = claim(world, rival(world)).result
    world.run("regional_manager", "deals.rule", made, {"ruling": "grant", "reason": "首报者六十天没有进展"})
    lost = again(first)
    assert (lost.state, lost.ruling_reason) == ("rejected", "首报者六十天没有进展")
    assert again(made).state == "protected"
    kept = claim(world, "rep").result
    world.run("sales_manager", "deals.rule", kept, {"ruling": "keep", "reason": "维持上次裁定"})
    assert (again(kept).state, again(made).state) == ("rejected", "protected")


def test_a_shared_deal_has_two_parts_on_both_sides(world: World) -> None:
    first = claim(world, "rep").result
    made = claim(world, rival(world)).result
    bad = {"ruling": "share", "reason": "两人各有贡献"}
    assert refusal(world, "sales_manager", "deals.rule", made, **bad) == "deals.no_share"
    assert refusal(world, "sales_manager", "deals.rule", made, **bad, share="1") == "deals.no_share"
    world.run("sales_manager", "deals.rule", made, {**bad, "share": "0.4"})
    for row in (first, made):
        parts = dict(Share.objects.filter(registration=row).values_list("user_id", "share"))
        assert parts == {world.user(rival(world)).pk: Decimal("0.4"), world.user("rep").pk: Decimal("0.6")}
    assert naming(world, "1.3.2", made) == naming(world, "1.3.2", first) == set()


def act_at(world: World, day: Any) -> int:
    with clock.at(clock.day_begins(day)):
        done = deadlines.act([world.company.pk])
    world.see()
    return done


@clause("1.3.3")
def test_the_end_is_told_renewed_once_and_comes(world: World) -> None:
    made = claim(world, "rep").result
    assert act_at(world, made.protected_until - timedelta(days=14)) == 1
    task = Task.objects.get(row_id=made.pk, state="open")
    assert (task.operation, task.owner_id) == ("deals.renew", world.user("rep").pk)
    world.run("rep", "deals.renew", made, {"progress": "方案已通过评审"})
    renewed = again(made)
    assert renewed.protected_until == made.protected_until + timedelta(days=90)
    assert not Task.objects.filter(row_id=made.pk, state="open").exists()
    assert refusal(world, "rep", "deals.renew", made, progress="又有进展了") == "deals.no_more_renewals"
    assert act_at(world, made.protected_until) == 0  # the earlier end is no more
    assert act_at(world, renewed.protected_until - timedelta(days=14)) == 1
    assert Task.objects.get(row_id=made.pk, state="open").operation == "deals.settle"
    assert act_at(world, renewed.protected_until) == 1
    assert again(made).state == "expired"
    assert refusal(world, "sales_manager", "deals.expire", a_registration(world)) == "deals.still_protected"
    assert claim(world, rival(world)).result.state == "protected"  # free again


@clause("1.3.2")
def test_others_open_no_opportunity_and_enter_no_customer_on_a_protected_deal(world: World) -> None:
    customer = a_customer(world, name=NAME, by="sales_manager")
    made = claim(world, "rep").result
    world.run("rep", "deals.withdraw", made, {"reason": "登记错了"})
    claim(world, "sales_manager", customer=str(customer.pk))
    given = {"customer": str(customer.pk), "title": "改造", "expected_amount": "1000.00"}
    data = {"row_type": "customers.customer", "row": str(customer.pk), "to": str(world.user("rep").pk)}
    world.run("sales_manager", "company.transfer", data=data)
    assert refusal(world, "rep", "pipeline.add_opportunity", **given) == "deals.protected"
    world.run("sales_manager", "pipeline.add_opportunity", data=given)


def test_entering_a_protected_name_warns_and_its_code_refuses(world: World) -> None:
    claim(world, "rep", uscc=a_code(7))
    other = rival(world, "SOUTH")
    outcome = world.run(other, "customers.add", data={"name": NAME})
    assert "deals.protected" in [w.code for w in outcome.warnings]
    assert refusal(world, other, "customers.add", name="别的名字", uscc=a_code(7)) == "deals.protected"
    mine = world.run("rep", "customers.add", data={"name": "听涛本人录入", "uscc": a_code(7)})
    assert "deals.protected" not in [w.code for w in mine.warnings]


def test_a_name_that_became_a_customer_is_linked(world: World) -> None:
    made = claim(world, "rep").result
    customer = a_customer(world, name="听涛造纸有限公司")
    assert (
        refusal(world, "rep", "deals.link_customer", made, customer=str(a_customer(world).pk))
        == "deals.other_name"
    )
    world.run("rep", "deals.link_customer", made, {"customer": str(customer.pk)})
    assert refusal(world, "rep", "deals.link_customer", made, customer=str(customer.pk)) == "deals.linked"
    personal.erase(customer.party_id)
    world.see()
    gone = Registration.objects.get(pk=made.pk)
    assert (gone.name, gone.stem, gone.evidence, gone.phone_blind) == ("", "", "", "")


def test_what_an_entry_refuses(world: World) -> None:
    given = {"expected_amount": "1.00", "evidence": WHY}
    assert refusal(world, "rep", "deals.register", **given) == "deals.who"
    both = {"name": NAME, "customer": str(a_customer(world).pk)}
    assert refusal(world, "rep", "deals.register", **given, **both) == "deals.who"
    assert refusal(world, "rep", "deals.register", **given, name=NAME, uscc="123") == "customers.uscc"
    assert refusal(world, "rep", "deals.register", expected_amount="0", evidence=WHY, name=NAME) == "invalid"


@clause("1.3.2", breaks=True)
def test_a_deal_protected_twice_and_a_ruling_by_a_party_are_named_when_planted(world: World) -> None:
    first, made = (
        claim(world, "rep", uscc=a_code(7)).result,
        claim(world, rival(world), uscc=a_code(7)).result,
    )
    assert naming(world, "1.3.2", made) == set()
    until = world.today + timedelta(days=9)
    Registration.objects.filter(pk=made.pk).update(state="protected", protected_until=until)  # past the door
    assert naming(world, "1.3.2", made) == naming(world, "1.3.2", first) == {"deals_protected_twice"}
    Registration.objects.filter(pk=made.pk).update(state="disputed", protected_until=None)
    assert naming(world, "1.3.2", made) == naming(world, "1.3.2", first) == set()

    world.run("sales_manager", "deals.rule", made, {"ruling": "keep", "reason": "首报者已有方案"})
    assert naming(world, "1.3.2", made) == set()
    Registration.objects.filter(pk=made.pk).update(
        ruled_by=world.user("rep").pk
    )  # the holder of the other side
    assert naming(world, "1.3.2", made) == {"rulings_by_parties"}
    Registration.objects.filter(pk=made.pk).update(ruled_by=world.user("sales_manager").pk)
    assert naming(world, "1.3.2", made) == set()


@clause("1.3.1")
def test_whoever_took_the_other_side_over_is_a_party_too(world: World) -> None:
    customer = a_customer(world, name=NAME)
    made = claim(world, rival(world)).result
    data = {"row_type": "customers.customer", "row": str(customer.pk)}
    to = {"to": str(world.user("regional_manager").pk)}
    world.run("sales_manager", "company.transfer", data=data | to)
    reason = {"ruling": "keep", "reason": "维持原归属不变"}
    assert refusal(world, "regional_manager", "deals.rule", made, **reason) == "deals.party"
    world.run("sales_manager", "deals.rule", made, reason)


def test_a_deal_that_is_shared_already_is_not_divided_again(world: World) -> None:
    whole = claim(world, "rep").result
    pumps = claim(world, rival(world), product_line="PUMP").result
    said = {"ruling": "share", "reason": "两人各有贡献", "share": "0.4"}
    world.run("sales_manager", "deals.rule", pumps, said)
    world.add("third", "rep", "EAST")
    valves = claim(world, "third", product_line="VALVE").result
    assert refusal(world, "sales_manager", "deals.rule", valves, **said) == "deals.shared_already"
    assert Share.objects.filter(registration=whole).count() == 2


def test_linking_never_protects_a_customer_for_two(world: World) -> None:
    customer = a_customer(world, name=NAME, phone="13812345678")
    claim(world, "rep", customer=str(customer.pk))
    other = rival(world)
    made = claim(world, other, name="无锡另一个名字").result
    Registration.objects.filter(pk=made.pk).update(
        stem="听涛造纸", area=""
    )  # the name it bore in the meantime
    assert made.state == "protected"
    assert refusal(world, other, "deals.link_customer", again(made), customer=str(customer.pk)) in (
        "deals.taken_now",
        "not_found",
    )
    world.post(world.user(other), "sales_manager")  # who sees the customer
    told = refusal(world, other, "deals.link_customer", again(made), customer=str(customer.pk))
    assert told == "deals.taken_now"


# --- many hands at once ------------------------------------------------------------------------------------------------

HANDS = 4


def at_once(ctx: Context) -> str:
    """Register the same deal; gives the state it came to."""
    try:
        data = {"name": NAME, "expected_amount": "300000.00", "evidence": WHY}
        return str(door.run("deals.register", ctx, None, data).result.state)
    finally:
        connection.close()


@clause("1.3.2")
@pytest.mark.django_db(transaction=True)
def test_of_many_registrations_at_once_one_is_protected(world: World) -> None:
    contexts = []
    for number in range(HANDS):
        world.add(f"hand-{number}", "rep", "EAST")
        contexts.append(world.ctx(f"hand-{number}"))
    with ThreadPoolExecutor(HANDS) as pool:
        states = list(pool.map(at_once, contexts))
    world.see()
    assert sorted(states) == ["disputed"] * (HANDS - 1) + ["protected"]
