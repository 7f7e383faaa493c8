"""The database as a wall, tried as the app role: row security, append-only rows, no DDL, no deleting."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from sellwell.kernel import clock, home
from sellwell.kernel.models import Event, LedgerChange, Series
from sellwell.kernel.postgres import APP, OWNER, READER, database_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
ONE, OTHER = uuid4(), uuid4()
ROLES = {"owner": OWNER, "app": APP, "reader": READER}


def see(*companies: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('sellwell.companies', %s, true)", ["{" + ",".join(map(str, companies)) + "}"]
        )


def series_of(*companies: UUID) -> None:
    for company in companies:
        Series.objects.create(company_id=company, kind="XX", year=2026)


def an_event(company: UUID | None) -> Event:
    return Event.objects.create(
        company_id=company, name="x.y", request_id=uuid4(), actor_id=uuid4(), at=clock.now()
    )


def test_tests_run_as_the_app_role() -> None:
    assert answer("SELECT current_user") == "sellwell_app"


def test_only_rows_of_seen_companies_are_there() -> None:
    see(ONE, OTHER)
    series_of(ONE, OTHER)
    see(ONE)
    assert [row.company_id for row in Series.objects.filter(kind="XX")] == [ONE]
    see()
    assert not Series.objects.filter(kind="XX").exists()


@pytest.mark.parametrize("value", ["", None])
def test_no_setting_means_no_rows(value: str | None) -> None:
    see(ONE)
    series_of(ONE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sellwell.companies', %s, true)", [value])
    assert not Series.objects.filter(kind="XX").exists()


def test_a_row_of_an_unseen_company_cannot_be_written() -> None:
    see(ONE)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        series_of(OTHER)
    series_of(ONE)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Series.objects.filter(company_id=ONE).update(company_id=OTHER)


def test_rows_of_no_company_are_seen_by_all() -> None:
    see()
    event = an_event(None)
    assert Event.objects.filter(pk=event.pk).exists()


APPEND_ONLY = sorted(m._meta.db_table for m in apps.get_models() if getattr(m, "append_only", False))
STATEMENTS = ("UPDATE {table} SET {column} = {column}", "DELETE FROM {table}", "TRUNCATE {table} CASCADE")


def test_ledger_facts_postings_and_their_like_are_append_only() -> None:
    assert {
        "kernel_ledgerentry", "kernel_ledgerchange", "kernel_fact", "kernel_event", "kernel_link", "kernel_securitylog",
        "receivables_posting", "stock_movement",
    } <= set(APPEND_ONLY)  # fmt: skip


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("role", ["owner", "app", "reader"])
def test_append_only_rows_stay_whoever_asks(role: str, table: str) -> None:
    """The triggers stop even the owner of the tables, and whether rows are there or not."""
    column = apps_column(table)
    with as_role(role) as mine:
        for statement in STATEMENTS:
            with pytest.raises(psycopg.Error, match="never changed|permission denied|read-only"):
                mine.execute(statement.format(table=table, column=column))
            mine.rollback()


def apps_column(table: str) -> str:
    """A column of a table."""
    model = next(m for m in apps.get_models() if m._meta.db_table == table)
    return str(model._meta.concrete_fields[-1].column)


@contextmanager
def as_role(role: str) -> Iterator[psycopg.Connection[Any]]:
    """A session of another role on the test's database; nothing that it does stays."""
    address = database_address(home.current(), ROLES[role], str(connection.settings_dict["NAME"]))
    with psycopg.connect(**address.connection()) as mine:
        yield mine
        mine.rollback()


@pytest.mark.parametrize("role", ["app", "reader"])
def test_without_a_value_no_companys_row_is_there_in_any_table(role: str) -> None:
    """Every table that has a company hides all rows of companies from a session that named none."""
    tables = names(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'company_id' AND table_schema = 'public'"
    )
    assert "kernel_ledgerchange" in tables
    with as_role(role) as mine:
        for table in sorted(tables):
            found = mine.execute(f"SELECT count(*) FROM {table} WHERE company_id IS NOT NULL").fetchone()
            assert found == (0,), table


def test_what_an_act_changed_is_seen_by_its_company_only(world: World) -> None:
    """The rows of a ledger entry carry its company."""
    world.run(
        "hr",
        "company.add_department",
        data={"code": "TEST", "name": "测试", "name_en": "Test", "kind": "function"},
    )
    mine = LedgerChange.objects.filter(table="company.department")
    assert mine.exists()
    see(OTHER)
    assert not mine.exists()


def test_every_marked_table_has_its_trigger_and_every_company_table_its_policy() -> None:
    marked = {model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)}
    assert marked == names(
        "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE tgname = 'append_only'"
    )
    with_company = names(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'company_id' AND table_schema = 'public'"
    )
    assert with_company == names("SELECT tablename FROM pg_policies WHERE policyname = 'by_company'")
    assert with_company == names("SELECT relname FROM pg_class WHERE relrowsecurity")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE x (i int)",
        "DROP TABLE kernel_series",
        "ALTER TABLE kernel_series ADD COLUMN x int",
        "TRUNCATE kernel_series",
        "DELETE FROM kernel_series",
        "ALTER TABLE kernel_series DISABLE ROW LEVEL SECURITY",
        "SET ROLE sellwell_owner",
    ],
)
def test_the_app_role_neither_changes_tables_nor_deletes(statement: str) -> None:
    with pytest.raises(ProgrammingError, match="denied|owner"), transaction.atomic():
        answer(statement)


def test_no_table_of_ours_takes_its_time_from_the_database() -> None:
    clocks = names(
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND column_default ~* '(now|current_timestamp|clock_timestamp|current_date)'"
    )
    assert not {name for name in clocks if not name.startswith("django_")}


def answer(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def names(query: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows: Iterable[Any] = cursor.fetchall()
    return {str(row[0]) for row in rows}
