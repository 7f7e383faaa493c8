"""Hostile strings in every text field of every operation: taken as text, or refused with a sentence; never a 500.

What is taken is shown back on the record and its timeline, in the list, its search and its CSV, as text that does nothing.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args
from uuid import UUID

import pytest
from django.db import models, transaction
from django.test import Client
from pydantic import BaseModel, ValidationError

from sellwell.kernel import door
from sellwell.kernel.operations import REGISTRY, operations_of
from sellwell.kernel.testing import BUILDERS, Case, channel_of
from sellwell.kernel.tests.shared import shared_path, shared_rows
from sellwell.kernel.values import Refusal
from sellwell.kernel.views import BY_TYPE
from sellwell.testing.builders import load
from sellwell.testing.world import World

load()
NAMES = sorted(REGISTRY)
EACH = 2  # strings per operation: together the operations see all of them, which a test checks
# Those that make rows of a type; all of a type that nothing makes.
MAKERS = {
    op.name for op in REGISTRY.values() if op.creates or not any(o.creates for o in operations_of(op.model))
}
# One string that breaks out of markup, attributes, templates, SQL, typesetting and spreadsheets, wherever it is not quoted.
LIVE = "=1+1'\"><img src=x onerror=alert(1)>{{7*7}}#panic[x]$"


@pytest.fixture
def world(shared_world: World) -> World:
    """Every operation starts from the same world."""
    return shared_world


@cache
def hostile() -> tuple[str, ...]:
    """Every string of the shared collections, and numbers and signs that are none."""
    naughty: list[str] = json.loads(
        shared_path("data/hostile_inputs/naughty_strings.json").read_text("utf-8")
    )
    names = json.loads(shared_path("data/hostile_inputs/unicode_names.json").read_text("utf-8"))
    formulas = shared_rows("data/hostile_inputs/formula_injection.csv")
    ours = ["9" * 4000, "-0", "NaN", "1e999", "\x00", "\ud800", "a\r\nb", "\u202egpj.exe", " ", "长" * 5000]
    return (*naughty, *(n["text"] for n in names), *(f["text"] for f in formulas), *ours)


def text_places(model: type[BaseModel], data: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Each text field of an input, given or not, as (the object that holds it, its name); lines included."""
    for name, info in model.model_fields.items():
        value = data.get(name)
        inner = _models(info.annotation)
        if inner and isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield from text_places(inner[0], item)
        elif inner and isinstance(value, dict):
            yield from text_places(inner[0], value)
        elif _is_text(info.annotation) and not isinstance(value, list | dict):
            yield data, name


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models(inner)]


def _is_text(annotation: Any) -> bool:
    """Whether a field takes free text, alone or beside nothing: no list, no choice, no reference."""
    if annotation is str:
        return True
    inner = [a for a in get_args(annotation) if a is not type(None)]
    is_container = getattr(annotation, "__origin__", None) in (list, dict, tuple)
    return not is_container and bool(inner) and _is_text(inner[0]) and len(inner) < 3


def attempt(name: str, case: Case, world: World, text: str) -> Any:
    """Do the operation with `text` in every text field; fields that refuse it keep what the builder gave."""
    data = json.loads(json.dumps(dict(case.data), default=str))
    kept = copy.deepcopy(data)
    for holder, field in text_places(REGISTRY[name].input, data):
        holder[field] = text
    refusal = None
    for _ in range(2):
        given = data if refusal is None else _without(kept, data, refusal)
        outcome = _run(name, case, world, given)
        if not isinstance(outcome, Refusal):
            return outcome
        refusal = outcome
        assert all(o.code != "not_storable" and o.text.zh and o.text.en for o in refusal.objections)
    return None


def _run(name: str, case: Case, world: World, data: dict[str, Any]) -> Any:
    try:
        with transaction.atomic():
            ctx = world.ctx(case.role, channel_of(name))
            return door.run(name, ctx, case.row.pk if case.row is not None else None, data)
    except Refusal as refusal:
        return refusal


def _without(kept: dict[str, Any], tried: dict[str, Any], refusal: Refusal) -> dict[str, Any]:
    """The tried input with what was refused as the builder gave it."""
    data = copy.deepcopy(tried)
    for objection in refusal.objections:
        top = objection.path.split(".")[0]
        if top in kept:
            data[top] = kept[top]
        else:
            data.pop(top, None)
    return data


@pytest.mark.parametrize("name", NAMES)
def test_every_text_field_takes_hostile_text_as_text_or_refuses_it(name: str, world: World) -> None:
    case = BUILDERS[name](world)
    strings = hostile()
    start = NAMES.index(name) * EACH
    for number in range(EACH):
        with transaction.atomic():
            attempt(name, case, world, strings[(start + number) % len(strings)])
            transaction.set_rollback(True)
    outcome = attempt(name, case, world, LIVE)
    if outcome is not None and isinstance(getattr(outcome.result, "pk", None), UUID):
        shown_back(world, case.role, outcome.result, in_lists=name in MAKERS)


def test_together_the_operations_see_every_string() -> None:
    assert len(NAMES) * EACH >= len(hostile())


@pytest.mark.parametrize("name", NAMES)
def test_no_text_field_takes_more_than_its_column_holds(name: str) -> None:
    """Where field and column share a name. `not_storable` stands behind them, but names no field."""
    operation = REGISTRY[name]
    columns = {
        f.name: f.max_length for f in operation.model._meta.concrete_fields if isinstance(f, models.CharField)
    }
    for field, info in operation.input.model_fields.items():
        if field in columns and _is_text(info.annotation):
            longer = "9" * (columns[field] + 1)
            try:
                operation.input.__pydantic_validator__.validate_assignment(
                    operation.input.model_construct(), field, longer
                )
            except ValidationError:
                continue
            pytest.fail(f"{field} takes {len(longer)} characters, its column {columns[field]}")


def shown_back(world: World, role: str, row: Any, *, in_lists: bool) -> None:
    """The row's pages answer, and what was written in it does nothing there; the list, its search and its exports show
    the same columns whichever verb wrote them, so they are asked where a row is made."""
    view = BY_TYPE.get(row._meta.label_lower)
    if view is None:
        return
    client = Client()
    client.force_login(world.user(role))
    pages = [f"/{view.url}/{row.pk}/", f"/{view.url}/{row.pk}/timeline"]
    if in_lists:
        pages += [
            f"/{view.url}/", f"/{view.url}/?q=onerror", "/search?q=onerror", f"/{view.url}/export?format=csv",
            f"/api/v1/{view.url}",
        ]  # fmt: skip
    for address in pages:
        answer = client.get(address)
        assert answer.status_code < 500, (address, answer.status_code)
        text = b"".join(answer) if answer.streaming else answer.content
        if "html" in answer["Content-Type"]:
            assert b"<img src=x" not in text, address
            assert b"{{49" not in text and b">49<" not in text, address
        if "csv" in answer["Content-Type"]:
            assert not any(
                cell.startswith("=1+1") for cell in text.decode("utf-8-sig").replace('"', "").split(",")
            )
    world.see()
