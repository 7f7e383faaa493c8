"""What receivables demands of verbs elsewhere: no order beyond a customer's credit without approval (clause 5.2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sellwell.kernel.operations import Assessment, Context, Lock, guard, lock
from sellwell.kernel.values import ZERO, Objection, T
from sellwell.selling.receivables import accounts, queries
from sellwell.selling.receivables.models import CreditAccount
from sellwell.selling.receivables.policies import CREDIT_APPROVAL, OVERDUE_APPROVAL
from sellwell.selling.receivables.rules import judge_credit


def lock_account(row: Any, given: Any, ctx: Context) -> list[Lock]:
    """The customer's credit account: exposure is judged one act at a time."""
    customer_id = getattr(row, "customer_id", None) or getattr(given, "customer", None)
    account_id = accounts.ensure(ctx, customer_id) if customer_id is not None else None
    return [lock("exposure", CreditAccount, [account_id])] if account_id is not None else []


@guard(
    "receivables.credit",
    T("信用额度与逾期", "Credit limit and overdue debts"),
    on=["orders.confirm"],
    clauses=["5.2.2", "5.3.3"],
    lock_keys=lock_account,
)
def credit(assessments: list[Assessment], ctx: Context) -> Mapping[int, list[Objection]]:
    customers = {
        index: UUID(str(assessment.content["customer"]))
        for index, assessment in enumerate(assessments)
        if assessment.content.get("customer")
    }
    found = queries.exposures(ctx, customers.values()) if customers else {}
    return {
        index: judge_credit(
            found[customer], assessments[index].amount or ZERO, CREDIT_APPROVAL, OVERDUE_APPROVAL
        )
        for index, customer in customers.items()
        if customer in found
    }
