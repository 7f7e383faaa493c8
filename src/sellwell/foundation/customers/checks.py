"""Invariants of customers that `sellwell check` proves."""

from __future__ import annotations

from collections.abc import Iterable

from sellwell.foundation.customers import stragglers
from sellwell.foundation.customers.models import Customer, Party
from sellwell.foundation.customers.rules import read_uscc
from sellwell.kernel.checks import Finding, check, from_sql
from sellwell.kernel.values import Objection, T


@check(
    "customers.uscc",
    T("统一社会信用代码校验位相符", "Every social credit code has its check digit"),
    clauses=["1.4.2"],
)
def codes_are_proved() -> Iterable[Finding]:
    """A code that its check digit does not prove came in by a side door."""
    for number, code in Customer.objects.values_list("number", "party__uscc"):
        if code is not None and isinstance(read_uscc(code), Objection):
            yield Finding("customers.uscc", number, f"the social credit code {code} is wrong")


@check(
    "customers.keys_once",
    T("同一公司内身份标识不重复", "No two customers of a company share a key"),
    clauses=["1.4.2"],
)
def keys_are_unique() -> Iterable[Finding]:
    """Phone and e-mail by their blind indexes; customers of the same party are one (and unique by constraint)."""
    sql = (
        "SELECT min(c.number), max(c.number) FROM customers_customer c JOIN customers_party p ON p.id = c.party_id"
        " WHERE p.{column} <> '' AND c.origin = 'entry' AND c.state <> 'merged' GROUP BY c.company_id, p.{column} HAVING count(*) > 1"
    )
    for column in ("phone_blind", "email_blind"):
        yield from from_sql(
            "customers.keys_once", sql.format(column=column), "has the same " + column[:5] + " as {}"
        )


@check(
    "customers.erased",
    T("已删除的个人信息没有残留", "Nothing clear is left of erased parties"),
    clauses=["1.4.2"],
)
def erased_means_erased() -> Iterable[Finding]:
    """An erased party has neither name nor key, and its contacts have no names."""
    for party in Party.objects.filter(erased_at__isnull=False).exclude(
        name="", uscc=None, phone_blind="", email_blind=""
    ):
        yield Finding("customers.erased", str(party.pk), "an erased party still shows who it was")
    yield from from_sql(
        "customers.erased",
        "SELECT k.id FROM customers_contact k JOIN customers_customer c ON c.id = k.customer_id"
        " JOIN customers_party p ON p.id = c.party_id WHERE p.erased_at IS NOT NULL AND k.name <> ''",
        "a contact of an erased party still has a name",
    )


@check(
    "customers.merged_hold_nothing",
    T("已合并的客户名下没有单据", "Nothing hangs on a customer that was merged"),
    clauses=["4.3.5"],
)
def merged_customers_hold_nothing() -> Iterable[Finding]:
    """What was being written while a merge ran is brought along within the day (`customers.bring_along`)."""
    for linked in stragglers.moving_tables():
        yield from from_sql(
            "customers.merged_hold_nothing",
            stragglers.LEFT.format(**stragglers.names(linked)),
            f"was merged, but {linked.label} still names it",
        )
