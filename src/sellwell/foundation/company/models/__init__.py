"""The tables of the organisation: who there is (`people`), how it is built and who answers for what (`structure`,
`duties`), how it changes (`changes`), and which vendors it is connected to (`connections`)."""

from sellwell.foundation.company.models.changes import (
    ChangeAction,
    DepartmentReview,
    Reorganisation,
    ReorganisationState,
    ReorganisationStep,
    ReviewOutcome,
)
from sellwell.foundation.company.models.connections import Connection, ConnectionState, VendorName
from sellwell.foundation.company.models.duties import (
    Absence,
    AbsenceState,
    Duty,
    DutyEntry,
    DutyLetter,
    DutyWaiver,
    Position,
)
from sellwell.foundation.company.models.people import (
    Assignment,
    Company,
    DateRange,
    Department,
    Person,
    PersonState,
)
from sellwell.foundation.company.models.scorecards import Scorecard, ScorecardState
from sellwell.foundation.company.models.structure import DepartmentPast, Goal, GoalLink

__all__ = [
    "Absence",
    "AbsenceState",
    "Assignment",
    "ChangeAction",
    "Company",
    "Connection",
    "ConnectionState",
    "DateRange",
    "Department",
    "DepartmentPast",
    "DepartmentReview",
    "Duty",
    "DutyEntry",
    "DutyLetter",
    "DutyWaiver",
    "Goal",
    "GoalLink",
    "Person",
    "PersonState",
    "Position",
    "Reorganisation",
    "ReorganisationState",
    "ReorganisationStep",
    "ReviewOutcome",
    "Scorecard",
    "ScorecardState",
    "VendorName",
]  # fmt: skip
