"""What people see of the organisation."""

from sellwell.foundation.company.pages import (
    changes,
    chart,
    connections,
    divisions,
    duties,
    home,
    people,
    scorecards,
    syncing,
    workbench,
)

__all__ = [
    "changes",
    "chart",
    "connections",
    "divisions",
    "duties",
    "home",
    "people",
    "scorecards",
    "syncing",
    "workbench",
]
