"""What imports do on events: they go on, chunk by chunk."""

from __future__ import annotations

from typing import Any

# Each brings its profile.
from sellwell.imports import jobs, order_jobs  # noqa: F401
from sellwell.imports.sheets import rows  # noqa: F401
from sellwell.kernel.import_steps import DUE
from sellwell.kernel.outbox import reaction


@reaction("imports.next", on=[DUE])
def next_chunk(event: Any) -> None:
    """The next chunk of an import is due."""
    jobs.step(event)
