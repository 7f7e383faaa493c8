"""Reads of intelligence that more than one place needs, each in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from sellwell.control.intelligence.models import BattleCard, CardState, Item, Rival, Series
from sellwell.foundation.company import queries as company
from sellwell.kernel import evidence
from sellwell.kernel.models import Fact
from sellwell.kernel.operations import Context
from sellwell.selling.pipeline.queries import visible_opportunities

__all__ = [
    "Item", "Standing", "cards_against", "clauses_with_evidence", "people_of", "ranking", "rivals_of", "standings",
]  # fmt: skip


def clauses_with_evidence() -> set[str]:
    """Every clause that some evidence speaks for."""
    return {collector.clause for collector in evidence.COLLECTORS}


def people_of(series: Series, day: date) -> set[UUID]:
    """Who belongs to a series on a day: the people of the department and below with its roles."""
    here = company.people_below([series.department_path], series.company_id, day)
    if not series.roles:
        return here
    wanted = set(series.roles)
    posts = company.posts_since(day, series.company_id)
    return {user for user in here if wanted & posts.get(user, {}).keys()}


# --- where competitors stand against us ---------------------------------------------------------------------------------------


def rivals_of(opportunity_id: UUID) -> QuerySet[Rival]:
    """Who stands against us in an opportunity."""
    rows = Rival.objects.filter(opportunity_id=opportunity_id, is_void=False)
    return rows.select_related("competitor").order_by("competitor__name", "id")


def cards_against(competitor_ids: Iterable[UUID], day: date) -> QuerySet[BattleCard]:
    """The cards about these competitors that hold on a day."""
    rows = BattleCard.objects.filter(
        competitor_id__in=list(competitor_ids), state=CardState.IN_FORCE.value, valid_until__gt=day
    )
    return rows.select_related("competitor").order_by("competitor__name", "line", "-revision")


@dataclass(frozen=True, slots=True)
class Standing:
    """How sales ended in which a competitor stood against us."""

    open: int
    won: int
    lost: int
    lost_amount: Decimal

    @property
    def share(self) -> Decimal | None:
        """The share won of those decided; None where none is."""
        decided = self.won + self.lost
        return Decimal(self.won) / Decimal(decided) if decided else None


def standings(competitor_ids: Iterable[UUID], ctx: Context) -> dict[UUID, Standing]:
    """Wins and losses by competitor among the opportunities that the reader may see. One query."""
    visible = visible_opportunities(ctx.actor).order_by().values("pk")
    rows = (
        Rival.objects.filter(
            competitor_id__in=list(competitor_ids), is_void=False, opportunity__in=visible
        )
        .values("competitor_id")
        .annotate(
            won=Count("pk", filter=Q(opportunity__state="won")),
            lost=Count("pk", filter=Q(opportunity__state="lost")),
            every=Count("pk"),
            lost_amount=Sum("opportunity__expected_amount", filter=Q(opportunity__state="lost")),
        )
    )  # fmt: skip
    return {
        row["competitor_id"]: Standing(
            row["every"] - row["won"] - row["lost"], row["won"], row["lost"], row["lost_amount"] or Decimal(0)
        )
        for row in rows
    }


# --- points --------------------------------------------------------------------------------------------------------------------


def ranking(visible: QuerySet[Any], measure: str, since: date, until: date) -> list[dict[str, Any]]:
    """Points by person over a period, most first, from the facts of the awards that the reader may see. One query.

    The day is that of the posting: a reversal counts in the period in which it was found to be wrong.
    """
    rows = Fact.objects.filter(
        measure=measure, happened_on__gte=since, happened_on__lt=until, document_id__in=visible.order_by().values("pk")
    )  # fmt: skip
    found = rows.values("person_id").annotate(points=Sum("amount"), items=Sum("quantity"))
    return [dict(row) for row in found.order_by("-points", "-items", "person_id")]
