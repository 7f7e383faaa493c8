"""Views: reading is registered like doing. A view names the columns of a row type, who sees which, and its rows.

Lists, records, exports, REST, search and print all read columns from here, so a hidden field is hidden everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sellwell.kernel import access, personal
from sellwell.kernel.values import State, T

if TYPE_CHECKING:
    from django.db.models import Q, QuerySet

    from sellwell.kernel.access import Actor
    from sellwell.kernel.models import Row

# How a column's values are shown, filtered and exported.
KINDS = (
    "text",
    "code",
    "amount",
    "price",
    "quantity",
    "rate",
    "date",
    "datetime",
    "state",
    "person",
    "ref",
    "bool",
    "file",
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a view.

    `path` is the ORM path from the row (`customer__party__name`), or empty with `value` for computed ones (then it can
    be neither sorted nor filtered). `group` names the field group that hides it from those without `view:group`.
    """

    name: str
    label: T
    kind: str = "text"
    path: str = ""
    value: Callable[[Any], Any] | None = None
    envelope: Callable[[Any], Any] | None = (
        None  # computed: the sealed text of a row, opened, and masked by `mask`
    )
    mask: Callable[[str], str] = str
    group: str = ""
    states: type[State] | None = None
    condition: Callable[[list[Any]], Q] | None = (
        None  # of a 'ref': how a filter finds rows that no key leads to
    )
    ref: str = ""  # the row type that a 'ref' column leads to; its identifier is `ref_path` or path's first step + _id
    ref_path: str = ""
    sortable: bool = False
    filterable: bool = False
    in_list: bool = True
    personal: bool = False  # of a computed one: whether it shows who somebody is or where they live

    def is_personal_of(self, model: type[Row]) -> bool:
        """Whether it shows personal data of people as it is: numbers unmasked, or a personal column of the row itself."""
        shows_number = self.envelope is not None and self.mask is str
        return self.personal or shows_number or self.group == "personal" or self.path in model.personal

    def read(self, row: Any) -> Any:
        """This column's value of a row."""
        if self.value is not None:
            return self.value(row)
        if self.envelope is not None:
            text = personal.open_(self.envelope(row))
            return self.mask(text) if text else ""
        value = row
        for step in self.path.split("__"):
            if value is None:
                return None
            value = getattr(value, step)
        if self.states is not None and value is not None and not isinstance(value, State):
            return self.states(value)
        return value

    def ref_id(self, row: Any) -> Any:
        """The identifier of the row that a 'ref' column leads to."""
        value = row
        for step in (self.ref_path or f"{self.path.split('__')[0]}_id").split("__"):
            if value is None:
                return None
            value = getattr(value, step)
        return value


@dataclass(frozen=True)
class View:
    """How rows of a type are read. Verbs: `name`, `name:group` for field groups, `<room>.export…` derived by `export`."""

    name: str
    title: T
    model: type[Row]
    columns: tuple[Column, ...]
    url: str  # the list's path under / and under /api/v1/, for instance "orders"
    help: T
    groups: dict[str, T] = field(default_factory=dict)
    related: tuple[str, ...] = ()  # select_related
    related_if_shown: tuple[str, ...] = ()  # the same, left out of lists that show no column of it
    prepare: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None  # adds what computed columns read
    order: tuple[str, ...] = ("-business_date", "-id")
    search: Callable[[Any], Iterable[str]] | None = None  # the texts that the search finds a row by
    found_by: tuple[str, ...] = ()  # foreign keys to rows by whose texts it is found too
    label: Callable[[Any], str] = str  # how a row is named where others refer to it
    clauses: tuple[str, ...] = ()
    states: type[State] | None = None
    set_aside: tuple[str, ...] = ()  # states that lists leave out unless they are asked for
    leads_on: Callable[[Any], Any] | None = (
        None  # the row that stands in a row's place now, if another one does
    )

    @property
    def row_type(self) -> str:
        """The model's label, `orders.order`."""
        return str(self.model._meta.label_lower)

    @property
    def export(self) -> str:
        """The verb for taking rows out as a file."""
        return f"{self.name}.export"

    def visible(self, actor: Actor) -> list[Column]:
        """The columns that this actor may see."""
        return [c for c in self.columns if not c.group or actor.may(f"{self.name}:{c.group}")]

    def column(self, name: str, actor: Actor) -> Column | None:
        """A column by name, if this actor may see it."""
        return next((c for c in self.visible(actor) if c.name == name), None)

    def found_along(self, actor: Actor) -> tuple[str, ...]:
        """The keys of `found_by`, without those that only lead to what is hidden from this actor."""
        visible = {column.name for column in self.visible(actor)}
        hidden = {c.path.split("__")[0] for c in self.columns if c.path and c.name not in visible}
        return tuple(name for name in self.found_by if name not in hidden)

    def rows(self, actor: Actor, shown: Iterable[Column] | None = None) -> QuerySet[Any]:
        """The rows that this actor may see; with `shown`, only what these columns read is fetched along."""
        paths = None if shown is None else [f"{column.path}__" for column in shown]
        along = self.related + tuple(
            step
            for step in self.related_if_shown
            if paths is None or any(path.startswith(f"{step}__") for path in paths)
        )
        manager = self.model._default_manager
        queryset = manager.select_related(*along) if along else manager.all()
        if self.prepare is not None:
            queryset = self.prepare(queryset)
        return access.rows(actor, self.name, queryset)

    def at_hand(self, rows: QuerySet[Any], asked: Iterable[str]) -> QuerySet[Any]:
        """Rows without those that are set aside; `asked` names the columns that somebody filters by."""
        return rows.exclude(state__in=self.set_aside) if self.set_aside and "state" not in asked else rows

    def names(self, actor: Actor, ids: Iterable[Any]) -> dict[Any, str]:
        """How rows are called, of those that the reader may see, by their keys. One query."""
        if not actor.may(self.name):
            return {}
        return {row.pk: str(self.label(row)) for row in self.rows(actor).filter(pk__in=list(ids))}

    def verbs(self) -> list[str]:
        """Every verb that this view brings to the rights matrix."""
        return [self.name, self.export, *(f"{self.name}:{group}" for group in self.groups)]


VIEWS: dict[str, View] = {}
BY_TYPE: dict[str, View] = {}


def view(
    name: str, title: T, model: type[Row], columns: Iterable[Column], *, url: str, help: T, **options: Any
) -> View:
    """Register a view. The first view of a model is the one that names and shows its rows."""
    if name in VIEWS:
        raise ValueError(f"the view {name} is declared twice")
    declared = View(name, title, model, tuple(columns), url, help, **options)
    VIEWS[name] = declared
    BY_TYPE.setdefault(declared.row_type, declared)
    return declared


def of(row_or_model: Any) -> View:
    """The view that shows rows like this one."""
    return BY_TYPE[row_or_model._meta.label_lower]


def read_keys(columns: Iterable[Column], rows: Sequence[Any]) -> None:
    """Read the keys of all sealed texts that these columns show of these rows, in one query."""
    personal.read_keys(c.envelope(row) for c in columns if c.envelope is not None for row in rows)


def json_value(column: Column, row: Any) -> Any:
    """A column's value as REST gives it: numbers as text, dates ISO, states by value, people and rows by identifier."""
    value = column.read(row)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, State):
        return value.value
    if isinstance(value, list | dict):
        return value
    return str(value)
