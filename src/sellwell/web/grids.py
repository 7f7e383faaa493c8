"""The line grid of entry pages: its columns, and the call that prices all changed lines at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import HttpResponseBadRequest, JsonResponse

from sellwell.kernel.inputs import plain
from sellwell.kernel.values import Objection, Refusal, State, T
from sellwell.web.forms.parse import from_json
from sellwell.web.parts import EVERYBODY  # noqa: F401 - the name that rooms import with grids

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context

# pick: type-ahead · text · quantity · price · amount · rate · date · select · info (only shown, from the quote)
KINDS = ("pick", "text", "quantity", "price", "amount", "rate", "date", "select", "info")


@dataclass(frozen=True)
class GridColumn:
    """A column of the grid; `name` is the field of the line's input, or of the quote for `info` ones.

    `quoted`: filled by the quote until somebody types over it. `why`: the quote's value that explains this one.
    `paste`: what pasted cells may become it: code (a product's code or name), number, date, text.
    """

    name: str
    label: T
    kind: str = "text"
    pick: str = ""
    paste: str = ""
    quoted: bool = False
    why: str = ""
    info: bool = False
    grow: bool = False
    required: bool = False
    choices: Sequence[tuple[str, T]] = ()
    default: str = ""

    def image(self) -> dict[str, Any]:
        """The column as the grid's script reads it."""
        if self.kind not in KINDS:
            raise ValueError(f"{self.name}: no kind {self.kind}")
        return {
            "name": self.name,
            "label": str(self.label),
            "kind": self.kind,
            "pick": f"/pick/{self.pick}" if self.pick else "",
            "paste": self.paste,
            "quoted": self.quoted,
            "why": self.why,
            "info": self.info or self.kind == "info",
            "grow": self.grow,
            "required": self.required,
            "choices": [[value, str(label)] for value, label in self.choices],
            "default": self.default,
        }


@dataclass(frozen=True)
class Grid:
    """A grid for the field `name` of an input: its columns, where prices come from, and the totals that stay in sight."""

    name: str
    columns: Sequence[GridColumn]
    quote: str = ""
    totals: Sequence[tuple[str, T]] = ()
    empty_rows: int = 3

    def image(self) -> dict[str, Any]:
        """The grid as its script reads it."""
        return {
            "name": self.name,
            "columns": [column.image() for column in self.columns],
            "quote": self.quote,
            "totals": [[name, str(label)] for name, label in self.totals],
            "emptyRows": self.empty_rows,
        }


@dataclass(frozen=True)
class QuotedLine:
    """What the quote says of one line: values by column, and what is wrong or to be known."""

    values: Mapping[str, Any] = field(default_factory=dict)
    objections: Sequence[Objection] = ()


@dataclass(frozen=True)
class Quote:
    """What the quote says of all lines (by their place) and of the document."""

    lines: Mapping[int, QuotedLine] = field(default_factory=dict)
    totals: Mapping[str, Decimal | None] = field(default_factory=dict)
    objections: Sequence[Objection] = ()


QuoteFunction = Callable[[dict[str, Any], list[dict[str, Any]], "Context"], Quote]
QUOTES: dict[str, QuoteFunction] = {}


def quote_url(name: str, function: QuoteFunction) -> str:
    """Register the pricing of a grid's lines; the address for `Grid(quote=…)` comes back."""
    if name in QUOTES:
        raise ValueError(f"the quote {name} is registered twice")
    QUOTES[name] = function
    return f"/quote/{name}"


def quote(request: Any, name: str) -> JsonResponse | HttpResponseBadRequest:
    """Price all lines: reads only, no document is made. What is incomplete is passed over."""
    try:
        sent = from_json(request.body)
        head, lines = dict(sent.get("head") or {}), [dict(line) for line in sent.get("lines") or ()][:2000]
    except (ValueError, TypeError):
        return HttpResponseBadRequest()
    if "row" in request.GET:  # the row that an entry page changes
        head["row"] = request.GET["row"]
    try:
        found = QUOTES[name](head, lines, request.ctx)
    except Refusal as refusal:
        found = Quote(objections=refusal.objections)
    return JsonResponse(
        {
            "lines": {
                str(place): {"values": _shown(line.values), "objections": [image(o) for o in line.objections]}
                for place, line in found.lines.items()
            },
            "totals": _shown(found.totals),
            "objections": [image(o) for o in found.objections],
        }
    )


def image(objection: Objection) -> dict[str, str]:
    """An objection as JSON for scripts."""
    return {
        "kind": objection.kind,
        "code": objection.code,
        "text": str(objection.text),
        "path": objection.path,
    }


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: str(value.label)
        if isinstance(value, State)
        else str(value)
        if isinstance(value, T)
        else plain(value)
        for name, value in values.items()
    }
