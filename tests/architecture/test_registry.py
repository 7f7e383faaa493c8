"""Proved for every operation: strangers refused, scope kept, states kept, ledger written, the same key once.

Each operation's builder (rooms' tests/builders.py) says how it succeeds; an operation without one fails here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from sellwell.kernel import access, door, generations
from sellwell.kernel.access import Actor, Post
from sellwell.kernel.ledger import hash_of
from sellwell.kernel.models import LedgerEntry, SecurityLog
from sellwell.kernel.operations import REGISTRY, Context
from sellwell.kernel.testing import BUILDERS, Case, channel_of, digest
from sellwell.kernel.values import Refusal
from sellwell.kernel.views import BY_TYPE
from sellwell.testing.builders import load
from sellwell.testing.world import World, in_copy_of

load()
NAMES = sorted(REGISTRY)
# Written by every attempt, refused ones included, or only read ahead of time: no business data.
NOT_BUSINESS = {"kernel_securitylog", "kernel_generation", "kernel_subjectkey", "kernel_series"}

# The ways to say that something is not there for this actor.
NOT_THERE = {
    "not_found",
    "not_permitted",
    "not_permitted.scope",
    "company.no_such_document",
    "company.absence_scope",
}


@dataclass(frozen=True)
class Built:
    """An operation's name, how it succeeds, and the world that its builder filled."""

    name: str
    how: Case
    world: World


@pytest.fixture(scope="module")
def built(request: pytest.FixtureRequest, installed_world: World, django_db_blocker: Any) -> Iterator[Built]:
    """Built once for all the tests of an operation (pytest runs them one after the other), undone after the last."""
    name: str = request.param
    assert name in BUILDERS, f"{name} has no builder: write one in its room's tests/builders.py"
    with django_db_blocker.unblock(), in_copy_of(installed_world) as world:
        yield Built(name, BUILDERS[name](world), world)


@pytest.fixture
def case(built: Built, django_db_blocker: Any) -> Iterator[Built]:
    """The operation at hand, as its builder left it: what a test does is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        generations.forget()
        built.world.see()
        yield built
        transaction.set_rollback(True)


def every_operation(function: object) -> object:
    """Run a test once per registered operation."""
    return pytest.mark.parametrize("built", NAMES, indirect=True)(function)


def run(name: str, ctx: Context, case: Case, **options: object) -> door.Outcome:
    data = options.pop("data", dict(case.data))
    row = options.pop("row", case.row)
    ctx = replace(ctx, channel=channel_of(name))
    return door.run(name, ctx, row.pk if row is not None else None, data, **options)  # type: ignore[arg-type]


def entries(name: str) -> int:
    """The acts of an operation; the entries that an import writes for each of its documents lie within it."""
    return LedgerEntry.objects.filter(operation=name).exclude(within=name).count()


def business() -> dict[str, str]:
    return {table: value for table, value in digest().items() if table not in NOT_BUSINESS}


@every_operation
def test_success_writes_one_ledger_entry(case: Built) -> None:
    name, how, world = case.name, case.how, case.world
    before = entries(name)
    outcome = run(name, world.ctx(how.role), how)
    if how.held:
        assert outcome.hold is not None
        asked = LedgerEntry.objects.filter(operation="approvals.ask", row_id=outcome.hold.pk)
        assert asked.count() == 1 and entries(name) == before
        return
    assert outcome.hold is None, outcome.hold and outcome.hold.objections
    assert entries(name) == before + 1
    written = LedgerEntry.objects.prefetch_related("changes").get(seq=outcome.entry_seq)
    assert hash_of(written) == bytes(written.hash)
    assert written.actor_id == world.user(how.role).pk


@every_operation
def test_a_stranger_is_refused_and_only_the_security_log_tells(case: Built) -> None:
    name, how, world = case.name, case.how, case.world
    ctx = world.ctx(how.role)
    stranger = replace(ctx.actor, user_id=uuid4(), posts=(Post("nobody", world.company.pk),), _cells={})
    before, logged = business(), SecurityLog.objects.count()
    with pytest.raises(Refusal) as refusal:
        run(name, replace(ctx, actor=stranger), how)
    assert refusal.value.code == ("not_permitted" if how.row is None else "not_found")
    assert business() == before
    assert SecurityLog.objects.count() == logged + 1


def outsider_of(ctx: Context) -> Actor:
    """Somebody of the same roles in another company, department and region."""
    elsewhere = tuple(
        replace(p, company_id=uuid4(), department_path="ELSE.", region="else") for p in ctx.actor.posts
    )
    return replace(ctx.actor, user_id=uuid4(), posts=elsewhere, _cells={})


def is_granted_for_the_group(actor: Actor, verb: str) -> bool:
    return any(cell.scope == "group" for cell in actor.cells(verb))


@every_operation
def test_out_of_scope_is_refused(case: Built) -> None:
    """A row elsewhere is not found; a creation does not land elsewhere. Which of them applies follows from the rights."""
    name, how, world = case.name, case.how, case.world
    ctx = world.ctx(how.role)
    outsider = outsider_of(ctx)
    view = BY_TYPE[REGISTRY[name].model._meta.label_lower]
    if how.row is None:
        _creation_lands_in_scope(name, how, world, outsider)
    elif not is_granted_for_the_group(outsider, view.name):
        assert refusal_of(name, replace(ctx, actor=outsider), how) == "not_found"
    elif not is_granted_for_the_group(outsider, name):
        assert refusal_of(name, replace(ctx, actor=outsider), how) == "not_permitted"
    else:
        # The declared scope of reading and doing is the whole group: such rows belong to no single company.
        assert not hasattr(how.row, "company_id") or how.row.company_id is None, (
            f"{name}: a row of one company is open to the whole group"
        )
        run(name, replace(ctx, actor=replace(outsider, user_id=ctx.user_id)), how)


def refusal_of(name: str, ctx: Context, how: Case) -> str:
    with pytest.raises(Refusal) as refusal:
        run(name, ctx, how)
    return refusal.value.code


def _creation_lands_in_scope(name: str, how: Case, world: World, outsider: Actor) -> None:
    """What a creation makes lies within the rights of whoever made it; a reach that does not cover it is refused."""
    ctx = world.ctx(how.role)  # type: ignore[attr-defined]
    before = business()
    # What belongs to a person and to no company (a token) is everybody's own to make, wherever they work.
    if hasattr(REGISTRY[name].model, "company_id") and not is_granted_for_the_group(outsider, name):
        # The input names rows that the outsider does not see, or the new row would lie in a company that is not theirs.
        assert refusal_of(name, replace(ctx, actor=outsider), how) in NOT_THERE
        assert business() == before
    outcome = run(name, ctx, how)
    made = outcome.result if isinstance(outcome.result, list) else [outcome.result]
    for row in made:
        if outcome.hold is None and isinstance(row, REGISTRY[name].model):
            assert access.cell_for(ctx.actor, name, row) is not None


@pytest.mark.parametrize("built", [n for n in NAMES if REGISTRY[n].from_states], indirect=True)
def test_wrong_states_are_refused_with_nothing_changed(case: Built) -> None:
    """For every operation that declares states; the others start from any."""
    name, how, world = case.name, case.how, case.world
    operation = REGISTRY[name]
    view = BY_TYPE[operation.model._meta.label_lower]
    assert view.states is not None, f"{name} has from_states but its view names no states"
    now = type(how.row)._default_manager.get(pk=how.row.pk).state
    assert now in operation.from_states, f"{name}: the builder's row cannot succeed"
    for state in view.states.values():
        if state in operation.from_states:
            continue
        with transaction.atomic():
            row = _in_state(how, state)
            if row is not None:
                before = business()
                with pytest.raises(Refusal) as refusal:
                    run(name, world.ctx(how.role), how, row=row)
                assert refusal.value.code in {"wrong_state", "not_found"}, (state, refusal.value)
                assert business() == before, state
            transaction.set_rollback(True)


def _in_state(how: Case, state: str) -> object:
    """The case's row, its state column forced; a state that the database's checks refuse needs the room's help."""
    if how.in_state is not None and (row := how.in_state(state)) is not None:
        return row
    table = connection.ops.quote_name(how.row._meta.db_table)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET state = %s WHERE id = %s", [state, how.row.pk])
    except DatabaseError as error:
        pytest.fail(f"the state {state} cannot be forced ({error}); give the builder an in_state")
    return how.row


