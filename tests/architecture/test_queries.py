"""No query in a loop: every list, record, tab and workbench asks as often for many rows as for few (DESIGN section 8)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sellwell.kernel import access, clock, personal
from sellwell.kernel.door import see_companies
from sellwell.kernel.models import LedgerChange, User
from sellwell.testing.builders import load
from sellwell.web import registry
from sellwell.web.lists import query

load()
pytestmark = [pytest.mark.django_db, pytest.mark.company]

READERS = ("sales_manager", "finance", "warehouse", "administrator", "legal")
FEW, MANY = 2, 50
# The same statement for other values: once per state of a board or verb of a menu is fine, once per row is not.
REPEATS = 6
_VALUES = re.compile(r"'[^']*'|\b\d+\b")


class Reader:
    """Somebody at the browser whose pages are counted in statements."""

    def __init__(self, username: str) -> None:
        self.user = User.objects.get(username=username)
        self.actor = access.actor_for(self.user, clock.business_day(clock.now()))
        self.browser: Client | None = None
        see_companies(self.actor.companies)

    def statements(self, url: str) -> list[str]:
        """The statements that a page takes, without their values. Keys of personal data are read anew."""
        if self.browser is None:
            self.browser = Client()
            self.browser.force_login(self.user)
            self.browser.get("/")  # rights, policies and the calendar are cached from here on
        personal._readable.clear()
        with CaptureQueriesContext(connection) as asked:
            answer = self.browser.get(url)
        assert answer.status_code == 200, f"{url}: {answer.status_code}"
        see_companies(self.actor.companies)
        return [_VALUES.sub("?", one["sql"]) for one in asked.captured_queries]


@pytest.fixture
def readers() -> list[Reader]:
    """People who together see every row."""
    return [Reader(name) for name in READERS]


def _reader_of(readers: list[Reader], view: Any) -> Reader:
    """Whoever of them sees most rows of a view."""
    allowed = [reader for reader in readers if reader.actor.may(view.name)]
    return max(allowed, key=lambda reader: view.rows(reader.actor).order_by()[: MANY + 1].count())


@pytest.mark.parametrize("name", sorted(registry.LISTS))
def test_a_list_asks_as_often_for_few_rows_as_for_many(
    name: str, readers: list[Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = registry.LISTS[name]
    reader = _reader_of(readers, page.view)
    every = ",".join(column.name for column in page.view.visible(reader.actor))
    for url in (page.url, f"{page.url}?columns={every}"):
        sizes: dict[int, list[str]] = {}
        for size in (FEW, MANY):  # in this order: what is read once per process is no matter of the rows
            whole = query.ListQuery.page
            with monkeypatch.context() as patch:
                patch.setattr(
                    query.ListQuery, "page", lambda asked, _=0, whole=whole, size=size: whole(asked, size)
                )
                sizes[size] = reader.statements(url)
        more = Counter(sizes[MANY]) - Counter(sizes[FEW])
        assert not more, f"{url} asks once more per row: {more.most_common(3)}"


@pytest.mark.parametrize("name", sorted(registry.RECORDS))
def test_a_record_page_asks_nothing_once_per_row(name: str, readers: list[Reader]) -> None:
    """The rows with the longest history stand for those with many lines, documents and approvals."""
    page = registry.RECORDS[name]
    reader = _reader_of(readers, page.view)
    tabs = [f"tab/{panel.name}" for panel in registry.panels_of(page.view.row_type, "tab", reader.actor)]
    for row_id in _busiest(page.view, reader):
        row = f"/{page.view.url}/{row_id}/"
        urls = [f"{row}{part}" for part in ("", "menu", "timeline", *tabs)]
        for url in [*urls, f"/trace/{page.view.row_type}/{row_id}/"]:
            _asks_nothing_once_per_row(reader, url)


def _asks_nothing_once_per_row(reader: Reader, url: str) -> None:
    for last in (
        False,
        True,
    ):  # a page that asks too often has a second chance: what is read once per process was cold
        statement, times = Counter(reader.statements(url)).most_common(1)[0]
        if times < REPEATS:
            return
        assert not last, f"{url} asks {times} times: {statement[:300]}"


def _busiest(view: Any, reader: Reader) -> list[Any]:
    """The row of a view that changed most often, and the newest."""
    ids = list(view.rows(reader.actor).order_by(*view.order).values_list("pk", flat=True)[:500])
    if view.model._meta.pk.get_internal_type() != "UUIDField":
        return ids[:1]
    changed = Counter(LedgerChange.objects.filter(row_id__in=ids).values_list("row_id", flat=True))
    return list(dict.fromkeys([row_id for row_id, _ in changed.most_common(1)] + ids[:1]))


# What is no page to open by its address alone: it takes posts, or draws a part that its address must name.
NO_PAGES = {"/approvals/decide", "/org-chart/part", "/customers/merge/"}
EVERYBODY = (*READERS, "rep", "regional_manager", "executive", "auditor")


def _pages(reader: Reader) -> set[str]:
    """The boards and the rooms' own pages that somebody may open."""
    boards = {f"/{b.view.url}/board" for b in registry.BOARDS.values() if reader.actor.may(b.view.name)}
    own = {
        f"/{p.path}" for p in registry.PAGES.values()
        if "<" not in p.path and p.right and reader.actor.may(p.right)
    }  # fmt: skip
    return (boards | own) - NO_PAGES


@pytest.mark.parametrize("username", EVERYBODY)
def test_a_workbench_asks_nothing_once_per_row(username: str) -> None:
    """With the pages that nobody before in the list may open: those who see most rows come first."""
    reader = Reader(username)
    before = EVERYBODY[: EVERYBODY.index(username)]
    mine = _pages(reader).difference(*(_pages(Reader(name)) for name in before))
    for url in ("/", "/tasks", "/me", "/search?q=SO", *sorted(mine)):
        _asks_nothing_once_per_row(reader, url)
