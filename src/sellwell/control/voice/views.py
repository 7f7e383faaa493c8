"""How questionnaires, surveys, interviews and studies are read."""

from sellwell.control.voice.reading.campaigns import CAMPAIGNS, RECIPIENTS
from sellwell.control.voice.reading.interviews import FINDINGS, GUIDES, INTERVIEWS, PASSAGES, STUDIES
from sellwell.control.voice.reading.questionnaires import LINKS, QUESTIONNAIRES
from sellwell.control.voice.reading.surveys import (
    ANSWERS,
    FOLLOW_UPS,
    INVITATIONS,
    PROGRAMMES,
    RESPONSES,
    ROUNDS,
)

__all__ = [
    "ANSWERS", "CAMPAIGNS", "FINDINGS", "FOLLOW_UPS", "GUIDES", "INTERVIEWS", "INVITATIONS", "LINKS", "PASSAGES",
    "PROGRAMMES", "QUESTIONNAIRES", "RECIPIENTS", "RESPONSES", "ROUNDS", "STUDIES",
]  # fmt: skip
