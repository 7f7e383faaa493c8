"""Every verb on orders, in life-cycle order: a record page offers them in the order of these modules."""

from sellwell.selling.orders.operations import entry  # isort: skip
from sellwell.selling.orders.operations import confirming  # isort: skip
from sellwell.selling.orders.operations import ending  # isort: skip
from sellwell.selling.orders.operations import backorders  # isort: skip

__all__ = ["backorders", "confirming", "ending", "entry"]
