"""What people see of money: invoices, receipts, matching, credit, ageing, and finance's day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Sum
from django.http import Http404, HttpResponse

from sellwell.kernel import access, views
from sellwell.kernel.models import Fact
from sellwell.kernel.operations import Context
from sellwell.kernel.period_operations import PERIODS
from sellwell.kernel.values import T
from sellwell.selling.receivables import ageing, papers, queries
from sellwell.selling.receivables.models import Invoice, InvoiceState, Receipt, ReceiptState
from sellwell.selling.receivables.views import (
    APPLICATIONS,
    CREDIT,
    INVOICE_LINES,
    INVOICES,
    POSTINGS,
    RECEIPTS,
)
from sellwell.web import charts
from sellwell.web.registry import (
    Number,
    Warning_,
    family,
    figure,
    form,
    list_page,
    new_button,
    page,
    panel,
    record_page,
    related,
    section,
    warnings,
    workblock,
)
from sellwell.web.shortcuts import paper, render

section("finance", T("财务", "Finance"), order=50)

list_page(
    INVOICES,
    section="finance",
    icon="receipt",
    order=10,
    new=["receivables.request_invoice"],
    bulk=["receivables.issue_invoice"],
    columns=["number", "customer", "order", "state", "total", "open", "due_on", "overdue"],
    card=["customer", "state", "total"],
    saved=[
        ("requested", T("待开票", "To issue"), {"state": "requested"}),
        ("issued", T("已开票", "Issued"), {"state": "issued"}),
        ("credits", T("红字", "Credits"), {"kind": "credit"}),
    ],
    empty=T(
        "还没有发票。验收后可申请开票。", "No invoices yet. They can be requested once goods are accepted."
    ),
)
list_page(
    PERIODS,
    section="finance",
    icon="calendar",
    order=90,
    columns=["month", "state", "closed_at"],
    card=["month", "closed_at"],
    empty=T("还没有入账的月份。", "Nothing was posted yet."),
)
record_page(PERIODS)
record_page(
    INVOICES,
    amount="total",
    path=[InvoiceState.REQUESTED, InvoiceState.ISSUED],
    facts=[
        "kind", "customer", "order", "net", "tax", "settled", "open", "issued_on", "due_on", "overdue", "tax_number",
        "reverses", "note",
    ],
)  # fmt: skip
list_page(
    RECEIPTS,
    section="finance",
    icon="coin",
    order=20,
    new=["receivables.enter_receipt"],
    bulk=["receivables.apply"],
    columns=["number", "customer", "received_on", "state", "total", "unapplied", "method"],
    card=["customer", "total", "unapplied"],
    empty=T("还没有收款。", "No money came in yet."),
)
record_page(
    RECEIPTS,
    amount="total",
    path=[ReceiptState.ENTERED],
    facts=[
        "customer",
        "received_on",
        "method",
        "bank_reference",
        "payer_name",
        "applied",
        "unapplied",
        "note",
    ],
)
family("/receivables/ageing", "/credit/")
list_page(
    CREDIT,
    section="finance",
    icon="shield",
    order=40,
    new=["receivables.open_account"],
    empty=T(
        "还没有信用账户；首次确认订单时自动开立。", "No accounts yet; the first confirmed order opens one."
    ),
)
record_page(CREDIT, amount="credit_limit", facts=["customer", "grade", "max_overdue_days", "reviewed_on"])
list_page(POSTINGS, section="finance", icon="log", order=50, empty=T("还没有分录。", "No postings yet."))
list_page(APPLICATIONS, empty=T("还没有核销。", "Nothing was matched yet."))
list_page(INVOICE_LINES, empty=T("还没有发票明细。", "No invoice lines yet."))
for _view in (POSTINGS, APPLICATIONS, INVOICE_LINES):
    record_page(_view)

LINE_COLUMNS = ["position", "product", "quantity", "unit_price", "tax_rate", "net", "tax", "total"]
related(
    "receivables.invoice",
    INVOICE_LINES,
    by="invoice_id",
    title=T("明细", "Lines"),
    place="main",
    order=10,
    columns=LINE_COLUMNS,
)
related(
    "receivables.invoice", APPLICATIONS, by="invoice_id", title=T("核销", "Matches"), place="main", order=20
)
related("receivables.invoice", POSTINGS, by="document_id", title=T("分录", "Postings"))
related(
    "receivables.receipt", APPLICATIONS, by="receipt_id", title=T("核销", "Matches"), place="main", order=10
)
related("receivables.receipt", POSTINGS, by="document_id", title=T("分录", "Postings"))
related("orders.order", INVOICES, by="order_id", title=T("发票", "Invoices"), order=30)
related("customers.customer", INVOICES, by="customer_id", title=T("发票", "Invoices"), order=60)
related("customers.customer", RECEIPTS, by="customer_id", title=T("收款", "Receipts"), order=65)

new_button("receivables.enter_receipt")
new_button("receivables.request_invoice")
form("receivables.request_invoice", pick={"lines.#.line": "order"})
form("receivables.enter_receipt", pick={"invoice": "customer"})


def proposed(source: Receipt | Invoice, ctx: Context) -> dict[str, Any]:
    """Which debts the money would settle, oldest due first: a proposal that may be changed."""
    from sellwell.selling.receivables.rules import apply_money

    left = source.total - source.applied if isinstance(source, Receipt) else source.settled - source.total
    parts, _ = apply_money(max(left, Decimal(0)), queries.debts_of(source.customer_id))
    return {"lines": [{"invoice": key, "amount": amount} for key, amount in parts]}


form("receivables.apply", initial=proposed)
form("receivables.apply_credit", initial=proposed)
form(
    "receivables.set_credit",
    initial=lambda account, ctx: {
        "credit_limit": account.credit_limit,
        "max_overdue_days": account.max_overdue_days,
    },
)


# --- ageing ------------------------------------------------------------------------------------------------------------


def ageing_page(request: Any) -> Any:
    """Open invoices by how late they are, customer by customer, within what the reader may see."""
    report = ageing.report(INVOICES.rows(request.actor), request.ctx.today)
    context = {
        "report": report,
        "buckets": ageing.BUCKETS,
        "chart": charts.bars([b.name for b in ageing.BUCKETS], report.totals, T("未结清", "Open")),
    }
    return render(request, "receivables/ageing.html", context, title=AGEING)


AGEING = T("账龄分析", "Ageing")
page(
    "receivables/ageing",
    ageing_page,
    "receivables.ageing",
    title=AGEING,
    right="receivables.invoices",
    section="finance",
    icon="chart",
    order=30,
)


# --- papers ------------------------------------------------------------------------------------------------------------


def invoice_paper(request: Any, row_id: UUID) -> HttpResponse:
    """The invoice request as PDF, for whoever may see the invoice."""
    row = Invoice.objects.select_related(*INVOICES.related).filter(pk=row_id).first()
    if row is None or access.cell_for(request.actor, INVOICES.name, row) is None:
        raise Http404
    return paper(request, INVOICES, row.pk, papers.invoice_pdf(row), f"{row.number}.pdf")


def statement_paper(request: Any, row_id: UUID) -> HttpResponse:
    """A customer's statement from the first day of last year to today, for whoever may see its invoices."""
    row = queries.CUSTOMER.objects.select_related("party").filter(pk=row_id).first()
    if row is None or access.cell_for(request.actor, INVOICES.name, row) is None:
        raise Http404
    today = request.ctx.today
    content = papers.statement_pdf(row, today.replace(year=today.year - 1, month=1, day=1), today)
    return paper(request, INVOICES, row.pk, content, f"{row.number}.pdf")


