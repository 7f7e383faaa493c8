"""Schemathesis against every endpoint of the published description: no 5xx, and only answers that it describes.

Doing is asked by the person of the operation's own builder on a row where it would succeed, so that what is sent gets
past rights and states. SELLWELL_FUZZ sets the examples for each endpoint (20; `bin/bench` asks for more).
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks

from sellwell.api import openapi, tokens
from sellwell.api.tests.caller import Caller
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.testing import BUILDERS
from sellwell.testing.builders import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sellwell.testing.world import World

load()
EXAMPLES = int(os.environ.get("SELLWELL_FUZZ", "20"))
ROOMS = sorted(openapi.rooms())
CHECKS = (
    checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance,
)  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The application stays on the test's connection and in its transaction, as with Django's own client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def described() -> Any:
    """The description, with the application behind it."""
    schema = schemathesis.openapi.from_dict(openapi.build("en"))
    schema.app = get_wsgi_application()
    return schema


@pytest.mark.parametrize("room", ROOMS)
def test_no_answer_is_a_server_error(
    room: str, world: World, described: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "PER_MINUTE", 10**9)
    monkeypatch.setattr("sellwell.api.answers.tokens.PER_MINUTE", 10**9)
    reader = Caller(world, "sales_manager")
    for found in described.get_all_operations():
        endpoint = found.ok()
        name = endpoint.definition.raw["operationId"]
        if room not in endpoint.definition.raw["tags"]:
            continue
        sid = transaction.savepoint()
        if name in REGISTRY:
            case = BUILDERS[name](world)
            fuzz(endpoint, Caller(world, case.role), case.row, dict(case.data))
        else:
            fuzz(endpoint, reader, None, {})
        transaction.savepoint_rollback(sid)
        world.made.clear()
        world.see()


def fuzz(endpoint: Any, caller: Caller, row: Any, good: dict[str, Any]) -> None:
    """Ask one endpoint by generated requests, on the row where there is one, also with single fields changed."""
    headers = {"Authorization": f"Bearer {caller.secret}"}
    right = endpoint.as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = endpoint.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    good = json.loads(json.dumps(good, default=str))

    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(st.one_of(right, wrong), st.integers(0, 3), st.randoms(use_true_random=False))
    def ask(case: Any, turn: int, chance: Any) -> None:
        if row is not None and turn:
            case.path_parameters["row_id"] = str(row.pk)
        if good and turn > 1 and isinstance(case.body, dict):  # a request that is right but for one field
            changed = chance.choice(sorted({*good, *map(str, case.body)}))
            case.body = {**good, **({changed: case.body[changed]} if changed in case.body else {})}
        response = case.call(headers=headers)
        case.validate_response(response, checks=list(CHECKS))

    ask()
