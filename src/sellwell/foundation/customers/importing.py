"""Customers of an import: found by the source's own key, or made."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sellwell.foundation.customers.lineage import survivors
from sellwell.foundation.customers.models import Customer, CustomerState, Party
from sellwell.kernel import taking_back
from sellwell.kernel.drafting import scope_of_actor
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.operations import Context


@dataclass(frozen=True, slots=True)
class SourceCustomer:
    """What a source knows of a customer."""

    name: str
    region: str
    since: date


def ensure(
    effects: Effects, ctx: Context, source: str, wanted: Mapping[str, SourceCustomer]
) -> dict[str, UUID]:
    """The identifiers of customers by the source's key, or by our own number where the source knows it.

    Never matched by name: the key is the identity.
    """
    ours = Customer.objects.filter(company_id=ctx.company_id)
    own = dict(ours.filter(number__in=list(wanted)).values_list("number", "id"))
    numbers = {key: key if key in own else f"{source}/{key}"[:40] for key in wanted}
    by_number = own | dict(ours.filter(number__in=list(numbers.values())).values_list("number", "id"))
    missing = [key for key in wanted if numbers[key] not in by_number]
    parties = {key: Party(id=new_id(), name=wanted[key].name) for key in missing}
    scope = scope_of_actor(ctx)
    customers = [
        Customer(
            id=new_id(), company_id=ctx.company_id, party=parties[key], number=numbers[key], origin="import",
            channel="online", payment_days=0, business_date=wanted[key].since, created_at=ctx.now,
            **(scope | {"region": wanted[key].region[:40]}),
        )
        for key in missing
    ]  # fmt: skip
    if customers:
        effects.insert(*parties.values(), *customers)
        effects.search += customers
    by_number |= {customer.number: customer.pk for customer in customers}
    now = survivors(by_number.values())
    found = {key: now[by_number[number]] for key, number in numbers.items()}
    stopped = ours.filter(pk__in=found.values(), state=CustomerState.BLOCKED.value).values_list(
        "id", flat=True
    )
    if stopped:
        revived = taking_back.taken_back(stopped)
        taking_back.set_state(
            effects, Customer, revived, CustomerState.BLOCKED.value, CustomerState.ACTIVE.value
        )
    return found


def take_back(effects: Effects, batch_id: UUID, documents: Collection[UUID]) -> int:
    """The customers that an import made are no longer dealt with. Gives how many rows of others build on them: if any
    do, nothing is done."""
    made = taking_back.made_by(batch_id, Customer)
    count = taking_back.building_on(Customer, made, documents)
    if not count:
        taking_back.set_state(
            effects, Customer, made, CustomerState.ACTIVE.value, CustomerState.BLOCKED.value
        )
    return count
