"""Products of an import: found by code, or made."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

from sellwell.foundation.catalog.models import Product, ProductState, TaxClass, TaxRate
from sellwell.kernel import taking_back
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.seeds import BEGINNING
from sellwell.kernel.values import T

UNIT = "件"
# Prices of a foreign source hold none of our tax.
IMPORTED, IMPORTED_NAME = "IMPORT", T("导入", "Imported")


def ensure(effects: Effects, names: Mapping[str, str], tax_class: str = IMPORTED) -> dict[str, UUID]:
    """The identifiers of products by code; unknown ones are made, named as the source names them."""
    rows = Product.objects.filter(code__in=list(names)).values_list("code", "id", "state")
    found = {code: row_id for code, row_id, _ in rows}
    retired = [row_id for _, row_id, state in rows if state == ProductState.RETIRED]
    if retired:
        revived = taking_back.taken_back(retired)
        taking_back.set_state(
            effects, Product, revived, ProductState.RETIRED.value, ProductState.ACTIVE.value
        )
    missing = [code for code in names if code not in found]
    if missing:
        kind = TaxClass.objects.filter(code=tax_class).first()
        if kind is None:
            kind = TaxClass(id=new_id(), code=tax_class, name=IMPORTED_NAME.zh, name_en=IMPORTED_NAME.en)
            effects.insert(kind, TaxRate(id=new_id(), tax_class=kind, rate=Decimal(0), since=BEGINNING))
        made = [
            Product(id=new_id(), code=code, name=names[code], name_en=names[code], unit=UNIT, tax_class=kind)
            for code in missing
        ]
        effects.insert(*made)
        effects.search += made
        found |= {product.code: product.pk for product in made}
    return found


def take_back(effects: Effects, batch_id: UUID, documents: Collection[UUID]) -> int:
    """The products that an import made are no longer sold. Gives how many rows of others build on them: if any do,
    nothing is done."""
    made = taking_back.made_by(batch_id, Product)
    count = taking_back.building_on(Product, made, documents)
    if not count:
        taking_back.set_state(effects, Product, made, ProductState.ACTIVE.value, ProductState.RETIRED.value)
    return count
