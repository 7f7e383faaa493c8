"""Every verb of the organisation, in life-cycle order: departments, positions, people, posts, changes, hand-over and
leaving, rights, policies."""
# ruff: noqa: I001 - the order of declaration is the order on record pages

from sellwell.foundation.company.operations import (
    people,
    departments,
    positions,
    scorecards,
    duties,
    posts,
    absences,
    goals,
)
from sellwell.foundation.company.operations import reorganising, reviews, syncing
from sellwell.foundation.company.operations import connections, vendor_directory
from sellwell.foundation.company.operations import handover, leaving, transfer
from sellwell.foundation.company.operations import rights, policies

__all__ = [
    "absences",
    "connections",
    "departments",
    "duties",
    "goals",
    "handover",
    "leaving",
    "people",
    "policies",
    "positions",
    "posts",
    "reorganising",
    "reviews",
    "rights",
    "scorecards",
    "syncing",
    "transfer",
    "vendor_directory",
]
