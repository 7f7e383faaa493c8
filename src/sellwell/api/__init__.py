"""REST under /api/v1/, derived from operations and views. One thin adapter: it knows the registry, no room."""
