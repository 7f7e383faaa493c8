"""What must hold after a fault run: what was acknowledged is there once, what was not is absent or whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.apps import apps
from django.db.models import Count

from sellwell.kernel import checks
from sellwell.kernel.models import ApprovalRequest, IdempotencyKey, LedgerEntry

Lines = list[dict[str, Any]]


def problems(lines: Lines, run: str) -> list[str]:
    """Everything that is not as it should be, over the journals of a run and the database."""
    return [
        *_lost(lines),
        *_contradicted(lines),
        *_half_done(run),
        *_doubled(run),
        *(f"{f.check}: {f.record}: {f.problem}" for f in checks.run_all()),
    ]


def _lost(lines: Lines) -> list[str]:
    """Acknowledged acts that are not remembered as they were acknowledged, with their ledger entry or approval."""
    acks = [line for line in lines if line["kind"] == "ack"]
    remembered = {k.key: k for k in IdempotencyKey.objects.filter(key__in={line["key"] for line in acks})}
    found = []
    for line in acks:
        known = remembered.get(line["key"])
        if known is None:
            found.append(f"{line['key']}: acknowledged and lost")
        elif line.get("seq") and known.entry_seq != line["seq"]:
            found.append(
                f"{line['key']}: acknowledged as entry {line['seq']}, remembered as {known.entry_seq}"
            )
        elif not known.approval_id and line.get("row") not in known.result_ids:
            found.append(f"{line['key']}: acknowledged row {line.get('row')}, remembered {known.result_ids}")
    holds = {line["hold"] for line in acks if line.get("hold")}
    held = {str(pk) for pk in ApprovalRequest.objects.filter(pk__in=holds).values_list("pk", flat=True)}
    return found + [f"{hold}: an approval acknowledged and lost" for hold in sorted(holds - held)]


def _contradicted(lines: Lines) -> list[str]:
    """Keys acknowledged as two different acts, or refused after they were acknowledged. (A refusal is not remembered: the
    same key may be refused first and done later; of two requests at once either may be the first.)"""
    acks: dict[str, set[Any]] = defaultdict(set)
    found = []
    for line in lines:
        if line["kind"] == "ack":
            acks[line["key"]].add((line.get("row"), line.get("hold")))
        elif line["kind"] == "no" and line["key"] in acks and not line["at_once"]:
            found.append(f"{line['key']}: refused with {line['code']} after it was acknowledged")
    return found + [
        f"{key}: acknowledged differently: {sorted(map(str, each))}"
        for key, each in acks.items()
        if len(each) > 1
    ]


def _half_done(run: str) -> list[str]:
    """Keys remembered without their act, and orders made without their key: absent or whole, nothing between."""
    keys = list(IdempotencyKey.objects.filter(key__startswith=f"{run}-"))
    seqs = [k.entry_seq for k in keys if k.entry_seq]
    there = set(LedgerEntry.objects.filter(seq__in=seqs).values_list("seq", flat=True))
    found = [
        f"{k.key}: remembered without its entry" for k in keys if k.entry_seq and k.entry_seq not in there
    ]
    made = {k.key: k for k in keys if k.operation == "orders.create" and k.result_ids}
    orders = dict(_orders(run).values_list("customer_reference", "pk"))
    found += [f"{key}: remembered without its order" for key in sorted(made.keys() - orders.keys())]
    found += [f"{key}: an order that no key remembers" for key in sorted(orders.keys() - made.keys())]
    return found + [
        f"{key}: the order is not the one that was remembered"
        for key in sorted(made.keys() & orders.keys())
        if str(orders[key]) not in made[key].result_ids
    ]


def _doubled(run: str) -> list[str]:
    """References that stand on two orders, and orders that went through the same step twice."""
    twice = _orders(run).values("customer_reference").annotate(n=Count("pk")).filter(n__gt=1)
    steps = LedgerEntry.objects.filter(
        row_id__in=_orders(run).values("pk"),
        operation__in=("orders.create", "orders.confirm", "orders.cancel"),
    )
    again = steps.order_by().values("row_id", "operation").annotate(n=Count("seq")).filter(n__gt=1)
    return [f"{each['customer_reference']}: made {each['n']} times" for each in twice] + [
        f"{each['row_id']}: {each['operation']} {each['n']} times" for each in again
    ]


def _orders(run: str) -> Any:
    return apps.get_model("orders.Order").objects.filter(customer_reference__startswith=f"{run}-")


def counted(lines: Lines) -> dict[str, Any]:
    """The figures of a report."""
    kinds = Counter(line["kind"] for line in lines)
    return {
        "requests": len({line["key"] for line in lines if line["kind"] == "intent"}),
        "acknowledged": len({line["key"] for line in lines if line["kind"] == "ack"}),
        "refused": len({line["key"] for line in lines if line["kind"] == "no"}),
        "lost_answers": kinds["lost"],
        "unanswered": kinds["none"],
        "replayed": sum(1 for line in lines if line.get("replayed")),
    }
