"""Every verb on management cycles and on what several sides sign."""

from sellwell.steering.plans.operations import cycles, signoffs

__all__ = ["cycles", "signoffs"]
