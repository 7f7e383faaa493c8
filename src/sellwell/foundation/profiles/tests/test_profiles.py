"""Stories of industry profiles: what is outside is refused and named, several are on at once, none goes while it is needed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sellwell.foundation.catalog.tests.builders import a_product, tax_classes
from sellwell.foundation.company.install import install as install_company
from sellwell.foundation.profiles import queries
from sellwell.foundation.profiles.extensions import all_subjects, claims
from sellwell.foundation.profiles.guards import GUARDED
from sellwell.foundation.profiles.install import install
from sellwell.foundation.profiles.models import ProfileItem, ProfileSpan
from sellwell.foundation.profiles.seed import seed_profiles
from sellwell.foundation.profiles.shipped import SHIPPED
from sellwell.foundation.profiles.tests.builders import (
    CONTENT,
    a_profile,
    switch_off,
    switched_on,
    the_profile,
)
from sellwell.kernel import clock
from sellwell.kernel.seeds import BEGINNING
from sellwell.selling.contracts.tests.builders import a_buyer, a_contract, approved, line_data
from sellwell.selling.delivery.models import Shipment
from sellwell.selling.delivery.tests.builders import a_shipment
from sellwell.selling.orders.tests.builders import an_order
from sellwell.selling.pipeline.tests.builders import a_quotation, an_opportunity, trial_until
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.refusals import codes, refusals
from sellwell.testing.world import World


def a_subscription(world: World) -> dict[str, Any]:
    return {
        "customer": str(a_buyer(world).pk),
        "lines": line_data(world, [("P-001", "1")]),
        "kind": "subscription",
    }


# --- outside ------------------------------------------------------------------------------------------------------------


@clause("1.1.4", breaks=True)
def test_a_contract_of_a_trade_that_is_not_on_is_refused_and_one_past_the_door_is_named(world: World) -> None:
    data = a_subscription(world)
    (said,) = refusals(world, "rep", "contracts.create", data=data)
    assert (said.code, said.path) == ("profiles.outside", "kind")
    for words in ("互联网服务订阅", "互联网业", "系统管理员", "高管"):
        assert words in str(said.text)
    switched_on(world, "internet")
    contract = world.run("rep", "contracts.create", data=data).result
    assert naming(world, "1.1.4", contract) == set()
    span = ProfileSpan.objects.filter(profile__code="internet")
    span.update(since=world.today + timedelta(days=1))  # past the door: as if the contract had come too early
    assert naming(world, "1.1.4", contract) == {"within_the_profiles"}
    span.update(since=world.today)
    assert naming(world, "1.1.4", contract) == set()


@clause("1.1.4", breaks=True)
def test_a_product_outside_every_profile_is_named_until_a_profile_brings_its_unit(world: World) -> None:
    profile = a_profile(world)
    switched_on(world, profile.code)
    product = a_product(world, unit="筐")
    ProfileItem.objects.filter(code="筐").update(until=world.today, since=world.today - timedelta(days=1))
    assert naming(world, "1.1.4", product) == {"within_the_profiles"}
    world.run("administrator", "profiles.change", the_profile(world, profile.code), CONTENT)
    assert naming(world, "1.1.4", product) == set()


@clause("1.1.4")
@pytest.mark.parametrize(
    "changed, path",
    [({"unit": "账号"}, "unit"), ({"unit": "桶"}, "unit"), ({"tax": "transport"}, "tax_class")],
)
def test_products_have_the_kinds_of_the_profiles_that_are_on(
    world: World, changed: dict[str, str], path: str
) -> None:
    for code in ("services", "retail"):
        switch_off(world, code)
    taken = [("catalog.tax_class", "transport")]
    ProfileItem.objects.filter(topic=taken[0][0], code=taken[0][1]).update(until=world.today)
    tax = str(tax_classes(world)[changed.pop("tax", "goods")].pk)
    data = {"code": "N-1", "name": "新品", "tax_class": tax, **changed}
    (said,) = refusals(world, "marketing", "catalog.add_product", data=data)
    assert said.path == path
    brought = (
        changed.get("unit") == "账号"
    )  # the internet profile brings it; 桶 and the taken tax class nobody
    assert said.code == ("profiles.outside" if brought else "profiles.nowhere")


@clause("1.1.4")
def test_a_changed_and_a_resumed_product_are_judged_too(world: World) -> None:
    product = a_product(world, kind="service", tax="services", unit="次")
    said = refusals(world, "marketing", "catalog.change_product", product, {"unit": "账号"})
    assert codes(said) == [("profiles.outside", "unit")]
    world.run("marketing", "catalog.change_product", product, {"unit": "年", "name": "年度保养"})
    world.run("marketing", "catalog.retire_product", product)
    switch_off(world, "services")
    with clock.at(clock.now() + timedelta(days=1)):
        said = refusals(world, "marketing", "catalog.resume_product", product)
    assert codes(said) == [("profiles.outside", "")] * 3  # kind, unit and tax class


@clause("1.1.4")
def test_an_order_comes_by_a_channel_of_the_profiles_also_by_the_customers_own(world: World) -> None:
    order = an_order(world, channel="online")
    world.run("rep", "orders.cancel", order, {"reason": "客户撤回"})
    switch_off(world, "retail")
    with clock.at(clock.now() + timedelta(days=1)):
        data = {"customer": str(a_buyer(world).pk), "lines": line_data(world, [("P-001", "1")])}
        said = refusals(world, "rep", "orders.create", data={**data, "channel": "online"})
        assert codes(said) == [("profiles.outside", "channel")]
        customer = a_buyer(world)
        type(customer).objects.filter(pk=customer.pk).update(channel="online")
        assert codes(refusals(world, "rep", "orders.create", data=data)) == [("profiles.outside", "channel")]


@clause("1.1.4")
def test_goods_are_inspected_and_services_confirmed_unless_another_way_that_is_on_is_said(
    world: World,
) -> None:
    shipment = a_shipment(world, state="delivered")
    accepted = world.run("service", "delivery.accept", shipment, {"accepted_by": "赵工"}).result
    assert accepted.accepted_how == "inspection"
    assert naming(world, "1.1.4", accepted) == set()
    signed = a_shipment(world, state="delivered")
    world.run("service", "delivery.accept", signed, {"accepted_by": "赵工", "how": "receipt"})
    assert Shipment.objects.get(pk=signed.pk).accepted_how == "receipt"
    third = a_shipment(world, state="delivered")
    switch_off(world, "retail")
    with clock.at(clock.now() + timedelta(days=1)):
        said = refusals(world, "service", "delivery.accept", third, {"accepted_by": "赵工", "how": "receipt"})
    assert codes(said) == [("profiles.outside", "how")]


@clause("1.1.4")
def test_each_profile_has_a_contract_template_that_passes_its_own_check(world: World) -> None:
    switched_on(world, "internet")
    for kind in ("goods", "service", "supply", "subscription"):
        contract = a_contract(world, kind=kind)
        approved(world, contract)
        contract.refresh_from_db()
        assert (contract.state, contract.template.kind) == ("approved", kind)


@clause("1.1.4", "1.4.3")
def test_a_trial_is_a_stage_of_trades_that_have_it_and_no_condition_of_an_offer(world: World) -> None:
    tried, direct = an_opportunity(world, stage="trial"), an_opportunity(world, stage="match")
    assert naming(world, "1.1.4", tried) == naming(world, "1.4.3", tried) == set()
    assert codes(refusals(world, "rep", "pipeline.begin_trial", tried, trial_until(world, -1))) == [
        ("pipeline.trial_past", "until")
    ]
    for opportunity in (tried, direct):
        a_quotation(world, opportunity=opportunity, state="sent")
        opportunity.refresh_from_db()
        assert opportunity.state == "offer"
    later = an_opportunity(world, stage="match")
    ProfileSpan.objects.filter(profile__code="manufacturing").update(until=world.today)
    (said,) = refusals(world, "rep", "pipeline.begin_trial", later, trial_until(world, 7))
    assert said.code == "profiles.outside" and "样品试用" in str(said.text)


@clause("1.1.4", breaks=True)
def test_an_opportunity_in_a_trial_that_no_profile_brings_is_named(world: World) -> None:
    tried = an_opportunity(world, stage="trial")
    span = ProfileSpan.objects.filter(profile__code="manufacturing")
    span.update(until=world.today)
    assert naming(world, "1.1.4", tried) == {"within_the_profiles"}
    span.update(until=None)
    assert naming(world, "1.1.4", tried) == set()


# --- own profiles and changes --------------------------------------------------------------------------------------------


@clause("1.1.4")
def test_a_company_makes_a_profile_of_its_own_with_units_of_its_own(world: World) -> None:
    data = {"code": "F-1", "name": "苹果", "tax_class": str(tax_classes(world)["goods"].pk), "unit": "筐"}
    assert codes(refusals(world, "marketing", "catalog.add_product", data=data)) == [
        ("profiles.nowhere", "unit")
    ]
    profile = a_profile(world)
    assert codes(refusals(world, "marketing", "catalog.add_product", data=data)) == [
        ("profiles.outside", "unit")
    ]
    switched_on(world, profile.code)
    world.run("marketing", "catalog.add_product", data=data)


def test_a_profile_brings_kinds_that_there_are_and_has_a_code_of_its_own(world: World) -> None:
    data = {"code": "retail", "name": "门店", "brings": ["contracts.kind:barter"]}
    assert codes(refusals(world, "administrator", "profiles.make", data=data)) == [
        ("profiles.no_such_kind", "brings"),
        ("profiles.code_taken", "code"),
    ]
    empty = {"code": "empty", "name": "空白"}
    assert codes(refusals(world, "administrator", "profiles.make", data=empty)) == [
        ("profiles.brings_nothing", "brings")
    ]


def test_what_is_taken_out_is_allowed_until_tomorrow_and_comes_back_as_if_it_had_stayed(world: World) -> None:
    profile = a_profile(world)
    switched_on(world, profile.code)
    tomorrow = world.today + timedelta(days=1)

    def units(day: Any) -> bool:
        return "筐" in queries.allowed(world.company.pk, "catalog.unit", day)

    less = {**CONTENT, "units": ["千克"]}
    world.run("administrator", "profiles.change", the_profile(world, profile.code), less)
    assert units(world.today) and not units(tomorrow)
    world.run("administrator", "profiles.change", the_profile(world, profile.code), CONTENT)
    assert units(world.today) and units(tomorrow)
    assert ProfileItem.objects.filter(profile=profile, code="筐").count() == 1


@clause("1.1.4")
def test_no_kind_is_taken_out_that_a_product_on_sale_needs(world: World) -> None:
    profile = a_profile(world)
    switched_on(world, profile.code)
    product = a_product(world, "F-1", unit="筐")
    less = {**CONTENT, "units": ["千克"]}
    (said,) = refusals(world, "administrator", "profiles.change", the_profile(world, profile.code), less)
    assert (said.code, said.path) == ("profiles.still_used", "brings")
    assert product.code in str(said.text)
    world.run("marketing", "catalog.retire_product", product)
    world.run("administrator", "profiles.change", the_profile(world, profile.code), less)


# --- installation, registries, pages ---------------------------------------------------------------------------------------


@clause("1.1.4")
def test_four_profiles_ship_and_bring_only_kinds_that_the_rooms_know(world: World) -> None:
    assert list(SHIPPED) == ["manufacturing", "services", "retail", "internet"]
    tax_classes(world)
    known = {
        name: dict(subject.codes()) for name, subject in all_subjects().items() if subject.codes is not None
    }
    for code, shipped in SHIPPED.items():
        assert set(shipped.brings) == set(all_subjects()), code
        for name, brought in shipped.brings.items():
            assert name not in known or set(brought) <= set(known[name]), (code, name)
            assert brought or name == "pipeline.stage", (code, name)
    contracts = [set(shipped.brings["contracts.kind"]) for shipped in SHIPPED.values()]
    assert len(set().union(*contracts)) == len(known["contracts.kind"])  # each template belongs to a trade


def test_every_guarded_verb_says_what_it_would_make(world: World) -> None:
    assert set(claims.functions) == set(GUARDED)


def test_an_installation_switches_on_what_was_chosen_and_leaves_what_is_there(db: None) -> None:
    company, today = install_company(clock.business_day(clock.now())).company, clock.business_day(clock.now())
    with pytest.raises(ValueError, match="mining"):
        install(company.pk, today, ["mining"])
    assert set(install(company.pk, today, ["internet"])) == set(SHIPPED)
    install(company.pk, today)  # again: what is there stays
    assert list(ProfileSpan.objects.values_list("profile__code", "until")) == [("internet", None)]


def test_a_company_from_before_gets_all_four_and_goes_on(db: None) -> None:
    install_company(clock.business_day(clock.now()))
    for _ in range(2):
        seed_profiles(BEGINNING)
        spans = list(ProfileSpan.objects.values_list("profile__code", "since"))
        assert sorted(spans) == sorted((code, BEGINNING) for code in SHIPPED)


def page_of(world: World, role: str, url: str) -> str:
    client = Client()
    client.force_login(world.user(role))
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


@clause("1.1.4")
def test_forms_offer_what_the_profiles_allow(world: World) -> None:
    tax_classes(world)
    product = page_of(world, "marketing", "/do/catalog.add_product/")
    assert 'value="台"' in product and 'value="人天"' in product
    assert 'value="账号"' not in product
    contract, order = (page_of(world, "rep", url) for url in ("/contracts/new", "/orders/new"))
    assert "零售供货" in contract and "互联网服务订阅" not in contract
    assert 'value="distributor"' in order
    switch_off(world, "manufacturing")
    with clock.at(clock.now() + timedelta(days=1)):
        assert 'value="distributor"' not in page_of(world, "rep", "/orders/new")
        assert 'value="goods"' not in page_of(world, "rep", "/contracts/new").split("</select>")[0]


def test_the_pages_show_what_is_on_what_each_brings_and_what_uses_it(
    world: World, django_assert_max_num_queries: Any
) -> None:
    a_product(world, kind="service", tax="services", unit="人天")
    assert "制造业" in page_of(world, "rep", "/industry-profiles/")
    services = the_profile(world, "services")
    with django_assert_max_num_queries(60):
        page = page_of(world, "administrator", f"/industry-profiles/{services.pk}/")
    assert "人天" in page and "服务确认" in page
    form = page_of(world, "administrator", f"/do/profiles.change/{services.pk}/")
    assert 'value="contracts.kind:service" checked' in form
    assert 'value="contracts.kind:goods" checked' not in form
    assert "人天" in form


def test_the_board_shows_a_trial_where_a_trade_has_it_or_a_row_stands_in_it(world: World) -> None:
    assert "样品试用" in page_of(world, "rep", "/opportunities/board")
    world.see()
    ProfileSpan.objects.filter(profile__code="manufacturing").update(until=world.today)
    assert "样品试用" not in page_of(world, "rep", "/opportunities/board")
