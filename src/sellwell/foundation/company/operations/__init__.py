"""Every verb of the organisation, in life-cycle order: people, posts, hand-over and leaving, rights, policies."""
# ruff: noqa: I001 - the order of declaration is the order on record pages

from sellwell.foundation.company.operations import people, posts
from sellwell.foundation.company.operations import handover, leaving, transfer
from sellwell.foundation.company.operations import rights, policies

__all__ = ["handover", "leaving", "people", "policies", "posts", "rights", "transfer"]
