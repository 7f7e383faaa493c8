"""One door, three ways in: for every operation the web, the API and the command line refuse with the same code."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any

import pytest
import typer
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client

from sellwell.cli import acting
from sellwell.kernel import clock, door
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import ApiToken, User
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.testing import BUILDERS, Case, digest
from sellwell.kernel.token_operations import new_secret
from sellwell.kernel.values import Refusal
from sellwell.kernel.views import BY_TYPE
from sellwell.testing.builders import load

if TYPE_CHECKING:
    from sellwell.testing.world import World

load()
# Verbs of the machine (imports, clocks) are offered to nobody at a keyboard.
OFFERED = sorted(name for name, o in REGISTRY.items() if {"web", "api", "cli"} & o.channels)
# Verbs that some way in does not offer: it must refuse them, not only hide them.
NOT_EVERYWHERE = sorted(name for name, o in REGISTRY.items() if not {"web", "api", "cli"} <= o.channels)
pytestmark = pytest.mark.django_db


def by_web(world: World, user: User, name: str, row: Any, data: dict[str, Any]) -> str:
    client = Client()
    client.force_login(user)
    path = f"/do/{name}/{row.pk}/" if row is not None else f"/do/{name}/"
    response = client.post(path, json.dumps({"data": data}), "application/json")
    if response.status_code == 404:
        return "not_found"
    assert response.status_code == 422, (response.status_code, response.content.decode()[:300])
    code: str = response.json()["objections"][0]["code"]
    return code


def by_api(world: World, user: User, name: str, row: Any, data: dict[str, Any]) -> str:
    prefix, whole, kept = new_secret()
    ApiToken.objects.create(
        id=new_id(), user=user, label="x", prefix=prefix, secret_hash=kept, created_at=clock.now()
    )
    path = f"/api/v1/{name.replace('.', '/', 1)}" + (f"/{row.pk}" if row is not None else "")
    headers = {"Authorization": f"Bearer {whole}"}
    response = Client().post(path, json.dumps(data), "application/json", headers=headers)
    assert 400 <= response.status_code < 500, (response.status_code, response.content.decode()[:300])
    code: str = response.json()["error"]["code"]
    return code


def by_cli(world: World, user: User, name: str, row: Any, data: dict[str, Any]) -> str:
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(io.StringIO()), pytest.raises(typer.Exit) as end:
        acting.do(name, user.username, row=str(row.pk) if row is not None else "", data=json.dumps(data))
    assert end.value.exit_code == 1, said.getvalue()
    code: str = json.loads(said.getvalue())["refused"][0]["code"]
    return code


WAYS = {"web": by_web, "api": by_api, "cli": by_cli}


@pytest.fixture(autouse=True)
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works on the test's own database and connection."""

    @contextmanager
    def here(role: str = "app") -> Iterator[None]:
        yield

    monkeypatch.setattr(acting, "database", here)


def codes(world: World, user: User, name: str, row: Any, data: dict[str, Any]) -> dict[str, str]:
    """The refusal code on every way in that the operation is offered on."""
    found = {}
    for way, send in WAYS.items():
        if way not in REGISTRY[name].channels:
            continue
        found[way] = send(world, user, name, row, data)
        world.see()
    return found


def a_stranger(world: World) -> User:
    """Somebody with an account and no post at all."""
    return User.objects.create(id=new_id(), username="stranger", name="过路人")


def in_wrong_state(name: str, case: Case) -> Any:
    """The case's row in a state that the operation does not take, or None where every state is right."""
    operation = REGISTRY[name]
    view = BY_TYPE.get(operation.model._meta.label_lower)
    if not operation.from_states or view is None or view.states is None:
        return None
    for state in [s for s in view.states.values() if s not in operation.from_states]:
        if case.in_state is not None and (row := case.in_state(state)) is not None:
            return row
        table = connection.ops.quote_name(case.row._meta.db_table)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET state = %s WHERE id = %s", [state, case.row.pk])
        except DatabaseError:
            continue
        return case.row
    return None


def sees_but_may_not(world: World, name: str, row: Any) -> bool:
    """Whether the auditor, who reads nearly everything and changes nothing, sees the row."""
    actor = world.ctx("auditor").actor
    world.see()
    return (
        row is not None
        and not actor.may(name)
        and BY_TYPE[row._meta.label_lower].rows(actor).filter(pk=row.pk).exists()
    )


@pytest.mark.parametrize("name", OFFERED)
def test_the_same_refusal_on_every_way_in(name: str, world: World) -> None:
    case: Case = BUILDERS[name](world)
    user, data = world.user(case.role), json.loads(json.dumps(dict(case.data), default=str))
    refused = codes(world, a_stranger(world), name, case.row, data)
    assert set(refused.values()) == {"not_permitted" if case.row is None else "not_found"}, refused

    invalid = codes(world, user, name, case.row, {**data, "unexpected": "1"})
    assert set(invalid.values()) == {"invalid"}, invalid

    if sees_but_may_not(world, name, case.row):
        refused = codes(world, world.user("auditor"), name, case.row, {})
        assert set(refused.values()) == {"not_permitted"}, refused

    row = in_wrong_state(name, case)
    if row is not None:
        wrong = codes(world, user, name, row, data)
        assert len(set(wrong.values())) == 1, wrong
        assert set(wrong.values()) <= {"wrong_state", "not_found"}, wrong


@pytest.mark.parametrize("name", NOT_EVERYWHERE)
def test_a_way_in_that_is_not_offered_refuses_even_those_who_may(name: str, world: World) -> None:
    """The address is not there, the command says why, and nothing changed."""
    case: Case = BUILDERS[name](world)
    user, data = world.user(case.role), json.loads(json.dumps(dict(case.data), default=str))
    # The test makes a token to call the API with; all else stands still.
    tables = {REGISTRY[name].model._meta.db_table, "kernel_ledgerentry"} - {ApiToken._meta.db_table}
    before = digest(*tables)
    refusals = {"web": "not_found", "api": "no_endpoint", "cli": "channel"}
    closed = {way: code for way, code in refusals.items() if way not in REGISTRY[name].channels}
    assert closed
    for way, code in closed.items():
        assert WAYS[way](world, user, name, case.row, data) == code, way
        world.see()
    assert digest(*tables) == before
    for way in closed:
        with pytest.raises(Refusal) as refusal:
            door.run(name, world.ctx(case.role, way), getattr(case.row, "pk", None), data)
        assert refusal.value.code == "channel"


def test_the_steps_of_an_import_are_the_worker_s_alone() -> None:
    for name in ("imports.advance", "imports.finish"):
        assert REGISTRY[name].channels == {"job", "import"}
