"""Evidence for clause 5.2.2: no unit is promised that is not there."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q

from sellwell.foundation.stock.models import StockLevel
from sellwell.kernel.evidence import Broken, Evidence, evidence, found
from sellwell.kernel.values import Period, T

OVERSOLD = T("在库 {on_hand}，却预留 {reserved}", "{on_hand} on hand, but {reserved} reserved")


@evidence("5.2.2", T("没有超卖", "Nothing is oversold"))
def oversold(company_id: UUID, period: Period) -> Evidence:
    """Stock levels as they are now, and those with more reserved than there is. Must find none."""
    rows = StockLevel.objects.filter(company_id=company_id).select_related("product", "warehouse")
    over = rows.filter(Q(reserved__gt=F("on_hand")) | Q(on_hand__lt=0)).order_by("product__code", "id")
    broken = [
        Broken(
            "stock.stocklevel", level.pk, f"{level.product.code} · {level.warehouse.code}",
            OVERSOLD.format(on_hand=level.on_hand, reserved=level.reserved),
        )
        for level in over
    ]  # fmt: skip
    return found(rows.count(), broken)
