"""What relations demands of verbs elsewhere: discounts and payment days stay within the grade's terms (clause 4.2.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.foundation.customers.queries import Customer, PartyKind, customers
from sellwell.foundation.relations import policies
from sellwell.foundation.relations.policies import Terms, terms_of
from sellwell.kernel.operations import Assessment, Context, guard
from sellwell.kernel.values import Objection, Reason, T

BEYOND_DISCOUNT = Reason(
    "relations.discount",
    T(
        "折扣 {discount}% 超出该客户 {grade} 级的上限 {limit}%，需要审批。",
        "The discount of {discount} % is beyond the {limit} % of grade {grade} and needs approval.",
    ),
)
BEYOND_DAYS = Reason(
    "relations.payment_days",
    T(
        "账期 {days} 天超出该客户 {grade} 级的上限 {limit} 天，需要审批。",
        "{days} payment days are beyond the {limit} of grade {grade} and need approval.",
    ),
)

Judge = Callable[[Assessment, Customer, Terms], Objection | None]


def _each(assessments: list[Assessment], ctx: Context, judge: Judge) -> dict[int, Objection]:
    """What a check says of each document that names its customer; terms are read once for all of them."""
    named = {
        i: UUID(str(a.content["customer"])) for i, a in enumerate(assessments) if a.content.get("customer")
    }
    if not named:
        return {}
    known = {c.pk: c for a in assessments if (c := _at_hand(a)) is not None}
    if unread := set(named.values()) - known.keys():
        known |= customers(unread)
    of = terms_of(ctx.company_id, ctx.today)
    found = {}
    for index, customer_id in named.items():
        if (customer := known.get(customer_id)) is not None:
            objection = judge(assessments[index], customer, of(customer.party.kind, customer.grade))
            if objection is not None:
                found[index] = objection
    return found


def _at_hand(assessment: Assessment) -> Customer | None:
    """The customer as this act read it, with its party: no need to ask again."""
    read: list[Any] = [getattr(assessment.carry, "customer", None)]
    if assessment.row is not None:
        read.append(assessment.row._state.fields_cache.get("customer"))
    return next(
        (found for found in read if isinstance(found, Customer) and "party" in found._state.fields_cache),
        None,
    )


def _discount(assessment: Assessment, customer: Customer, terms: Terms) -> Objection | None:
    given = assessment.content.get("discount")
    # What a contract agreed was judged when it was approved; a person's prices are pricing's matter.
    is_person = customer.party.kind == PartyKind.PERSON.value
    if given is None or terms.discount is None or is_person or assessment.content.get("from_contract"):
        return None
    over = Decimal(given) - terms.discount
    if over <= 0:
        return None
    return BEYOND_DISCOUNT.hold(
        policies.DISCOUNT,
        measure=over,
        discount=_percent(Decimal(given)),
        grade=terms.grade,
        limit=_percent(terms.discount),
    )


def _percent(share: Decimal) -> Decimal:
    return (share * 100).quantize(Decimal("0.01")).normalize() + Decimal(0)


def _days(days: Any, terms: Terms, path: str) -> Objection | None:
    if days is None or terms.payment_days is None or int(days) <= terms.payment_days:
        return None
    over = Decimal(int(days) - terms.payment_days)
    return BEYOND_DAYS.hold(
        policies.DAYS, measure=over, path=path, days=int(days), grade=terms.grade, limit=terms.payment_days
    )


@guard(
    "relations.discount",
    T("折扣不超等级上限", "Discounts within the grade's limit"),
    on=["pipeline.send_quotation", "contracts.approve", "orders.confirm"],
    clauses=["4.2.3"],
)
def discount(assessments: list[Assessment], ctx: Context) -> Mapping[int, Objection]:
    """The largest discount of a document's lines against what the grade allows."""
    return _each(assessments, ctx, _discount)


@guard(
    "relations.payment_days",
    T("账期不超等级上限", "Payment days within the grade's limit"),
    on=["pipeline.send_quotation", "contracts.approve", "orders.confirm"],
    clauses=["4.2.3"],
)
def payment_days(assessments: list[Assessment], ctx: Context) -> Mapping[int, Objection]:
    """The days that a document gives against what the grade allows, or what was agreed with the customer beyond it.

    A contract's days were judged with the contract.
    """

    def judge(assessment: Assessment, customer: Customer, terms: Terms) -> Objection | None:
        days = assessment.content.get("payment_days")
        if assessment.content.get("from_contract") or days is None or int(days) <= customer.payment_days:
            return None
        return _days(assessment.content.get("payment_days"), terms, "payment_days")

    return _each(assessments, ctx, judge)


@guard(
    "relations.terms",
    T("客户账期与等级相称", "A customer's payment days fit its grade"),
    on=["customers.set_terms"],
    clauses=["4.2.3"],
)
def terms_fit_the_grade(assessments: list[Assessment], ctx: Context) -> Mapping[int, Objection]:
    """The days against the terms of the grade that is set with them."""
    found: dict[int, Objection] = {}
    of = terms_of(ctx.company_id, ctx.today)
    for index, assessment in enumerate(assessments):
        row = assessment.row
        if isinstance(row, Customer) and assessment.content.get("grade"):
            terms = of(row.party.kind, str(assessment.content["grade"]))
            objection = _days(assessment.content.get("payment_days"), terms, "payment_days")
            if objection is not None:
                found[index] = objection
    return found
