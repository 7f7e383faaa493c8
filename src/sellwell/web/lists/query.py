"""A list as asked for: which rows, in which order, which columns. Read from the address, so every list can be shared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from sellwell.kernel import keyset, search
from sellwell.kernel.views import Column, View
from sellwell.web.lists import filters

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from sellwell.kernel.access import Actor
    from sellwell.web.parts import ListPage

PAGE_SIZE = 50
COUNT_CAP = 10_000
# Parameters of the address that are not part of what is asked for.
PLACE = ("after", "before", "tab")


@dataclass(frozen=True)
class ListQuery:
    """What a reader asks of a list."""

    view: View
    actor: Actor
    params: QueryDict
    q: str
    sort: str
    filters: list[filters.Filter]
    columns: list[Column]
    keys: list[keyset.Key]

    def rows(self) -> QuerySet[Any]:
        """The rows that match, unsorted."""
        asked = [one.column.name for one in self.filters]
        queryset = self.view.at_hand(self.view.rows(self.actor, self.columns), asked)
        for one in self.filters:
            queryset = queryset.filter(one.condition)
        if self.q:
            queryset = search.filter(queryset, self.view.row_type, self.q, self.actor)
        return queryset

    def page(self, size: int = PAGE_SIZE) -> keyset.Slice:
        """The page at hand."""
        return keyset.page(
            self.rows(), self.keys, self.params.get("after", ""), self.params.get("before", ""), size
        )

    def count(self) -> int:
        """How many rows match, counted up to one beyond the cap."""
        return self.rows().order_by()[: COUNT_CAP + 1].count()

    def without(self, *names: str, **changed: str) -> str:
        """The address of this list with parameters dropped or set; paging starts again."""
        params = self.params.copy()
        for name in (*names, *PLACE):
            params.pop(name, None)
        for name, value in changed.items():
            params[name] = value
        return "?" + params.urlencode()

    def without_personal_values(self) -> dict[str, list[str] | None]:
        """The filters in force, as kept in the security log: of a typed text only that it was asked for (None)."""
        found: dict[str, list[str] | None] = {"q": None} if self.q else {}
        for one in self.filters:
            for name in one.params:
                if values := [value for value in self.params.getlist(name) if value]:
                    found[name] = values if one.column.kind in filters.IMPERSONAL else None
        return found

    @property
    def canonical(self) -> str:
        """What is asked for, without place and searched text: the query of a saved view."""
        params = QueryDict(mutable=True)
        for name in sorted(self.params):
            if name not in (*PLACE, "q"):
                params.setlist(name, [v for v in self.params.getlist(name) if v])
        return params.urlencode()


def read(page: ListPage, actor: Actor, params: QueryDict, today: date) -> ListQuery:
    """The list that the parameters ask for; what this reader may not see is not there."""
    view = page.view
    visible = {column.name: column for column in view.visible(actor)}
    sort = params.get("sort", "")
    by = visible.get(sort.lstrip("-"))
    if by is None or not by.sortable or not by.path:
        sort, order = "", view.order
    else:
        order = (("-" if sort.startswith("-") else "") + by.path,)
    wanted = [n for n in params.get("columns", "").split(",") if n in visible] or [
        n for n in page.columns if n in visible
    ]
    columns = [visible[n] for n in wanted] or [c for c in visible.values() if c.in_list]
    # rows of views that name no texts are not in the search table
    q = params.get("q", "").replace("\x00", "").strip()[:80] if view.search is not None else ""
    return ListQuery(
        view, actor, params, q, sort,
        filters.in_force(view, actor, params, today), columns, keyset.keys_of(view.model, order),
    )  # fmt: skip
