"""Clusters of customers: asked for by people, computed by the worker (clause 4.3.2)."""

from __future__ import annotations

from typing import Any

from sellwell.foundation.relations import clustering
from sellwell.foundation.relations.clustering import DEFAULT_FEATURES, Feature
from sellwell.foundation.relations.models import Cluster, ClusterRun, ClusterState
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T

WAITS = Reason(
    "relations.clusters_waiting",
    T("已有一次分析在等待计算，请稍候。", "An analysis is waiting to be computed already."),
)


class AskClusters(Input):
    """By what customers are compared."""

    features: list[Feature] = field(
        T("特征", "Features"), default_factory=lambda: list(DEFAULT_FEATURES), min_length=1, max_length=len(Feature),
    )  # fmt: skip


def assess_ask(row: None, given: AskClusters, ctx: Context) -> Assessment:
    """One at a time."""
    waiting = ClusterRun.objects.filter(company_id=ctx.company_id, state=ClusterState.WAITING.value).exists()
    return Assessment(objections=(WAITS.refuse(),) if waiting else ())


@operation(
    "relations.ask_clusters", T("聚类分析", "Cluster customers"), ClusterRun, input=AskClusters, creates=True,
    assess=assess_ask, channels=("web", "api", "cli", "job"), clauses=["4.3.2"],
    help=T(
        "按价值、购买频次和产品偏好等特征把客户分成类群；在后台计算，每月自动进行一次。",
        "Divides customers by value, frequency and product preference; computed in the background, by itself once a month.",
    ),
)  # fmt: skip
def ask_clusters(row: None, given: AskClusters, ctx: Context, assessment: Assessment) -> Effects:
    """The worker does it next."""
    run = ClusterRun(
        id=new_id(), company_id=ctx.company_id, state=ClusterState.WAITING.value, asked_on=ctx.today,
        features=[feature.value for feature in dict.fromkeys(given.features)],
    )  # fmt: skip
    effects = Effects(result=run)
    effects.insert(run)
    return effects


@operation(
    "relations.find_clusters", T("计算聚类", "Compute clusters"), ClusterRun, from_states=[ClusterState.WAITING],
    channels=("job", "cli", "api"), menu=False, clauses=["4.3.2"],
    help=T("计算等待中的聚类分析。", "Computes an analysis that waits."),
)  # fmt: skip
def find_clusters(run: ClusterRun, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Clusters with names and quality; each customer's label is derived and stands on its standing."""
    effects = Effects(result=run)
    found = clustering.find(run, ctx.today)
    if found is None:
        effects.update(run, state=ClusterState.EMPTY.value, done_at=ctx.now)
        return effects
    effects.insert(
        *(
            Cluster(
                id=new_id(), company_id=run.company_id, run=run, label=one.label, size=one.size, share=one.share,
                name={"zh": one.name.zh, "en": one.name.en}, centre=one.centre,
            )
            for one in found.clusters
        )
    )  # fmt: skip
    clustering.write_labels(run.company_id, found.labels)
    effects.update(
        run, state=ClusterState.DONE.value, done_at=ctx.now, customers=len(found.labels), count=len(found.clusters),
        silhouette=found.silhouette, rand_index=found.rand_index,
    )  # fmt: skip
    return effects
