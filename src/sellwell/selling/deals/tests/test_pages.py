"""Pages of deals: list, record, conflict masked for one side and named to the manager, the customer's registrations."""

from __future__ import annotations

import pytest
from django.test import Client

from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel.models import User
from sellwell.selling.deals.tests.builders import WHY, a_dispute, a_registration
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def text(world: World, role: str, path: str, status: int = 200, language: str = "zh") -> str:
    client = Client()
    client.force_login(User.objects.get(pk=world.user(role).pk))
    client.cookies["sw_language"] = language
    answer = client.get(path)
    world.see()
    assert answer.status_code == status, path
    return answer.content.decode()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_draw(world: World, language: str) -> None:
    assert text(world, "rep", "/deals/", language=language)
    made = a_registration(world)
    for url in ("/deals/", f"/deals/{made.pk}/", "/do/deals.register/", f"/do/deals.renew/{made.pk}/"):
        assert text(world, "rep", url, language=language)
    text(world, "warehouse", "/deals/", 403)


@clause("1.3.2")
def test_a_conflict_is_masked_for_one_side_and_named_to_who_rules(world: World) -> None:
    made = a_dispute(world)
    name = made.name
    world.user("colleague")
    page = text(world, "rep", f"/deals/{made.pk}/")
    assert (
        "撞单" in page
        and world.user("colleague").name not in page.split('id="timeline"')[0].split("撞单")[-1][:400]
    )
    manager = text(world, "regional_manager", f"/deals/{made.pk}/")
    assert world.user("colleague").name in manager and name in manager and "裁定撞单" in manager
    assert "撞单待裁定" in text(world, "regional_manager", "/")


def test_a_customers_registrations_stand_on_its_page(world: World) -> None:
    customer = a_customer(world)
    data = {"customer": str(customer.pk), "expected_amount": "1000.00", "evidence": WHY}
    made = world.run("rep", "deals.register", data=data).result
    page = text(world, "rep", f"/customers/{customer.pk}/tab/deals-view")
    assert made.number in page
