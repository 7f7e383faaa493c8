"""What rooms can register with the web: plain frozen values, no behaviour beyond naming."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sellwell.kernel.values import State, T

if TYPE_CHECKING:
    from django.db.models import Q
    from django.http import HttpResponseBase

    from sellwell.kernel.operations import Context
    from sellwell.kernel.views import View
    from sellwell.web.grids import Grid

    PageFunction = Callable[..., HttpResponseBase]

EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the menu."""

    name: str
    title: T
    order: int


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the menu; it shows where the reader may `right` (empty: everybody who is signed in)."""

    title: T
    url: str
    section: str
    right: str
    icon: str
    order: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a room that is neither list nor record."""

    path: str
    function: PageFunction
    name: str
    right: str = ""
    title: T | None = None


@dataclass(frozen=True, slots=True)
class SavedTab:
    """A tab that ships with a list: a named query."""

    name: str
    title: T
    query: Mapping[str, str]


@dataclass(frozen=True)
class ListPage:
    """How the rows of a view are listed."""

    view: View
    section: str
    icon: str
    order: int
    new: tuple[str, ...]
    bulk: tuple[str, ...]
    columns: tuple[str, ...]
    saved: tuple[SavedTab, ...]
    empty: T | None
    card: tuple[str, ...]
    links: tuple[tuple[T, str, str], ...] = ()  # (title, url, right)

    @property
    def url(self) -> str:
        """The list's address."""
        return f"/{self.view.url}/"


@dataclass(frozen=True)
class RecordPage:
    """How one row of a view is shown."""

    view: View
    amount: str
    path: tuple[State, ...]
    facts: tuple[str, ...]
    comment: str


@dataclass(frozen=True)
class LaterPile:
    """A column that no row stores: of the rows in a state, those that records of other rooms say are further on."""

    state: State
    within: State
    rows: Callable[[Context], Q]
    url: str  # where the rest is, when there are more than the column shows


@dataclass(frozen=True)
class BoardPage:
    """Rows as cards in a column per state."""

    view: View
    column: str
    amount: str
    weight: str
    moves: Mapping[str, str]
    card: tuple[str, ...]
    since: str
    states: tuple[State, ...]
    shown: Callable[[State, Context], bool] | None = None
    later: tuple[LaterPile, ...] = ()
    # (rows, ctx) -> what each card leads to besides its own page, as (text, address); asked once for all cards.
    links: Callable[[Sequence[Any], Context], Mapping[Any, Sequence[tuple[str, str]]]] | None = None


PanelContext = Callable[[Any, "Context"], "dict[str, Any] | None"]


@dataclass(frozen=True)
class Panel:
    """A block on the record page of a row type, registered by its own room or a higher one."""

    row_type: str
    name: str
    title: T
    template: str
    context: PanelContext | None
    place: str  # main | tab | side | now
    right: str
    order: int


@dataclass(frozen=True)
class FormOptions:
    """What differs from the derived form of an operation."""

    operation: str
    initial: Callable[..., Mapping[str, Any]] | None = None
    hidden: tuple[str, ...] = ()
    wide: bool = False
    pick: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[Any, Context], str] | None = None
    url: str = ""
    shown: str = ""


@dataclass(frozen=True)
class EntryPage:
    """A whole page for an operation whose input holds lines."""

    operation: str
    path: str
    grid: Grid
    initial: Callable[..., Mapping[str, Any]] | None
    title: T | None
    pick: Mapping[str, str]
    hidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a type-ahead. `extra` reaches the line grid (unit, code)."""

    id: str | UUID
    text: str
    note: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    def image(self) -> dict[str, Any]:
        """The choice as JSON."""
        return {
            "id": str(self.id),
            "text": self.text,
            "note": self.note,
            **{k: str(v) for k, v in self.extra.items()},
        }


@dataclass(frozen=True)
class Picker:
    """How rows of a type are found while one types."""

    row_type: str
    search: Callable[[str, Context, Mapping[str, str]], Sequence[Choice]]
    resolve: Callable[[Sequence[str], Context, Mapping[str, str]], Mapping[str, Choice]] | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A figure of the workbench: its value, the target, and what to say of it."""

    value: Decimal | int
    target: Decimal | int | None = None
    unit: str = "¥"
    note: T | str = ""
    url: str = ""
    trend: Sequence[tuple[date, Decimal]] = ()  # the last months, this one at the end


@dataclass(frozen=True)
class FigureBlock:
    """A registered figure: who sees it and how it is found."""

    role: str
    title: T
    function: Callable[[Context], Number | None]
    order: int


@dataclass(frozen=True, slots=True)
class Warning_:  # noqa: N801 - Warning is Python's own
    """Something that people should look at, with its reason. `level`: late | near | info."""

    text: T | str
    url: str
    level: str = "near"
    why: T | str = ""


@dataclass(frozen=True)
class WorkBlock:
    """A block of the workbench for a role."""

    role: str
    name: str
    title: T
    template: str
    context: Callable[[Context], dict[str, Any] | None] | None
    order: int
