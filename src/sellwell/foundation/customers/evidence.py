"""Evidence for clauses 1.4.2 and 4.3.5: keys, the customer policy, customers known twice, duplicates that nobody judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sellwell.foundation.customers import policies, rules
from sellwell.foundation.customers.lineage import merged_away
from sellwell.foundation.customers.models import (
    Contact,
    Customer,
    GroupMembership,
    MatchPair,
    PairState,
    Party,
)
from sellwell.kernel import clock, policy
from sellwell.kernel.evidence import Broken, Evidence, evidence, found
from sellwell.kernel.values import Period, T

NO_KEY = T("没有信用代码、电话或邮箱", "has neither code, phone nor e-mail")
IN_CIRCLE = T("是自己的上级", "is its own parent through others")
LACKS = T("缺少：{fields}", "lacks: {fields}")


def _customers(company_id: UUID, period: Period) -> Iterable[Customer]:
    """The company's customers at the end of a period; erased ones are nobody any more, merged ones are the survivor."""
    rows = Customer.objects.filter(company_id=company_id, party__erased_at__isnull=True).select_related(
        "party"
    )
    rows = rows.exclude(merged_away())
    if period.until is not None:
        rows = rows.filter(business_date__lt=period.until)
    return rows.order_by("number")


def keys_of(party: Party) -> list[str]:
    """The names of the identity keys that a party has."""
    held = {"uscc": party.uscc, "phone": party.phone_blind, "email": party.email_blind}
    return [name for name, value in held.items() if value]


@evidence("1.4.2", T("客户都有已核验的身份标识", "Every customer has a verified identity key"))
def customers_without_a_key(company_id: UUID, period: Period) -> Evidence:
    """Codes are proved by their check digit, phones and e-mails by their form, when they are entered."""
    rows = list(_customers(company_id, period))
    broken = [
        Broken("customers.customer", c.pk, c.number, NO_KEY, c.department_path)
        for c in rows
        if not keys_of(c.party)
    ]
    return found(Counter(c.department_path for c in rows), broken)


@evidence("1.4.2", T("客户信息符合客户制度", "Every customer record keeps the customer policy"))
def customers_that_break_the_policy(company_id: UUID, period: Period) -> Evidence:
    """What the policy `customers.required`, in the version of the period's last day, asks of each record."""
    last = clock.business_day(clock.now()) if period.until is None else period.until - timedelta(days=1)
    version = policy.in_force(policies.REQUIRED, company_id, last)
    rows = list(_customers(company_id, period))
    with_contact = set(Contact.objects.filter(company_id=company_id).values_list("customer_id", flat=True))
    broken = []
    for customer in rows:
        facts = {"kind": customer.party.kind, "channel": customer.channel}
        required = str(policy.decide(version.table, facts).outputs.get("fields") or "")
        held = [*keys_of(customer.party), *(["contact_name"] if customer.pk in with_contact else [])]
        if missing := rules.missing_fields(required, held):
            broken.append(
                Broken(
                    "customers.customer",
                    customer.pk,
                    customer.number,
                    LACKS.format(fields=", ".join(missing)),
                    customer.department_path,
                )
            )
    return found(Counter(c.department_path for c in rows), broken)


# --- one database (clause 4.3.5) ----------------------------------------------------------------------------------------

TWICE = T("与 {other} 可能是同一客户（{number}）", "may be the same as {other} ({number})")
UNJUDGED = T("{days} 天未判断（{first} 与 {second}）", "not judged for {days} days ({first} and {second})")


def _open_pairs(company_id: UUID, period: Period) -> list[MatchPair]:
    """Pairs that wait for a verdict, or are the same and not merged; found before the end of a period."""
    waiting = (PairState.CANDIDATE.value, PairState.SAME.value)
    rows = MatchPair.objects.filter(
        company_id=company_id,
        state__in=waiting,
        first__merged_into__isnull=True,
        second__merged_into__isnull=True,
    ).select_related("first", "second")
    if period.until is not None:
        rows = rows.filter(found_on__lt=period.until)
    return list(rows.order_by("number"))


@evidence("4.3.5", T("每个客户只有一份档案", "Every customer is known once"))
def customers_known_twice(company_id: UUID, period: Period) -> Evidence:
    """The duplicate rate: of all customers, those that a pair which is as good as certain, or judged the same, names."""
    rows = list(_customers(company_id, period))
    twin: dict[UUID, tuple[MatchPair, Customer]] = {}
    for pair in _open_pairs(company_id, period):
        if pair.certain or pair.state == PairState.SAME.value:
            twin.setdefault(pair.second_id, (pair, pair.first))
    broken = [
        Broken(
            "customers.customer", c.pk, c.number,
            TWICE.format(other=twin[c.pk][1].number, number=twin[c.pk][0].number), c.department_path,
        )
        for c in rows
        if c.pk in twin
    ]  # fmt: skip
    return found(Counter(c.department_path for c in rows), broken)


@evidence("4.3.5", T("疑似重复按期判断", "Possible duplicates are judged in time"))
def duplicates_judged_in_time(company_id: UUID, period: Period) -> Evidence:
    """Pairs of the period or still open; broken are those that wait longer than the policy `customers.matching` allows."""
    last = clock.business_day(clock.now()) if period.until is None else period.until - timedelta(days=1)
    table = policy.in_force(policies.MATCHING, company_id, last).table
    rows = MatchPair.objects.filter(company_id=company_id).select_related("first", "second")
    if period.until is not None:
        rows = rows.filter(found_on__lt=period.until)
    waiting = {pair.pk for pair in _open_pairs(company_id, period) if pair.state == PairState.CANDIDATE.value}
    concerned = [pair for pair in rows if pair.pk in waiting or pair.found_on in period]
    broken = []
    allowed = Decimal(str(policy.decide(table, {"kind": "organisation"}).outputs["decide_within_days"]))
    for pair in concerned:
        days = (last - pair.found_on).days
        if pair.pk in waiting and days > allowed:
            told = UNJUDGED.format(days=days, first=pair.first.number, second=pair.second.number)
            path = pair.first.department_path
            broken.append(Broken("customers.matchpair", pair.pk, pair.number, told, path))
    return found(Counter(pair.first.department_path for pair in concerned), broken)


@evidence("1.4.2", T("集团关系没有循环", "Groups of companies have no circles"))
def groups_without_circles(company_id: UUID, period: Period) -> Evidence:
    """Customers that belong to a parent; broken are those that are their own parent through others."""
    rows = {c.party_id: c for c in _customers(company_id, period)}
    parents = dict(GroupMembership.objects.filter(until__isnull=True).values_list("child_id", "parent_id"))
    links = [child for child in rows if child in parents]
    broken = [
        Broken(
            "customers.customer", rows[child].pk, rows[child].number, IN_CIRCLE, rows[child].department_path
        )
        for child in links
        if _is_above_itself(child, parents)
    ]
    return found(Counter(rows[child].department_path for child in links), broken)


def _is_above_itself(child: UUID, parents: Mapping[UUID, UUID]) -> bool:
    """Whether the way upwards from a party leads back to it; nobody has more than one parent."""
    passed: set[UUID] = set()
    at = parents.get(child)
    while at is not None and at not in passed:
        if at == child:
            return True
        passed.add(at)
        at = parents.get(at)
    return False
