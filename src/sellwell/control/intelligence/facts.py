"""What intelligence posts: `intelligence_points`, per award, on the day of the award, for who sent the item in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sellwell.control.intelligence.models import Award
from sellwell.kernel.effects import Posting
from sellwell.kernel.models import Fact

POINTS = "intelligence_points"


def awarded(award: Award) -> Posting:
    """The posting of an award; the person is the award's owner."""
    item = award.item
    return Posting(
        POINTS, award.points, award.pk, award.awarded_on, award, quantity=Decimal(1), customer_id=item.customer_id,
        product_id=item.product_id,
    )  # fmt: skip


def reversal(award: Award, on: date) -> Posting | None:
    """The reverse of an award's posting; None where nothing was posted."""
    posted = Fact.objects.filter(source=award.pk, measure=POINTS, reverses=None).order_by("id").first()
    if posted is None:
        return None
    return Posting(
        POINTS, -posted.amount, award.pk, on, award, quantity=Decimal(-1), customer_id=posted.customer_id,
        product_id=posted.product_id, seq=2, reverses=posted.pk,
    )  # fmt: skip
