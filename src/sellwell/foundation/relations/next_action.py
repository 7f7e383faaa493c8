"""What to do next with a customer, with the reason: signals from all rooms, ranked by the policy (clause 4.2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sellwell.foundation.customers.queries import Customer, primary_contact
from sellwell.foundation.relations import policies
from sellwell.foundation.relations.extensions import CONTACT, CONTACT_PLACE, Signal, signals
from sellwell.foundation.relations.models import Stage, Standing
from sellwell.kernel import policies as judges
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T


def ranked(customer: Customer, standing: Standing | None, ctx: Context) -> list[Signal]:
    """Everything that asks for an act, the most pressing first; of equals the one that was found first."""
    found = [*_own(customer, standing, ctx)]
    for _, function in signals:
        found += function(customer, ctx)
    ranks = {
        index: judges.judge(policies.NEXT, ctx, {"signal": one.kind, "measure": one.measure}).outputs.get(
            "rank"
        )
        for index, one in enumerate(found)
    }
    order = sorted(ranks, key=lambda index: (ranks[index] is None, ranks[index] or Decimal(0), index))
    return [found[index] for index in order]


def _own(customer: Customer, standing: Standing | None, ctx: Context) -> Iterator[Signal]:
    log = f"/customers/{customer.pk}/{CONTACT_PLACE}"
    contact = T("联系客户并记录", "Get in touch and log it")
    if standing is not None and standing.pool is not None:
        why = T(
            f"客户在“{standing.pool.name}”，没有人跟进",
            f"the customer is in “{standing.pool.name}” and nobody looks after it",
        )
        yield Signal(
            "pooled",
            Decimal(0),
            why,
            T("去公海领取或分配", "Claim or assign it in the pool"),
            f"/pools/{standing.pool_id}/",
            "relations.pools",
        )
        return
    if standing is not None:
        yield from _of_standing(standing, ctx, log, contact)
    if primary_contact(customer.pk) is None:
        why = T("还没有联系人，无法判断该找谁", "there is no contact person yet")
        add = T("添加联系人", "Add a contact person")
        yield Signal(
            "no_contact_person",
            Decimal(0),
            why,
            add,
            f"/do/customers.add_contact/?customer={customer.pk}",
            "customers.add_contact",
        )
    if not customer.industry:
        why = T("行业未填，分群和对比都缺这一项", "the industry is not set: segments and comparisons lack it")
        yield Signal(
            "missing_industry",
            Decimal(0),
            why,
            T("补充客户信息", "Complete the record"),
            f"/do/customers.change/{customer.pk}/",
            "customers.change",
        )


def _of_standing(standing: Standing, ctx: Context, log: str, contact: T) -> Iterator[Signal]:
    today = ctx.today
    if standing.recycle_on is not None and standing.warned_on is not None:
        days = max(0, (standing.recycle_on - today).days)
        why = T(
            f"{days} 天后将被收回公海（{standing.recycle_on}）",
            f"it goes to the public pool in {days} days ({standing.recycle_on})",
        )
        yield Signal("recycling", Decimal(days), why, contact, log, CONTACT)
    if standing.visit_due_on is not None and standing.visit_due_on < today:
        days = (today - standing.visit_due_on).days
        last = standing.last_contact_on
        since_zh = f"上次联系 {last}" if last else "从未联系"
        since_en = f"last contact {last}" if last else "never contacted"
        why = T(
            f"按等级应联系的日子已过 {days} 天（{since_zh}）",
            f"the contact that its grade asks for is {days} days late ({since_en})",
        )
        yield Signal("contact_overdue", Decimal(days), why, contact, log, CONTACT)
    touched = standing.last_contact_on is not None and standing.last_contact_on >= standing.stage_since
    stage = Stage(standing.stage)
    if touched or stage in (Stage.POTENTIAL, Stage.MATURE) or standing.plan is None:
        return
    since = (today - standing.stage_since).days
    kind = stage.value if stage in (Stage.CHURNED, Stage.DORMANT, Stage.DECLINING) else "stage_contact"
    why = T(
        f"{since} 天前进入“{stage.label.zh}”阶段，之后还没有联系；策略：{standing.plan.goal}",
        f"it came to the stage “{stage.label.en}” {since} days ago and was not contacted since; plan: {standing.plan.goal}",
    )
    yield Signal(kind, Decimal(since), why, contact, log, CONTACT)
