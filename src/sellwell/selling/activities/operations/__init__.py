"""The verbs of activities: being in touch, the day's route, calendar feeds, consent to positions."""

from sellwell.selling.activities.operations import contacts, own

__all__ = ["contacts", "own"]