page("invoices/<uuid:row_id>/paper.pdf", invoice_paper, "receivables.paper", right="receivables.invoices")
page(
    "customers/<uuid:row_id>/statement.pdf",
    statement_paper,
    "receivables.statement",
    right="receivables.invoices",
)
panel(
    "receivables.invoice",
    "paper",
    T("打印", "Print"),
    "receivables/paper.html",
    context=lambda row, ctx: {"url": f"/invoices/{row.pk}/paper.pdf"},
    place="side",
    right="receivables.invoices",
    order=10,
)


# --- a customer's money ------------------------------------------------------------------------------------------------


def money(customer: Any, ctx: Context) -> dict[str, Any] | None:
    """Exposure against the limit, and what is late."""
    exposure = queries.exposures(ctx, [customer.pk]).get(customer.pk)
    if exposure is None:
        return None
    late = queries.open_invoices(
        INVOICES.rows(ctx.actor).filter(customer_id=customer.pk, due_on__lt=ctx.today)
    )
    used = int(exposure.total * 100 / exposure.limit) if exposure.limit else None
    return {
        "exposure": exposure,
        "statement": f"/customers/{customer.pk}/statement.pdf",
        "used": max(0, used) if used is not None else None,
        "late": list(late.select_related(None).order_by("due_on")[:5]),
    }


