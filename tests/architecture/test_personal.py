"""A planted name: put into every free text of every operation's input, it stands in clear nowhere but in the rooms'
current rows and the search row, and after erasure not even there. Nor does it stand in what the worker made of it
afterwards, in a file under the home folder, or in a log. Files that are sent in are in test_personal_files.py."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from pydantic import BaseModel

from sellwell.kernel import deadlines, door, outbox
from sellwell.kernel.effects import subject_of
from sellwell.kernel.inputs import free_text_of
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.testing import BUILDERS, channel_of
from sellwell.kernel.values import Refusal
from sellwell.testing.builders import load
from tests.architecture.planting import HomeSince, home_since

__all__ = ["home_since"]

load()
PLANTED = "司空琉璃"


def stores() -> dict[str, list[str]]:
    """Every table but the search rows, with the columns in which a name may stand in clear (marked personal)."""
    marked = {m._meta.db_table: list(getattr(m, "personal", ())) for m in apps.get_models()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return {table: marked.get(table, []) for (table,) in cursor.fetchall() if table != "kernel_searchrow"}


def test_ledger_logs_jobs_and_facts_are_among_the_stores() -> None:
    """What never forgets is searched whole: no column of it is marked personal."""
    whole = {table for table, personal in stores().items() if not personal}
    assert {
        "kernel_ledgerentry", "kernel_ledgerchange", "kernel_securitylog", "kernel_idempotencykey", "kernel_event",
        "kernel_reactiondone", "kernel_deadline", "kernel_task", "kernel_fact", "kernel_link",
        "kernel_approvalstep", "kernel_approvaldecision", "kernel_approvalnote", "kernel_release", "kernel_subjectkey",
        "kernel_message", "kernel_messagechoice",
    } <= whole  # fmt: skip


pytestmark = pytest.mark.django_db


def plant(model: type[BaseModel], data: dict[str, Any]) -> dict[str, Any]:
    """The same input with the planted name in every free text that has room for it."""
    planted = dict(data)
    for name, info in model.model_fields.items():
        value = planted.get(name)
        if free_text_of(info) is not None and (value is None or isinstance(value, str)):
            planted[name] = f"{PLANTED}{name}"[: _room(info)]
        elif isinstance(value, list):
            inner = next((a for a in getattr(info.annotation, "__args__", ()) if isinstance(a, type)), None)
            if inner is not None and issubclass(inner, BaseModel):
                planted[name] = [plant(inner, dict(item)) for item in value]
    return planted


def _room(info: Any) -> int:
    for mark in info.metadata:
        if getattr(mark, "max_length", None):
            return int(mark.max_length)
    return 60


def work(world: Any) -> None:
    """What the worker does with it: reactions, with what they write and send, and what is due."""
    for _ in range(5):
        if not outbox.drain([world.company.pk]) + deadlines.act([world.company.pk]):
            break
    world.see()


def where(text: str) -> list[str]:
    """The stores that hold a text in clear, also as JSON escapes."""
    escaped = json.dumps(text)[1:-1]
    found = []
    with connection.cursor() as cursor:
        for table, personal in stores().items():
            cursor.execute(
                f"SELECT count(*) FROM (SELECT (to_jsonb(t) - %s::text[])::text AS row FROM {table} t) told"
                " WHERE position(%s in row) > 0 OR position(%s in row) > 0",
                [personal, text, escaped],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_a_planted_name_stands_in_no_store(
    name: str, world: Any, home_since: HomeSince, caplog: pytest.LogCaptureFixture
) -> None:
    case = BUILDERS[name](world)
    operation = REGISTRY[name]
    data = plant(operation.input, dict(case.data))
    try:
        outcome = door.run(name, world.ctx(case.role, channel_of(name)), getattr(case.row, "pk", None), data)
    except Refusal:
        # The texts do not fit this input's own rules (a phone number, an e-mail): what it was refused with is stored too.
        _nowhere(home_since, caplog)
        return
    row = case.row if case.row is not None else outcome.result
    if row is not None and hasattr(row, "_meta") and subject_of(row) is None:
        return  # a record about no person: products, warehouses, roles
    work(world)
    _nowhere(home_since, caplog)


def _nowhere(home_since: HomeSince, caplog: pytest.LogCaptureFixture) -> None:
    assert where(PLANTED) == []
    assert home_since.holding(PLANTED) == []
    assert PLANTED not in caplog.text
