"""The first price list of a company."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sellwell.foundation.pricing.models import PriceList
from sellwell.kernel import system
from sellwell.kernel.door import run

STANDARD = {"code": "STD", "name": "标准价目表", "currency": "CNY", "tax_inside": True, "is_default": True}


def install(company_id: UUID, on: date) -> PriceList:
    """Bring in the default price list, prices with tax inside, where there is none; gives it."""
    found = PriceList.objects.filter(company_id=company_id, is_default=True).first()
    if found is None:
        made: PriceList = run("pricing.add_list", system.context(company_id), data=STANDARD).result
        return made
    return found
