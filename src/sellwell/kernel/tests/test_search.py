"""The search as a whole: parts of numbers find their rows, by the index, within what the reader may see."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace

import pytest
from django.db import connection

from sellwell.kernel import pinyin, search
from sellwell.kernel.database import FOUND
from sellwell.kernel.models import SearchRow
from sellwell.kernel.tests.test_database import as_role
from sellwell.selling.orders.tests.builders import an_order
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("cut", [(0, -2), (3, -2), (-6, -2), (-4, None), (-6, -3), (-3, None)])
def test_an_order_is_found_by_a_part_of_its_number(world: World, cut: tuple[int, int | None]) -> None:
    order = an_order(world)
    part = order.number[slice(*cut)]
    found = search.find(world.ctx("rep").actor, part)
    assert order in [row for _, rows in found for row in rows], part


def test_a_part_of_a_number_finds_nothing_for_a_stranger(world: World) -> None:
    order = an_order(world)
    stranger = replace(world.ctx("rep").actor, posts=(), _cells={})
    assert search.find(stranger, order.number[-4:]) == []


def test_a_part_of_a_number_is_looked_up_in_the_index(world: World) -> None:
    """As the owner, like the function that searches; under row security no index serves (see `database.FOUND`)."""
    tokens = pinyin.query_tokens("SO-2026-0003")
    assert "s.tokens @> wanted::varchar[]" in FOUND
    with as_role("owner") as owner:
        owner.execute("SET LOCAL enable_seqscan = off")
        asked = "EXPLAIN (FORMAT JSON) SELECT s.id FROM kernel_searchrow s WHERE s.tokens @> %s::varchar[]"
        [plan] = owner.execute(asked, [tokens]).fetchone() or [None]
    assert "searchrow_tokens" in json.dumps(plan)


def test_rows_from_before_get_the_parts_too(world: World) -> None:
    order = an_order(world)
    row = SearchRow.objects.get(pk=order.pk)
    fresh = set(row.tokens)
    digits = order.number.split("-")[-1]
    row.tokens = sorted({digits, digits[-4:], digits.lstrip("0"), "so", "s", "2026", "202"} | {"江南"})
    row.save(update_fields=["tokens"])
    with connection.cursor() as cursor:
        cursor.execute(importlib.import_module("sellwell.kernel.migrations.0006_parts_of_numbers").ADD)
    row.refresh_from_db()
    wanted = {token for token in fresh if token.isdigit() and token in digits}
    assert wanted <= set(row.tokens) and "江南" in row.tokens
