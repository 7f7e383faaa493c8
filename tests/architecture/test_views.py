"""A hidden field is hidden everywhere that reads views: columns, sorting, filters, JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sellwell.api.tests.caller import Caller
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.views import BY_TYPE, VIEWS
from sellwell.testing.builders import load

load()
pytestmark = pytest.mark.django_db
WITH_GROUPS = sorted(name for name, view in VIEWS.items() if view.groups)


@pytest.mark.parametrize("name", WITH_GROUPS)
def test_a_hidden_group_is_nowhere(name: str, world: Any) -> None:
    view = VIEWS[name]
    hidden = {c.name for c in view.columns if c.group}
    assert hidden, f"{name} declares groups that no column uses"
    actor = world.ctx("sales_manager").actor
    narrowed = replace(actor, only=(name,), _cells={})
    assert not hidden & {c.name for c in view.visible(narrowed)}
    for column in hidden:
        assert view.column(column, narrowed) is None


@pytest.mark.parametrize("name", WITH_GROUPS)
def test_a_hidden_group_is_in_no_answer_of_the_api(name: str, world: Any) -> None:
    """List, single row, sort and filter over REST, with a token that is narrowed to the view without its groups."""
    view = VIEWS[name]
    hidden = {c.name for c in view.columns if c.group}
    caller = Caller(world, "sales_manager", scopes=[name])
    if not world.ctx("sales_manager").actor.may(name):
        pytest.fail(f"{name}: the sales manager does not see it; choose a reader for this test")
    listed = caller.get(view.url)
    assert listed.status_code == 200
    assert not hidden & {key for row in listed.json()["rows"] for key in row}
    for column in (c for c in view.columns if c.group):
        for question in (f"sort={column.name}", f"{column.name}=1"):
            assert caller.get(f"{view.url}?{question}").status_code in (400, 422), (name, question)


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_a_view_shows_nothing_to_a_stranger(name: str, world: Any) -> None:
    actor = replace(world.ctx("rep").actor, posts=(), _cells={})
    assert not VIEWS[name].rows(actor).exists()


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_a_view_is_read_in_few_queries(name: str, world: Any, django_assert_max_num_queries: Any) -> None:
    view = VIEWS[name]
    actor = world.ctx("administrator").actor
    actor.cells(name)
    list(view.visible(actor))
    with django_assert_max_num_queries(
        2
    ):  # the rows, and for approvals whose deputy one is; never one per row
        for row in view.rows(actor).order_by(*view.order)[:20]:
            for column in view.visible(actor):
                if column.path:
                    column.read(row)


def test_every_field_group_is_a_verb_of_the_matrix() -> None:
    for view in VIEWS.values():
        for column in view.columns:
            assert not column.group or column.group in view.groups, f"{view.name}.{column.name}"
    assert all(view.row_type in BY_TYPE for view in VIEWS.values())
    assert not set(REGISTRY) & set(VIEWS)
