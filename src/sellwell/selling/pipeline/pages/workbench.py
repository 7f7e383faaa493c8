"""Figures and warnings of the workbench: what was won, what is in the pipeline, minutes that are missing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, Q

from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.selling.pipeline import queries
from sellwell.selling.pipeline.models import LeadState
from sellwell.selling.pipeline.views import LEADS, OPPORTUNITIES, QUOTATIONS, VISITS
from sellwell.web import charts
from sellwell.web.registry import Number, Warning_, figure, warnings

SELLING = ("rep", "account_manager", "regional_manager", "sales_manager", "executive")


def won(ctx: Context) -> Number | None:
    """What was won this month among the opportunities that the reader sees."""
    if not ctx.actor.may(OPPORTUNITIES.name):
        return None
    amount, count = queries.won_this_month(OPPORTUNITIES.rows(ctx.actor), ctx)
    trend = charts.monthly(queries.won(OPPORTUNITIES.rows(ctx.actor), ctx), ctx.today)
    note = T(f"{count} 单", f"{count} won")
    return Number(amount, note=note, url="/opportunities/?state=won", trend=trend)


def weighted(ctx: Context) -> Number | None:
    """Open opportunities, each at its probability."""
    if not ctx.actor.may(OPPORTUNITIES.name):
        return None
    amount, plain = queries.weighted_open(OPPORTUNITIES.rows(ctx.actor))
    return Number(
        amount, note=T(f"未加权 ¥{plain:,.2f}", f"¥{plain:,.2f} unweighted"), url="/opportunities/board"
    )


def minutes(ctx: Context) -> Number | None:
    """Visits that wait for their minutes."""
    if not ctx.actor.may(VISITS.name):
        return None
    waiting, late = queries.visits_without_minutes(VISITS.rows(ctx.actor), ctx)
    return Number(waiting, unit="", note=T(f"{late} 个逾期", f"{late} late"), url="/visits/?state=started")


def waiting_leads(ctx: Context) -> Number | None:
    """Leads that nobody has contacted."""
    return Number(LEADS.rows(ctx.actor).filter(state="new").count(), unit="", url="/leads/?state=new")


def new_leads_this_month(ctx: Context) -> Number | None:
    """Leads that came in this month."""
    rows = LEADS.rows(ctx.actor).filter(
        business_date__gte=ctx.today.replace(day=1), business_date__lte=ctx.today
    )
    return Number(rows.count(), unit="", url="/leads/")


def qualified_leads(ctx: Context) -> Number | None:
    """The share of the last 90 days' leads that became a customer with an opportunity."""
    rows = LEADS.rows(ctx.actor).filter(business_date__gt=ctx.today - timedelta(days=90))
    there = rows.aggregate(every=Count("pk"), became=Count("pk", filter=Q(state=LeadState.QUALIFIED.value)))
    if not there["every"]:
        return None
    share = (Decimal(there["became"]) / there["every"]).quantize(Decimal("0.001"))
    note = T(f"{there['every']} 条中 {there['became']} 条", f"{there['became']} of {there['every']}")
    return Number(share, unit="%", note=note, url="/leads/?state=qualified")


figure("marketing", T("待联系的线索", "Leads to contact"), waiting_leads, order=10)
figure("marketing", T("本月新线索", "New leads this month"), new_leads_this_month, order=20)
figure("marketing", T("90 天线索转化率", "Leads that became customers, 90 days"), qualified_leads, order=30)
for _role in SELLING:
    figure(_role, T("本月赢单", "Won this month"), won, order=20)
    figure(_role, T("商机加权金额", "Weighted pipeline"), weighted, order=30)
for _role in ("rep", "account_manager"):
    figure(_role, T("待写纪要", "Minutes to write"), minutes, order=60)


def late_minutes(ctx: Context) -> list[Warning_]:
    """Visits whose minutes are overdue (clause 2.2.4)."""
    if not ctx.actor.may(VISITS.name):
        return []
    _, late = queries.visits_without_minutes(VISITS.rows(ctx.actor), ctx)
    if not late:
        return []
    text = T(f"{late} 次拜访的纪要已逾期", f"Visits with overdue minutes: {late}")
    return [
        Warning_(
            text,
            "/visits/?state=started",
            "late",
            T("制度 2.2.4：拜访后 24 小时内写完纪要", "Clause 2.2.4: minutes within 24 hours"),
        )
    ]


def expiring(ctx: Context) -> list[Warning_]:
    """Sent quotations that expire within three days or have expired."""
    if not ctx.actor.may(QUOTATIONS.name):
        return []
    near, over = queries.expiring(QUOTATIONS.rows(ctx.actor), ctx)
    found = []
    if over:
        text = T(f"{over} 份报价已过有效期", f"{over} quotations have expired")
        found.append(
            Warning_(
                text,
                "/quotations/?state=sent",
                "late",
                T("请修订，或置为过期", "Revise them, or close them as expired"),
            )
        )
    if near:
        text = T(f"{near} 份报价三天内到期", f"{near} quotations expire within three days")
        found.append(
            Warning_(text, "/quotations/?state=sent", "near", T("请催问客户答复", "Ask for an answer"))
        )
    return found


def new_leads(ctx: Context) -> list[Warning_]:
    """Leads that nobody has contacted."""
    if not ctx.actor.may(LEADS.name):
        return []
    count = LEADS.rows(ctx.actor).filter(state="new").count()
    if not count:
        return []
    return [
        Warning_(
            T(f"{count} 条新线索待联系", f"{count} new leads wait for a call"), "/leads/?state=new", "info"
        )
    ]


for _role in SELLING:
    warnings(_role, late_minutes)
    warnings(_role, expiring)
for _role in ("rep", "account_manager", "marketing"):
    warnings(_role, new_leads)
