"""Ways to divide customers: tags, segments, clusters."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.relations.rules.conditions import Field, Op
from sellwell.kernel.models import CompanyRow
from sellwell.kernel.models.base import Owned
from sellwell.kernel.values import State, T

__all__ = [
    "Cluster",
    "ClusterRun",
    "ClusterState",
    "Field",
    "Mark",
    "Op",
    "Segment",
    "SegmentMode",
    "Tag",
    "TagKind",
]


class TagKind(State):
    """Who gives a tag: people, or a rule every day."""

    MANUAL = "manual", T("人工", "By hand")
    RULE = "rule", T("按规则", "By rule")


class Tag(CompanyRow):
    """A word that customers are marked with."""

    noun = T("标签", "Tag")
    group = models.CharField(max_length=20, default="", blank=True)
    name = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, default="manual")
    conditions = models.JSONField(default=list)  # [{field, op, value}], all of which must hold
    about = models.CharField(max_length=200, default="", blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "name"], name="tag_name_once"),
            models.CheckConstraint(condition=Q(kind__in=TagKind.values()), name="tag_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Mark(CompanyRow):
    """A customer bears a tag from day to day."""

    noun = T("打标", "Mark")
    scope_through = "customer"
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="marks")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tag", "customer"], condition=Q(until__isnull=True), name="mark_once"
            )
        ]
        indexes = [models.Index(fields=["customer", "tag"], name="mark_customer")]

    def subject(self) -> UUID:
        """The customer's party."""
        return self.customer.party_id

    def __str__(self) -> str:
        return str(self.tag)


class SegmentMode(State):
    """Whether a customer must meet every condition, or one of them."""

    ALL = "all", T("满足全部", "All of them")
    ANY = "any", T("满足任一", "Any of them")


class Segment(Owned):
    """A saved question: which customers meet these conditions and belong to these other segments."""

    noun = T("客群", "Segment")
    name = models.CharField(max_length=40)
    about = models.CharField(max_length=200, default="", blank=True)
    mode = models.CharField(max_length=3, default="all")
    conditions = models.JSONField(default=list)
    within = ArrayField(models.UUIDField(), default=list)  # segments, joined by the same all or any
    without = ArrayField(models.UUIDField(), default=list)  # whoever is in one of these is left out
    is_active = models.BooleanField(default=True)
    made_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "name"], name="segment_name_once"),
            models.CheckConstraint(condition=Q(mode__in=SegmentMode.values()), name="segment_mode_known"),
        ]
        indexes = [models.Index(fields=["company_id", "-made_on", "-id"], name="segment_newest")]

    def __str__(self) -> str:
        return self.name


class ClusterState(State):
    """Asked for, then computed by the worker."""

    WAITING = "waiting", T("待计算", "Waiting")
    DONE = "done", T("已完成", "Done")
    EMPTY = "empty", T("样本不足", "Too few customers")


class ClusterRun(CompanyRow):
    """One clustering: with which features, how well the clusters part, how like the one before."""

    noun = T("聚类分析", "Clustering")
    state = models.CharField(max_length=10, default="waiting")
    features = ArrayField(models.CharField(max_length=20), default=list)
    asked_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    customers = models.PositiveIntegerField(default=0)
    count = models.PositiveSmallIntegerField(default=0)
    silhouette = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    rand_index = models.DecimalField(
        max_digits=9, decimal_places=6, null=True
    )  # adjusted, against the run before

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ClusterState.values()), name="clusterrun_state")
        ]
        indexes = [models.Index(fields=["company_id", "-asked_on", "-id"], name="clusterrun_newest")]

    def __str__(self) -> str:
        return f"{self.asked_on:%Y-%m-%d}"


class Cluster(CompanyRow):
    """A group of like customers: the label that it keeps from run to run, its name and its middle."""

    noun = T("客户类群", "Cluster")
    run = models.ForeignKey(ClusterRun, on_delete=models.PROTECT, related_name="clusters")
    label = models.PositiveSmallIntegerField()
    name = models.JSONField(default=dict)  # zh, en
    size = models.PositiveIntegerField()
    share = models.DecimalField(max_digits=9, decimal_places=6)
    centre = models.JSONField(default=dict)  # feature -> mean, as text

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "label"], name="cluster_label_once")]

    def __str__(self) -> str:
        return str(self.name.get("zh", self.label))
