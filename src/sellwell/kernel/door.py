"""The one door: every change of state goes through `run`.

The order of the steps is DESIGN section 1: the row that the actor may see; the right; state and version; the input;
locks; the assessment; limits, guards and routes; the handler; ledger, facts, events, tasks and links, all in one
transaction. A refusal rolls everything back and leaves one line in the security log.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import DataError, OperationalError, connection, transaction

from sellwell.kernel import access, approval, generations, idempotency, ledger, policies, writing
from sellwell.kernel.answers import (
    CHANNEL,
    IS_HELD,
    NOT_FOUND,
    NOT_PERMITTED,
    OUT_OF_SCOPE,
    STALE,
    WRONG_STATE,
    unfit,
)
from sellwell.kernel.effects import subject_of
from sellwell.kernel.intake import read_input
from sellwell.kernel.judging import objections_to, parents
from sellwell.kernel.operations import (
    REGISTRY,
    Assessment,
    Context,
    Lock,
    Operation,
    guards_of,
)
from sellwell.kernel.values import Objection, Refusal, T
from sellwell.kernel.views import BY_TYPE

if TYPE_CHECKING:
    from sellwell.kernel.effects import Effects
    from sellwell.kernel.inputs import Input
    from sellwell.kernel.models import ApprovalRequest

RETRIES = 5
_TRANSIENT = ("40P01", "40001")  # deadlock, serialization failure


@dataclass
class Outcome:
    """What came of a run: the result, or the approval that it now waits for."""

    operation: str
    result: Any = None
    hold: ApprovalRequest | None = None
    warnings: list[Objection] = field(default_factory=list)
    entry_seq: int | None = None
    replayed: bool = False


class Held(Exception):
    """Raised inside the transaction when guards or routes hold; carries all that the request needs."""

    def __init__(self, assessment: Assessment, objections: list[Objection], answers: list[Any]) -> None:
        super().__init__("held")
        self.assessment, self.objections, self.answers = assessment, objections, answers


def run(
    name: str,
    ctx: Context,
    row_id: UUID | None = None,
    data: Mapping[str, Any] | Input | None = None,
    *,
    expected_version: int | None = None,
    key: str | None = None,
) -> Outcome:
    """Do one operation, wholly or not at all. Raises `Refusal`; a hold is an outcome, not a refusal."""
    operation = REGISTRY[name]
    if ctx.within:
        return _attempt(operation, ctx, row_id, data, expected_version, None)
    _set_companies(ctx)
    for attempt in range(RETRIES):
        try:
            generations.forget()
            return _attempt(operation, ctx, row_id, data, expected_version, key)
        except Refusal as refusal:
            ledger.log_refusal(name, ctx, row_id, refusal)
            raise
        except DataError as error:
            unstorable = unfit(error)
            ledger.log_refusal(name, ctx, row_id, unstorable)
            raise unstorable from None
        except OperationalError as error:
            transient = getattr(error.__cause__, "sqlstate", None) in _TRANSIENT
            if not transient or attempt == RETRIES - 1 or connection.in_atomic_block:
                raise
            time.sleep(0.01 * 2**attempt)
    raise AssertionError("unreachable")


def rerun(name: str, ctx: Context, row_id: UUID | None, data: Mapping[str, Any]) -> Outcome:
    """A held act again, for its requester and with `ctx.agreed`, inside the approver's transaction.

    Raises `Held` where an objection is new or larger than what was agreed.
    """
    operation = REGISTRY[name]
    with transaction.atomic():
        row = _row(operation, ctx, row_id, None)
        ctx = _in_company_of(row, ctx)
        return _act(operation, ctx, row, read_input(operation, ctx, data))


def _set_companies(ctx: Context) -> None:
    see_companies([ctx.company_id, *ctx.actor.companies])


def see_companies(companies: Iterable[UUID]) -> None:
    """Tell row-level security which companies this session may see; none means no rows."""
    listed = "{" + ",".join(str(company) for company in dict.fromkeys(companies)) + "}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sellwell.companies', %s, false)", [listed])


def _attempt(
    operation: Operation,
    ctx: Context,
    row_id: UUID | None,
    data: Mapping[str, Any] | Input | None,
    expected_version: int | None,
    key: str | None,
) -> Outcome:
    with transaction.atomic():
        generations.read_all()
        if key is not None:
            answered = idempotency.answered(operation, ctx, key, row_id, data)
            if answered is not None:
                return _again(operation, ctx, answered)
        row = _row(operation, ctx, row_id, expected_version)
        ctx = _in_company_of(row, ctx)
        given = read_input(operation, ctx, data)
        try:
            # Only nested acts are held after something was written; else a hold comes before any write.
            with transaction.atomic() if operation.nested else nullcontext():
                outcome = _act(operation, ctx, row, given)
        except Held as held:
            if ctx.within:
                raise
            request = approval.ask(operation, ctx, row, given, held.assessment, held.objections)
            ledger.log_refusal(operation.name, ctx, row_id, held)
            outcome = Outcome(operation.name, row, request)
        if key is not None:
            idempotency.remember(operation, ctx, key, row_id, data, outcome)
        return outcome


def _again(operation: Operation, ctx: Context, answered: idempotency.Answer) -> Outcome:
    """The answer that was given before, rendered again with today's rights."""
    outcome = Outcome(operation.name, entry_seq=answered.entry_seq, hold=answered.hold, replayed=True)
    if answered.row_id is not None:
        outcome.result = operation.model._default_manager.filter(pk=answered.row_id).first()
        if outcome.result is not None and not _visible(outcome.result, ctx):
            raise Refusal(NOT_FOUND.refuse())
    return outcome


