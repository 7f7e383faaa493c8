"""Every list takes rows in by Excel: each creating verb's template, filled with what its builder sends, comes in once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.imports.sheets import matching
from sellwell.imports.sheets.columns import KEY, SheetColumn, SheetForm, form_of
from sellwell.imports.tests.excel import a_workbook, look, rows_of, start
from sellwell.kernel.inputs import plain
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.testing import BUILDERS
from sellwell.kernel.views import BY_TYPE
from sellwell.testing.builders import load
from sellwell.testing.world import World
from sellwell.web import registry
from sellwell.web.lists import bring_in

load()
import sellwell.urls  # noqa: E402, F401 - the house's own lists are there from here on

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(shared_world: World) -> World:
    """Every list starts from the same world."""
    return shared_world


CREATIONS = sorted({(page.view.name, name) for page in registry.LISTS.values() for name in page.new})
# Not by file, each for its reason.
NOT_BY_FILE = {
    "activities.open_feed": "its secret is shown once, to one person",
    "company.connect": "its secret is typed once and stands in no file",
    "company.draft_policy": "a decision table is no flat row",
    "manual.measure": "a run of figures, not a record that people enter",
    "plans.open_cycles": "the period opens them; there is nothing to enter",
    "relations.ask_clusters": "an analysis, not a record that people enter",
    "relations.compute": "a run over all customers, not a record that people enter",
    "retention.score": "a run over all customers, not a record that people enter",
    "tokens.create": "its secret is shown once, to one person",
}
# Lines of a shipment have no name that a cell could carry: by file only the whole comes back, and here nothing was rejected.
REFUSED = {"delivery.request_return": "没有可退的数量"}


def test_every_creation_of_a_list_has_a_sheet_or_a_reason() -> None:
    lacking = {name for _, name in CREATIONS if form_of(name) is None}
    assert lacking == set(NOT_BY_FILE)


def cell(column: SheetColumn, value: Any) -> Any:
    """What a person would type for a value of the input."""
    if value is None or column.field is None:
        return ""
    if column.field.widget == "pick":
        return name_of(column.field.ref, value)
    if column.field.widget in ("select", "checks"):
        labels = {str(v): str(label) for v, label in column.field.choices}
        values = value if isinstance(value, list | tuple) else [value]
        return "；".join(labels.get(str(getattr(v, "value", v)), str(v)) for v in values)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "；".join(str(v) for v in value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(plain(value))


def name_of(row_type: str, row_id: Any) -> str:
    view = BY_TYPE[row_type]
    row = view.model._default_manager.get(pk=UUID(str(row_id)))
    code = next((c for c in view.columns if c.kind == "code" and c.path and not c.group), None)
    return str(code.read(row)) if code is not None and code.read(row) else str(view.label(row))


def filled(form: SheetForm, data: Mapping[str, Any]) -> list[list[Any]]:
    """The rows of the template for one input."""
    lines = (data.get(form.lines) if form.lines else None) or [{}]
    return [
        ["1" if c.path == KEY else cell(c, (line if c.is_line else data).get(c.name)) for c in form.columns]
        for line in (one if isinstance(one, dict) else one.model_dump() for one in lines)
    ]


@pytest.mark.parametrize(("view", "name"), [pair for pair in CREATIONS if pair[1] not in NOT_BY_FILE])
def test_a_filled_template_comes_in_once(view: str, name: str, world: World) -> None:
    case = BUILDERS[name](world)
    form = form_of(name)
    assert form is not None
    client = signed_in(world, case.role)
    base = bring_in.address(registry.LISTS[view], name)
    head = rows_of(client.get(f"{base}/template").content)[0]
    assert matching.match(head, form).missing == [] and matching.match(head, form).unknown == []
    assert len(head) == len(form.columns)
    world.see()
    content = a_workbook([head, *filled(form, case.data)])
    for round_ in (1, 2):
        text, hidden = look(client, base, content)
        batch = start(world, client, base, hidden, submit_held="1")
        told = "".join(re.findall(r"cell-note[^>]*>.*?<span>(.*?)</span>", text, re.DOTALL))
        if name in REFUSED:
            assert batch.rejected == 1 and REFUSED[name] in told
            return
        assert batch.state == "done" and batch.rejected == 0, f"{batch.state} {batch.problem} {told}"
        assert (batch.imported + batch.waiting > 0) == (round_ == 1), told
        assert (batch.known > 0) == (round_ == 2)
        assert client.get(f"/imports/{batch.pk}/").status_code == 200
        world.see()


@pytest.mark.parametrize(("view", "name"), [pair for pair in CREATIONS if pair[1] not in NOT_BY_FILE])
def test_a_sheet_has_what_the_form_lets_people_set(view: str, name: str) -> None:
    form, options, entry = form_of(name), registry.FORMS.get(name), registry.ENTRIES.get(name)
    assert form is not None
    hidden = {*(options.hidden if options else ()), *(entry.hidden if entry else ())}
    assert not hidden & {column.path for column in form.columns}


def test_who_may_not_create_gets_neither_button_nor_page(shared_world: World) -> None:
    client = signed_in(shared_world, "auditor")
    assert "Excel 导入" not in client.get("/customers/").content.decode()
    for part in ("", "/template"):
        assert client.get(f"/customers/import/customers.add{part}").status_code == 403
    assert client.get("/customers/import/orders.create").status_code == 404
    assert client.get("/customers/import/nothing.here").status_code == 404
    shared_world.see()
    assert REGISTRY["customers.add"].creates
