"""Benches: what an act, a page, an import and a start cost, each beside its yardstick in the same run."""
