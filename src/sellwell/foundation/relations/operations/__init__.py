"""The verbs of relations: runs over all customers, grades, plans of stages, the pool, tags, segments, clusters."""

from sellwell.foundation.relations.operations import (
    clusters,
    grading,
    plans,
    pools,
    runs,
    segments,
    tags,
)

__all__ = ["clusters", "grading", "plans", "pools", "runs", "segments", "tags"]
