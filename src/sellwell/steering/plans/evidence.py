"""Evidence for the clauses that plans answers for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from sellwell.kernel.evidence import Broken, Evidence, Measured, evidence, found, last_day
from sellwell.kernel.models import RequestState
from sellwell.kernel.values import Period, T, listed
from sellwell.steering.plans import policies, queries, rules
from sellwell.steering.plans.models import CycleStep, SignOff, SignOffState
from sellwell.steering.plans.queries import Signature

LATE_STEPS = T("逾期未完成：{steps}", "late and not done: {steps}")
IN_TIME = T("按期完成的步骤", "Steps done in time")
NOT_SIGNED = T("缺少签署：{sides}", "not signed by: {sides}")
BEGUN = T(
    "所属期间已开始，尚未生效，缺少签署：{sides}",
    "its period has begun and it is not in force; not signed by: {sides}",
)
NOT_IN_FORCE = T("各方已签署，尚未生效", "every side has signed, and it is not in force")
ALTERED = T("内容与签署时不一致", "the content is not what was signed")


# --- 2.2.3 -----------------------------------------------------------------------------------------------------------------


@evidence("2.2.3", T("管理循环没有逾期步骤", "Cycles without a late step"))
def cycles_with_a_late_step(company_id: UUID, period: Period) -> Evidence:
    """Cycles with a step due in the period by its last day, or still open from before it, and those late then.

    Beside it the share of the period's own steps that were done in time: what was made good late is no longer named, but
    counted here.
    """
    day = last_day(period)
    cycles: dict[UUID, list[CycleStep]] = {}
    for step in [*queries.steps_left(company_id, period.since), *_steps_due(company_id, period.since, day)]:
        cycles.setdefault(step.cycle_id, []).append(step)
    broken, count, in_time = [], 0, 0
    for own in cycles.values():
        late = [s for s in own if rules.was_late(queries.as_rules([s])[0], day)]
        due = [s for s in own if s.due_on >= period.since]
        count += len(due)
        in_time += sum(1 for s in due if s.done_on is not None and s.done_on <= s.due_on)
        if late:
            cycle, words = own[0].cycle, listed([queries.step_label(s.kind) for s in late])
            why = LATE_STEPS.format(steps=words)
            broken.append(Broken("plans.cycle", cycle.pk, cycle.number, why, cycle.department_path))
    share = (Decimal(in_time) * 100 / Decimal(count)).quantize(Decimal("0.1")) if count else None
    concerned = Counter(own[0].cycle.department_path for own in cycles.values())
    return found(concerned, broken, [Measured(IN_TIME, count, share, "%")])


def _steps_due(company_id: UUID, since: date, day: date) -> Iterable[CycleStep]:
    rows = CycleStep.objects.filter(company_id=company_id, due_on__gte=since, due_on__lte=day)
    return rows.select_related("cycle").order_by("cycle__number", "position")


# --- 2.2.5 -----------------------------------------------------------------------------------------------------------------


@evidence("2.2.5", T("预算、策略经各方签署", "Budgets and strategies signed by their sides"))
def signed_by_every_side(company_id: UUID, period: Period) -> Evidence:
    """Documents in force on the period's last day, and drafts whose own period has begun by then without any version in
    force; those that a side has not signed, or whose content is not what was signed. Must find none."""
    day = last_day(period)
    rows = SignOff.objects.filter(company_id=company_id, business_date__lte=day)
    cancelled = queries.last_days(
        "plans.cancel_sign_off",
        list(rows.filter(state=SignOffState.CANCELLED.value).values_list("pk", flat=True)),
    )
    concerned = [
        row
        for row in rows.order_by("number")
        if _holds(row, day) or _should_hold(row, day, cancelled.get(row.pk))
    ]
    # A request that failed after it was signed counts too: what was signed is compared by its hash.
    states = [RequestState.APPROVED, RequestState.FAILED, RequestState.OPEN]
    signed = queries.signatures([row.pk for row in concerned], states)
    broken = []
    for row in concerned:
        given = [one for one in signed.get(row.pk, []) if one.on <= day]
        why = _why(row, given, _holds(row, day), day)
        if why is not None:
            broken.append(
                Broken("plans.signoff", row.pk, f"{row.number} {row.title}", why, row.department_path)
            )
    return found(Counter(row.department_path for row in concerned), broken)


def _holds(row: SignOff, day: date) -> bool:
    """Whether it was in force on the day."""
    began = row.effective_on if row.effective_on is not None else row.business_date
    is_out = row.state not in (SignOffState.IN_FORCE.value, SignOffState.REPLACED.value)
    return not is_out and began <= day < row.until and (row.replaced_on is None or day < row.replaced_on)


def _should_hold(row: SignOff, day: date, cancelled_on: date | None) -> bool:
    """Whether its own period had begun on the day while it was a draft, whatever became of it, that replaces nothing."""
    was_draft = (
        row.state == SignOffState.DRAFT.value
        or (row.effective_on is not None and row.effective_on > day)
        or (cancelled_on is not None and cancelled_on > day)
    )
    return was_draft and row.previous_id is None and row.since <= day < row.until


def _why(row: SignOff, given: list[Signature], is_in_force: bool, day: date) -> T | None:
    """What is wrong with it; None where every side signed exactly this."""
    digest = queries.hash_of(queries.content_of(row))
    signers: dict[str, frozenset[str]] = {}
    for one in given:
        if one.content_hash == digest:
            signers[one.side] = signers.get(one.side, frozenset()) | {str(one.user_id)}
    # The sides of the day on which it came into force: a policy that changed since asks nobody afterwards.
    needed = policies.sides_of(
        row.kind, row.company_id, row.effective_on if is_in_force and row.effective_on else day
    )
    lacking = [side.label for side in rules.unsigned(needed, signers)]
    if not is_in_force:
        return BEGUN.format(sides=listed(lacking)) if lacking else NOT_IN_FORCE
    if given and all(one.content_hash != digest for one in given):
        return ALTERED
    return NOT_SIGNED.format(sides=listed(lacking)) if lacking else None
