"""Relations: how customers are looked after: grades and service terms, stages, the public pool, tags and segments."""
