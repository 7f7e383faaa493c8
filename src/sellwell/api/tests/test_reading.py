"""Lists and records: keyset paging, every filter, sorting, search; what a reader may not see is nowhere."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from django.db import connection

from sellwell.api.reading import SUFFIXES, filter_path
from sellwell.api.tests.caller import Caller, code_of
from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel.testing import BUILDERS
from sellwell.kernel.views import VIEWS
from sellwell.selling.orders.models import Order
from sellwell.selling.orders.tests.builders import a_confirmed_order, an_order
from sellwell.testing.builders import load

if TYPE_CHECKING:
    from sellwell.testing.world import World

load()
pytestmark = pytest.mark.django_db


def pages(caller: Caller, path: str, limit: int = 2, between: Any = None) -> list[str]:
    """The identifiers of all pages, one after the other; `between` is called after each."""
    found: list[str] = []
    after = ""
    while True:
        joint = "&" if "?" in path else "?"
        body = caller.get(f"{path}{joint}limit={limit}" + (f"&after={quote(after)}" if after else "")).json()
        assert len(body["rows"]) <= limit
        found += [row["id"] for row in body["rows"]]
        if body["next"] is None:
            return found
        after = body["next"]
        if between is not None:
            between()


@pytest.mark.parametrize(
    "sort", ["", "?sort=number", "?sort=-number", "?sort=requested_on", "?sort=-requested_on", "?sort=-total"]
)
def test_no_row_comes_twice_or_is_missed_while_rows_are_added(world: World, sort: str) -> None:
    day = world.today + timedelta(days=9)
    values: list[dict[str, str]] = [
        {},
        {"requested_on": str(day)},
        {},
        {"requested_on": str(day + timedelta(days=1))},
        {},
    ]
    orders = {str(an_order(world, **each).pk) for each in values}
    found = pages(Caller(world), f"orders{sort}", 2, between=lambda: an_order(world))
    assert len(found) == len(set(found)), "twice"
    assert orders <= set(found), "missed"


def test_sorting(world: World) -> None:
    for lines in ((("P-001", "3"),), (("P-001", "1"),), (("P-001", "2"),)):
        an_order(world, lines)
    caller = Caller(world)
    totals = [float(row["total"]) for row in caller.rows("orders?sort=total")]
    assert totals == sorted(totals) and len(set(totals)) == 3
    assert [float(r["total"]) for r in caller.rows("orders?sort=-total")] == totals[::-1]
    assert code_of(caller.get("orders?sort=state"), 400) == "bad_request"
    assert code_of(caller.get("orders?sort=total&sort=number"), 400) == "bad_request"
    assert code_of(caller.get("orders?sort=total;drop"), 400) == "bad_request"


@pytest.mark.parametrize(
    "query",
    [
        "unknown=1", "limit=0", "limit=201", "limit=x", "limit=-1", "limit=9" * 40, "limit=", "after=xyz", "after=abc.def", "total=abc",
        "total__gte=NaN", "total__gte=Infinity", "total__lte=1e400", "total__lt=1", "total__gte=1&total__gte=2", "business_date=2026-13-01",
        "business_date__gte=yesterday", "customer=1", "state=nonsense", "number=%00", "q=%00", "q=" + "x" * 300, "number__gte=1", "total__=1",
        "%00=1", "owner=null", "margin=1", "__gte=1", "id=1", "state__in=draft", "customer__party__name=x", "owner__password=x",
    ],
)  # fmt: skip
def test_what_is_no_filter_is_told(world: World, query: str) -> None:
    response = Caller(world).get(f"orders?{query}")
    if query == "limit=":
        assert response.status_code == 200
        return
    assert code_of(response, 400) == "bad_request"


def test_a_cursor_of_another_list_or_order_is_refused(world: World) -> None:
    for _ in range(3):
        an_order(world)
    caller = Caller(world)
    after = caller.get("orders?limit=1").json()["next"]
    assert caller.get(f"orders?limit=1&after={after}").status_code == 200
    assert code_of(caller.get(f"orders?limit=1&sort=total&after={after}"), 400) == "bad_request"
    assert code_of(caller.get(f"customers?limit=1&after={after}"), 400) == "bad_request"
    assert code_of(caller.get(f"orders?limit=1&after={after[:-2]}"), 400) == "bad_request"


def test_a_repeated_name_means_any_of_them(world: World) -> None:
    draft, confirmed = an_order(world), a_confirmed_order(world)
    an_order(world, state="cancelled")
    found = {row["id"] for row in Caller(world).rows("orders?state=draft&state=confirmed")}
    assert found == {str(draft.pk), str(confirmed.pk)}


def test_search_by_number_name_pinyin_and_initials(world: World) -> None:
    customer = a_customer(world, name="青崖精密机械有限公司")
    a_customer(world, name="望海船舶重工有限公司")
    caller = Caller(world)
    for q in (customer.number, "青崖", "qingya", "qyjm"):
        assert [row["id"] for row in caller.rows(f"customers?q={quote(q)}")] == [str(customer.pk)], q
    assert caller.rows("customers?q=zzzz") == []
    order = an_order(world)
    assert str(order.pk) in [r["id"] for r in caller.rows(f"orders?q={order.number}")]
    assert caller.get("orders?" + urlencode({"q": "%' OR 1=1 --", "sort": "-total"})).status_code == 200


WITH_ROWS = {
    "orders.view": "orders.confirm", "orders.lines": "orders.confirm", "customers.view": "customers.change",
    "contracts.view": "contracts.sign", "pipeline.quotations": "pipeline.accept_quotation", "delivery.view": "delivery.ship",
    "receivables.invoices": "receivables.apply", "receivables.receipts": "receivables.apply", "catalog.view": "catalog.change_product",
    "stock.view": "delivery.ship", "stock.movements": "delivery.ship", "pipeline.visits": "pipeline.check_in", "tasks.view": "delivery.ship",
    "ledger.view": "delivery.ship", "users.view": "", "rights.view": "", "company.assignments": "", "pricing.view": "orders.confirm",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(WITH_ROWS))
def test_every_filter_and_order_of_a_list_finds_its_rows(name: str, world: World) -> None:
    """Each filter with a value of a row finds that row; each bound lets it through; each order keeps all rows."""
    view = VIEWS[name]
    if WITH_ROWS[name]:
        case = BUILDERS[WITH_ROWS[name]](world)
        world.run(case.role, WITH_ROWS[name], case.row, dict(case.data))
    role = next(
        r for r in ("sales_manager", "finance", "auditor", "administrator") if world.ctx(r).actor.may(name)
    )
    caller = Caller(world, role)
    actor = world.ctx(role).actor
    world.see()
    rows = list(view.rows(actor).order_by("id")[:30])
    assert rows, "nothing to find"
    everything = set(pages(caller, view.url, 100))
    for column in view.visible(actor):
        if not column.path:
            continue
        if column.sortable:
            for sign in ("", "-"):
                assert set(pages(caller, f"{view.url}?sort={sign}{column.name}", 100)) == everything
        if not column.filterable:
            continue
        row = next((r for r in rows if value_of(r, filter_path(column)) not in (None, "")), None)
        if row is None:
            continue
        text = as_parameter(value_of(row, filter_path(column)))
        for suffix in ("", *(f"__{s}" for s in SUFFIXES.get(column.kind, ()))):
            found = pages(caller, f"{view.url}?{urlencode({column.name + suffix: text})}", 200)
            assert str(row.pk) in found, (column.name, suffix, text)


def value_of(row: Any, path: str) -> Any:
    for step in path.split("__"):
        row = None if row is None else getattr(row, step)
    return row


def as_parameter(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if hasattr(value, "isoformat") else str(getattr(value, "value", value))


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_every_list_answers_to_the_point(name: str, world: World) -> None:
    """For a person who may read it, with all names in the answer being columns; for others 403; a stranger's row 404."""
    view = VIEWS[name]
    for role in ("administrator", "rep"):
        caller = Caller(world, role)
        response = caller.get(view.url)
        actor = world.ctx(role).actor
        if not actor.may(name):
            assert code_of(response, 403) == "not_permitted"
            continue
        assert response.status_code == 200, response.content
        known = {c.name for c in view.visible(actor)}
        allowed = {"id", "version", *known, *(f"{n}_id" for n in known)}
        for row in response.json()["rows"]:
            assert set(row) <= allowed
            one = caller.get(f"{view.url}/{row['id']}")
            assert one.status_code == 200 and one.json() == row
            break
        assert caller.rows(f"{view.url}?q=zzzz") == []
        assert code_of(caller.get(f"{view.url}/{uuid4()}"), 404) in ("not_found", "no_endpoint")


