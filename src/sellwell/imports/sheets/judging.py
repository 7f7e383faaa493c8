"""What the door would say to each document of a file, without writing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sellwell.imports.sheets import documents
from sellwell.imports.sheets.columns import SheetForm
from sellwell.imports.sheets.documents import Document, Problem
from sellwell.kernel import asking, import_memory
from sellwell.kernel.values import Objection, Refusal

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context


@dataclass(frozen=True)
class Verdict:
    """A document, what there is to say about it, whether it came in before, and what it became if the reader may see it."""

    document: Document
    said: list[Problem]
    known: bool = False
    link: tuple[str, UUID] | None = None

    @property
    def refused(self) -> bool:
        """Whether it would not come in."""
        return any(one.objection.kind == "refuse" for one in self.said)

    @property
    def held(self) -> bool:
        """Whether somebody would have to agree first."""
        return not self.refused and any(one.objection.kind == "hold" for one in self.said)


def judge(found: Sequence[Document], form: SheetForm, ctx: Context) -> list[Verdict]:
    """What would become of each document now."""
    documents.look_up(found, form, ctx)
    here = import_memory.here(ctx.company_id, form.operation.name, [one.digest for one in found])
    seen = import_memory.seen(here.values(), ctx.actor)
    verdicts = []
    for document in found:
        row = here.get(document.digest)
        link = (row.row_type, row.row_id) if row is not None and row.row_id in seen else None
        verdicts.append(Verdict(document, _said(document, form, ctx), row is not None, link))
    return verdicts


def _said(document: Document, form: SheetForm, ctx: Context) -> list[Problem]:
    """What is wrong with the cells, and what the door would answer to the rest."""
    said = list(document.problems)
    told = {(one.row, one.column) for one in said}
    try:
        objections = asking.outlook(form.operation.name, ctx, None, document.data).objections
    except Refusal as refusal:
        objections = refusal.objections
    placed = [place(one, document, form) for one in objections]
    # A cell that cannot be read is told once, not as missing too.
    return said + [one for one in placed if (one.row, one.column) not in told or one.column is None]


def place(objection: Objection, document: Document, form: SheetForm) -> Problem:
    """The cell of the file that an objection is about."""
    return Problem(document.row_at(objection.path), form.at(objection.path), objection)
