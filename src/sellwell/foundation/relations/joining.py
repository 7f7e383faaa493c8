"""What becomes of grades and tags when two customers become one, or part again; all else follows with the next run."""

from __future__ import annotations

from sellwell.foundation.customers.merging import Joined, on_merge, on_unmerge
from sellwell.foundation.relations.groups import write_tag_ids
from sellwell.foundation.relations.models import GradeChange, GradeChangeState
from sellwell.kernel.effects import Effects
from sellwell.kernel.operations import Context


@on_merge.register("relations")
def proposals_end(effects: Effects, ctx: Context, joined: Joined) -> None:
    """What was proposed for either was reckoned without the other: it ends, and the next run proposes anew."""
    _end_proposals(effects, ctx, joined)


@on_unmerge.register("relations")
def proposals_end_again(effects: Effects, ctx: Context, joined: Joined) -> None:
    """The same the other way: what was proposed for both together holds for neither."""
    _end_proposals(effects, ctx, joined)


def _end_proposals(effects: Effects, ctx: Context, joined: Joined) -> None:
    both = [joined.survivor_id, joined.loser_id]
    open_ = GradeChange.objects.select_for_update().filter(
        customer_id__in=both, state=GradeChangeState.PROPOSED.value
    )
    for change in open_.select_related("customer"):
        effects.update(change, state=GradeChangeState.ENDED.value, ended_on=ctx.today)
    write_tag_ids(ctx.company_id, both)
