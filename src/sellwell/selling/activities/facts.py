"""The measure that activities post beside visits: `activities.contact`, once for each time that we were in touch."""

from __future__ import annotations

from decimal import Decimal

from sellwell.kernel import clock
from sellwell.kernel.effects import Posting
from sellwell.kernel.models import Fact
from sellwell.selling.activities.models import Activity
from sellwell.selling.pipeline.queries import CONTACT


def contact(activity: Activity) -> Posting:
    """We were in touch with the customer on that day."""
    day = clock.business_day(activity.happened_at)
    return Posting(CONTACT, Decimal(1), activity.pk, day, activity, customer_id=activity.customer_id)


def no_contact(activity: Activity) -> Posting:
    """The reverse, on the same day: it never counted."""
    posted = Fact.objects.filter(source=activity.pk, measure=CONTACT, seq=1).first()
    # The customer may have been merged since: what is taken back is what was posted.
    customer_id = posted.customer_id if posted is not None else activity.customer_id
    day = clock.business_day(activity.happened_at)
    return Posting(
        CONTACT, Decimal(-1), activity.pk, day, activity, customer_id=customer_id, seq=2,
        reverses=posted.pk if posted is not None else None,
    )  # fmt: skip
