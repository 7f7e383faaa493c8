"""Tags, segments and clusters: lists, records, who belongs to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count

from sellwell.foundation.relations import groups
from sellwell.foundation.relations.clustering import FEWEST
from sellwell.foundation.relations.models import (
    Cluster,
    ClusterRun,
    ClusterState,
    Segment,
    Tag,
    TagKind,
)
from sellwell.foundation.relations.views import CLUSTERS, SEGMENTS, STANDINGS, TAGS
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.registry import Choice, form, list_page, panel, picker, record_page

MEMBERS = 20
MOST_COUNTED = 10_000

list_page(
    SEGMENTS, section="relations", icon="filter", order=60, new=["relations.add_segment"],
    columns=["name", "about", "rule", "owner", "made_on", "is_active"], card=["name", "about"],
    saved=[("used", T("启用", "In use"), {"is_active": "1"})],
    empty=T("还没有客群。用条件组合出一群客户，活动和名单都可以用。", "No segments yet. Put customers together by conditions, for campaigns and lists."),
)  # fmt: skip
record_page(SEGMENTS, facts=["about", "mode", "rule", "owner", "made_on", "is_active"])
list_page(
    TAGS, section="relations", icon="tag", order=70, new=["relations.add_tag"],
    columns=["name", "group", "kind", "rule", "about", "is_active"], card=["name", "group", "kind"],
    saved=[("used", T("启用", "In use"), {"is_active": "1"})],
    empty=T("还没有标签。新建一个，再给客户打上。", "No tags yet. Add one, then mark customers with it."),
)  # fmt: skip
record_page(TAGS, facts=["group", "kind", "rule", "about", "is_active"])
list_page(
    CLUSTERS, section="relations", icon="chart", order=80, new=["relations.ask_clusters"],
    columns=["asked_on", "state", "customers", "count", "silhouette", "rand_index"], card=["asked_on", "state", "count"],
    empty=T("还没有聚类分析。系统每月自动进行一次，也可以现在开始。", "No clusterings yet. One is made every month; you may start one now."),
)  # fmt: skip
record_page(
    CLUSTERS, path=[ClusterState.WAITING, ClusterState.DONE],
    facts=["asked_on", "customers", "count", "silhouette", "rand_index", "done_at"],
)  # fmt: skip


def members_of(segment: Segment, ctx: Context) -> dict[str, Any]:
    """How many customers of a segment the reader sees, and the first of them."""
    rows = STANDINGS.rows(ctx.actor).filter(company_id=segment.company_id)
    rows = rows.filter(groups.segment_q(segment, ctx.today))
    named = Segment.objects.in_bulk([*segment.within, *segment.without])
    return {
        "count": rows.order_by()[: MOST_COUNTED + 1].count(),
        "found": list(rows.order_by(*STANDINGS.order)[:MEMBERS]),
        "url": f"/standings/?segment={segment.pk}",
        "within": [named[pk] for pk in segment.within if pk in named],
        "without": [named[pk] for pk in segment.without if pk in named],
        "view": STANDINGS,
    }


panel("relations.segment", "members", T("客群里的客户", "Customers"), "relations/members.html", context=members_of,
      place="main", right=STANDINGS.name, order=10)  # fmt: skip


def marked(tag: Tag, ctx: Context) -> dict[str, Any]:
    """How many customers bear a tag, of those that the reader sees, and the coverage of all tags."""
    rows = STANDINGS.rows(ctx.actor).filter(company_id=tag.company_id).order_by()
    whole, bearing = rows.count(), rows.filter(tag_ids__contains=[tag.pk])
    return {
        "count": bearing.count(),
        "found": list(bearing.order_by(*STANDINGS.order)[:MEMBERS]),
        "url": f"/standings/?tag={tag.pk}",
        "coverage": round(rows.exclude(tag_ids=[]).count() * 100 / whole) if whole else None,
        "view": STANDINGS,
    }


panel("relations.tag", "marked", T("有此标签的客户", "Customers with this tag"), "relations/members.html", context=marked,
      place="main", right=STANDINGS.name, order=10)  # fmt: skip


def clusters_of(run: ClusterRun, ctx: Context) -> dict[str, Any] | None:
    """The clusters of a run with their middles; what their customers are worth today where it is the last run."""
    found = list(Cluster.objects.filter(run=run).order_by("label"))
    if not found:
        return {"clusters": [], "fewest": FEWEST} if run.state == ClusterState.EMPTY.value else None
    rows = groups.standings(run.company_id).filter(cluster__isnull=False).order_by()
    grades: dict[int, dict[str, int]] = {}
    for label, grade, number in rows.values_list("cluster", "customer__grade").annotate(number=Count("pk")):
        grades.setdefault(label, {})[grade] = number
    return {
        "clusters": [
            {
                "one": one, "name": T(one.name.get("zh", ""), one.name.get("en", "")), "share": one.share,
                "grades": sorted(grades.get(one.label, {}).items()), "url": f"/standings/?cluster.min={one.label}&cluster.max={one.label}",
            }
            for one in found
        ],
        "quality": quality(run),
        "stability": stability(run),
    }  # fmt: skip


def quality(run: ClusterRun) -> T:
    """What the silhouette says, in words."""
    value = run.silhouette or 0
    if value >= 0.5:
        return T("类群分得清楚", "the clusters part clearly")
    return T("类群有重叠，界线是大致的", "the clusters overlap; their borders are rough") if value >= 0.25 else T("类群不明显，仅供参考", "there are hardly clusters: take it as a hint")  # fmt: skip


def stability(run: ClusterRun) -> T:
    """What the agreement with the run before says, in words."""
    if run.rand_index is None:
        return T("首次分析，没有可比的上次", "the first one: nothing to compare with")
    if run.rand_index >= 0.8:
        return T("与上次基本一致", "much like the last one")
    return T("与上次有明显变化，请核对后再用", "much changed since the last one: look before you use it")


panel("relations.clusterrun", "clusters", T("类群", "Clusters"), "relations/clusters.html", context=clusters_of,
      place="main", order=10)  # fmt: skip


# --- forms and pickers -----------------------------------------------------------------------------------------------------


def _lines(row: Any) -> list[dict[str, str]]:
    return [{"what": one["field"], "op": one["op"], "value": one["value"]} for one in row.conditions]


def _tag_initial(tag: Tag, ctx: Context) -> Mapping[str, Any]:
    return {"name": tag.name, "group": tag.group, "about": tag.about, "conditions": _lines(tag)}


def _segment_initial(segment: Segment, ctx: Context) -> Mapping[str, Any]:
    return {
        "name": segment.name, "about": segment.about, "mode": segment.mode, "conditions": _lines(segment),
        "within": segment.within, "without": segment.without,
    }  # fmt: skip


form("relations.add_tag", wide=True)
form("relations.change_tag", wide=True, initial=_tag_initial)
form("relations.add_segment", wide=True)
form("relations.change_segment", wide=True, initial=_segment_initial)


def find_tags(q: str, ctx: Context, params: Mapping[str, str]) -> Sequence[Choice]:
    """Tags in use that people give, by their words."""
    rows = TAGS.rows(ctx.actor).filter(is_active=True)
    if q:
        rows = rows.filter(name__icontains=q) | rows.filter(group__icontains=q)
    return [
        Choice(tag.pk, tag.name, tag.group if tag.kind == TagKind.MANUAL.value else str(TagKind.RULE.label))
        for tag in rows[:20]
    ]


def find_segments(q: str, ctx: Context, params: Mapping[str, str]) -> Sequence[Choice]:
    """Segments in use, by name."""
    rows = SEGMENTS.rows(ctx.actor).filter(is_active=True)
    return [Choice(s.pk, s.name, s.about) for s in (rows.filter(name__icontains=q) if q else rows)[:20]]


picker("relations.tag", find_tags)
picker("relations.segment", find_segments)
