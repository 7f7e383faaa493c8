"""The verbs of customers, in life-cycle order: record, people and places, terms and blocks, personal data."""

from sellwell.foundation.customers.operations import places, privacy, record, terms

__all__ = ["places", "privacy", "record", "terms"]
