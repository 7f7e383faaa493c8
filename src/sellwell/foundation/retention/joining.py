"""What becomes of open cases when two customers become one: one customer has one case."""

from __future__ import annotations

from sellwell.foundation.customers.merging import Joined, on_merge
from sellwell.foundation.retention.models import UNDER_WAY, Intervention, InterventionState
from sellwell.kernel.effects import Effects
from sellwell.kernel.operations import Context

OPEN = [state.value for state in (*UNDER_WAY, InterventionState.WATCHED)]


@on_merge.register("retention")
def one_case(effects: Effects, ctx: Context, joined: Joined) -> None:
    """The survivor's own case goes on; without one, the loser's that came along. What else is open ends by the merge."""
    both = [joined.survivor_id, joined.loser_id]
    cases = Intervention.objects.select_for_update().filter(customer_id__in=both, state__in=OPEN)
    moved = {change.row_id for change in effects.changes if change.model is Intervention}
    found = sorted(
        cases.select_related("customer"),
        key=lambda c: (c.customer_id != joined.survivor_id, c.pk in moved, c.opened_on, c.pk),
    )
    for case in found[1:] if found and found[0].customer_id == joined.survivor_id else found:
        effects.update(case, state=InterventionState.MERGED.value, ended_on=ctx.today)
        effects.drop_tasks.append(case.pk)
