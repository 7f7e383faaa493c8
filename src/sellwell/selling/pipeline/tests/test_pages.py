"""Pages: they draw, they say what stands in the way, and the public form tells strangers nothing."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from sellwell.foundation.customers.tests.builders import a_contact, a_customer
from sellwell.foundation.pricing.tests.builders import a_floor, a_price
from sellwell.kernel import clock
from sellwell.kernel.models import User
from sellwell.selling.pipeline.models import Lead, Quotation, Visit
from sellwell.selling.pipeline.tests.builders import a_lead, a_quotation, a_visit, an_opportunity, priced
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def client_of(world: World, role: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=world.user(role).pk))
    return client


@pytest.fixture
def shop(world: World) -> World:
    """One of everything."""
    a_lead(world)
    an_opportunity(world, stage="offer")
    a_visit(world, state="done")
    a_visit(world, state="started")
    return world


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "url",
    [
        "/customers/", "/contacts/", "/addresses/", "/leads/", "/opportunities/", "/opportunities/board", "/visits/", "/visits/now",
        "/quotations/", "/quotations/new", "/do/customers.add/", "/do/pipeline.add_lead/", "/do/pipeline.plan_visit/",
    ],
)  # fmt: skip
def test_pages_draw(shop: World, url: str, language: str) -> None:
    client = client_of(shop, "rep")
    client.cookies["sw_language"] = language
    response = client.get(url)
    assert response.status_code == 200, url


def test_records_draw_for_all_who_see_them(shop: World) -> None:
    opportunity, visit = an_opportunity(shop, stage="won"), Visit.objects.filter(state="started").get()
    quotation, lead = Quotation.objects.filter(opportunity=opportunity).get(), Lead.objects.get()
    contact = a_contact(shop, opportunity.customer)
    pages = [
        f"/customers/{opportunity.customer_id}/", f"/opportunities/{opportunity.pk}/", f"/visits/{visit.pk}/",
        f"/quotations/{quotation.pk}/", f"/leads/{lead.pk}/", f"/contacts/{contact.pk}/",
    ]  # fmt: skip
    for role in ("rep", "sales_manager", "auditor"):
        client = client_of(shop, role)
        for url in pages:
            assert client.get(url).status_code == 200, (role, url)
            assert client.get(f"{url}timeline").status_code == 200, (role, url)
            assert client.get(f"{url}menu").status_code == 200, (role, url)


@clause("1.4.3")
def test_a_record_says_what_the_next_stage_asks(shop: World) -> None:
    opportunity = an_opportunity(shop, stage="needs")
    page = client_of(shop, "rep").get(f"/opportunities/{opportunity.pk}/").content.decode()
    assert "还没有匹配的产品" in page


@clause("1.4.2")
def test_numbers_are_masked_until_they_are_revealed(world: World) -> None:
    customer = a_customer(world, phone="13812345678")
    client = client_of(world, "finance")
    url = f"/customers/{customer.pk}/"
    page = client.get(url).content.decode()
    assert "138****5678" in page and "13812345678" not in page
    client.post(
        f"/do/customers.reveal/{customer.pk}/", {"purpose": "collection", "reason": "催收货款", "_key": "k1"}
    )
    assert "13812345678" in client.get(url).content.decode()
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert "13812345678" not in client.get(url).content.decode()


def test_a_customer_is_found_by_the_last_four_digits(world: World) -> None:
    customer = a_customer(world, phone="13812345678")
    found = client_of(world, "rep").get("/pick/customers.customer?q=5678").json()["choices"]
    assert [c["id"] for c in found] == [str(customer.pk)]
    assert not client_of(world, "account_manager").get("/pick/customers.customer?q=5678").json()["choices"]


@clause("5.2.1", "2.2.4")
def test_prices_come_as_one_types(world: World) -> None:
    customer, product = a_customer(world), priced(world)
    a_price(world, product, "100.00", "customer", customer=str(customer.pk))
    a_floor(world, product, "95.00")
    lines = [
        {"product": str(product.pk), "quantity": "2"},
        {},
        {"product": str(product.pk), "quantity": "1", "unit_price": "90"},
    ]
    body = json.dumps({"head": {"customer": str(customer.pk)}, "lines": lines})
    answer = client_of(world, "rep").post("/quote/pipeline", body, content_type="application/json").json()
    assert answer["lines"]["0"]["values"]["unit_price"] == "100.000000"
    assert "客户价" in answer["lines"]["0"]["values"]["price_why"]
    assert [o["path"] for o in answer["lines"]["2"]["objections"]] == ["unit_price"]
    assert answer["totals"]["total"] == "290.00" and "1" not in answer["lines"]


@pytest.mark.parametrize(
    "lines",
    [[{"product": "x", "quantity": "1"}], [{"quantity": "1e400"}], [{"product": {}, "quantity": "-1"}]],
)
def test_half_typed_lines_do_no_harm(world: World, lines: list[dict[str, object]]) -> None:
    body = json.dumps({"head": {"customer": "nobody"}, "lines": lines})
    assert (
        client_of(world, "rep").post("/quote/pipeline", body, content_type="application/json").json()["lines"]
        == {}
    )


def test_a_quotation_is_entered_on_its_page(world: World) -> None:
    opportunity = an_opportunity(world, stage="match")
    client = client_of(world, "rep")
    page = client.get(f"/quotations/new?opportunity={opportunity.pk}").content.decode()
    assert str(opportunity.customer_id) in page
    data = {
        "customer": str(opportunity.customer_id),
        "opportunity": str(opportunity.pk),
        "lines": [{"product": str(priced(world).pk), "quantity": "2"}],
    }
    body = json.dumps({"data": data, "key": "one"})
    for _ in range(2):
        answer = client.post("/do/pipeline.add_quotation/", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
    world.see()
    quotation = Quotation.objects.get()
    assert client.get(f"/quotations/{quotation.pk}/edit").status_code == 200


@clause("2.2.4")
def test_the_pdf_is_for_those_who_may_see_the_quotation(world: World) -> None:
    quotation = a_quotation(world)
    response = client_of(world, "rep").get(f"/quotations/{quotation.pk}/pdf")
    assert response.status_code == 200 and response.content.startswith(b"%PDF")
    assert client_of(world, "account_manager").get(f"/quotations/{quotation.pk}/pdf").status_code == 404
    assert client_of(world, "warehouse").get(f"/quotations/{quotation.pk}/pdf").status_code == 403


@clause("2.2.4")
def test_checking_in_on_the_spot(world: World) -> None:
    visit = a_visit(world)
    world.run("rep", "activities.allow_location")
    client = client_of(world, "rep")
    assert str(visit.pk) in client.get("/visits/now").content.decode()
    sent = {"place": "客户会议室", "latitude": "31.230416", "longitude": "121.473701", "_key": "k"}
    assert client.post(f"/do/pipeline.check_in/{visit.pk}/", sent).status_code == 302
    world.see()
    assert Visit.objects.get(pk=visit.pk).state == "started"


# --- the public form ---------------------------------------------------------------------------------------------------


def stamp_of(client: Client) -> str:
    page = client.get("/form/lead").content.decode()
    found = re.search(r'name="stamp" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def stranger(world: World, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Somebody without an account, who needs no two seconds for typing."""
    cache.clear()
    monkeypatch.setattr("sellwell.selling.pipeline.pages.lead_form.FASTEST", -1)
    return Client()


