"""Documents that prove a step: records of any type by `orders.order:<identifier>`, as far as somebody may see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from sellwell.kernel.inputs import Reference
from sellwell.kernel.models import StoredFile
from sellwell.kernel.values import T
from sellwell.kernel.views import BY_TYPE, View
from sellwell.steering.plans.models import StepDocument

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor

# What forms call a record of whatever type; the pages register how it is found while one types.
ANY = "plans.document"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
RecordRef = Annotated[str, StringConstraints(pattern=rf"^[a-z_]+\.[a-z_]+:{_UUID}$"), Reference(ANY)]

# A cycle proves none of its own steps.
NO_PROOF = ("plans.cycle",)


def ref_of(row_type: str, row_id: UUID) -> str:
    """A record as forms send it."""
    return f"{row_type}:{row_id}"


def read_ref(text: str) -> tuple[str, UUID]:
    """The type and identifier of a record as forms send it."""
    row_type, _, row_id = text.partition(":")
    return row_type, UUID(row_id)


def seen(refs: Iterable[tuple[str, UUID]], actor: Actor) -> dict[tuple[str, UUID], tuple[View, Any]]:
    """The records among them that somebody may see: one query per type."""
    by_type: dict[str, set[UUID]] = {}
    for row_type, row_id in refs:
        if row_type in BY_TYPE and row_type not in NO_PROOF:
            by_type.setdefault(row_type, set()).add(row_id)
    found: dict[tuple[str, UUID], tuple[View, Any]] = {}
    for row_type, ids in by_type.items():
        view = BY_TYPE[row_type]
        if actor.may(view.name):
            found |= {(row_type, row.pk): (view, row) for row in view.rows(actor).filter(pk__in=ids)}
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as pages show it: what it is called and where it opens; without an address it is out of sight."""

    kind: T | str
    name: str
    url: str


HIDDEN = T("无权查看的记录", "A record that you may not see")
FILE = T("附件", "File")


def shown(documents: Sequence[StepDocument], of: dict[UUID, UUID], actor: Actor) -> dict[UUID, list[Shown]]:
    """Documents as pages show them, by step. `of`: step -> cycle, whose page hands out its files."""
    known = seen(((d.row_type, d.row_id) for d in documents if d.row_id is not None), actor)
    found: dict[UUID, list[Shown]] = {}
    for one in documents:
        found.setdefault(one.step_id, []).append(_shown(one, known, of.get(one.step_id)))
    return found


def _shown(
    one: StepDocument, known: dict[tuple[str, UUID], tuple[View, Any]], cycle_id: UUID | None
) -> Shown:
    if one.file_id is not None:
        return Shown(FILE, one.file.name, f"/files/{one.file_id}?inline&of=plans.cycle/{cycle_id}")
    row_id: Any = one.row_id
    if (one.row_type, row_id) not in known:
        return Shown(HIDDEN, "", "")
    return shown_record(*known[one.row_type, row_id])


def shown_record(view: View, row: Any) -> Shown:
    """A record that the reader may see, as a document."""
    return Shown(view.title, str(view.label(row)), f"/{view.url}/{row.pk}/")


def files_of(ids: Iterable[UUID]) -> dict[UUID, StoredFile]:
    """Stored files by identifier."""
    return {row.pk: row for row in StoredFile.objects.filter(pk__in=list(ids))}
