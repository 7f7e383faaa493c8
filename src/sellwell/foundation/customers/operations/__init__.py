"""The verbs of customers, in life-cycle order: record, people and places, terms and blocks, personal data."""

from sellwell.foundation.customers.operations import merging, pairs, places, privacy, record, terms

__all__ = ["merging", "pairs", "places", "privacy", "record", "terms"]