def _in_company_of(row: Any, ctx: Context) -> Context:
    """An act on a row is its company's: entry, numbers, facts and months, whichever company the page is set to."""
    company_id = getattr(row, "company_id", None)
    return ctx if company_id in (None, ctx.company_id) else replace(ctx, company_id=company_id)


def _visible(row: Any, ctx: Context) -> bool:
    view = BY_TYPE.get(row._meta.label_lower)
    return ctx.actor.is_system or view is None or access.cell_for(ctx.actor, view.name, row) is not None


def _row(operation: Operation, ctx: Context, row_id: UUID | None, expected_version: int | None) -> Any:
    """Steps 1 to 3: the row within what the actor may see, locked; the right; state and version."""
    if ctx.channel not in operation.channels:
        raise Refusal(CHANNEL.refuse(verb=operation.title))
    lent = operation.name in ctx.lent
    if operation.creates:
        if not lent and not ctx.actor.may(operation.name):
            raise Refusal(NOT_PERMITTED.refuse(verb=operation.title))
        return None
    manager = operation.model._default_manager
    along = tuple(filter(None, (operation.model.scope_through, *operation.model.read_along)))
    queryset = manager.select_related(*along) if along else manager
    row = (
        queryset.select_for_update(of=("self",), no_key=True).filter(pk=row_id).first()
        if row_id is not None
        else None
    )
    if row is None or not (lent or _visible(row, ctx)):
        raise Refusal(NOT_FOUND.refuse())
    if not lent and access.cell_for(ctx.actor, operation.name, row) is None:
        raise Refusal(NOT_PERMITTED.refuse(verb=operation.title))
    if (objection := standing(operation, row, ctx)) is not None:
        raise Refusal(objection)
    if expected_version is not None and row.version != expected_version:
        raise Refusal(STALE.refuse())
    return row


def standing(operation: Operation, row: Any, ctx: Context) -> Objection | None:
    """Whether the row's state, or a hold on it, forbids the verb."""
    if operation.from_states and str(row.state) not in operation.from_states:
        return WRONG_STATE.refuse(verb=operation.title, state=state_name(row))
    if getattr(row, "held_by", None) and not operation.while_held:
        return IS_HELD.refuse(verb=operation.title)
    return None


def state_name(row: Any) -> T:
    """The name of a row's state for people."""
    view = BY_TYPE.get(row._meta.label_lower)
    if view is not None and view.states is not None:
        return view.states(row.state).label
    return T(str(row.state), str(row.state))