panel(
    "customers.customer",
    "money",
    T("往来款项", "Money"),
    "receivables/customer_money.html",
    context=money,
    place="side",
    right="receivables.credit",
    order=30,
)
panel(
    "receivables.creditaccount",
    "money",
    T("敞口", "Exposure"),
    "receivables/customer_money.html",
    context=lambda account, ctx: money(account.customer, ctx),
    place="main",
    right="receivables.credit",
    order=10,
)


# --- finance's day -----------------------------------------------------------------------------------------------------


def overdue_figure(ctx: Context) -> Number | None:
    """Money past its due date."""
    amount, count = queries.overdue(INVOICES.rows(ctx.actor), ctx.today)
    return Number(amount, note=T(f"{count} 张发票", f"{count} invoices"), url="/receivables/ageing")


def collected_figure(ctx: Context) -> Number | None:
    """Money received this month, reversals deducted."""
    rows = Fact.objects.filter(company_id=ctx.company_id, measure="collected")
    trend = charts.monthly(rows, ctx.today)
    return Number(trend[-1][1], url="/receipts/", trend=trend)


def to_invoice_figure(ctx: Context) -> Number | None:
    """What was accepted and is on no invoice yet."""
    amount, orders = queries.to_be_invoiced(ctx.company_id)
    return Number(amount, note=T(f"{orders} 张订单", f"{orders} orders"), url="/invoices/?state=requested")


figure("finance", T("逾期应收", "Overdue"), overdue_figure, order=10)
figure("finance", T("本月回款", "Collected this month"), collected_figure, order=20)
figure("finance", T("待开票", "To be invoiced"), to_invoice_figure, order=30)
figure("rep", T("我的逾期应收", "My overdue invoices"), overdue_figure, order=40)


def late_payers(ctx: Context) -> list[Warning_]:
    """Invoices that are more than thirty days late, the largest first."""
    rows = queries.open_invoices(INVOICES.rows(ctx.actor)).filter(due_on__lt=ctx.today)
    rows = rows.annotate(open=F("total") - F("settled")).order_by("-open")[:20]
    found = []
    for invoice in rows:
        days = (ctx.today - invoice.due_on).days if invoice.due_on else 0
        if days > 30:
            text = T(f"{invoice.customer} 逾期 {days} 天", f"{invoice.customer} is {days} days late")
            why = T(
                f"{invoice.number} 未结清 ¥{invoice.open:,.2f}",
                f"{invoice.number}: ¥{invoice.open:,.2f} open",
            )
            found.append(Warning_(text, f"/invoices/{invoice.pk}/", "late", why))
    return found[:5]


def unmatched_money(ctx: Context) -> list[Warning_]:
    """Money that lies unmatched."""
    rows = RECEIPTS.rows(ctx.actor).filter(state=ReceiptState.ENTERED.value, applied__lt=F("total"))
    found = rows.aggregate(count=Count("pk"), left=Sum(F("total") - F("applied")))
    count, amount = found["count"], found["left"]
    if not count:
        return []
    text = T(
        f"{count} 笔收款未核销，共 ¥{amount:,.2f}", f"{count} receipts are not matched, ¥{amount:,.2f} in all"
    )
    return [Warning_(text, "/receipts/", "near", T("逐笔核销到发票。", "Match them to invoices."))]


warnings("finance", late_payers)
warnings("finance", unmatched_money)
warnings("rep", late_payers)
warnings("account_manager", late_payers)


def to_issue(ctx: Context) -> dict[str, Any] | None:
    """Requests that wait to be issued, the oldest first."""
    rows = INVOICES.rows(ctx.actor).filter(state=InvoiceState.REQUESTED.value).order_by("business_date", "id")
    return {"view": views.VIEWS["receivables.invoices"], "invoices": list(rows[:8])}


workblock(
    "finance",
    "to-issue",
    T("待开发票", "Invoices to issue"),
    "receivables/_to_issue.html",
    context=to_issue,
    order=10,
)
