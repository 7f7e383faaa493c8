"""The verbs of deals, in life-cycle order: registering, ruling, and the end of the protection."""

from sellwell.selling.deals.operations import course, register, rule

__all__ = ["course", "register", "rule"]
