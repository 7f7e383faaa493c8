"""How questionnaires, surveys, interviews and studies are read."""

from sellwell.control.voice.reading.interviews import FINDINGS, GUIDES, INTERVIEWS, PASSAGES, STUDIES
from sellwell.control.voice.reading.questionnaires import LINKS, QUESTIONNAIRES
from sellwell.control.voice.reading.surveys import (
    ANSWERS,
    FOLLOW_UPS,
    INVITATIONS,
    OPT_OUTS,
    PROGRAMMES,
    RESPONSES,
    ROUNDS,
)

__all__ = [
    "ANSWERS", "FINDINGS", "FOLLOW_UPS", "GUIDES", "INTERVIEWS", "INVITATIONS", "LINKS", "OPT_OUTS", "PASSAGES",
    "PROGRAMMES", "QUESTIONNAIRES", "RESPONSES", "ROUNDS", "STUDIES",
]  # fmt: skip
