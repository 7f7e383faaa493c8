"""Every verb of voice, in life-cycle order."""

from sellwell.control.voice.operations import (
    answering,
    campaigns,
    following,
    interviews,
    invitations,
    programmes,
    questionnaires,
    studies,
)
