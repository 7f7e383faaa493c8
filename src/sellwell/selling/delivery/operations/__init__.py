"""Every verb of delivery, in life-cycle order; the import of past sales stands beside them."""

from __future__ import annotations

from sellwell.selling.delivery import import_undo, importing

from sellwell.selling.delivery.operations import planning, shipping, accepting, returning  # isort: skip

__all__ = ["accepting", "import_undo", "importing", "planning", "returning", "shipping"]
