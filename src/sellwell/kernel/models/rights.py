"""The rights matrix, the incompatible duties, number series, and the counters that tell caches they are stale."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint  # noqa: F401 - used by migrations of rooms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sellwell.kernel.models.base import Row
from sellwell.kernel.values import T

SCOPES = ("own", "team", "department", "region", "product_line", "company", "group")


class Grant(Row):
    """One cell of the rights matrix (clause 1.3.1): a role may do a verb within a scope up to an amount, from day to day.

    `verb` is the name of an operation or a view, or `view:group` for a group of hidden fields. `company_id` empty
    means the cell holds in every company.
    """

    noun = T("权限", "Right")
    role = models.CharField(max_length=40)
    verb = models.CharField(max_length=80)
    scope = models.CharField(max_length=20)
    amount_limit = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    company_id = models.UUIDField(null=True)
    since = models.DateField()
    until = models.DateField(null=True)
    is_default = models.BooleanField(default=False)  # shipped with the product, not set by an administrator

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=SCOPES), name="grant_scope_known"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("since")), name="grant_dates"
            ),
        ]
        indexes = [models.Index(fields=["role", "verb"], name="grant_role_verb")]


class DutyPair(Row):
    """Two duties that one person must not hold: per document (on one chain of documents) or per person."""

    noun = T("不相容职务", "Incompatible duties")
    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    duty_a = ArrayField(models.CharField(max_length=80))
    duty_b = ArrayField(models.CharField(max_length=80))
    per = models.CharField(max_length=10, default="document")  # document | person
    basis = models.CharField(max_length=120, default="", blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(per__in=["document", "person"]), name="dutypair_per_known")
        ]


class Series(Row):
    """A series of numbers that people read, one row per company, kind and year."""

    noun = T("编号序列", "Number series")
    company_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    next_number = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company_id", "kind", "year"], name="series_unique")]


class Generation(models.Model):
    """A counter per kind of cached data (rights, policies, organisation); who changes the data raises it."""

    name = models.CharField(primary_key=True, max_length=40)
    value = models.BigIntegerField(default=1)
