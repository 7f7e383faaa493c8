"""What catalog tells industry profiles: kinds, units and tax classes of products, and which verbs give them (clause 1.1.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from sellwell.foundation.catalog.importing import IMPORTED, IMPORTED_NAME
from sellwell.foundation.catalog.models import Product, ProductKind, ProductState, TaxClass
from sellwell.foundation.profiles.extensions import Claim, Subject, claims, subjects
from sellwell.kernel.operations import Assessment, Context
from sellwell.kernel.values import T, named

ON_SALE = Q(state=ProductState.ACTIVE.value)
# How each kind is delivered is part of what it is.
DELIVERED = {
    ProductKind.GOODS: T("货物（从仓库发货）", "Goods, shipped from stock"),
    ProductKind.SERVICE: T("服务（按约履行）", "Services, performed as agreed"),
}


def _products(company_id: UUID) -> QuerySet[Any]:
    """Products are the whole group's; each company asks of all of them."""
    return Product.objects.all()


@subjects.register("catalog.kind")
def kinds() -> Subject:
    """Goods or services, with the way they are delivered."""
    return Subject(
        T("产品与交付", "Products and delivery"), lambda: [(kind.value, label) for kind, label in DELIVERED.items()],
        _products, "kind", "code", ON_SALE, order=10,
    )  # fmt: skip


@subjects.register("catalog.unit")
def units() -> Subject:
    """What products are counted in; people write units themselves."""
    return Subject(T("计量单位", "Units"), None, _products, "unit", "code", ON_SALE, order=20)


def _tax_classes() -> Sequence[tuple[str, T]]:
    """Those that there are, and the one that the first import will make."""
    found = {one.code: named(one) for one in TaxClass.objects.order_by("code")}
    return list((found | {IMPORTED: found.get(IMPORTED, IMPORTED_NAME)}).items())


@subjects.register("catalog.tax_class")
def tax_classes() -> Subject:
    """How products are taxed."""
    return Subject(
        T("税类", "Tax classes"), _tax_classes, _products, "tax_class__code", "code", ON_SALE, order=30
    )


def _class_code(tax_class_id: UUID | None) -> list[str]:
    return (
        list(TaxClass.objects.filter(pk=tax_class_id).values_list("code", flat=True)) if tax_class_id else []
    )


@claims.register("catalog.add_product")
def of_new(assessment: Assessment, ctx: Context) -> Iterable[Claim]:
    """Kind, unit and tax class of a new product."""
    given = assessment.given
    yield Claim("catalog.kind", given.kind.value, "kind")
    yield Claim("catalog.unit", given.unit, "unit")
    for code in _class_code(given.tax_class):
        yield Claim("catalog.tax_class", code, "tax_class")


@claims.register("catalog.change_product")
def of_change(assessment: Assessment, ctx: Context) -> Iterable[Claim]:
    """The unit or tax class that a product is given anew; what it has stays, as forms send it with the rest."""
    given, product = assessment.given, assessment.row
    if given is None:
        return
    if given.unit is not None and given.unit != product.unit:
        yield Claim("catalog.unit", given.unit, "unit")
    if given.tax_class != product.tax_class_id:
        for code in _class_code(given.tax_class):
            yield Claim("catalog.tax_class", code, "tax_class")


@claims.register("catalog.resume_product")
def of_resumed(assessment: Assessment, ctx: Context) -> Iterable[Claim]:
    """All that a product is, when it comes on sale again."""
    product = assessment.row
    yield Claim("catalog.kind", product.kind)
    yield Claim("catalog.unit", product.unit)
    for code in _class_code(product.tax_class_id):
        yield Claim("catalog.tax_class", code)
