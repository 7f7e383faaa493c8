"""The database as a wall: tables, rights of the three roles, row-level security by company, append-only triggers.

`migrate` runs as the owner role. The app role may read and write rows but never change tables, truncate, or delete
(nothing is deleted); the reader may read. Every table with a `company_id` shows only rows of the companies that the
session setting `sellwell.companies` names, and rows of no company; without the setting it shows no company's rows.
A model asks for more by class attributes: `append_only = True` (no update, no delete, by anybody) and
`deletable = True` (the app role may delete: for preferences and caches only).
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.backends.utils import CursorWrapper

EXTENSIONS = ("pg_trgm", "btree_gist", "btree_gin")
DELETABLE_BY_NAME = ("django_session",)
POLICY = "by_company"
TRIGGER = "append_only"
# Evaluated once per statement, not per row. An empty or missing setting gives NULL, and so no row.
SEEN = "(SELECT NULLIF(current_setting('sellwell.companies', true), '')::uuid[])::uuid[]"
# Code that shapes tables or the rows that ship with the product.
STATE_FILES = (
    "**/migrations/*.py",
    "**/models.py",
    "**/models/*.py",
    "**/access.py",
    "**/guards.py",
    "**/policies.py",
    "**/seed*.py",
    "**/seed*.yaml",
    "kernel/calendar*.py",
    "kernel/database.py",
    "kernel/duties.py",
    "kernel/policy*.py",
    "kernel/system.py",
)

REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION sellwell_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed; post a reversal', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""

# The search by tokens. Under row security no index serves it, since PostgreSQL does not trust `@>` with rows that the
# session may not see; so it runs as the owner, and shows the session's companies by its own condition.
FOUND = f"""
CREATE OR REPLACE FUNCTION sellwell_found(wanted text[], kind text, most int)
RETURNS TABLE (id uuid, row_type text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 2000 AS $$
    SELECT s.id, s.row_type FROM kernel_searchrow s
    WHERE s.tokens @> wanted::varchar[] AND (kind = '' OR s.row_type = kind)
      AND (s.company_id = ANY ({SEEN}) OR s.company_id IS NULL)
    LIMIT most
$$
"""


def migrate(*, force: bool = False) -> bool:
    """Bring the database up to date as the owner role; False when its fingerprint says that nothing changed."""
    wanted = fingerprint()
    if not force and stored_fingerprint() == wanted:
        return False
    with connection.cursor() as cursor:
        for name in EXTENSIONS:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    call_command("migrate", interactive=False, verbosity=0)
    seed()
    secure()
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("COMMENT ON SCHEMA public IS {}").format(sql.Literal(f"sellwell {wanted}")))
    return True


def seed() -> None:
    """Rows that ship with the product: default rights, incompatible duties, the calendar."""
    from sellwell.kernel import seeds

    seeds.seed()


def fingerprint() -> str:
    """A hash of all code that shapes tables and shipped rows."""
    source = Path(settings.SOURCE)
    digest = sha256(",".join(settings.ROOMS).encode())
    for path in sorted({path for pattern in STATE_FILES for path in source.glob(pattern)}):
        digest.update(str(path.relative_to(source)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def stored_fingerprint() -> str:
    """The fingerprint that the database was last migrated with; empty for a new one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description('public'::regnamespace, 'pg_namespace')")
        row = cursor.fetchone()
    comment = str(row[0] or "") if row else ""
    return comment.removeprefix("sellwell ") if comment.startswith("sellwell ") else ""


def is_current() -> bool:
    """Whether the database fits this code. Any role may ask."""
    return stored_fingerprint() == fingerprint()


def secure() -> None:
    """Grants, policies and triggers for every table there is. May be repeated."""
    app, reader = settings.ADDRESSES["app"].role, settings.ADDRESSES["reader"].role
    with connection.cursor() as cursor:
        cursor.execute(REFUSE_CHANGE)
        cursor.execute(FOUND)
        _grant(cursor, app, reader)
        for table in _columns(cursor, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            _set_trigger(cursor, table, wanted=table in _tables_marked("append_only"))
        for table, nullable in _tables_with_company(cursor):
            _set_policy(cursor, table, nullable=nullable)


def _grant(cursor: CursorWrapper, app: str, reader: str) -> None:
    """The app's and the reader's rights on every table; first everything is taken away."""
    names = {"app": sql.Identifier(app), "reader": sql.Identifier(reader)}
    statements = [
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {app}, {reader}, PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {app}, {reader}",
        "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {app}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}",
    ]
    for statement in statements:
        cursor.execute(sql.SQL(statement).format(**names))
    for table in [*DELETABLE_BY_NAME, *_tables_marked("deletable")]:
        cursor.execute(sql.SQL("GRANT DELETE ON {} TO {}").format(sql.Identifier(table), names["app"]))


def _set_trigger(cursor: CursorWrapper, table: str, *, wanted: bool) -> None:
    cursor.execute(
        "SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s", [_quoted(table), TRIGGER]
    )
    there = cursor.fetchone() is not None
    parts = {"table": sql.Identifier(table), "trigger": sql.Identifier(TRIGGER)}
    if wanted and not there:
        create = (
            "CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION sellwell_refuse_change()"
        )
        cursor.execute(sql.SQL(create).format(**parts))
    if there and not wanted:
        cursor.execute(sql.SQL("DROP TRIGGER {trigger} ON {table}").format(**parts))


def _set_policy(cursor: CursorWrapper, table: str, *, nullable: bool) -> None:
    """Row-level security by company, for reading and for what is written."""
    rule = f"company_id = ANY ({SEEN})" + (" OR company_id IS NULL" if nullable else "")
    parts = {"policy": sql.Identifier(POLICY), "table": sql.Identifier(table), "rule": sql.SQL(rule)}
    for statement in (
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        "DROP POLICY IF EXISTS {policy} ON {table}",
        "CREATE POLICY {policy} ON {table} USING ({rule}) WITH CHECK ({rule})",
    ):
        cursor.execute(sql.SQL(statement).format(**parts))


def _tables_with_company(cursor: CursorWrapper) -> Sequence[tuple[str, bool]]:
    cursor.execute(
        "SELECT c.relname, NOT a.attnotnull FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "WHERE a.attname = 'company_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p') "
        "AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    return [(str(name), bool(nullable)) for name, nullable in cursor.fetchall()]


def _tables_marked(attribute: str) -> set[str]:
    """Tables of the models that carry a true class attribute."""
    return {_table(model) for model in apps.get_models() if getattr(model, attribute, False)}


def _table(model: Any) -> str:
    return str(model._meta.db_table)


def _columns(cursor: CursorWrapper, query: str) -> Iterable[str]:
    cursor.execute(query)
    return [str(row[0]) for row in cursor.fetchall()]


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)
