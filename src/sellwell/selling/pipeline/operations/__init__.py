"""The verbs of the pipeline, in life-cycle order: leads, opportunities, visits, quotations."""

from sellwell.selling.pipeline.operations import leads, opportunities, quotations, visits

__all__ = ["leads", "opportunities", "quotations", "visits"]
