"""What the manual adds to lower rooms: variations that are still to be submitted are somebody's open work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sellwell.kernel.extensions import owned_work
from sellwell.steering.manual.models import Variation, VariationState


@owned_work.register("manual.variation")
def _variations(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
    rows = Variation.objects.filter(owner_id=user_id, state=VariationState.DRAFT.value)
    return [(Variation, list(rows.values_list("pk", flat=True)))]
