"""Forms derived from the inputs of operations."""
