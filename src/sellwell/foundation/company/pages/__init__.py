"""What people see of the organisation."""

from sellwell.foundation.company.pages import duties, people

__all__ = ["duties", "people"]
