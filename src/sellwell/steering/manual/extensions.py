"""What the manual adds to lower rooms: variations still to be submitted are open work; documents for steps of a cycle; the
conformance of one's clauses on scorecards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.foundation.company.extensions import scorecard_measures
from sellwell.foundation.company.queries import verbs_by_role
from sellwell.kernel import directory
from sellwell.kernel.extensions import owned_work
from sellwell.kernel.values import Period
from sellwell.steering.manual import conformance, queries, rules
from sellwell.steering.manual.models import Run, Variation, VariationState
from sellwell.steering.plans.extensions import CycleFacts, Offer, step_documents
from sellwell.steering.plans.rules import StepKind


@owned_work.register("manual.variation")
def _variations(user_id: UUID) -> list[tuple[type[Any], list[UUID]]]:
    rows = Variation.objects.filter(owner_id=user_id, state=VariationState.DRAFT.value)
    return [(Variation, list(rows.values_list("pk", flat=True)))]


@step_documents.register("manual")
def _for_steps(step: StepKind, cycles: Sequence[CycleFacts]) -> Mapping[UUID, list[Offer]]:
    """A measuring of conformance may be named for the analysis; a department's variation for solving problems."""
    if not cycles:
        return {}
    if step is StepKind.ANALYSE:
        run = Run.objects.filter(company_id=cycles[0].company_id).order_by("-as_of", "-at").first()
        offer = [Offer("manual.run", run.pk, run.as_of)] if run is not None else []
        return {c.id: offer for c in cycles if run is not None and run.as_of >= c.period.since}
    if step is not StepKind.SOLVE:
        return {}
    rows = Variation.objects.filter(
        company_id=cycles[0].company_id,
        state=VariationState.APPROVED.value,
        since__gte=min(c.period.since for c in cycles),
        for_path__in=[c.department_path for c in cycles],
    )
    found: dict[UUID, list[Offer]] = {}
    for row in rows.order_by("-since", "-id"):
        for cycle in cycles:
            if row.for_path == cycle.department_path and row.since >= cycle.period.since:
                found.setdefault(cycle.id, []).append(Offer("manual.variation", row.pk, row.since))
    return found


@scorecard_measures.register("conformance")
def of_own_clauses(company_id: UUID, users: Collection[UUID], period: Period) -> dict[UUID, Decimal]:
    """How far the clauses that people's rights carry out were kept in the month, in the company, as it was measured last."""
    posts = {user: directory.current().posts(user, period.since) for user in users}
    roles = {user: {p.role for p in held if p.company_id == company_id} for user, held in posts.items()}
    verbs = verbs_by_role(set().union(*roles.values()), period.since)
    by_verb = queries.clauses_by_verb()
    measured = conformance.latest(company_id, [period.since], is_whole=True)
    found = {}
    for user, held in roles.items():
        own = set(rules.clauses_of((verb for role in held for verb in verbs.get(role, ())), by_verb))
        concerned, kept = rules.total((row.concerned, row.kept) for row in measured if row.clause in own)
        share = rules.share(concerned, kept)
        if share is not None:
            found[user] = share
    return found
