"""Tables of the room: items with their loop, competitors with cards and prices, meetings with agenda and actions."""

from sellwell.control.intelligence.models.competitors import (
    BattleCard,
    CardState,
    Competitor,
    CompetitorState,
    PriceSeen,
    Rival,
)
from sellwell.control.intelligence.models.items import (
    Action,
    ActionState,
    Award,
    AwardState,
    Channel,
    Confidentiality,
    Credibility,
    Item,
    ItemKind,
    ItemState,
    Lawful,
    Reliability,
    Step,
    StepKind,
    Verdict,
)
from sellwell.control.intelligence.models.meetings import (
    AgendaLine,
    Attendee,
    Decision,
    Meeting,
    MeetingState,
    Presence,
    Rhythm,
    Series,
    SeriesState,
)

__all__ = [
    "Action", "ActionState", "AgendaLine", "Attendee", "Award", "AwardState", "BattleCard", "CardState", "Channel", "Competitor",
    "CompetitorState", "Confidentiality", "Credibility", "Decision", "Item", "ItemKind", "ItemState", "Lawful", "Meeting", "MeetingState",
    "Presence", "PriceSeen", "Reliability", "Rhythm", "Rival", "Series", "SeriesState", "Step", "StepKind", "Verdict",
]  # fmt: skip
