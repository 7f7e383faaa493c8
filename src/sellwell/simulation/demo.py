"""The demo company: set up, eighteen months of history, six months played, up to today."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection

from sellwell.kernel import clock, ids
from sellwell.kernel.access import ROLES
from sellwell.kernel.models import User
from sellwell.simulation import (
    cycles,
    deals,
    history,
    known_customers,
    leads,
    manual,
    market,
    organisation,
    privacy,
    relations,
    retention,
    setting_up,
    staging,
    surveys,
    training,
)
from sellwell.simulation.digest import digest
from sellwell.simulation.people import Stage
from sellwell.simulation.play import Play
from sellwell.simulation.recipes import Scene

PASSWORD: str = settings.DEMO_PASSWORD
# What a size means: customers, products, share of the staff, days played, historic months, sales a day.
SIZES: dict[str, tuple[int, int, str, int, int, float]] = {
    "test": (24, 30, "0.34", 60, 1, 1.2),
    "demo": (400, 200, "1", 182, 18, 2.4),
    "large": (2000, 200, "1", 182, 18, 8.0),
}
FULL_WORKBENCHES = ("rep", "regional_manager", "finance", "warehouse", "administrator")


def is_built() -> bool:
    """Whether this database has its company."""
    return User.objects.filter(username="rep").exists()


def build(
    *,
    size: str = "demo",
    seed: int = 1,
    today: date | None = None,
    days: int | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> str:
    """Build the company; gives its digest. The same size, seed and day give the same digest."""
    customers, products, scale, played, months, sales = SIZES[size]
    last = today or clock.business_day(clock.now())
    first = last - timedelta(days=days if days is not None else played)
    began = time.monotonic()
    with connection.cursor() as cursor:
        # A build that is cut off is built again from nothing: it need not survive a power cut line by line.
        cursor.execute("SET synchronous_commit = off")
    with ids.counted():
        stage, installed = _install(seed, first - timedelta(days=31 * months + 10))
        stage.pace = timedelta(seconds=2)
        staff, items = _set_up(stage, installed, products, Decimal(scale), last)
        owners = setting_up.add_customers(stage, staff, customers)
        setting_up.set_prices(stage, stage.today, last)
        tell(f"set up: {len(owners)} customers, {len(items)} products, {time.monotonic() - began:.0f} s")
        if months:
            count = history.bring_in(stage, owners, items, first - timedelta(days=30 * months), first, sales)
            tell(f"history: {count} orders, {time.monotonic() - began:.0f} s")
            retention.begin(stage, first)
        stage.begin(first)
        stage.pace = timedelta(minutes=2)
        manual.begin(stage, seed)
        manual.vary(stage)
        organisation.review_procedures(stage)
        relations.begin(stage)
        leads.vary(stage)
        privacy.begin(stage)
        surveys.begin(stage)
        play = _play(stage, staff, owners, items, sales, tell)
        play.last = last
        pools_open = max(first, last - relations.POOLS_SINCE)
        played_days = play.days(first, pools_open)
        relations.open_pools(stage)
        played_days += play.days(pools_open + timedelta(days=1), last - staging.EARLIER)
        staging.leave_earlier(play)
        retention.leave_waiting(stage, 0.7)
        played_days += play.days(last - staging.EARLIER + timedelta(days=1), last - timedelta(days=1))
        _last_day(stage, play)
        began_measuring = time.monotonic()
        manual.measure(stage)
        tell(f"measured conformance in {time.monotonic() - began_measuring:.1f} s")
    took = time.monotonic() - began
    tell(
        f"played {played_days} days: {stage.done} operations ({stage.done / took:.0f} a second), {stage.held} held"
    )
    for reason, count in stage.refused.most_common(8):
        tell(f"  refused {count} x {reason}")
    found = digest()
    tell(f"digest {found[:16]}")
    return found


def _last_day(stage: Stage, play: Play) -> None:
    """What each room leaves waiting for whoever looks at the demo."""
    training.renew(stage, _people())
    staging.leave_waiting(play)
    cycles.leave_waiting(stage)
    market.leave_waiting(stage)
    relations.leave_waiting(stage)
    retention.leave_waiting(stage, 0.4)
    known_customers.leave_known(stage)
    privacy.leave_waiting(stage)
    deals.leave_waiting(stage)
    surveys.conclude(stage)
    manual.revise(stage)


def _install(seed: int, day: date) -> tuple[Stage, Any]:
    from sellwell.foundation.company.install import install

    moment = datetime.combine(day, datetime.min.time().replace(hour=8), clock.BUSINESS_ZONE)
    with clock.at(moment):
        installed = install(day, password=PASSWORD)
    return Stage(installed.company.pk, random.Random(seed), moment), installed  # noqa: S311 - a simulation, no secret


def _set_up(
    stage: Stage, installed: Any, products: int, scale: Decimal, today: date
) -> tuple[dict[str, list[User]], list[Any]]:
    from sellwell.foundation.catalog.install import install as install_catalog
    from sellwell.foundation.pricing.install import install as install_pricing
    from sellwell.foundation.procedures.install import install as install_procedures
    from sellwell.foundation.profiles.install import install as install_profiles
    from sellwell.foundation.relations.install import install as install_relations
    from sellwell.foundation.stock.install import install as install_stock

    install_profiles(stage.company_id, stage.today)
    install_relations(stage.company_id, stage.today)
    stage.begin(stage.today + timedelta(days=1))
    with clock.at(stage.now):
        taxes = install_catalog(stage.company_id, stage.today)
        warehouses = install_stock(stage.company_id, stage.today)
        install_pricing(stage.company_id, stage.today)
        install_procedures(stage.company_id)
    staff = setting_up.hire_all(stage, installed.departments, scale, stage.today)
    organisation.shape(stage, installed.departments, staff)
    organisation.add_division(stage, installed.departments["HQ"])
    User.objects.filter(is_system=False).update(password=make_password(PASSWORD))
    training.teach(stage, _people())
    places = [w for w in warehouses.values() if w.kind == "physical"]
    return staff, setting_up.add_products(stage, taxes, places, stage.today, products)


def _people() -> list[User]:
    """Everybody who works here, in the order of their names at the sign-in."""
    return list(User.objects.filter(is_system=False, is_active=True).order_by("username"))


def _play(
    stage: Stage,
    staff: dict[str, list[User]],
    customers: list[Any],
    items: list[Any],
    sales: float,
    tell: Callable[[str], None],
) -> Play:
    scene = Scene(stage, [product for _, product in items], [item.weight for item, _ in items])
    return Play(scene, customers, staff, sales, tell=tell)


def sign_ins() -> list[str]:
    """Who can sign in, for the greeting."""
    lines = [f"sign in with the password {PASSWORD} as:"]
    known = set(User.objects.filter(username__in=list(ROLES)).values_list("username", flat=True))
    for code in (*FULL_WORKBENCHES, *(c for c in ROLES if c not in FULL_WORKBENCHES)):
        if code in known:
            lines.append(f"  {code:18} {ROLES[code].name.zh} · {ROLES[code].name.en}")
    return lines
