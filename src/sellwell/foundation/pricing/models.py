"""Price rules, each for its days; floor prices below which somebody must agree."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from sellwell.foundation.pricing.rules import RuleKind
from sellwell.kernel.models import CompanyRow
from sellwell.kernel.values import T

__all__ = ["FloorPrice", "PriceList", "PriceRule", "RuleKind"]


class PriceList(CompanyRow):
    """A named list with its currency and whether its prices contain tax."""

    noun = T("价目表", "Price list")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3, default="CNY")
    tax_inside = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "code"], name="pricelist_code_unique"),
            models.UniqueConstraint(
                fields=["company_id"], condition=Q(is_default=True), name="pricelist_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PriceRule(CompanyRow):
    """A price, or a discount on the list price, for a product from a quantity up, within its days.

    `contract_id` is a plain identifier: contracts are a higher room.
    """

    noun = T("价格规则", "Price rule")
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="rules")
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=80, default="", blank=True)
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, null=True, related_name="+")
    product_line = models.CharField(max_length=40, default="", blank=True)
    grade = models.CharField(max_length=2, default="", blank=True)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    contract_id = models.UUIDField(null=True)
    min_quantity = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    price = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    discount = models.DecimalField(max_digits=9, decimal_places=6, null=True)  # 0.05 = 5 % off the list price
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RuleKind.values()), name="pricerule_kind_known"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="pricerule_dates"
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=False, discount__isnull=True)
                | Q(price__isnull=True, discount__isnull=False),
                name="pricerule_price_or_discount",
            ),
        ]
        indexes = [
            models.Index(fields=["company_id", "product", "kind"], name="pricerule_product"),
            models.Index(fields=["contract_id"], name="pricerule_contract"),
            models.Index(fields=["customer"], name="pricerule_customer"),
            models.Index(fields=["company_id", "-since", "-id"], name="pricerule_newest"),
        ]


class FloorPrice(CompanyRow):
    """The lowest price that needs nobody's leave, on the price list's tax basis."""

    noun = T("底价", "Floor price")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    price = models.DecimalField(max_digits=18, decimal_places=6)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "product", "since"], name="floorprice_since"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="floorprice_dates"
            ),
        ]
        indexes = [models.Index(fields=["company_id", "-since", "-id"], name="floorprice_newest")]
