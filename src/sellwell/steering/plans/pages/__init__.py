"""What people see of cycles and sign-offs: the board, lists and records, a department's page, the workbench."""

from sellwell.steering.plans.pages import cycles, home, signoffs

__all__ = ["cycles", "home", "signoffs"]
