"""orders.list and customer.page: what a page costs through HTTP for somebody who sees one department's rows."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from tests.bench import many, measuring, server
from tests.bench.measuring import Figure

SIZES = (100_000, 1_000_000)
MOST_CPU, GROWTH = 25.0, 1.3
READER = "regional_manager"
ROUNDS = 15


def client(username: str) -> Any:
    """A browser of that person, signed in."""
    from django.conf import settings
    from django.test import Client

    from sellwell.kernel.models import User

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    found = Client()
    found.force_login(User.objects.get(username=username))
    return found


def get(browser: Any, url: str) -> Any:
    """A page that must be there."""
    answer = browser.get(url)
    if answer.status_code != 200:
        raise RuntimeError(f"{url}: {answer.status_code}")
    return answer


def orders_list(rounds: int = ROUNDS) -> list[Figure]:
    """The newest page, and pages filtered by part of a customer's name, at both sizes."""
    questions = {"newest": "", "latin": "ningbo", "common": many.COMMON, "rare": many.RARE}
    cost: dict[str, dict[int, measuring.Spent]] = {name: {} for name in questions}
    for size in SIZES:
        server.use(many.database(size))
        browser = client(READER)
        for name, q in questions.items():
            url = "/orders/" + ("?" + urlencode({"q": q}) if q else "")
            cost[name][size] = measuring.repeated(lambda url=url, browser=browser: get(browser, url), rounds)
    found = []
    small, large = SIZES
    for name, by_size in cost.items():
        growth = by_size[large].cpu / by_size[small].cpu
        for size, spent in by_size.items():
            is_fine = spent.cpu <= MOST_CPU and (size == small or growth <= GROWTH)
            found.append(
                Figure(
                    f"orders.list.{name}.{size // 1000}k", spent.cpu, "ms CPU/page",
                    f"at {small // 1000}k" if size == large else "", growth if size == large else None,
                    f"<= {MOST_CPU:.0f} ms" + (f", <= {GROWTH} x" if size == large else ""), is_fine, spent.wall,
                    f"client {spent.client:.1f} + backend {spent.backend:.1f}",
                )
            )  # fmt: skip
    return found


def customer_page(rounds: int = ROUNDS) -> list[Figure]:
    """One customer with a hundred orders behind it."""
    from django.apps import apps

    from sellwell.kernel.door import see_companies

    server.use(many.database(SIZES[1]))
    browser = client(READER)
    see_companies([apps.get_model("company.Company").objects.get().pk])
    order = apps.get_model("orders.Order").objects.filter(region="华东", number__startswith="SB-").first()
    spent = measuring.repeated(lambda: get(browser, f"/customers/{order.customer_id}/"), rounds)
    return [
        Figure(
            "customer.page", spent.cpu, "ms CPU/page", "", None, f"<= {MOST_CPU:.0f} ms", spent.cpu <= MOST_CPU, spent.wall,
            f"client {spent.client:.1f} + backend {spent.backend:.1f}",
        )
    ]  # fmt: skip
