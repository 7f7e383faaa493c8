"""Where rooms register what people see of them. Plain functions, called once at import by a room's `pages.py`.

Nothing here asks for rights: entries, buttons and blocks show themselves where `actor.may(verb)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import State, T
from sellwell.web.parts import (
    BoardPage,
    Choice,
    EntryPage,
    FigureBlock,
    FormOptions,
    LaterPile,
    ListPage,
    MenuEntry,
    Number,
    Page,
    Panel,
    PanelContext,
    Picker,
    RecordPage,
    SavedTab,
    Section,
    Warning_,
    WorkBlock,
)

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor
    from sellwell.kernel.operations import Context
    from sellwell.kernel.views import View
    from sellwell.web.grids import Grid

# (row, ctx) -> what a field may be, as (value, label); a choice without a value heads those that follow it.
Offer = Callable[[Any, "Context"], Sequence[tuple[str, "T | str"]]]

__all__ = [
    "Choice", "LaterPile", "Number", "Warning_", "board_page", "choices", "entry_page", "family", "figure", "form", "guide", "list_page", "menu", "new_button",
    "page", "panel", "picker", "record_page", "related", "section", "warnings", "workblock",
]  # fmt: skip

SECTIONS: dict[str, Section] = {}
MENU: list[MenuEntry] = []
FAMILIES: list[tuple[str, ...]] = []  # addresses that share one line of the menu
PAGES: dict[str, Page] = {}
LISTS: dict[str, ListPage] = {}  # by view name
RECORDS: dict[str, RecordPage] = {}  # by view name
OWN_RECORDS: set[str] = set()  # views whose rows have a page of their own making
BOARDS: dict[str, BoardPage] = {}  # by view name
PANELS: dict[str, list[Panel]] = {}  # by row type
FORMS: dict[str, FormOptions] = {}  # by operation
CHOICES: dict[str, dict[str, Offer]] = {}  # by operation and path
ENTRIES: dict[str, EntryPage] = {}  # by operation
PICKERS: dict[str, Picker] = {}  # by row type
NEW: list[str] = []  # operations of the ＋ menu
NOT_ON: set[tuple[str, str]] = set()  # (operation, row type): what the menu of such a record leaves out
FIGURES: list[FigureBlock] = []
WARNINGS: list[tuple[str, Callable[[Context], Sequence[Warning_]]]] = []
BLOCKS: list[WorkBlock] = []
GUIDES: list[tuple[str, Callable[[str, Context], dict[str, Any] | None]]] = []


# --- menu and free pages ---------------------------------------------------------------------------------------------


def section(name: str, title: T, order: int = 50) -> None:
    """A heading of the menu. Named again, the first stays."""
    SECTIONS.setdefault(name, Section(name, title, order))


def menu(title: T, url: str, *, section: str, right: str = "", icon: str = "dot", order: int = 50) -> None:
    """A line of the menu, for those who may `right`."""
    MENU.append(MenuEntry(title, url, section, right, icon, order))


def family(*urls: str) -> None:
    """Pages of one thing: the first that a reader may see stands in the menu, all stand above each of them."""
    FAMILIES.append(urls)


def page(
    path: str,
    function: Callable[..., Any],
    name: str,
    *,
    title: T | None = None,
    right: str = "",
    section: str = "",
    icon: str = "dot",
    order: int = 50,
) -> None:
    """A page of its own at `/path`; with `section` it stands in the menu. `path` may hold Django's converters."""
    if name in PAGES:
        raise ValueError(f"the page {name} is registered twice")
    PAGES[name] = Page(path, function, name, right, title)
    if section and title is not None:
        menu(title, f"/{path}", section=section, right=right, icon=icon, order=order)


# --- lists, records, boards ------------------------------------------------------------------------------------------


def list_page(
    view: View,
    *,
    section: str = "",
    icon: str = "list",
    order: int = 50,
    new: Iterable[str] = (),
    bulk: Iterable[str] = (),
    columns: Iterable[str] = (),
    saved: Iterable[tuple[str, T, Mapping[str, str]]] = (),
    empty: T | None = None,
    card: Iterable[str] = (),
    links: Iterable[tuple[T, str, str]] = (),
) -> None:
    """The list of a view at `/<view.url>/`, with its line in the menu.

    `new` and `bulk` name operations, `columns` the default columns, `card` the columns of a phone's card.
    """
    LISTS[view.name] = ListPage(
        view, section, icon, order, tuple(new), tuple(bulk), tuple(columns),
        tuple(SavedTab(*tab) for tab in saved), empty, tuple(card), tuple(links),
    )  # fmt: skip
    if section:
        menu(view.title, f"/{view.url}/", section=section, right=view.name, icon=icon, order=order)


