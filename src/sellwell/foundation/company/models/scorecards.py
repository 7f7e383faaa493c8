"""The default scorecard of a position, in versions (clause 2.1.1)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from sellwell.foundation.company.models.duties import Position
from sellwell.foundation.company.rules.scorecards import Measure, read
from sellwell.kernel.models import DateRange, Row
from sellwell.kernel.values import State, T

USER = settings.AUTH_USER_MODEL


class ScorecardState(State):
    """The life of a version; whether an approved one holds follows from its dates."""

    DRAFT = "draft", T("待批准", "Draft")
    APPROVED = "approved", T("已批准", "Approved")
    WITHDRAWN = "withdrawn", T("已撤回", "Withdrawn")


class Scorecard(Row):
    """One version of what a position is measured by. It holds from `since` up to, not including, `until` once approved."""

    noun = T("岗位记分卡", "Scorecard")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="scorecards")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=ScorecardState.DRAFT.value)
    measures = (
        models.JSONField()
    )  # [{"metric", "weight" in percent, "direction"}], in the order that people read
    since = models.DateField()
    until = models.DateField(null=True)
    written_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["position", "number"], name="scorecard_number_unique"),
            models.UniqueConstraint(
                fields=["position"], condition=Q(state="draft"), name="scorecard_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ScorecardState.values()), name="scorecard_state_known"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="scorecard_dates"
            ),
            ExclusionConstraint(
                name="scorecard_once",
                expressions=[
                    ("position", RangeOperators.EQUAL),
                    (DateRange("since", "until", Value("[)")), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="approved"),
            ),
        ]

    @property
    def lines(self) -> tuple[Measure, ...]:
        """The measures, read."""
        return read(self.measures)

    def __str__(self) -> str:
        return f"{self.position} v{self.number}"
