"""What customers do after an event: a search for duplicates that somebody asked for."""

from __future__ import annotations

from uuid import UUID

from sellwell.foundation.customers.models import MatchRun, RunState
from sellwell.kernel import system
from sellwell.kernel.door import run
from sellwell.kernel.models import Event
from sellwell.kernel.outbox import reaction


@reaction("customers.match", on=["customers.matching_asked"])
def match_when_asked(event: Event) -> None:
    """Compare the base; a run that was done already is left alone."""
    asked = MatchRun.objects.filter(pk=UUID(event.payload["run"]), state=RunState.ASKED.value).first()
    if asked is not None:
        run("customers.match", system.context(asked.company_id), asked.pk)