@every_operation
def test_unknown_input_is_refused(case: Built) -> None:
    name, how, world = case.name, case.how, case.world
    before = business()
    with pytest.raises(Refusal) as refusal:
        run(name, world.ctx(how.role), how, data={**how.data, "unexpected": "1"})
    assert [o.path for o in refusal.value.objections] == ["unexpected"]
    assert business() == before


@every_operation
def test_the_same_key_gives_the_same_answer_once(case: Built) -> None:
    name, how, world = case.name, case.how, case.world
    before = entries(name)
    ctx = world.ctx(how.role)
    first = run(name, ctx, how, key="key-1")
    again = run(name, ctx, how, key="key-1")
    assert again.replayed
    assert entries(name) == before + (0 if how.held else 1)
    if how.held:
        assert first.hold is not None and again.hold is not None and again.hold.pk == first.hold.pk
    elif getattr(first.result, "pk", None) is not None and again.result is not None:
        assert again.result.pk == first.result.pk
    with pytest.raises(Refusal) as refusal:
        run(name, ctx, how, data={**how.data, "other": "1"}, key="key-1")
    assert refusal.value.code == "idempotency.other_content"


@every_operation
def test_a_stale_version_is_refused(case: Built) -> None:
    name, how, world = case.name, case.how, case.world
    operation = REGISTRY[name]
    # A row has a version that may be stale; a creation starts from none, and the two never mix.
    assert (how.row is None) == operation.creates, f"{name}: the builder and the declaration disagree"
    if how.row is None:
        assert "expected_version" not in operation.input.model_fields
        made = run(name, world.ctx(how.role), how).result
        for row in made if isinstance(made, list) else [made]:
            assert getattr(row, "version", 1) >= 1
        return
    before = business()
    with pytest.raises(Refusal) as refusal:
        run(name, world.ctx(how.role), how, expected_version=how.row.version + 7)
    assert refusal.value.code == "stale"
    assert business() == before
    fresh = type(how.row)._default_manager.get(pk=how.row.pk)
    assert run(name, world.ctx(how.role), how, expected_version=fresh.version)


def test_every_operation_has_texts_and_a_view() -> None:
    for operation in REGISTRY.values():
        assert operation.title.zh and operation.title.en and operation.help.zh and operation.help.en, (
            operation.name
        )
        assert operation.handler.__doc__, operation.name
        assert operation.model._meta.label_lower in BY_TYPE, f"{operation.name}: no view shows its rows"


def test_guards_are_bound_to_operations_that_exist() -> None:
    from sellwell.kernel.operations import GUARDS

    for guard in GUARDS.values():
        for name in guard.operations:
            assert name in REGISTRY, f"{guard.name} guards {name}, which does not exist"


def test_system_actors_hold_no_password(shared_world: World) -> None:
    from sellwell.kernel.models import User

    assert not [u for u in User.objects.filter(is_system=True) if u.has_usable_password()]
    assert UUID(int=0) not in set(User.objects.values_list("pk", flat=True))
