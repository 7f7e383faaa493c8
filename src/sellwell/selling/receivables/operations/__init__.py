"""Every verb of receivables, in life-cycle order."""

from __future__ import annotations

from sellwell.selling.receivables.operations import credit, invoicing, crediting, receipts, matching  # isort: skip

__all__ = ["credit", "crediting", "invoicing", "matching", "receipts"]
