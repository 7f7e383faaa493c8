"""Commands that act and look: `do`, `show`, `check`. The same door, the same refusals as everywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from sellwell.cli.environment import BAD_INPUT, PROBLEMS, choose_home, database, stop

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context
    from sellwell.kernel.values import Objection

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of files, keys and database.")]
UserOption = Annotated[str, typer.Option("--as", help="User name of who acts.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(do)
    app.command()(show)
    app.command()(check)


def do(
    operation: Annotated[str, typer.Argument(help="Name of the operation, for instance orders.confirm.")],
    user: UserOption,
    row: Annotated[str, typer.Option("--id", help="The row: its identifier, or its number.")] = "",
    data: Annotated[
        str, typer.Option(help="Input as JSON; @FILE reads a file, - reads standard input.")
    ] = "{}",
    version: Annotated[int | None, typer.Option(help="The version that the row must still have.")] = None,
    key: Annotated[str | None, typer.Option(help="Idempotency key.")] = None,
    home: HomeOption = None,
) -> None:
    """Do one operation as somebody. Prints JSON; exit code 1 when it was refused or is held."""
    choose_home(home)
    given = _json(data)
    with database():
        from sellwell.kernel.door import run
        from sellwell.kernel.operations import REGISTRY
        from sellwell.kernel.values import Refusal

        if operation not in REGISTRY:
            stop(BAD_INPUT, f"There is no operation {operation}.")
        ctx = context_of(user)
        try:
            row_id = _row_id(REGISTRY[operation].model._meta.label_lower, row, ctx) if row else None
            outcome = run(operation, ctx, row_id, given, expected_version=version, key=key)
        except Refusal as refusal:
            _print({"operation": operation, "refused": [_objection(each) for each in refusal.objections]})
            stop(PROBLEMS)
        held = outcome.hold
        _print(
            {
                "operation": operation,
                "result": _result(outcome.result),
                "held": str(held.pk) if held is not None else None,
                "warnings": [_objection(each) for each in outcome.warnings],
                "replayed": outcome.replayed,
            }
        )
        if held is not None:
            stop(PROBLEMS)


def show(
    row_type: Annotated[str, typer.Argument(metavar="TYPE", help="Row type, for instance orders.order.")],
    number: Annotated[str, typer.Argument(help="Its number or identifier.")],
    user: UserOption,
    home: HomeOption = None,
) -> None:
    """Print one record as JSON, as somebody sees it: fields that are hidden from them are absent."""
    choose_home(home)
    with database():
        from sellwell.kernel.values import Refusal
        from sellwell.kernel.views import BY_TYPE, json_value

        if row_type not in BY_TYPE:
            stop(BAD_INPUT, f"There is no row type {row_type}. Known: {', '.join(sorted(BY_TYPE))}")
        ctx = context_of(user)
        view = BY_TYPE[row_type]
        try:
            row = view.rows(ctx.actor).get(pk=_row_id(row_type, number, ctx))
        except Refusal as refusal:
            _print({"refused": [_objection(each) for each in refusal.objections]})
            stop(PROBLEMS)
        shown = {column.name: json_value(column, row) for column in view.visible(ctx.actor)}
        _print({"type": row_type, "id": str(row.pk), "version": row.version, **shown})


def check(
    names: Annotated[list[str] | None, typer.Argument(help="Only these checks.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A list of findings as JSON.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Only name the checks.")] = False,
    home: HomeOption = None,
) -> None:
    """Prove every invariant over the whole database. Exit code 1 when something is broken."""
    choose_home(home)
    with database("owner"):
        from sellwell.kernel import checks

        if unknown := set(names or ()) - set(checks.CHECKS):
            stop(BAD_INPUT, f"There is no check {', '.join(sorted(unknown))}.")
        if list_:
            for name, known in sorted(checks.CHECKS.items()):
                typer.echo(f"{name}\t{known.title}")
            return
        findings = checks.run_all(names or ())
        if as_json:
            _print(
                [{"check": each.check, "record": each.record, "problem": each.problem} for each in findings]
            )
        else:
            for each in findings:
                typer.echo(f"{each.check}\t{each.record}\t{each.problem}")
            typer.echo(f"{len(names or checks.CHECKS)} checks, {len(findings)} findings")
        if findings:
            stop(PROBLEMS)


def context_of(user: str) -> Context:
    """Who acts by the command line, seeing the companies where they hold a post."""
    from sellwell.kernel import access, clock
    from sellwell.kernel.door import see_companies
    from sellwell.kernel.models import User
    from sellwell.kernel.operations import context_for

    account = User.objects.filter(username=user, is_system=False).first()
    if account is None:
        stop(BAD_INPUT, f"There is no user {user}.")
    actor = access.actor_for(account, clock.business_day(clock.now()))
    see_companies(actor.companies)
    return context_for(actor, "cli")


def _row_id(row_type: str, text: str, ctx: Context) -> UUID:
    """The identifier of a row named by identifier or number. What the actor may not see is not found."""
    from sellwell.kernel.door import NOT_FOUND
    from sellwell.kernel.values import Refusal
    from sellwell.kernel.views import BY_TYPE

    identifier = _uuid(text)
    view = BY_TYPE.get(row_type)
    if identifier is not None and view is None:
        return identifier
    if view is None or (identifier is None and not hasattr(view.model, "number")):
        stop(BAD_INPUT, f"{row_type} has no numbers: name the row by its identifier.")
    wanted: dict[str, Any] = {"number": text} if identifier is None else {"pk": identifier}
    found = view.rows(ctx.actor).filter(**wanted).values_list("pk", flat=True).first()
    if found is None:
        raise Refusal(NOT_FOUND.refuse())
    return UUID(str(found))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _json(text: str) -> dict[str, Any]:
    """Input given on the command line. Amounts are texts ("12.50"): a fraction as a JSON number is refused later."""
    if text == "-":
        text = typer.get_text_stream("stdin").read()
    elif text.startswith("@"):
        try:
            text = Path(text[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            stop(BAD_INPUT, f"{text[1:]} cannot be read: {error}")
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        stop(BAD_INPUT, f"The input is no JSON: {error}")
    if not isinstance(given, dict):
        stop(BAD_INPUT, "The input is a JSON object: {…}")
    return given


def _result(result: Any) -> Any:
    if result is None or isinstance(result, str | int | bool):
        return result
    if isinstance(result, list | tuple):
        return [_result(each) for each in result]
    if hasattr(result, "pk"):
        # A new token is a text, shown this once; what a row keeps under that name is an envelope, and shown to nobody.
        secret = getattr(result, "secret", None)
        shown = {"secret": secret} if isinstance(secret, str) else {}
        return {"type": result._meta.label_lower, "id": str(result.pk), "name": str(result), **shown}
    return str(result)


def _objection(each: Objection) -> dict[str, str]:
    return {"kind": each.kind, "code": each.code, "path": each.path, "zh": each.text.zh, "en": each.text.en}


def _print(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))
