"""Every verb of intelligence, in life-cycle order."""

from sellwell.control.intelligence.operations import (
    actions,
    cards,
    competitors,
    loop,
    meetings,
    sending,
    series,
    truth,
)

__all__ = ["actions", "cards", "competitors", "loop", "meetings", "sending", "series", "truth"]
