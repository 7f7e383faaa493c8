"""What delivery does on events: imports of past sales go on, chunk by chunk."""

from __future__ import annotations

from typing import Any

from sellwell.imports import jobs
from sellwell.kernel.import_operations import DUE
from sellwell.kernel.outbox import reaction


@reaction("delivery.import_next", on=[DUE])
def import_next(event: Any) -> None:
    """The next chunk of an import of past sales is due."""
    jobs.step(event)
