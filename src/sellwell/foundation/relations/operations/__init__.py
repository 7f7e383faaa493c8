"""The verbs of relations: contacts, runs over all customers, grades, plans of stages, the pool, tags, segments, clusters."""

from sellwell.foundation.relations.operations import (
    clusters,
    contact,
    grading,
    plans,
    pools,
    runs,
    segments,
    tags,
)

__all__ = ["clusters", "contact", "grading", "plans", "pools", "runs", "segments", "tags"]
