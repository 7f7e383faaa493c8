"""pytest's side of the coverage of clauses: what stories proved goes to docs/reference/clauses.json.

Only `bin/test` writes the file (SELLWELL_PROOFS=write); the same results give the same bytes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

MARK = "clauses"
_outcomes: dict[str, str] = {}  # of each story: the worst of its cases
_clauses: dict[str, dict[str, bool]] = {}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Send a test's clauses along with its reports, also from other processes."""
    found = getattr(getattr(item, "function", None), MARK, None)
    if found:
        item.user_properties.append((MARK, found))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what came of a story; one case that fails makes it fail, one that is skipped proves nothing."""
    clauses = next((value for name, value in report.user_properties if name == MARK), None)
    if not clauses or (report.when != "call" and report.passed):
        return
    story = report.nodeid.partition("[")[0]
    _clauses[story] = dict(clauses)  # type: ignore[call-overload]
    order = ("passed", "skipped", "failed")
    _outcomes[story] = max(_outcomes.get(story, "passed"), report.outcome, key=order.index)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what was proved, in the one process that sees all of it."""
    if hasattr(session.config, "workerinput") or os.environ.get("SELLWELL_PROOFS") != "write":
        return
    from sellwell.steering.manual import coverage

    now = [
        coverage.Proof(number, story, outcome, coverage.hash_of(number, story), breaks)
        for story, outcome in _outcomes.items()
        if outcome != "skipped"  # what did not run here keeps what it proved elsewhere
        for number, breaks in _clauses[story].items()
    ]
    coverage.write(coverage.merged(coverage.read(), now))
