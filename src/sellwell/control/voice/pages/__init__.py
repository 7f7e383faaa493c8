"""What people see of voice: questionnaires and their results, surveys, follow-ups, interviews, studies; the public page."""

from sellwell.control.voice.pages import (
    campaigns,
    interviews,
    public,
    questionnaires,  # first: it opens the section
    results,
    stopping,
    surveys,
)
