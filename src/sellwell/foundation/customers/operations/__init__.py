"""The verbs of customers, in life-cycle order: record, people and places, groups, team, accounts, terms and blocks, possible
duplicates and merging, personal data."""

from sellwell.foundation.customers.operations import (
    accounts,
    groups,
    merging,
    pairs,
    places,
    privacy,
    record,
    team,
    terms,
)
