"""What people see of the pipeline: lists and records, board, visits on the phone, quotations, the public form."""

from sellwell.selling.pipeline.pages import lead_form, quotations, records, visits, workbench

__all__ = ["lead_form", "quotations", "records", "visits", "workbench"]
