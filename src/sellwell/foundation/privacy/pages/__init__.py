"""What people see of privacy: the officer's home, consents on the customer's page, requests with their copy, the register."""

from sellwell.foundation.privacy.pages import home, lists, records, register

__all__ = ["home", "lists", "records", "register"]
