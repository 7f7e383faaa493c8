"""The promise of the protocol: asked again under the same key, the platform gives the same invoice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sellwell.integrations import tax_platform
from sellwell.integrations.tax_platform import TaxRequest


@given(st.uuids(), st.uuids())
def test_one_number_per_key(first: object, second: object) -> None:
    request = TaxRequest(first, date(2026, 11, 23), Decimal("100.00"), Decimal("13.00"), "")  # type: ignore[arg-type]
    number = tax_platform.current().issue(request)
    assert len(number) == 20
    assert number.isdigit()
    assert tax_platform.current().issue(request) == number
    assert (tax_platform.current().issue(replace(request, key=second)) == number) == (first == second)  # type: ignore[arg-type]


def test_another_platform_can_take_its_place() -> None:
    class Fixed:
        def issue(self, request: TaxRequest) -> str:
            return "1" * 20

    tax_platform.register(Fixed())
    try:
        request = TaxRequest(None, date(2026, 1, 1), Decimal(1), Decimal(0), "")  # type: ignore[arg-type]
        assert tax_platform.current().issue(request) == "1" * 20
    finally:
        tax_platform.register(None)
