"""The measures that voice posts: each score of a response that was sent in, as a number of its own scale, quantity 1.

NPS, CSAT and CES are formulas over them: `nps` 9 and 10 less 0 to 6, `csat` 4 and 5, `ces` 5 and above, by number of answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sellwell.control.voice.models import Response
from sellwell.kernel.effects import Posting

MEASURES = {"nps": "nps_score", "csat": "csat_score", "ces": "ces_score"}


def scored(row: Response, scores: Mapping[str, int], day: date) -> list[Posting]:
    """One posting per metric."""
    return [
        Posting(
            MEASURES[metric],
            Decimal(score),
            row.pk,
            day,
            row,
            quantity=Decimal(1),
            customer_id=row.customer_id,
        )
        for metric, score in scores.items()
    ]
