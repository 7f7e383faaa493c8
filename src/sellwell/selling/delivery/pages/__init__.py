"""What people see of delivery: its records, and the import of past sales."""

from sellwell.selling.delivery.pages import imports, records

__all__ = ["imports", "records"]
