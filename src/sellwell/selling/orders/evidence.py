"""Evidence for the clauses that orders answer for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from sellwell.kernel.evidence import Broken, Evidence, by_department, evidence, found
from sellwell.kernel.values import Period, T, listed
from sellwell.selling.contracts.lines import MANUAL
from sellwell.selling.orders.models import WAITS, Order, OrderLine

GAP = T("链条缺少 {kinds}", "its chain lacks {kinds}")
CORRECTED = T("确认后又取消或减量", "cancelled or cut after it was confirmed")
TYPED = T("手工单价 {price}，目录价 {listed}", "typed price {price}, list price {listed}")
SHORT = T("确认后缺货，承诺 {day}", "short, promised for {day}")
NO_DATE = T("确认时没有交期", "confirmed without a promised date")


def _lines(company_id: UUID, period: Period) -> QuerySet[OrderLine]:
    """Lines of orders confirmed in the period by the house (imported history was not)."""
    rows = OrderLine.objects.filter(
        company_id=company_id, is_void=False, order__origin="entry", order__confirmed_at__isnull=False,
        order__business_date__gte=period.since,
    )  # fmt: skip
    if period.until is not None:
        rows = rows.filter(order__business_date__lt=period.until)
    return rows.select_related("order", "product")


def _broken(line: Any, why: T) -> Broken:
    name = f"{line.order.number} · {line.position}"
    return Broken("orders.order", line.order_id, name, why, line.order.department_path)


def _by_department(lines: QuerySet[OrderLine]) -> dict[str, int]:
    return by_department(lines, "order__department_path")


# What a sale that is through must have led to. The names are those of the link table; services are delivered, too.
CHAIN = {
    "delivery.shipment": T("发货单", "a shipment"),
    "receivables.invoice": T("发票", "an invoice"),
    "receivables.receipt": T("收款", "a receipt"),
}

_DOWN = """
WITH RECURSIVE down(root, id, type) AS (
    SELECT id, id, 'orders.order'::varchar FROM unnest(%s::uuid[]) AS given(id)
  UNION
    SELECT down.root, l.to_id, l.to_type FROM down JOIN kernel_link l ON l.from_id = down.id
)
SELECT root, array_agg(DISTINCT type) FROM down GROUP BY root
"""


@evidence("1.1.5", T("订单链条完整", "Orders whose chain is complete"))
def complete_chains(company_id: UUID, period: Period) -> Evidence:
    """Orders closed in the period that something was shipped of, and those whose chain misses a link to the money."""
    lines = _lines(company_id, period).filter(order__state="closed", shipped__gt=0, total__gt=0)
    numbers = dict(lines.values_list("order_id", "order__number"))
    with connection.cursor() as cursor:
        cursor.execute(_DOWN, [list(numbers)])
        there = {root: set(types) for root, types in cursor.fetchall()}
    broken = []
    for order_id, number in sorted(numbers.items(), key=lambda item: item[1]):
        lacking = [title for kind, title in CHAIN.items() if kind not in there[order_id]]
        if lacking:
            kinds = listed(lacking)
            broken.append(Broken("orders.order", order_id, number, GAP.format(kinds=kinds)))
    return found(len(numbers), broken)


@evidence("5.2.1", T("确认后未更正的订单", "Orders not corrected after confirmation"))
def corrected(company_id: UUID, period: Period) -> Evidence:
    """Orders once confirmed, and those that were taken back or cut afterwards."""
    lines = _lines(company_id, period)
    orders = Order.objects.filter(pk__in=lines.values("order_id"))
    back = orders.filter(Q(state="cancelled") | Q(pk__in=lines.filter(cancelled__gt=0).values("order_id")))
    broken = [Broken("orders.order", o.pk, o.number, CORRECTED, o.department_path) for o in back]
    return found(by_department(orders), broken)


@evidence("5.2.2", T("按规则定价的明细", "Lines priced by rule"))
def priced_by_rule(company_id: UUID, period: Period) -> Evidence:
    """Confirmed lines, and those whose price somebody typed over the rule's."""
    lines = _lines(company_id, period)
    typed = lines.filter(price_source=MANUAL)
    broken = [_broken(line, TYPED.format(price=line.unit_price, listed=line.list_price)) for line in typed]
    return found(_by_department(lines), broken)


@evidence("5.2.2", T("库存足够的明细", "Lines that stock covers"))
def covered(company_id: UUID, period: Period) -> Evidence:
    """Confirmed lines of goods, and those that still wait for goods."""
    lines = _lines(company_id, period).filter(product__kind="goods")
    waiting = lines.filter(WAITS, order__state="confirmed")
    return found(
        _by_department(lines), [_broken(line, SHORT.format(day=line.promised_on)) for line in waiting]
    )


@evidence("5.2.2", T("确认的明细都有交期", "Every confirmed line has a promised date"))
def dated(company_id: UUID, period: Period) -> Evidence:
    """Confirmed lines, and those without a date (must be none)."""
    lines = _lines(company_id, period)
    return found(
        _by_department(lines), [_broken(line, NO_DATE) for line in lines.filter(promised_on__isnull=True)]
    )
