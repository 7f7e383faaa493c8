"""Every verb of the organisation, in life-cycle order: people, posts, hand-over and leaving, rights, policies."""

# isort: off - the order of declaration is the order on record pages
from sellwell.foundation.company.operations import people, posts, handover, leaving, transfer, rights, policies

__all__ = ["handover", "leaving", "people", "policies", "posts", "rights", "transfer"]
