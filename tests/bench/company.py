"""The small company that the order benches sell from: products with prices and stock, customers with credit."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

CUSTOMERS, PRODUCTS = 40, 40
SINCE = timedelta(days=60)
PASSWORD = "bench-2026"


def build(customers: int = CUSTOMERS, products: int = PRODUCTS) -> None:
    """Install the company and set it up by its own operations; stock and credit are ample."""
    from sellwell.foundation.catalog.install import install as install_catalog
    from sellwell.foundation.company.install import install
    from sellwell.foundation.pricing.install import install as install_pricing
    from sellwell.foundation.profiles.install import install as install_profiles
    from sellwell.foundation.stock.install import install as install_stock
    from sellwell.kernel import clock
    from sellwell.simulation import setting_up
    from sellwell.simulation.people import Stage

    today = clock.business_day(clock.now())
    moment = datetime.combine(today - SINCE, time(9), clock.BUSINESS_ZONE)
    with clock.at(moment):
        installed = install(today - SINCE, password=PASSWORD)
        company = installed.company.pk
        install_profiles(company, today - SINCE)
        taxes = install_catalog(company, today - SINCE)
        warehouses = install_stock(company, today - SINCE)
        install_pricing(company, today - SINCE)
    stage = Stage(company, random.Random(1), moment, pace=timedelta(seconds=2))
    staff = setting_up.hire_all(stage, installed.departments, Decimal("0.2"), stage.today)
    places = [w for w in warehouses.values() if w.kind == "physical"]
    setting_up.add_products(stage, taxes, places, stage.today, products)
    setting_up.set_prices(stage, stage.today, today)
    setting_up.add_customers(stage, staff, customers)
    if stage.refused:
        raise RuntimeError(f"the bench's company was refused {stage.refused.most_common(3)}")
    _ample(stage, places[0])


def _ample(stage: Any, warehouse: Any) -> None:
    """So much stock and credit that no order is short or held."""
    from django.apps import apps

    goods = apps.get_model("catalog.Product").objects.filter(kind="goods").order_by("code")
    lines = [{"product": product.pk, "quantity": Decimal(1_000_000)} for product in goods]
    stage.act(
        stage.somebody("stock.receive"), "stock.receive", warehouse, {"lines": lines, "reference": "BENCH"}
    )
    finance = stage.somebody("receivables.open_account")
    for customer in apps.get_model("customers.Customer").objects.order_by("number"):
        stage.act(finance, "receivables.open_account", None, {"customer": customer.pk})
    # Such a limit would need several people's agreement.
    apps.get_model("receivables.CreditAccount").objects.update(credit_limit=Decimal(10**12))


def plan(count: int, seed: int) -> list[dict[str, Any]]:
    """Orders to make: a customer and five lines of cheap goods each, the same for both sides."""
    from django.apps import apps

    from sellwell.kernel.door import see_companies
    from sellwell.kernel.models import User

    company = apps.get_model("company.Company").objects.get().pk
    see_companies([company])
    dice = random.Random(seed)
    rep = User.objects.get(username="rep")
    customers: list[UUID] = list(
        apps.get_model("customers.Customer")
        .objects.filter(owner=rep)
        .order_by("number")
        .values_list("pk", flat=True)
    )
    rules = apps.get_model("pricing.PriceRule").objects.filter(kind="list", product__kind="goods")
    products: list[UUID] = list(
        rules.order_by("price", "product__code").values_list("product_id", flat=True)[:20]
    )
    return [
        {
            "customer": str(dice.choice(customers)),
            "lines": [
                {"product": str(product), "quantity": str(dice.randint(1, 4))}
                for product in dice.sample(products, 5)
            ],
        }
        for _ in range(count)
    ]
