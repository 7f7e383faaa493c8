"""The company before its first day: people, products with prices and stock, customers with credit."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps

from sellwell.kernel.models import User
from sellwell.simulation.catalogue import Item, items
from sellwell.simulation.names import CITIES, Namer
from sellwell.simulation.people import Stage

REGIONS = ("EAST", "SOUTH", "NORTH", "WEST")
# role -> how many per region; the regional manager of each region is one of the 60
REGIONAL_STAFF = {"rep": 6, "account_manager": 2, "regional_manager": 1}
CENTRAL_STAFF = {
    "finance": ("FIN", 3), "warehouse": ("WH", 4), "service": ("SERVICE", 3), "legal": ("LEGAL", 1), "quality": ("QA", 1),
    "marketing": ("MKT", 2), "hr": ("HR", 1),
}  # fmt: skip


def hire_all(
    stage: Stage, departments: dict[str, Any], scale: Decimal, hired_on: date
) -> dict[str, list[User]]:
    """About 60 people in four regions and the functions; gives them by `role@department`."""
    namer = Namer(stage.rng)
    boss = stage.somebody("company.hire")
    staff: dict[str, list[User]] = {}
    plan = [(role, region, count) for region in REGIONS for role, count in REGIONAL_STAFF.items()]
    plan += [(role, code, count) for role, (code, count) in CENTRAL_STAFF.items()]
    serial = 0
    for role, code, count in plan:
        for _ in range(max(1, int(count * scale))):
            serial += 1
            username = f"{role}-{code.lower()}-{serial}".replace("_", "-")
            person = stage.act(
                boss, "company.hire", None,
                {
                    "name": namer.person(), "username": username, "number": f"S{serial:04d}", "hired_on": hired_on,
                    "department": departments[code].pk, "role": role, **kind_of_staff(role, serial),
                },
            )  # fmt: skip
            if person is not None:
                staff.setdefault(f"{role}@{code}", []).append(stage.user(username))
    return staff


SPECIALITIES = {
    "rep": ("机械", "自动化", "食品机械", "包装"), "account_manager": ("大客户", "渠道"), "regional_manager": ("机械", "管理"),
    "finance": ("会计", "信用"), "service": ("售后",), "legal": ("合同",), "quality": ("检验",), "marketing": ("活动", "内容"),
}  # fmt: skip


def kind_of_staff(role: str, serial: int) -> dict[str, str]:
    """Employment and speciality by turns, so that the same seed draws the same names as before."""
    known = SPECIALITIES.get(role, ("",))
    employment = "part_time" if role == "rep" and serial % 6 == 0 else "full_time"
    return {"employment": employment, "speciality": known[serial % len(known)]}


def add_products(
    stage: Stage, tax_classes: dict[str, Any], warehouses: list[Any], since: date, count: int
) -> list[tuple[Item, Any]]:
    """Products with cost, list price, floor and opening stock."""
    rng = stage.rng
    keeper, coster = stage.somebody("catalog.add_product"), stage.somebody("catalog.set_cost")
    pricer, floorer = stage.somebody("pricing.set_rule"), stage.somebody("pricing.set_floor")
    made: list[tuple[Item, Any]] = []
    chosen = items(rng)
    for item in rng.sample(chosen, count) if count < len(chosen) else chosen:
        product = stage.act(
            keeper, "catalog.add_product", None,
            {
                "code": item.code, "name": item.name, "name_en": item.name_en, "kind": item.kind, "unit": item.unit,
                "product_line": item.line, "tax_class": tax_classes["services" if item.kind == "service" else "goods"].pk,
                "lead_days": rng.choice([7, 10, 15, 20]),
            },
        )  # fmt: skip
        if product is None:
            continue
        stage.act(coster, "catalog.set_cost", product, {"cost": item.cost, "since": since})
        stage.act(
            pricer, "pricing.set_rule", None,
            {"kind": "list", "product": product.pk, "price": item.price, "since": since},
        )  # fmt: skip
        stage.act(
            floorer, "pricing.set_floor", None, {"product": product.pk, "price": item.floor, "since": since}
        )
        made.append((item, product))
    _receive(stage, made, warehouses)
    return made


def _receive(stage: Stage, products: list[tuple[Item, Any]], warehouses: list[Any]) -> None:
    """Opening stock: plenty of parts, few machines."""
    keeper = stage.somebody("stock.receive")
    goods = [(item, product) for item, product in products if item.kind == "goods"]
    for warehouse in warehouses:
        lines = [
            {"product": product.pk, "quantity": Decimal(stage.rng.randint(*_stock_range(item)))}
            for item, product in goods
        ]
        stage.act(keeper, "stock.receive", warehouse, {"lines": lines, "reference": "OPENING"})


def _stock_range(item: Item) -> tuple[int, int]:
    return {"备件": (800, 4000), "输送设备": (40, 160), "包装设备": (20, 60), "机器人": (8, 25)}.get(
        item.line, (40, 160)
    )


def set_prices(stage: Stage, since: date, today: date) -> None:
    """Grade discounts and one promotion that is on today."""
    manager = stage.somebody("pricing.set_rule")
    for grade, discount in (("A", "0.06"), ("B", "0.03")):
        stage.act(
            manager,
            "pricing.set_rule",
            None,
            {"kind": "grade", "grade": grade, "discount": Decimal(discount), "since": since},
        )
    stage.act(
        manager, "pricing.set_rule", None,
        {
            "kind": "promotion", "name": "年终备件促销", "product_line": "备件", "discount": Decimal("0.08"),
            "since": max(since, today - timedelta(days=30)), "until": today + timedelta(days=40),
        },
    )  # fmt: skip


def _sellers(stage: Stage, staff: dict[str, list[User]], region: str) -> list[User]:
    """Who sells in a region; in the east the ready-made accounts too, the representative with a large share."""
    found = staff[f"rep@{region}"] + staff[f"account_manager@{region}"]
    if region == "EAST":
        found = found + [stage.user("rep")] * max(1, len(found) // 2) + [stage.user("account_manager")]
    return found


UNRATED = 2  # customers that finance has not looked at yet


def add_customers(stage: Stage, staff: dict[str, list[User]], count: int) -> list[Any]:
    """Customers of four regions, each with an owner who sells there, a contact, an address and a credit limit."""
    rng, namer, finance = stage.rng, Namer(stage.rng), stage.somebody("receivables.set_credit")
    made = []
    for serial in range(1, count + 1):
        region = REGIONS[serial % 4]
        owner = rng.choice(_sellers(stage, staff, region))
        name, short, city = namer.company(region)
        customer = stage.act(
            owner, "customers.add", None,
            {
                "name": name, "short_name": short, "uscc": namer.uscc(serial), "phone": namer.mobile(),
                "channel": rng.choices(["direct", "distributor", "online"], [7, 2, 1])[0],
                "contact_name": namer.person(), "contact_title": rng.choice(["采购经理", "设备主管", "总经理", "工程师"]),
                "contact_phone": namer.mobile(), "city": city if city in CITIES[region] else "", "address": namer.address(),
            },
        )  # fmt: skip
        if customer is None:
            continue
        made.append(customer)
    stage.settle()
    accounts = apps.get_model("receivables.CreditAccount").objects
    for customer in made[: len(made) - UNRATED]:
        has_credit = rng.random() < 0.85
        limit = (
            Decimal(rng.choice([200_000, 500_000, 800_000, 1_500_000, 3_000_000]))
            if has_credit
            else Decimal(0)
        )
        account = accounts.filter(customer=customer).first() or stage.act(
            finance, "receivables.open_account", None, {"customer": customer.pk}
        )
        reason = "年度授信评审" if has_credit else "现款现货"
        stage.act(finance, "receivables.set_credit", account, {"credit_limit": limit, "reason": reason})
    return made
