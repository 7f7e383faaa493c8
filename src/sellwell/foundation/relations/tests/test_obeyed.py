"""What grades promise and limit is obeyed by the rooms above."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.customers.models import Customer
from sellwell.foundation.customers.queries import customer as customer_of
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.foundation.pricing.queries import prices
from sellwell.foundation.pricing.tests.builders import a_price
from sellwell.foundation.relations.guards import discount, payment_days
from sellwell.kernel.operations import Assessment
from sellwell.selling.receivables.queries import exposures
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@clause("4.2.3")
def test_a_person_gets_no_price_by_grade(world: World) -> None:
    product = a_product(world)
    a_price(world, product, "100")
    a_price(world, None, kind="grade", grade="A", discount="0.1")
    firm, person = a_customer(world), a_customer(world, kind="person", uscc="", name="闻人景行")
    Customer.objects.filter(pk__in=[firm.pk, person.pk]).update(grade="A")
    found = [
        prices(world.company.pk, customer_of(c.pk), None, [(product.pk, Decimal(1))], world.today)[
            0
        ].unit_price
        for c in (firm, person)
    ]
    assert found == [Decimal(90), Decimal(100)]


@clause("4.2.3")
def test_the_lower_of_rated_limit_and_ceiling_holds(world: World) -> None:
    customer = a_customer(world)
    Customer.objects.filter(pk=customer.pk).update(grade="D")
    world.run("finance", "customers.comment", customer, {"text": "额度复核"})
    ctx = world.ctx("finance")
    assert exposures(ctx, [customer.pk])[customer.pk].limit == 0  # rated below the ceiling of 300,000
    from sellwell.selling.receivables import accounts
    from sellwell.selling.receivables.models import CreditAccount

    accounts.ensure(ctx, customer.pk)
    CreditAccount.objects.filter(customer_id=customer.pk).update(credit_limit=Decimal(900000))
    assert exposures(ctx, [customer.pk])[customer.pk].limit == Decimal(300000)


@clause("4.2.3")
def test_discounts_and_days_beyond_the_grade_hold(world: World) -> None:
    customer = a_customer(world)  # grade C: 12 %, 45 days
    ctx = world.ctx("rep")

    def asked(**content: object) -> Assessment:
        return Assessment(content={"customer": str(customer.pk), **content})

    given = [
        asked(discount=Decimal("0.12")),
        asked(discount=Decimal("0.15")),
        asked(discount=Decimal("0.5"), from_contract=True),
    ]
    found = discount(given, ctx)
    assert list(found) == [1] and found[1].measure == Decimal("0.03") and found[1].kind == "hold"
    days = payment_days([asked(payment_days=45), asked(payment_days=60), asked(payment_days=None)], ctx)
    assert list(days) == [1] and days[1].measure == 15
    Customer.objects.filter(pk=customer.pk).update(payment_days=60)  # agreed, with approval
    assert payment_days([asked(payment_days=60)], ctx) == {}
