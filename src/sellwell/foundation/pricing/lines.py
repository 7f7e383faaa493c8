"""Priced lines: the columns that every line of a quotation, contract, order or invoice has."""

from __future__ import annotations

from django.db import models

from sellwell.kernel.models import CompanyRow


def amount_field(**options: object) -> models.DecimalField:
    """An amount of money: numeric(18,2)."""
    return models.DecimalField(max_digits=18, decimal_places=2, **options)  # type: ignore[arg-type]


def quantity_field(**options: object) -> models.DecimalField:
    """A quantity, unit price or rate: numeric(18,6)."""
    return models.DecimalField(max_digits=18, decimal_places=6, **options)  # type: ignore[arg-type]


class PricedLine(CompanyRow):
    """A line with quantity, price and tax. `total` = `net` + `tax`; the document's totals are the sums of its lines."""

    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    quantity = quantity_field()
    unit_price = quantity_field()
    list_price = quantity_field(default=0)
    price_source = models.CharField(max_length=10, default="list")  # which rule kind gave it, or 'manual'
    tax_rate = models.DecimalField(max_digits=9, decimal_places=6)
    net = amount_field()
    tax = amount_field()
    total = amount_field()

    class Meta:
        abstract = True
