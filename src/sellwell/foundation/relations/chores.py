"""What relations does by itself: judges every customer once a day and the new ones as they come, puts grades in effect,
recycles to the pool, gives rule tags, computes clusters."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sellwell.foundation.relations import groups, queries
from sellwell.foundation.relations.models import ClusterRun, ClusterState, Run
from sellwell.foundation.relations.operations.runs import is_current
from sellwell.kernel import clock, system
from sellwell.kernel.chores import chore
from sellwell.kernel.door import run

CLUSTERS_EVERY = timedelta(days=30)


@chore("relations.judge")
def judge_when_due(company_id: UUID) -> bool:
    """Once a day: figures, grades, stages, then what follows from them."""
    today = clock.business_day(clock.now())
    if is_current(company_id, today):
        if not queries.without_standing(company_id, today):
            return False
        run("relations.compute", system.context(company_id), data={"only_new": True})
        return True
    judge(company_id)
    return True


def judge(company_id: UUID) -> Run:
    """A whole run: compute, put grades in effect, recycle, tags by rule."""
    ctx = system.context(company_id)
    done: Run = run("relations.compute", ctx).result
    if any(queries.due_changes(company_id, ctx.today)):
        run("relations.apply_grades", ctx, done.pk)
    if queries.due_for_recycling(company_id, ctx.today):
        run("relations.recycle", ctx, done.pk)
    groups.refresh_tags(company_id, ctx.today)
    return done


@chore("relations.clusters")
def cluster_when_due(company_id: UUID) -> bool:
    """What people asked for at once; by itself once a month, where customers were judged at all."""
    ctx = system.context(company_id)
    runs = ClusterRun.objects.filter(company_id=company_id)
    waiting = runs.filter(state=ClusterState.WAITING.value).first()
    if waiting is None:
        last = runs.order_by("-asked_on").values_list("asked_on", flat=True).first()
        is_judged = Run.objects.filter(company_id=company_id).exists()
        if not is_judged or (last is not None and ctx.today < last + CLUSTERS_EVERY):
            return False
        waiting = run("relations.ask_clusters", ctx).result
    run("relations.find_clusters", ctx, waiting.pk)
    return True
