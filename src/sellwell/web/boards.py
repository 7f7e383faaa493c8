"""A board: rows as cards in a column per state, with count, sum and weighted sum. Moving a card asks what the state needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Count, DecimalField, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.utils.safestring import SafeString

from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import State, T
from sellwell.kernel.views import Column
from sellwell.web import cells, registry
from sellwell.web.lists import query
from sellwell.web.parts import ListPage
from sellwell.web.shortcuts import render, require

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context
    from sellwell.web.parts import BoardPage

CARDS = 40  # cards of one column; more are in the list
OLD_DAYS, STALE_DAYS = 14, 30
_SUM = DecimalField(max_digits=24, decimal_places=6)


@dataclass(frozen=True)
class Card:
    """A row on the board."""

    row: Any
    url: str
    title: str
    cells: list[tuple[Column, SafeString]]
    amount: str
    age: str  # "" | old | stale
    days: int | None
    links: Sequence[tuple[str, str]]
    held: bool  # waits for an approval, so it cannot be moved


@dataclass(frozen=True)
class Pile:
    """A column of the board with its sums, and the operation that moves a card into it."""

    state: State
    cards: list[Card]
    count: int
    total: Decimal | None
    weighted: Decimal | None
    operation: str
    move_title: T | None
    rest: str  # where those are that the column has no room for


def show(request: Any, board: BoardPage) -> HttpResponse:
    """The board of a view."""
    require(request, board.view.name)
    page = registry.LISTS.get(board.view.name) or ListPage(
        board.view, "", "board", 0, (), (), (), (), None, ()
    )
    asked = query.read(page, request.actor, request.GET, request.ctx.today)
    visible = {column.name: column for column in board.view.visible(request.actor)}
    rows = asked.rows()
    piled = rows.annotate(pile_of=column_of(board, visible[board.column].path, request.ctx))
    totals = sums(piled, board, visible)
    tops = newest(piled, board, visible[board.column].path, totals)
    links = board.links([row for top in tops.values() for row in top], request.ctx) if board.links else {}
    piles = [
        _pile(state, tops.get(state.value, []), board, visible, totals, links, request)
        for state in _states(board)
        if state.value in totals or board.shown is None or board.shown(state, request.ctx)
    ]
    context = {"board": board, "view": board.view, "piles": piles, "asked": asked, "new": [
        (REGISTRY[n], registry.url_for(n), registry.is_whole_page(n)) for n in page.new if registry.may_create(n, request.actor)
    ]}  # fmt: skip
    title = T(f"{board.view.title.zh}看板", f"{board.view.title.en} board")
    return render(
        request, "web/board.html", context, title=title, crumbs=[(board.view.title, f"/{board.view.url}/")]
    )


def _states(board: BoardPage) -> Iterable[State]:
    """The columns in their order: those that are computed stand after the state whose rows they take."""
    for state in board.states:
        yield state
        yield from (later.state for later in board.later if later.within == state)


def column_of(board: BoardPage, path: str, ctx: Context) -> Any:
    """In which column a row stands: its state, or the first computed one that its state and other rooms' records lead to."""
    if not board.later:
        return F(path)
    further = [
        When(Q(**{path: later.within.value}) & later.rows(ctx), then=Value(later.state.value))
        for later in board.later
    ]
    return Case(*further, default=F(path), output_field=CharField())


def sums(rows: QuerySet[Any], board: BoardPage, visible: dict[str, Column]) -> dict[str, dict[str, Any]]:
    """Count, sum and weighted sum per column in one query; hidden figures are not even asked for.

    The names of the sums begin with `pile_`, so that they never hide a column of the row.
    """
    wanted: dict[str, Any] = {"pile_count": Count("pk")}
    amount, weight = visible.get(board.amount), visible.get(board.weight)
    if amount is not None and amount.path:
        wanted["pile_sum"] = Coalesce(Sum(F(amount.path), output_field=_SUM), Decimal(0), output_field=_SUM)
        if weight is not None and weight.path:
            product = F(amount.path) * F(weight.path)
            wanted["pile_weighted"] = Coalesce(Sum(product, output_field=_SUM), Decimal(0), output_field=_SUM)
    return {str(found["pile_of"]): found for found in rows.order_by().values("pile_of").annotate(**wanted)}


def newest(rows: QuerySet[Any], board: BoardPage, path: str, states: Iterable[str]) -> dict[str, list[Any]]:
    """The first rows of each column: which ones in one query, each column by its own index, and the rows in another."""
    stored = {later.state.value: later.within.value for later in board.later}
    split = {*stored, *stored.values()}  # columns whose rows the state alone does not tell
    firsts = [
        rows.filter(**{path: stored.get(state, state)}, **({"pile_of": state} if state in split else {}))
        .order_by(*board.view.order)
        .values_list("pk", flat=True)[:CARDS]
        for state in states
    ]
    if not firsts:
        return {}
    ids = list(firsts[0].union(*firsts[1:], all=True))
    found: dict[str, list[Any]] = {}
    for row in rows.filter(pk__in=ids).order_by(*board.view.order):
        found.setdefault(str(row.pile_of), []).append(row)
    return found


def _pile(
    state: State, rows: list[Any], board: BoardPage, visible: dict[str, Column],
    totals: dict[str, dict[str, Any]], links: Mapping[Any, Sequence[tuple[str, str]]], request: Any,
) -> Pile:  # fmt: skip
    found = totals.get(state.value, {})
    name = board.moves.get(state.value, "")
    operation = REGISTRY.get(name)
    may = operation is not None and request.actor.may(name)
    cards = [_card(row, board, visible, links.get(row.pk, ()), request) for row in rows]
    rest = next((later.url for later in board.later if later.state == state), "")
    return Pile(
        state, cards, found.get("pile_count", 0), found.get("pile_sum"), found.get("pile_weighted"),
        name if may else "", operation.title if operation and may else None,
        rest or f"/{board.view.url}/?{board.column}={state.value}",
    )  # fmt: skip


def _card(
    row: Any, board: BoardPage, visible: dict[str, Column], links: Sequence[tuple[str, str]], request: Any
) -> Card:
    shown = [visible[n] for n in board.card if n in visible and n != board.amount]
    amount = visible.get(board.amount)
    days = None
    if since := visible.get(board.since):
        moment = since.read(row)
        days = (request.ctx.now - moment).days if moment is not None else None
    # what is over does not age
    over = cells.tone(str(visible[board.column].read(row).value)) in ("done", "ended")
    days = None if over else days
    age = "" if days is None or days < OLD_DAYS else "stale" if days >= STALE_DAYS else "old"
    return Card(
        row, f"/{board.view.url}/{row.pk}/", str(board.view.label(row)),
        [(c, cells.cell(c, row, link=False)) for c in shown], cells.text_of(amount, row) if amount else "", age, days, links,
        bool(getattr(row, "held_by", None)),
    )  # fmt: skip
