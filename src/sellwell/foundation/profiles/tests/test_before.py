"""Companies from before there were profiles go on with the units and tax classes that they had."""

from __future__ import annotations

from django.test import Client

from sellwell.foundation.catalog.models import Product, TaxClass
from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.company.install import install as install_company
from sellwell.foundation.profiles import queries
from sellwell.foundation.profiles.models import ProfileItem
from sellwell.foundation.profiles.seed import seed_profiles
from sellwell.kernel import clock
from sellwell.kernel.evidence import for_clause
from sellwell.kernel.seeds import BEGINNING
from sellwell.kernel.values import Period, months_later
from sellwell.testing.refusals import codes, refusals
from sellwell.testing.world import World


def test_what_a_company_from_before_uses_is_brought_by_a_profile_that_is_on(db: None) -> None:
    today = clock.business_day(clock.now())
    company = install_company(today).company
    taxed = TaxClass.objects.create(code="old-class", name="旧税类")
    Product.objects.create(code="OLD-1", name="旧品", unit="捆", tax_class=taxed)
    for _ in range(2):  # again: what is there stays
        seed_profiles(BEGINNING)
        assert "捆" in queries.allowed(company.pk, "catalog.unit", today)
        assert "old-class" in queries.allowed(company.pk, "catalog.tax_class", today)
        assert ProfileItem.objects.filter(company_id=company.pk, code="捆").count() == 1


def test_a_product_keeps_the_unit_that_it_has_when_it_is_changed(world: World) -> None:
    product = a_product(world)
    Product.objects.filter(pk=product.pk).update(unit="捆")
    product.refresh_from_db()
    same = {"unit": "捆", "name": "改名", "tax_class": str(product.tax_class_id)}
    world.run("marketing", "catalog.change_product", product, same)
    product.refresh_from_db()
    client = Client()
    client.force_login(world.user("marketing"))
    assert 'value="捆"' in client.get(f"/do/catalog.change_product/{product.pk}/").content.decode()
    world.see()
    said = refusals(world, "marketing", "catalog.change_product", product, {"unit": "扎"})
    assert codes(said) == [("profiles.nowhere", "unit")]


def test_what_is_on_sale_today_does_not_judge_a_month_that_is_over(world: World) -> None:
    product = a_product(world)
    Product.objects.filter(pk=product.pk).update(unit="捆")
    (one,) = for_clause("1.1.4")
    month = world.today.replace(day=1)
    running, over = Period(month, months_later(month, 1)), Period(months_later(month, -1), month)
    assert product.pk in {b.row_id for b in one.collect(world.company.pk, running).broken}
    assert product.pk not in {b.row_id for b in one.collect(world.company.pk, over).broken}
