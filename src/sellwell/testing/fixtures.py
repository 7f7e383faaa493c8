"""pytest's side of `databases`: which copy a test works on. The root conftest.py imports everything from here."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase

from sellwell.testing import databases

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

_session = ExitStack()
_copies: dict[str, str] = {}  # the copy of each kind that this process works on


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "company: works on a copy of the simulated company of 60 days")
    config.addinivalue_line("markers", "browser: needs chromium")
    config.addinivalue_line("markers", "kills: starts and kills processes of its own")
    TransactionTestCase._fixture_teardown = _renew_after_commits  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Instead of Django's test database: a copy of the template, worked on as the app role."""
    with django_db_blocker.unblock():
        if not _copies:  # the first test of all may be one of the company, which has its copy already
            _use("empty")
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        _session.close()
        _copies.clear()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test marked `company` finds itself on its own kind of copy, before any fixture opens a transaction."""
    if item.get_closest_marker("company"):
        _use("company")
    return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    done = yield
    if item.get_closest_marker("company"):
        _use("empty")
    return done


def _use(kind: str) -> None:
    """Point Django's connections at the copy of a kind, made when first asked for; what was read of another is stale."""
    from sellwell.kernel import generations

    generations.forget()
    if not _copies:
        _session.enter_context(databases.test_server().in_use())
    if kind not in _copies:
        _copies[kind] = _session.enter_context(databases.copy_in_use(kind))
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = _copies[kind]


def _renew_after_commits(case: TransactionTestCase) -> None:
    """After a test that really commits: a fresh copy. (The app role cannot empty tables, and nobody should.)"""
    connections.close_all()
    name = connections["default"].settings_dict["NAME"]
    kind = next(kind for kind, copy in _copies.items() if copy == name)
    databases.renew(str(name), kind)
