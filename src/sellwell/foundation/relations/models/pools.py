"""The public pool: customers that nobody looks after, and how they came and went."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from sellwell.foundation.customers.queries import Customer
from sellwell.kernel.models import Owned
from sellwell.kernel.models.base import CompanyRow
from sellwell.kernel.values import State, T

PERSON = settings.AUTH_USER_MODEL


class Pool(Owned):
    """The pool of a region. Its owner holds the customers in it; the limits say how many one person may take."""

    noun = T("公海", "Public pool")
    name = models.CharField(max_length=40)
    capacity = models.PositiveSmallIntegerField(default=200)  # customers that one person may have in all
    per_day = models.PositiveSmallIntegerField(default=5)  # customers that one person may claim a day
    rest_days = models.PositiveSmallIntegerField(default=30)  # so long nobody takes back what was theirs
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company_id", "region"], condition=Q(is_open=True), name="pool_one_per_region"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PoolMoveKind(State):
    """How a customer came into the pool or left it."""

    RECYCLED = "recycled", T("自动回收", "Recycled")
    RELEASED = "released", T("主动放弃", "Released")
    CLAIMED = "claimed", T("领取", "Claimed")
    ASSIGNED = "assigned", T("分配", "Assigned")


class PoolMove(CompanyRow):
    """One move into or out of a pool, with the owners before and after."""

    noun = T("公海流转", "Move of the pool")
    scope_through = "customer"
    personal = ("reason",)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=10)
    moved_on = models.DateField()
    at = models.DateTimeField()
    owner_before = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    owner_after = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PoolMoveKind.values()), name="poolmove_kind")
        ]
        indexes = [
            models.Index(fields=["customer", "-at", "-id"], name="poolmove_customer"),
            models.Index(fields=["owner_after", "kind", "moved_on"], name="poolmove_taken"),
            models.Index(fields=["company_id", "-moved_on", "-id"], name="poolmove_newest"),
        ]

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id

    def __str__(self) -> str:
        return f"{PoolMoveKind(self.kind).label} {self.moved_on:%Y-%m-%d}"
