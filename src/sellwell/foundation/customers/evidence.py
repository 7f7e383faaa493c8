"""Evidence for clause 1.4.2: customers with a verified identity key, and customers that keep the customer policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sellwell.foundation.customers import policies, rules
from sellwell.foundation.customers.lineage import merged_away
from sellwell.foundation.customers.models import Contact, Customer, Party
from sellwell.kernel import clock, policy
from sellwell.kernel.evidence import Broken, Evidence, evidence, found
from sellwell.kernel.values import Period, T

NO_KEY = T("没有信用代码、电话或邮箱", "has neither code, phone nor e-mail")
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
