"""Beside a customer's own data: its group with what it adds up to, its team, tax titles, accounts, sources."""

from __future__ import annotations

from typing import Any

from sellwell.foundation.company.extensions import sales_verbs
from sellwell.foundation.customers import groups
from sellwell.foundation.customers.choosing import FIELDS
from sellwell.foundation.customers.models import Customer, TaxTitle, ValueSource, WhereFrom
from sellwell.foundation.customers.sides import FIELDS as SIDES
from sellwell.foundation.customers.views import ACCOUNTS, CUSTOMERS, TEAM, TITLES
from sellwell.kernel.operations import Context
from sellwell.kernel.values import ZERO, T
from sellwell.web.registry import form, list_page, panel, record_page

TYPE = CUSTOMERS.row_type
LABELS = {name: label for name, label, _ in SIDES if name}


def group_of(row: Customer, ctx: Context) -> dict[str, Any]:
    """The group from the top down, and this year's sums of those members that the reader may see."""
    tree = groups.members(row.party_id, ctx.today)
    known = {
        c.party_id: c
        for c in CUSTOMERS.rows(ctx.actor).filter(
            party_id__in=[m.party_id for m in tree], merged_into__isnull=True, company_id=row.company_id
        )
    }
    if not any(
        ctx.actor.may(verb()) for _, verb in sales_verbs
    ):  # sums of sales are for those who may see sales
        return {"lines": [_line(m, known.get(m.party_id), {}, row) for m in tree], "is_group": len(tree) > 1}
    since = ctx.today.replace(month=1, day=1)
    sums = groups.rolled_up(known.values(), since, ctx.today.replace(year=since.year + 1, month=1, day=1))
    lines = [_line(member, known.get(member.party_id), sums, row) for member in tree]
    totals = [
        sum((found.get(measure, ZERO) for found in sums.values()), ZERO) for measure, _ in groups.MEASURES
    ]
    return {
        "lines": lines,
        "is_group": len(tree) > 1,
        "totals": totals,
        "measures": [label for _, label in groups.MEASURES],
        "unseen": sum(1 for line in lines if line["customer"] is None),
        "year": since.year,
    }


def _line(member: groups.Member, customer: Customer | None, sums: Any, row: Customer) -> dict[str, Any]:
    found = sums.get(customer.pk, {}) if customer is not None else {}
    return {
        "customer": customer,
        "indent": range(member.depth),
        "since": member.since,
        "here": member.party_id == row.party_id,
        "sums": [found.get(measure, ZERO) for measure, _ in groups.MEASURES],
    }


def team_of(row: Customer, ctx: Context) -> dict[str, Any]:
    """Who looks after the customer today and at other times; earlier owners stand in the block of the owner."""
    rows = list(TEAM.rows(ctx.actor).filter(customer_id=row.pk).order_by("until", "since")[:50])
    now = [m for m in rows if m.since <= ctx.today and (m.until is None or m.until > ctx.today)]
    return {
        "team": now,
        "others": [m for m in rows if m not in now],
        "total": sum((m.share for m in now), ZERO),
    }


def accounts_of(row: Customer, ctx: Context) -> dict[str, Any]:
    """Tax titles, the default first, and bank accounts for those who may see them."""
    titles = TITLES.rows(ctx.actor).filter(customer_id=row.pk, is_retired=False)
    accounts = ACCOUNTS.rows(ctx.actor).filter(customer_id=row.pk, is_retired=False)
    return {
        "titles": list(titles.order_by("-is_default", "-id")[:20]),
        "accounts": list(accounts.order_by("-id")[:20]) if ctx.actor.may(ACCOUNTS.name) else None,
        "title_account": TITLES.column("account", ctx.actor) or TITLES.column("account_masked", ctx.actor),
        "bank_account": ACCOUNTS.column("account", ctx.actor) or ACCOUNTS.column("account_masked", ctx.actor),
    }


def sources_of(row: Customer, ctx: Context) -> dict[str, Any] | None:
    """Where each value came from and when."""
    found = {s.field: s for s in ValueSource.objects.filter(customer_id=row.pk).select_related("by")}
    lines = [
        (LABELS[name], WhereFrom(found[name].source).label, found[name]) for name in FIELDS if name in found
    ]
    return {"lines": lines} if lines else None


panel(TYPE, "group", T("集团", "Group"), "customers/_group.html", context=group_of, place="tab", order=40)
panel(
    TYPE,
    "team",
    T("团队", "Team"),
    "customers/_team.html",
    context=team_of,
    place="tab",
    right=TEAM.name,
    order=45,
)
panel(
    TYPE, "accounts", T("开票与账户", "Titles and accounts"), "customers/_accounts.html", context=accounts_of,
    place="tab", right=TITLES.name, order=70,
)  # fmt: skip
panel(
    TYPE, "sources", T("数据来源", "Where values are from"), "customers/_sources.html", context=sources_of,
    place="side", order=70,
)  # fmt: skip

for _view in (TEAM, TITLES, ACCOUNTS):
    list_page(_view, empty=T("还没有。在客户页添加。", "None yet. Add them on a customer's page."))
record_page(TEAM, facts=["customer", "user", "role", "share", "since", "until"])
record_page(
    TITLES,
    facts=["customer", "title", "tax_number", "address", "phone", "bank", "account_masked", "account", "is_default",
           "is_retired"],
)  # fmt: skip
record_page(ACCOUNTS, facts=["customer", "holder", "bank", "account_masked", "account", "is_retired"])


def _title_initial(row: TaxTitle, ctx: Context) -> dict[str, Any]:
    return {
        name: getattr(row, name) for name in ("title", "tax_number", "address", "phone", "bank", "is_default")
    }


form("customers.change_tax_title", initial=_title_initial)
for _verb in ("add_tax_title", "add_bank_account", "add_member"):
    form(f"customers.{_verb}", after=lambda outcome, ctx: f"/customers/{outcome.result.customer_id}/")
