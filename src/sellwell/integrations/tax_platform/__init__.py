"""The electronic tax invoice platform (全面数字化的电子发票): what we ask of it, and which one answers.

An invoice is asked for under a key of ours. Asking again under the same key gives the same invoice, never a second one:
an implementation keeps that promise, so a lost answer or a repeated transaction costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TaxRequest:
    """What the platform is told. Amounts are negative on a red-letter invoice, which names the blue one it corrects."""

    key: UUID
    issued_on: date
    net: Decimal
    tax: Decimal
    buyer: str  # the buyer's unified social credit code, empty for persons
    corrects: str = ""  # the number of the blue invoice


class TaxPlatform(Protocol):
    """Issues tax invoices."""

    def issue(self, request: TaxRequest) -> str:
        """The number (20 digits) of the tax invoice; the same for the same key."""


_platform: TaxPlatform | None = None


def register(platform: TaxPlatform | None) -> None:
    """Name the platform of this process; None goes back to the simulator."""
    global _platform
    _platform = platform


def current() -> TaxPlatform:
    """The platform in use: the simulator where no other is registered."""
    from sellwell.integrations.tax_platform.simulator import SIMULATOR

    return _platform or SIMULATOR
