"""What people see of delivery: its records, the workbench, and the import of past sales."""

from sellwell.selling.delivery.pages import imports, records, workbench

__all__ = ["imports", "records", "workbench"]
