"""A tax platform that stands in for the real one: it keeps the promise of the protocol and nothing else."""

from __future__ import annotations

from hashlib import sha256

from sellwell.integrations.tax_platform import TaxRequest

REGION = "31"  # the two digits of the tax office
NUMBER_LENGTH = 20


class Simulator:
    """Derives every number from the request's key: it needs no memory to give the same answer twice."""

    def issue(self, request: TaxRequest) -> str:
        """Year, region, and sixteen digits that belong to the key alone."""
        digits = int.from_bytes(sha256(request.key.bytes).digest()[:8], "big") % 10**16
        return f"{request.issued_on:%y}{REGION}{digits:016d}"


SIMULATOR = Simulator()
