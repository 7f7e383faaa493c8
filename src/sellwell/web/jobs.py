"""Progress of long work: a small part of a page that asks again until the work is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpResponse

from sellwell.kernel.values import T
from sellwell.web.shortcuts import fragment

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of work is: `share` 0 to 100, what is being done, and where its result is."""

    share: int
    text: T | str
    is_done: bool = False
    is_failed: bool = False
    url: str = ""


SOURCES: dict[str, Callable[[UUID, Context], Progress | None]] = {}


def source(name: str, function: Callable[[UUID, Context], Progress | None]) -> None:
    """Register who knows of work of a kind; None means that this reader has no such work."""
    SOURCES[name] = function


def show(request: Any, name: str, job_id: UUID) -> HttpResponse:
    """The progress as it is now; the part asks again after a second while the work goes on."""
    found = SOURCES[name](job_id, request.ctx) if name in SOURCES else None
    if found is None:
        raise Http404(name)
    return fragment(request, "web/components/progress.html", {"progress": found, "url": request.path})