def record_page(
    view: View, *, amount: str = "", path: Iterable[State] = (), facts: Iterable[str] = (), comment: str = ""
) -> None:
    """The page of one row at `/<view.url>/<id>/`.

    `amount` is the column shown large; `path` the main line of the life cycle (default: all states of the view);
    `facts` the columns of the key facts; `comment` the operation of the note box (default `<room>.comment`).
    """
    states = tuple(path) or tuple(view.states or ())
    comment = comment or f"{view.name.split('.', 1)[0]}.comment"
    RECORDS[view.name] = RecordPage(view, amount, states, tuple(facts), comment)


def own_record_page(view: View, function: Callable[..., Any], *, key: str = "uuid") -> None:
    """A page of one row at `/<view.url>/<key>/` that is not drawn like other records; `key` is Django's converter."""
    OWN_RECORDS.add(view.name)
    page(f"{view.url}/<{key}:row_id>/", function, f"{view.name}.row", right=view.name)


def has_page(view: View) -> bool:
    """Whether rows of a view have a page each, at `/<view.url>/<key>/`."""
    return view.name in RECORDS or view.name in OWN_RECORDS


def board_page(
    view: View,
    *,
    moves: Mapping[str, str],
    column: str = "state",
    amount: str = "",
    weight: str = "",
    card: Iterable[str] = (),
    since: str = "",
    states: Iterable[State] = (),
    shown: Callable[[State, Context], bool] | None = None,
    later: Iterable[LaterPile] = (),
    links: Callable[[Sequence[Any], Context], Mapping[Any, Sequence[tuple[str, str]]]] | None = None,
) -> None:
    """Rows as cards at `/<view.url>/board`; dropping a card opens the operation that `moves` names for the column.

    `shown(state, ctx)` may keep a column away as long as no row stands in it. `later` adds columns that follow from records
    of other rooms, `links` what cards lead to besides their own page.
    """
    columns = tuple(states) or tuple(view.states or ())
    BOARDS[view.name] = BoardPage(
        view, column, amount, weight, dict(moves), tuple(card), since, columns, shown, tuple(later), links
    )


# --- blocks on record pages ------------------------------------------------------------------------------------------


def panel(
    row_type: str,
    name: str,
    title: T,
    template: str,
    *,
    context: PanelContext | None = None,
    place: str = "tab",
    right: str = "",
    order: int = 50,
) -> None:
    """A block on the record page of `row_type`: 'main' under the facts, 'tab' (loaded when opened), 'side', or 'now'.

    `context(row, ctx)` gives the template's values (the row is `row`); None keeps the block away.
    """
    if place not in ("main", "tab", "side", "now"):
        raise ValueError(f"{name}: no place {place}")
    known = PANELS.setdefault(row_type, [])
    if any(p.name == name for p in known):
        raise ValueError(f"the panel {name} of {row_type} is registered twice")
    known.append(Panel(row_type, name, title, template, context, place, right, order))


def related(
    row_type: str,
    view: View,
    *,
    by: str,
    title: T | None = None,
    place: str = "tab",
    order: int = 50,
    limit: int = 50,
    columns: Iterable[str] = (),
    order_by: Iterable[str] = (),
) -> None:
    """A table of another view's rows whose `by` (an ORM path) is this row, for instance a customer's orders."""
    from sellwell.web.tables import related_context

    context = related_context(view, by, limit, tuple(columns), tuple(order_by))
    panel(
        row_type, view.name.replace(".", "-"), title or view.title, "web/components/related.html",
        context=context, place=place, right=view.name, order=order,
    )  # fmt: skip


def panels_of(row_type: str, place: str, actor: Actor) -> list[Panel]:
    """The blocks of a record page that this actor may see, in order."""
    found = [p for p in PANELS.get(row_type, ()) if p.place == place and (not p.right or actor.may(p.right))]
    return sorted(found, key=lambda p: p.order)


# --- forms, pickers, entry pages -------------------------------------------------------------------------------------


