"""Merging two customers: value by value, with what goes along; and the record of each merge."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpResponse

from sellwell.foundation.customers import queries, sides
from sellwell.foundation.customers.duplicates import KEY_NAMES
from sellwell.foundation.customers.merging import LINKED
from sellwell.foundation.customers.models import Customer, Merge, MergeState, PairState
from sellwell.foundation.customers.operations.merging import MergeCustomers, assess_merge
from sellwell.foundation.customers.views import CUSTOMERS, MERGES
from sellwell.kernel import access
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web import do
from sellwell.web.registry import form, list_page, page, panel, record_page
from sellwell.web.shortcuts import render, require, row_or_404

NOT_READY = "customers.merge_unproved"


def show(request: Any) -> HttpResponse:
    """Both customers, a choice for each field, and what speaks against it."""
    require(request, "customers.merge")
    survivor, other = (_asked(request, name) for name in ("survivor", "other"))
    ctx: Context = request.ctx
    pair = queries.pair_of(survivor.pk, other.pk)
    given = MergeCustomers(other=other.pk, reason="—— ")
    objections = list(assess_merge(survivor, given, ctx).objections)
    context = {
        "survivor": survivor,
        "other": other,
        "sides": sides.sides(ctx, survivor, other),
        "lines": sides.lines(ctx, survivor, other),
        "moving": moving(other),
        "objections": objections,
        "pair": pair,
        "unproved": any(o.code == NOT_READY for o in objections),
        "is_judged": pair is not None and pair.state == PairState.SAME,
        "keys": [KEY_NAMES[name] for name in queries.equal_keys(survivor.party, other.party)],
        "key": do.new_key(),
        "reason": pair.decision if pair is not None and pair.state == PairState.SAME else "",
        "swapped": f"/customers/merge/?survivor={other.pk}&other={survivor.pk}",
    }
    crumbs = [
        (CUSTOMERS.title, "/customers/"),
        (T("疑似重复", "Possible duplicates"), "/customers/duplicates/"),
    ]
    return render(
        request, "customers/merge.html", context, title=T("合并客户", "Merge customers"), crumbs=crumbs
    )


def _asked(request: Any, name: str) -> Customer:
    try:
        row_id = UUID(request.GET.get(name, ""))
    except ValueError as error:
        raise Http404 from error
    found: Customer = row_or_404(request, CUSTOMERS, row_id)
    return found


def moving(customer: Customer) -> list[tuple[Any, int]]:
    """How many rows of each kind go along with a customer; only counts, so that nothing hidden is told."""
    found = []
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for linked in LINKED.values():
            if linked.how != "moves" or linked.of != "customer":
                continue
            cursor.execute(
                f"SELECT count(*) FROM {quote(linked.model._meta.db_table)} WHERE {quote(linked.column)} = %s",
                [customer.pk],
            )
            count = cursor.fetchone()[0]
            if count:
                found.append((getattr(linked.model, "noun", linked.label), count))
    return found


page(
    "customers/merge/",
    show,
    "customers.merging",
    title=T("合并客户", "Merge customers"),
    right="customers.merge",
)
form("customers.merge", after=lambda outcome, ctx: f"/customers/{outcome.result.pk}/")
list_page(
    MERGES,
    columns=["number", "survivor", "loser", "state", "strong_keys", "business_date", "created_by"],
    card=["survivor", "loser", "state"],
    empty=T("还没有合并过客户。", "No customers were merged yet."),
)
record_page(
    MERGES,
    path=[MergeState.DONE],
    facts=["survivor", "loser", "strong_keys", "score", "reason", "business_date", "created_by", "undone_at",
           "undone_by", "undone_reason"],
)  # fmt: skip


def merged_into(row: Customer, ctx: Context) -> dict[str, Any] | None:
    """Which customers went into this one, each with its merge, which can be taken back."""
    found = list(
        MERGES.rows(ctx.actor).filter(survivor_id=row.pk, state=MergeState.DONE.value).order_by("-id")[:10]
    )
    return {"merges": found} if found else None


panel(
    CUSTOMERS.row_type,
    "merged",
    T("并入的客户", "Merged into this one"),
    "customers/_merged.html",
    context=merged_into,
    place="side",
    right=MERGES.name,
    order=55,
)


def _own_page(row: Merge, ctx: Context) -> dict[str, Any]:
    """Where the merged customer's own page and history are still read."""
    may = access.cell_for(ctx.actor, CUSTOMERS.name, row.loser) is not None
    return {"merge": row, "may": may}


panel(
    MERGES.row_type, "own", T("并入前的档案", "The record before"), "customers/_before.html", context=_own_page,
    place="side", order=10,
)  # fmt: skip
