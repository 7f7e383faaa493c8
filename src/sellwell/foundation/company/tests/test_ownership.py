"""Who owned a record over time, told from the ledger."""

from __future__ import annotations

from typing import Any

import pytest

from sellwell.foundation.company import ownership
from sellwell.foundation.company.tests.builders import a_person
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@clause("1.3.2")
def test_every_owner_of_a_customer_is_told_with_the_note(world: World, client: Any) -> None:
    customer = a_customer(world)
    world.run(
        "hr", "company.hand_over", a_person(world, "rep"),
        {"to": str(world.user("account_manager").pk), "note": "客户要求月底前送样"},
    )  # fmt: skip
    customer.refresh_from_db()
    found = ownership.tenures(customer)
    assert [t.owner for t in found] == [world.user("rep").name, world.user("account_manager").name]
    assert found[0].until == found[1].since and found[1].until is None
    assert found[1].by == world.user("hr").name and found[1].note == "客户要求月底前送样"
    client.force_login(world.user("regional_manager"))
    page = client.get(f"/owners/customers.customer/{customer.pk}")
    assert page.status_code == 200 and "客户要求月底前送样" in page.content.decode()
    client.force_login(world.user("warehouse"))
    assert client.get(f"/owners/customers.customer/{customer.pk}").status_code in (403, 404)
