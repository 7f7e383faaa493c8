"""Every verb on orders, in life-cycle order."""

from sellwell.selling.orders.operations import entry  # isort: skip
from sellwell.selling.orders.operations import confirming  # isort: skip
from sellwell.selling.orders.operations import ending  # isort: skip

__all__ = ["confirming", "ending", "entry"]
