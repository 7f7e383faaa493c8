"""What contracts do to prices: the prices that were signed hold for the contract's term."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sellwell.foundation.pricing.models import PriceList, PriceRule, RuleKind
from sellwell.kernel.effects import Effects
from sellwell.kernel.operations import Context


def agree(
    effects: Effects,
    ctx: Context,
    contract_id: UUID,
    prices: Iterable[tuple[UUID, Decimal]],
    since: date,
    until: date | None,
) -> None:
    """Put a contract's (product, unit price) in force from `since` up to, not including, `until`.

    Of two lines with one product the lower price counts. Prices are on the default list's tax basis. Without a default
    list nothing is written: the contract's own lines still carry their prices.
    """
    default = PriceList.objects.filter(company_id=ctx.company_id, is_default=True).first()
    if default is None:
        return
    lowest: dict[UUID, Decimal] = {}
    for product_id, price in prices:
        lowest[product_id] = min(price, lowest.get(product_id, price))
    effects.insert(
        *(
            PriceRule(
                company_id=ctx.company_id, price_list=default, kind=RuleKind.CONTRACT.value, contract_id=contract_id,
                product_id=product_id, price=price, since=since, until=until,
            )
            for product_id, price in lowest.items()
        )
    )  # fmt: skip


def end_agreed(effects: Effects, ctx: Context, contract_id: UUID) -> None:
    """A contract ends early: its prices end today. (A rule holds at least on the day that it starts.)"""
    for rule in PriceRule.objects.select_for_update().filter(
        company_id=ctx.company_id, contract_id=contract_id
    ):
        end = max(ctx.today, rule.since + timedelta(days=1))
        if rule.until is None or rule.until > end:
            effects.update(rule, until=end)
