"""What happens to every table that refers to a customer, or to a party, when two customers become one and when they part.

Each room says it in its `extensions.py`, one line a table:

    moves_with_customer(Order, "customer")                    the rows go to the survivor and come back at unmerge
    moves_with_customer(Contact, "customer", "is_primary")    the same; of two marked rows the survivor's own keeps its mark
    one_per_customer(CreditAccount, "customer")               the same where the survivor has none; else they rest
    one_per_customer(CustomerTag, "customer", by=["tag"])     ... none with the same tag
    stays_with_customer(Posting, "customer", "append-only")   the rows stay with the customer they were written for

The same for parties: `moves_with_party`, `one_per_party`, `stays_with_party`. A column that is no foreign key is named with
its `_id`. What a line cannot say (money, consent) is done by functions that rooms register at `on_merge` and `on_unmerge`;
they run after the rows have moved, in the same transaction. A test fails for a table that says nothing here, and for one with
personal columns and no eraser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sellwell.kernel.extensions import Extension

if TYPE_CHECKING:
    from django.db import models

    from sellwell.kernel.effects import Effects
    from sellwell.kernel.operations import Context

Of = Literal["customer", "party"]
How = Literal["moves", "one", "stays"]


@dataclass(frozen=True, slots=True)
class Linked:
    """A column that holds customers or parties, and what happens to its rows."""

    model: type[models.Model]
    column: str  # as the database names it
    of: Of
    how: How
    by: tuple[str, ...] = ()  # with `one` and `mark`: rows that are equal in these stand for each other
    mark: str = ""  # a column that is true for one row of a customer
    why: str = ""  # with `stays`

    @property
    def label(self) -> str:
        """The table, as the ledger names it."""
        return str(self.model._meta.label_lower)


LINKED: dict[tuple[str, str], Linked] = {}


def _register(
    model: type[models.Model],
    field: str,
    of: Of,
    how: How,
    by: Sequence[str] = (),
    mark: str = "",
    why: str = "",
) -> None:
    column = str(model._meta.get_field(field).column)  # type: ignore[union-attr]
    columns = tuple(str(model._meta.get_field(name).column) for name in by)  # type: ignore[union-attr]
    key = (str(model._meta.label_lower), column)
    if key in LINKED:
        raise ValueError(f"{key[0]}.{column} says twice what happens to it at a merge")
    LINKED[key] = Linked(model, column, of, how, columns, mark, why)


def moves_with_customer(
    model: type[models.Model], field: str, mark: str = "", by: Sequence[str] = ()
) -> None:
    """The rows go to the survivor; at unmerge they come back, with what was made out of them since.

    `mark` is a column that is true for one row (the default address, for each value of `by`).
    """
    _register(model, field, "customer", "moves", by, mark)


def one_per_customer(model: type[models.Model], field: str, by: Sequence[str] = ()) -> None:
    """A customer has at most one such row (for each value of `by`): the survivor's own counts, the loser's rests meanwhile."""
    _register(model, field, "customer", "one", by)


def stays_with_customer(model: type[models.Model], field: str, why: str) -> None:
    """The rows keep the customer they were written for; who reads them follows `queries.lineage`."""
    _register(model, field, "customer", "stays", why=why)


def moves_with_party(model: type[models.Model], field: str) -> None:
    """As `moves_with_customer`, for a column that holds a party."""
    _register(model, field, "party", "moves")


def one_per_party(model: type[models.Model], field: str, by: Sequence[str] = ()) -> None:
    """As `one_per_customer`, for a column that holds a party."""
    _register(model, field, "party", "one", by)


def stays_with_party(model: type[models.Model], field: str, why: str) -> None:
    """As `stays_with_customer`, for a column that holds a party."""
    _register(model, field, "party", "stays", why=why)


@dataclass(frozen=True, slots=True)
class Joined:
    """Two customers that have just become one, or have just parted. `document` is the row of the merge."""

    document: models.Model
    survivor_id: UUID
    loser_id: UUID
    survivor_party_id: UUID
    loser_party_id: UUID


# (effects, ctx, joined): what follows beside the moved rows - money, consent (the stricter one wins).
on_merge: Extension[Callable[[Effects, Context, Joined], None]] = Extension(
    "customers.on_merge", "what follows when two customers become one"
)
on_unmerge: Extension[Callable[[Effects, Context, Joined], None]] = Extension(
    "customers.on_unmerge", "what follows when two merged customers part again"
)