def form(
    operation: str,
    *,
    initial: Callable[..., Mapping[str, Any]] | None = None,
    hidden: Iterable[str] = (),
    wide: bool = False,
    pick: Mapping[str, str] | None = None,
    after: Callable[[Any, Context], str] | None = None,
    url: str = "",
    shown: str = "",
) -> None:
    """Change the derived form of an operation.

    `initial(row, ctx)` gives values by path; `hidden` fields are sent but not shown; `pick` narrows the type-ahead of
    a field by the value of another; `after(outcome, ctx)` says where to go; `url` leads to a page of the room's own
    (`{row}` is replaced by the row's identifier); `shown` is a template that shows `result` once, instead of leading
    anywhere.
    """
    FORMS[operation] = FormOptions(
        operation, initial, tuple(hidden), wide, dict(pick or {}), after, url, shown
    )


def choices(operation: str, path: str, offer: Offer) -> None:
    """What a field of an operation's form offers: `offer(row, ctx)` gives (value, label) pairs.

    A text becomes a list to choose from, lines become boxes to tick (a choice without a value heads those that follow), a
    list of everything is narrowed. The input itself is judged by the operation and its guards, not here.
    """
    known = CHOICES.setdefault(operation, {})
    if path in known:
        raise ValueError(f"{operation}: {path} has two offers")
    known[path] = offer


def guide(template: str, context: Callable[[str, Context], dict[str, Any] | None]) -> None:
    """Words above the form of an operation, for instance how it is done: `context(operation, ctx)`; None says nothing."""
    GUIDES.append((template, context))


def guides_of(operation: str, ctx: Context) -> list[tuple[str, dict[str, Any]]]:
    """The templates that stand above the form of an operation, with their values."""
    found = [(template, context(operation, ctx)) for template, context in GUIDES]
    return [(template, values) for template, values in found if values is not None]


def entry_page(
    operation: str,
    path: str,
    grid: Grid,
    *,
    initial: Callable[..., Mapping[str, Any]] | None = None,
    title: T | None = None,
    pick: Mapping[str, str] | None = None,
    hidden: Iterable[str] = (),
) -> None:
    """A page with a line grid for an operation, in place of the side form.

    For creations `initial(ctx, params)`; for verbs on a row (path with `<uuid:row_id>`) `initial(row, ctx, params)`.
    """
    ENTRIES[operation] = EntryPage(operation, path, grid, initial, title, dict(pick or {}), tuple(hidden))


def picker(
    row_type: str,
    search: Callable[[str, Context, Mapping[str, str]], Sequence[Choice]],
    resolve: Callable[[Sequence[str], Context, Mapping[str, str]], Mapping[str, Choice]] | None = None,
) -> None:
    """How rows of a type are found while one types, and by exact codes when lines are pasted."""
    PICKERS[row_type] = Picker(row_type, search, resolve)


def new_button(operation: str, not_on: str = "") -> None:
    """Offer a creation in the ＋ menu, on the phone's ＋ and in the command menu; not on records of a type whose page has
    a block of its own for it."""
    if operation not in NEW:
        NEW.append(operation)
    if not_on:
        NOT_ON.add((operation, not_on))


def url_for(operation: str, row_id: Any = None) -> str:
    """Where an operation's form is: the derived one, or the page that a room made for it."""
    options = FORMS.get(operation)
    if options is not None and options.url:
        return options.url.replace("{row}", str(row_id or ""))
    if (entry := ENTRIES.get(operation)) is not None:
        return "/" + entry.path.replace("<uuid:row_id>", str(row_id or ""))
    return f"/do/{operation}/{row_id}/" if row_id else f"/do/{operation}/"


def is_whole_page(operation: str) -> bool:
    """Whether the operation has a page of its own rather than a side form."""
    options = FORMS.get(operation)
    return operation in ENTRIES or bool(options is not None and options.url)


# --- workbench -------------------------------------------------------------------------------------------------------


def figure(role: str, title: T, function: Callable[[Context], Number | None], *, order: int = 50) -> None:
    """A figure for a role's workbench ('*': everybody); the first three that have a value are shown."""
    FIGURES.append(FigureBlock(role, title, function, order))


def warnings(role: str, function: Callable[[Context], Sequence[Warning_]]) -> None:
    """Warnings for a role's workbench ('*': everybody)."""
    WARNINGS.append((role, function))


def workblock(
    role: str,
    name: str,
    title: T,
    template: str,
    *,
    context: Callable[[Context], dict[str, Any] | None] | None = None,
    order: int = 50,
) -> None:
    """A block of a role's workbench ('*': everybody)."""
    BLOCKS.append(WorkBlock(role, name, title, template, context, order))


def may_create(operation: str, actor: Actor) -> bool:
    """Whether a creation should be offered to this actor."""
    return operation in REGISTRY and "web" in REGISTRY[operation].channels and actor.may(operation)
