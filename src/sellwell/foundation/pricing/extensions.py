"""What prices add to lower rooms: what happens to a customer's own prices when customers are merged."""

from __future__ import annotations

from sellwell.foundation.customers.merging import moves_with_customer
from sellwell.foundation.pricing.models import PriceRule

# Two prices for one product may stand beside each other: `rules.choose` says which counts.
moves_with_customer(PriceRule, "customer")
