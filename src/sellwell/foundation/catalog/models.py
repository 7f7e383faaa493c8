"""What we sell: products and services, their tax classes and costs."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from sellwell.kernel.models import CompanyRow, Row
from sellwell.kernel.values import State, T


class ProductState(State):
    """Whether a product may be sold."""

    ACTIVE = "active", T("在售", "On sale")
    RETIRED = "retired", T("停售", "Retired")


class ProductKind(State):
    """Goods lie in warehouses; services do not."""

    GOODS = "goods", T("货物", "Goods")
    SERVICE = "service", T("服务", "Service")


class TaxClass(Row):
    """A kind of supply that the tax law treats alike."""

    noun = T("税类", "Tax class")
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, default="", blank=True)

    def __str__(self) -> str:
        return self.name


class TaxRate(Row):
    """The rate of a tax class from day to day."""

    noun = T("税率", "Tax rate")
    tax_class = models.ForeignKey(TaxClass, on_delete=models.PROTECT, related_name="rates")
    rate = models.DecimalField(max_digits=9, decimal_places=6)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="taxrate_dates"
            ),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=1), name="taxrate_range"),
            models.UniqueConstraint(fields=["tax_class", "since"], name="taxrate_since"),
        ]


class ProductManager(models.Manager["Product"]):
    """Products as they are read: with the latest cost of the company that the session works for."""

    def get_queryset(self) -> QuerySet[Any]:
        """`current_cost` is None where the company has set none."""
        # The door names the company of the act first among those that the session may see.
        company = RawSQL(
            "(string_to_array(trim('{}' from current_setting('sellwell.companies', true)), ','))[1]::uuid", []
        )
        costs = ProductCost.objects.filter(product=OuterRef("pk"), company_id=company).order_by("-since")
        return super().get_queryset().annotate(current_cost=Subquery(costs.values("cost")[:1]))


class Product(Row):
    """Something with a code, a unit and a tax class. Known to the whole group; stock, costs and prices are a company's."""

    noun = T("产品", "Product")
    objects = ProductManager()
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, default="", blank=True)
    specification = models.CharField(max_length=120, default="", blank=True)
    kind = models.CharField(max_length=10, default="goods")  # goods | service
    unit = models.CharField(max_length=20, default="台")
    product_line = models.CharField(max_length=40, default="", blank=True)
    tax_class = models.ForeignKey(TaxClass, on_delete=models.PROTECT, related_name="products")
    state = models.CharField(max_length=10, default="active")
    lead_days = models.PositiveSmallIntegerField(default=14)  # working days to get more of it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ProductState.values()), name="product_state_known"),
            models.CheckConstraint(condition=Q(kind__in=ProductKind.values()), name="product_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ProductCost(CompanyRow):
    """What a unit costs the company, from day to day: for margins (field group `cost`)."""

    noun = T("成本", "Cost")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="costs")
    cost = models.DecimalField(max_digits=18, decimal_places=6)
    since = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "product", "since"], name="productcost_since")
        ]