def _act(operation: Operation, ctx: Context, row: Any, given: Any) -> Outcome:
    """Steps 5 to 9, inside a savepoint: locks, assessment, objections, handler, and everything that is written."""
    with policies.noting() as used:
        _lock(operation, ctx, row, given)
        assessment = operation.assess(row, given, ctx) if operation.assess else Assessment(row, given)
        assessment = replace(assessment, row=row, given=given)
        objections, answers = objections_to(operation, ctx, row, assessment)
        refused = [o for o in objections if o.kind == "refuse"]
        if refused:
            refusal = Refusal(refused)
            refusal.assessment, refusal.answers = assessment, answers
            raise refusal
        held = approval.not_released(operation, row, assessment, objections, ctx)
        if held:
            raise Held(assessment, held, answers)
        if ctx.agreed is not None:
            answers.append(approval.agreement_image(ctx.agreed))
        handler_ctx = ctx.nested(operation, getattr(row, "pk", None)) if operation.nested else ctx
        effects = operation.handler(row, given, handler_ctx, assessment)
        if operation.creates:
            _check_created(operation, ctx, effects)
        seq = _write(operation, ctx, row, given, assessment, effects, used, answers)
    warnings = [o for o in objections if o.kind == "warn"]
    return Outcome(operation.name, effects.result if effects.result is not None else row, None, warnings, seq)


def _lock(operation: Operation, ctx: Context, row: Any, given: Any) -> None:
    """Step 5: the locks of the operation (which names those of what it nests) and of its guards, in one pass."""
    wanted: list[Lock] = []
    for keys in (operation.lock_keys, *(guard.lock_keys for guard in guards_of(operation.name))):
        if keys is not None:
            wanted += keys(row, given, ctx)
    merged: dict[tuple[int, type[Any]], set[UUID]] = {}
    for item in wanted:
        merged.setdefault((item.rank, item.model), set()).update(item.ids)
    for (_, model), ids in sorted(
        merged.items(), key=lambda pair: (pair[0][0], pair[0][1]._meta.label_lower)
    ):
        if ids:
            with connection.cursor() as cursor:
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(
                    f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [sorted(ids)]
                )


def _check_created(operation: Operation, ctx: Context, effects: Effects) -> None:
    """A created row must lie within what the actor may create."""
    if operation.name in ctx.lent or ctx.actor.is_system:
        return
    for row in effects.result if isinstance(effects.result, list) else [effects.result]:
        if isinstance(row, operation.model) and access.cell_for(ctx.actor, operation.name, row) is None:
            raise Refusal(OUT_OF_SCOPE.refuse())


def _write(
    operation: Operation,
    ctx: Context,
    row: Any,
    given: Any,
    assessment: Assessment,
    effects: Effects,
    used: list[dict[str, Any]],
    answers: list[dict[str, Any]],
) -> int:
    """Step 9: ledger, facts, outbox, tasks, links and search rows, one statement each."""
    if effects.on_behalf_of is not None:
        ctx = replace(ctx, on_behalf_of=effects.on_behalf_of)
    target = row if row is not None else effects.result
    target_id = getattr(target, "pk", None)
    sealer = ledger.Sealer()
    subject = (subject_of(target) if target_id else None) or target_id or ctx.request_id
    kept = given.kept()
    image = ledger.sealed_input(type(kept), kept, subject, sealer)
    images = ledger.change_images(effects.changes, sealer)
    sealer.seal()
    seq = ledger.write(
        operation, ctx, row_id=target_id, given=image, assessment=assessment, policies=used, answers=answers,
        changes=images,
    )  # fmt: skip
    # A row that was made just now has no open tasks yet.
    settled = [i for i in (row.pk if row is not None else None, *parents(operation, given)) if i is not None]
    writing.write(operation, ctx, settled, effects, seq)
    return seq


def run_all(
    name: str, ctx: Context, items: Sequence[tuple[UUID, Mapping[str, Any]]], *, submit_held: bool = False
) -> list[Outcome]:
    """Do one operation to many rows: all or none. The refused are named together; held ones only if `submit_held`."""
    refused: list[Objection] = []
    answers: list[Any] = []
    outcomes: list[Outcome] = []
    _set_companies(ctx)
    try:
        with transaction.atomic():
            for index, (row_id, data) in enumerate(items):
                try:
                    outcome = _attempt(REGISTRY[name], ctx, row_id, data, None, None)
                except Refusal as refusal:
                    refused += [o.at(f"{index}.{o.path}".rstrip(".")) for o in refusal.objections]
                    answers += refusal.answers
                    continue
                if outcome.hold is not None and not submit_held:
                    refused += [IS_HELD.refuse(path=str(index), verb=REGISTRY[name].title)]
                outcomes.append(outcome)
            if refused:
                raise Refusal(refused)
    except Refusal as refusal:
        refusal.answers = answers
        first = int(refusal.objections[0].path.split(".")[0])
        ledger.log_refusal(name, ctx, items[first][0], refusal)
        raise
    return outcomes
