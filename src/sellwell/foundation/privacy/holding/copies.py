"""The copy that somebody may ask for: everything that the rooms hold of one person, as data and as a paper."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sellwell.foundation.privacy.extensions import Holding, Whom, all_holdings
from sellwell.foundation.privacy.models import Request
from sellwell.kernel import access, documents
from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.kernel.values import State, T, shown
from sellwell.kernel.views import BY_TYPE, Column, json_value, read_keys

MOST_ROWS = 2000  # of one table in one copy; who has more is told how many there are


@dataclass(frozen=True)
class Part:
    """The records of one table: what they are, their columns, the rows."""

    holding: Holding
    columns: list[Column]
    rows: list[Any]
    more: int = 0


def whom(request: Request) -> Whom:
    """Whose data a request is about."""
    customer = request.customer
    return Whom(request.company_id, request.subject_id, customer.pk, customer.party_id, request.contact_id)


def of_request(request: Request) -> list[Part]:
    """All that is held of the person who asks, table by table; two queries for each that holds anything."""
    person = whom(request)
    found = []
    for label, holding in all_holdings().items():
        wanted = holding.of(person) if holding.of is not None else None
        view = BY_TYPE.get(label)
        if wanted is None or view is None:
            continue
        rows = holding.rows(person.company_id).filter(wanted)
        if view.related:
            rows = rows.select_related(*view.related)
        read = list(rows.order_by("pk")[: MOST_ROWS + 1])
        if read:
            more = rows.count() - MOST_ROWS if len(read) > MOST_ROWS else 0
            columns = [c for c in view.columns if _is_theirs(c)]
            read_keys(columns, read[:MOST_ROWS])
            found.append(Part(holding, columns, read[:MOST_ROWS], more))
    return found


def _is_theirs(column: Column) -> bool:
    """What a person is told: not our costs and margins, not a masked number beside the whole one, not who works on it."""
    is_masked = column.envelope is not None and column.mask is not str
    return (
        column.group in ("", "personal", "bank") and not is_masked and column.kind not in ("person", "file")
    )


def as_json(request: Request, parts: Iterable[Part]) -> bytes:
    """The machine-readable copy: UTF-8 JSON, tables by their labels, values as REST gives them."""
    body = {
        "request": request.number,
        "made_at": request.copied_at.astimezone(BUSINESS_ZONE).isoformat() if request.copied_at else None,
        "law": request.law,
        "data": {
            part.holding.table: [{c.name: json_value(c, row) for c in part.columns} for row in part.rows]
            for part in parts
        },
        "purposes": {part.holding.table: [str(p) for p in part.holding.purposes] for part in parts},
        "sources": {part.holding.table: [str(s) for s in part.holding.sources] for part in parts},
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def as_paper(request: Request, parts: Iterable[Part], seller: str, mark: str) -> bytes:
    """The readable copy as PDF; `mark` stands at the foot of each page."""
    sections = [
        {
            "title": str(part.holding.title),
            "purposes": str(_joined(p.label for p in part.holding.purposes)),
            "sources": str(_joined(s.label for s in part.holding.sources)),
            "records": [_lines(part, row) for row in part.rows],
        }
        for part in parts
    ]
    moment = request.copied_at.astimezone(BUSINESS_ZONE).date() if request.copied_at else request.received_on
    data = {
        "number": request.number,
        "date": moment,
        "seller": {"name": seller},
        "mark_line": mark,
        "sections": sections,
    }
    return documents.render("subject_copy", data)


def _lines(part: Part, row: Any) -> list[dict[str, str]]:
    found = []
    for column in part.columns:
        text = _text(column, column.read(row))
        if text:
            found.append({"label": str(column.label), "value": text})
    return found


def _text(column: Column, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, State):
        return str(value.label)
    if isinstance(value, bool):
        return str(T("是", "Yes") if value else T("否", "No"))
    if column.kind == "datetime":
        return value.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M")
    return shown(value, "zh")[:2000]


def _joined(texts: Iterable[T]) -> T:
    found = list(texts)
    return T("、".join(t.zh for t in found), ", ".join(t.en for t in found))


def may_take(request: Request, actor: access.Actor) -> bool:
    """Whether somebody may open the copy: the officers who work on requests, once it was made."""
    return request.copied_at is not None and access.cell_for(actor, "privacy.make_copy", request) is not None
