"""Every verb on management cycles and on what several sides sign."""

from sellwell.steering.plans.operations import comments, cycles, signoffs

__all__ = ["comments", "cycles", "signoffs"]