def test_a_record_carries_its_version(world: World) -> None:
    order = an_order(world)
    response = Caller(world).get(f"orders/{str(order.pk).upper()}")
    assert response.status_code == 200 and response["ETag"] == f'"{order.version}"'
    assert response["Cache-Control"] == "no-store"
    assert Caller(world).send("HEAD", f"orders/{order.pk}").status_code == 200


def test_what_is_out_of_scope_is_not_found(world: World) -> None:
    order = an_order(world)
    world.add("other", "rep", "SOUTH")
    other = Caller(world, "other")
    assert other.rows("orders") == []
    assert code_of(other.get(f"orders/{order.pk}"), 404) == "not_found"
    assert code_of(other.post(f"orders/confirm/{order.pk}"), 404) == "not_found"
    assert other.rows(f"orders?number={order.number}") == other.rows(f"orders?q={order.number}") == []


@pytest.mark.parametrize(
    "path, seer, blind",
    [
        ("products", "sales_manager", "rep"),
        ("order-lines", "sales_manager", "rep"),
        ("customers", "service", "warehouse"),
    ],
)
def test_hidden_fields_are_nowhere(world: World, path: str, seer: str, blind: str) -> None:
    """Costs, margins and personal data: in no list, no record, no filter, no order, no search, no answer to an act."""
    product = a_product(world, "COST-1", cost="77.123456")
    a_confirmed_order(world)
    view = next(v for v in VIEWS.values() if v.url == path)
    hidden = {c.name for c in view.columns if c.group}
    assert hidden
    caller, other = Caller(world, blind), Caller(world, seer)
    if view.name == "customers.view":
        phone = a_customer(world, phone="13877776666")
        assert other.rows(f"customers?q={phone.number}")
    rows = caller.rows(path) if world.ctx(blind).actor.may(view.name) else []
    for row in rows:
        assert not hidden & set(row)
        assert not hidden & set(caller.get(f"{path}/{row['id']}").json())
    for name in hidden:
        for query in (f"{name}=1", f"{name}__gte=1", f"sort={name}", f"sort=-{name}"):
            status = 400 if rows or world.ctx(blind).actor.may(view.name) else 403
            code_of(caller.get(f"{path}?{query}"), status)
    for secret in ("77.123456", "13877776666"):
        assert secret not in caller.get(f"{path}?limit=200").content.decode()
        if world.ctx(blind).actor.may(view.name):
            assert caller.rows(f"{path}?q={secret}") == []
    assert product.pk


def test_row_security_shows_nothing_after_a_request(world: World) -> None:
    an_order(world)
    caller = Caller(world)
    for path in ("orders", "orders?unknown=1", f"orders/{uuid4()}", "customers", "nowhere"):
        caller.client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {caller.secret}"})
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM orders_order")
            assert cursor.fetchone()[0] == 0, path
    world.see()
    assert Order.objects.count() == 1
