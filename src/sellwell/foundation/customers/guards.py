"""What customers demand of verbs elsewhere: no new business with a blocked customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sellwell.foundation.customers.duplicates import name_for
from sellwell.foundation.customers.models import Customer, CustomerState
from sellwell.foundation.customers.queries import customers, survivors
from sellwell.kernel.operations import REGISTRY, Assessment, Context, guard
from sellwell.kernel.values import Objection, Reason, T

BLOCKED = Reason(
    "customers.blocked",
    T(
        "该客户已停止往来，不能办理新业务。请先恢复往来。",
        "Business with this customer is stopped. Unblock the customer first.",
    ),
)


@guard(
    "customers.blocked",
    T("不与停止往来的客户做新业务", "No new business with a blocked customer"),
    on=[
        "pipeline.add_opportunity",
        "pipeline.add_quotation",
        "pipeline.send_quotation",
        "contracts.create",
        "contracts.approve",
        "orders.create",
        "orders.confirm",
    ],
    clauses=["1.4.2"],
)
def not_blocked(assessments: list[Assessment], ctx: Context) -> Mapping[int, Objection | list[Objection]]:
    """One query for all documents whose customer was not read by this act already."""
    named = {
        i: UUID(str(a.content["customer"])) for i, a in enumerate(assessments) if a.content.get("customer")
    }
    at_hand = {c.pk: c.state for a in assessments if (c := _at_hand(a)) is not None}
    blocked = {pk for pk, state in at_hand.items() if state == CustomerState.BLOCKED.value}
    unread = set(named.values()) - at_hand.keys()
    if unread:
        rows = Customer.objects.filter(pk__in=unread, state=CustomerState.BLOCKED.value)
        blocked |= set(rows.values_list("pk", flat=True))
    return {i: BLOCKED.refuse(path="customer") for i, customer in named.items() if customer in blocked}


def _at_hand(assessment: Assessment) -> Customer | None:
    """The customer as this act read it: with the document's row, or for the plan of a new document."""
    read: list[Any] = [getattr(assessment.carry, "customer", None)]
    if assessment.row is not None:
        read.append(assessment.row._state.fields_cache.get("customer"))
    return next((found for found in read if isinstance(found, Customer)), None)


MERGED = Reason(
    "customers.merged",
    T(
        "该客户已并入“{customer}”（{number}）。请改用保留的客户。",
        "This customer went into “{customer}” ({number}). Use that one.",
    ),
)


@guard(
    "customers.merged",
    T("不在已合并的客户上办理业务", "No business with a customer that was merged"),
    on=sorted(name for name, one in REGISTRY.items() if "customer" in one.input.model_fields),
    clauses=["4.3.5"],
)
def not_merged(assessments: list[Assessment], ctx: Context) -> Mapping[int, Objection | list[Objection]]:
    """Whatever names a customer names the one that stayed; one query where the act has not read it already."""
    at_hand = {c.pk: c.merged_into_id for a in assessments if (c := _at_hand(a)) is not None}
    named = {i: found for i, a in enumerate(assessments) if (found := getattr(a.given, "customer", None))}
    unread = {pk for pk in named.values() if pk not in at_hand}
    if unread:
        rows = Customer.objects.filter(pk__in=unread, merged_into__isnull=False)
        at_hand |= dict(rows.values_list("pk", "merged_into_id"))
    gone = {pk for pk in named.values() if at_hand.get(pk) is not None}
    if not gone:
        return {}
    leading = survivors(gone)
    stayed = customers(leading.values())
    return {
        i: MERGED.refuse(
            path="customer", customer=name_for(ctx, stayed[leading[pk]]), number=stayed[leading[pk]].number
        )
        for i, pk in named.items()
        if pk in gone
    }
