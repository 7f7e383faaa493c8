"""Tax classes that every Chinese company needs."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sellwell.foundation.catalog.models import TaxClass
from sellwell.kernel import system
from sellwell.kernel.door import run

# code, name, English name, (rate, since): the rates since the reform of 2018 and 2019
TAX_CLASSES: list[tuple[str, str, str, list[tuple[str, date]]]] = [
    (
        "goods", "货物及加工修理修配", "Goods, processing and repair",
        [("0.17", date(2000, 1, 1)), ("0.16", date(2018, 5, 1)), ("0.13", date(2019, 4, 1))],
    ),
    (
        "transport", "交通运输、建筑、不动产及列名货物", "Transport, construction, real estate, listed goods",
        [("0.11", date(2000, 1, 1)), ("0.10", date(2018, 5, 1)), ("0.09", date(2019, 4, 1))],
    ),
    ("services", "其他服务及无形资产", "Other services and intangibles", [("0.06", date(2000, 1, 1))]),
    ("zero", "零税率", "Zero-rated", [("0.00", date(2000, 1, 1))]),
]  # fmt: skip


def install(company_id: UUID, on: date) -> dict[str, TaxClass]:
    """Bring in the tax classes with their dated rates where they are missing; gives them by code."""
    ctx = system.context(company_id)
    known = {c.code: c for c in TaxClass.objects.all()}
    for code, name, name_en, rates in TAX_CLASSES:
        if code in known:
            continue
        (rate, since), *later = rates
        data = {"code": code, "name": name, "name_en": name_en, "rate": rate, "since": since}
        known[code] = run("catalog.add_tax_class", ctx, data=data).result
        for rate, since in later:
            run("catalog.set_tax_rate", ctx, known[code].pk, {"rate": rate, "since": since})
    return known
