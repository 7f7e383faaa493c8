"""How questionnaires, surveys, interviews and studies are read."""

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
    "ANSWERS", "FOLLOW_UPS", "INVITATIONS", "LINKS", "OPT_OUTS", "PROGRAMMES", "QUESTIONNAIRES", "RESPONSES", "ROUNDS",
]  # fmt: skip
