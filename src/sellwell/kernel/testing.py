"""What the registry suite needs from each room: one builder per operation.

    @builder("orders.confirm")
    def _(world) -> Case:
        return Case(role="rep", row=an_order(world), data={}, in_state=lambda state: an_order(world, state=state))

The suite (tests/architecture/test_registry.py) proves for every operation that strangers are refused, that rows out of
scope are not found, that wrong states and unknown input are refused with nothing changed, that success writes exactly
one ledger entry, and that the same key gives the same answer. A missing builder fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from sellwell.kernel.operations import REGISTRY


@dataclass(frozen=True)
class Case:
    """How an operation succeeds: who does it, to which row, with what input.

    `in_state` gives a row in another state (by the room's own operations where it can); None lets the suite force the
    state column. `held` says that success means waiting for approval.
    """

    role: str
    row: Any = None
    data: Mapping[str, Any] = field(default_factory=dict)
    in_state: Callable[[str], Any] | None = None
    held: bool = False


Builder = Callable[[Any], Case]
BUILDERS: dict[str, Builder] = {}


def builder(operation: str) -> Callable[[Builder], Builder]:
    """Register how `operation` is made to succeed in a test."""

    def declare(function: Builder) -> Builder:
        if operation in BUILDERS:
            raise ValueError(f"{operation} has two builders")
        BUILDERS[operation] = function
        return function

    return declare


def channel_of(operation: str) -> str:
    """The way in by which tests do an operation: the web, or its own where the web does not offer it."""
    channels = REGISTRY[operation].channels
    return "web" if "web" in channels else min(channels)


def digest(*tables: str) -> dict[str, str]:
    """A hash per table (all business tables if none is named): equal digests mean that nothing changed."""
    from django.apps import apps

    names = tables or tuple(
        sorted(m._meta.db_table for m in apps.get_models() if m.__module__.startswith("sellwell"))
    )
    # One statement for all of them: a hundred small ones cost more in going to and fro than in hashing.
    each = [
        f"SELECT '{name}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
        f" FROM {connection.ops.quote_name(name)} t"
        for name in names
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return dict(cursor.fetchall())
