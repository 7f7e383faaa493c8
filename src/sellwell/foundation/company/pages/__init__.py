"""What people see of the organisation."""

from sellwell.foundation.company.pages import chart, duties, people

__all__ = ["chart", "duties", "people"]
