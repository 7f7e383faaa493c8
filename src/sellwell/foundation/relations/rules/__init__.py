"""Rules of relations, pure: grades, stages, the pool, conditions of tags and segments."""
