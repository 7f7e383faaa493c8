"""Lists that grow with the business sort by an index, in both directions: whatever a click on a head asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict

from sellwell.testing.builders import load
from sellwell.testing.world import World
from sellwell.web import registry
from sellwell.web.lists import query

load()
pytestmark = pytest.mark.django_db
ROOMS = ("delivery", "pricing", "stock")
SMALL = {"pricing.lists", "stock.warehouses"}  # a handful of rows, however large the business
LISTS = sorted(name for name in registry.LISTS if name.split(".", 1)[0] in ROOMS and name not in SMALL)
# Presorted by one of these, what is left to sort is a handful: they are unique, or nearly so.
NEARLY_UNIQUE = ("number", "code", "shipment_id", "return_order_id")


def asked_for(name: str) -> list[str]:
    """Every order that the heads of a list offer; the empty one is its own."""
    return [
        "",
        *(sign + c.name for c in registry.LISTS[name].view.columns if c.sortable for sign in ("", "-")),
    ]


CASES = [(name, sort) for name in LISTS for sort in asked_for(name)]


def plan(name: str, sort: str, world: World) -> dict[str, Any]:
    """How the database would read the first page, if it could avoid sorting and reading whole tables."""
    page, params = registry.LISTS[name], QueryDict(mutable=True)
    if sort:
        params["sort"] = sort
    asked = query.read(page, world.ctx("sales_manager").actor, params, world.today)
    assert asked.sort == sort
    return explained(asked.rows().order_by(*[key.ordering(False) for key in asked.keys])[:51])


def explained(rows: QuerySet[Any]) -> dict[str, Any]:
    """The plan of a question, with sorting and reading whole tables made as dear as can be."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_seqscan = off")
        statement, values = rows.query.sql_with_params()
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", values)
        found = cursor.fetchone()[0]
    told: list[dict[str, Any]] = json.loads(found) if isinstance(found, str) else found
    return dict(told[0]["Plan"])


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from nodes(below)


@pytest.mark.parametrize(("name", "sort"), CASES)
def test_a_list_is_sorted_by_an_index(name: str, sort: str, shared_world: World) -> None:
    for node in nodes(plan(name, sort, shared_world)):
        assert node["Node Type"] != "Sort", f"{name} sorts by {sort or 'its own order'}: {node['Sort Key']}"
        if node["Node Type"] == "Incremental Sort":
            first = node["Presorted Key"][0].split(".")[-1].split(" ")[0].strip('"')
            assert first in NEARLY_UNIQUE, f"{name} by {sort}: presorted by {first} only"


def test_the_look_at_plans_sees_a_sort(shared_world: World) -> None:
    """Else the test above could not fail."""
    view = registry.LISTS["stock.movements"].view
    rows = view.rows(shared_world.ctx("sales_manager").actor).order_by("quantity", "id")[:51]
    assert "Sort" in {node["Node Type"] for node in nodes(explained(rows))}