@clause("1.4.3")
def test_a_stranger_leaves_a_lead(world: World, stranger: Client) -> None:
    data = {"name": "望海水务", "phone": "13612345678", "need": "高效水泵", "stamp": stamp_of(stranger)}
    for _ in range(2):  # a double click
        response = stranger.post("/form/lead", data)
        assert response.status_code == 200 and "已收到" in response.content.decode()
    world.see()
    lead = Lead.objects.get()
    assert (lead.source, lead.owner_id, lead.created_by.username) == (
        "web",
        world.user("marketing").pk,
        "web-form",
    )


@clause("1.4.2")
def test_a_stranger_is_told_nothing_of_what_we_know(world: World, stranger: Client) -> None:
    customer = a_customer(world, phone="13612345678")
    a_lead(world, phone="13687654321")
    for phone in ("13612345678", "13687654321"):
        response = stranger.post(
            "/form/lead", {"name": "好奇的人", "phone": phone, "stamp": stamp_of(stranger)}
        )
        page = response.content.decode()
        assert "已收到" in page and customer.party.name not in page


def test_robots_get_a_friendly_answer_and_no_lead(world: World, stranger: Client) -> None:
    response = stranger.post(
        "/form/lead",
        {"name": "bot", "phone": "13612345678", "website": "http://x", "stamp": stamp_of(stranger)},
    )
    assert response.status_code == 200
    assert (
        stranger.post("/form/lead", {"name": "bot", "phone": "13612345678", "stamp": "made-up"}).status_code
        == 422
    )
    world.see()
    assert not Lead.objects.exists()


def test_wrong_numbers_are_told_at_their_field(world: World, stranger: Client) -> None:
    response = stranger.post(
        "/form/lead", {"name": "望海", "phone": "12", "email": "x@", "stamp": stamp_of(stranger)}
    )
    page = response.content.decode()
    assert response.status_code == 422 and 'id="e-phone"' in page and 'id="e-email"' in page
    assert 'value="望海"' in page


def test_too_many_forms_from_one_address(world: World, stranger: Client) -> None:
    codes = [
        stranger.post(
            "/form/lead", {"name": "望海", "phone": f"1361234{n:04d}", "stamp": stamp_of(stranger)}
        ).status_code
        for n in range(6)
    ]
    assert codes == [200] * 5 + [429]


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "甲" * 5000, "a\x00b", "\u202e反"]
)
def test_hostile_names_do_no_harm(world: World, stranger: Client, name: str) -> None:
    response = stranger.post(
        "/form/lead", {"name": name, "phone": "13612345678", "stamp": stamp_of(stranger)}
    )
    assert response.status_code in (200, 422)
    assert "<script>alert(1)" not in response.content.decode()
