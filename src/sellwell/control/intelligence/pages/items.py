"""Items: capture in under a minute, what became of mine, the desk's list and record, the customer's page."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.http import HttpResponse

from sellwell.control.intelligence import telling
from sellwell.control.intelligence.models import (
    Channel,
    Competitor,
    CompetitorState,
    Item,
    ItemKind,
    ItemState,
    Lawful,
    Step,
    StepKind,
)
from sellwell.control.intelligence.operations.loop import Screening
from sellwell.control.intelligence.views import ACTIONS, ITEMS, POINTS
from sellwell.foundation.customers.views import CUSTOMERS
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import StoredFile
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.files import ATTACHED
from sellwell.web.forms.derive import is_id
from sellwell.web.registry import (
    Number,
    Warning_,
    choices,
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
)
from sellwell.web.shortcuts import render, require

section("market", T("市场", "Market"), order=30)
family("/intelligence/mine", "/intelligence/", "/intelligence/ranking", "/intelligence-points/")

CAPTURE, MINE = T("上报情报", "Report something"), T("我的情报", "What I reported")
SHOWN = 60
SENT_KINDS = [k for k in ItemKind if k is not ItemKind.UNSORTED]
SENT_LAWFUL = [w for w in Lawful if w is not Lawful.UNDECLARED]
SENT_CHANNELS = [c for c in Channel if c not in (Channel.MAIL, Channel.API)]
OPEN = ",".join(s.value for s in (ItemState.SCREENED, ItemState.ANALYSED, ItemState.ASSIGNED, ItemState.DONE))


def capture(request: Any) -> HttpResponse:
    """Three things are asked for; the rest unfolds."""
    require(request, "intelligence.submit")
    asked = request.GET
    competitors = Competitor.objects.filter(
        company_id=request.ctx.company_id, state=CompetitorState.ACTIVE.value
    ).order_by("name")
    customer = asked.get("customer", "")
    known = CUSTOMERS.rows(request.actor).filter(pk=customer).first() if is_id(customer) else None
    context = {
        "kinds": [(k.value, k.label) for k in SENT_KINDS],
        "kind": asked.get("kind", ""),
        "sources": [(w.value, w.label) for w in SENT_LAWFUL],
        "channels": [(c.value, c.label) for c in SENT_CHANNELS],
        "channel": asked.get("channel", Channel.VISIT.value),
        "competitors": competitors[:200] if request.actor.may("intelligence.competitors") else [],
        "competitor": asked.get("competitor", ""),
        "customer": known,
        "may_customer": request.actor.may(CUSTOMERS.name),
        "today": request.ctx.today,
        "key": new_id().hex,
    }
    return render(
        request, "intelligence/capture.html", context, title=CAPTURE, crumbs=[(MINE, "/intelligence/mine")]
    )


page("intelligence/capture", capture, "intelligence.capture", title=CAPTURE, right="intelligence.submit")
form("intelligence.submit", url="/intelligence/capture", after=lambda outcome, ctx: "/intelligence/mine")
new_button("intelligence.submit")
for _verb in ("submit", "declare_source"):
    choices(f"intelligence.{_verb}", "lawful", lambda row, ctx: [(w.value, w.label) for w in SENT_LAWFUL])


def mine(request: Any) -> HttpResponse:
    """What I reported, newest first, each with what became of it."""
    require(request, "intelligence.submit")
    ctx: Context = request.ctx
    rows = ITEMS.rows(request.actor).filter(created_by_id=ctx.user_id, company_id=ctx.company_id)
    found = list(
        rows.select_related("competitor", "customer__party").order_by("-business_date", "-id")[: SHOWN + 1]
    )
    points = POINTS.rows(request.actor).filter(owner_id=ctx.user_id, state="standing")
    since = ctx.today.replace(month=(ctx.today.month - 1) // 3 * 3 + 1, day=1)
    quarter = points.filter(awarded_on__gte=since).aggregate(sum=Sum("points"))["sum"]
    context = {
        "told": telling.told(found[:SHOWN]),
        "more": len(found) > SHOWN,
        "points": quarter or 0,
        "url": f"/intelligence/?sender={ctx.user_id}",
    }
    return render(request, "intelligence/mine.html", context, title=MINE)


page(
    "intelligence/mine", mine, "intelligence.mine", title=MINE, right="intelligence.submit", section="market", icon="flag", order=10
)  # fmt: skip

list_page(
    ITEMS, section="market", icon="layers", order=20, new=["intelligence.submit"],
    columns=["number", "topic", "kind", "channel", "state", "sender", "due_at", "lateness", "verdict", "business_date"],
    card=["topic", "kind", "state", "lateness"],
    saved=[
        ("new", T("待筛选", "To screen"), {"state": "submitted"}),
        ("going", T("处理中", "Under way"), {"state": OPEN}),
        ("urgent", T("紧急", "Urgent"), {"is_urgent": "1"}),
        ("feedback", T("客户意见", "Customer feedback"), {"kind": "feedback"}),
        ("mine", T("我处理的", "Mine to handle"), {"owner": "me"}),
    ],
    links=[(T("快速上报", "Report something"), "/intelligence/capture", "intelligence.submit")],
    empty=T("还没有情报。把看到听到的报上来，一分钟就够。", "Nothing yet. Report what you saw or heard: a minute is enough."),
)  # fmt: skip
record_page(
    ITEMS,
    path=[
        ItemState.SUBMITTED, ItemState.SCREENED, ItemState.ANALYSED, ItemState.ASSIGNED, ItemState.DONE, ItemState.ANSWERED,
        ItemState.CLOSED,
    ],
    facts=[
        "kind", "channel", "sender", "customer", "competitor", "product", "area", "happened_on", "delay_days", "is_timely",
        "lawful", "confidentiality", "reliability", "credibility", "verdict", "confirm_note", "duplicate_of", "outcome",
        "answer_due_at",
    ],
)  # fmt: skip
form("intelligence.screen", wide=True, initial=lambda row, ctx: {"kind": row.kind, "competitor": row.competitor_id, "product": row.product_id, "decision": Screening.ACCEPT.value})  # fmt: skip
form("intelligence.decide", wide=True)
form("intelligence.record_feedback", after=lambda outcome, ctx: f"/customers/{outcome.result.customer_id}/")
new_button("intelligence.record_feedback")

ATTACHED["intelligence.item"] = lambda item: set(item.files)


def said(row: Item, ctx: Context) -> dict[str, Any]:
    """Its words, its files, and what was made of it."""
    files = {f.pk: f.name for f in StoredFile.objects.filter(pk__in=row.files)} if row.files else {}
    of = f"intelligence.item/{row.pk}"
    return {
        "files": [(f"/files/{pk}?inline&of={of}", files[pk]) for pk in row.files if pk in files],
        "told": telling.told([row])[0],
    }


panel("intelligence.item", "said", T("情报内容", "What was reported"), "intelligence/_said.html", context=said, place="main", order=5)  # fmt: skip


def steps(row: Item, ctx: Context) -> dict[str, Any]:
    """The steps so far: by whom, by when, done when."""
    found = Step.objects.filter(item=row).select_related("owner", "done_by").order_by("due_at", "id")
    order = list(StepKind)
    lines = sorted(found, key=lambda s: order.index(StepKind(s.kind)))
    return {
        "steps": [(StepKind(s.kind).label, s, s.done_at is None and s.due_at < ctx.now, bool(s.done_at and s.done_at > s.due_at)) for s in lines],
    }  # fmt: skip


panel("intelligence.item", "steps", T("闭环", "The loop"), "intelligence/_steps.html", context=steps, place="main", order=10)  # fmt: skip
related(
    "intelligence.item", ACTIONS, by="item_id", place="main", order=15,
    columns=["number", "text", "owner", "due_on", "state", "lateness"],
)  # fmt: skip
related("intelligence.item", POINTS, by="item_id", order=20, columns=["owner", "points", "state", "awarded_on", "awarded_by"])  # fmt: skip
related(
    "intelligence.item", ITEMS, by="duplicate_of_id", title=T("重复的情报", "Items that repeat it"), order=30,
    columns=["number", "topic", "sender", "business_date"],
)  # fmt: skip

list_page(
    ACTIONS, section="market", icon="tasks", order=60,
    columns=["number", "text", "owner", "due_on", "lateness", "state", "item", "meeting"],
    card=["text", "owner", "due_on", "lateness"],
    saved=[
        ("open", T("进行中", "Open"), {"state": "open"}),
        ("mine", T("我的", "Mine"), {"owner": "me"}),
        ("done", T("已完成", "Done"), {"state": "done"}),
    ],
    empty=T("还没有行动项。情报定对策或开会时产生。", "None yet. They come of intelligence that is decided on, and of meetings."),
)  # fmt: skip
record_page(ACTIONS, facts=["text", "owner", "due_on", "item", "meeting", "result", "done_on"], comment="intelligence.comment_action")  # fmt: skip


# --- on the customer's record --------------------------------------------------------------------------------------------------


def of_customer(row: Any, ctx: Context) -> dict[str, Any]:
    """The last things that the customer said or that were learned there."""
    rows = ITEMS.rows(ctx.actor).filter(customer_id=row.pk).select_related(None)
    found = list(rows.order_by("-happened_on", "-id")[:6])
    return {
        "told": telling.told(found[:5]),
        "more": len(found) > 5,
        "form": f"/do/intelligence.record_feedback/?customer={row.pk}",
        "all": f"/intelligence/?customer={row.pk}",
    }


panel(
    "customers.customer", "feedback", T("客户意见与情报", "What the customer said"), "intelligence/_customer.html",
    context=of_customer, place="side", right="intelligence.items", order=20,
)  # fmt: skip


# --- the workbench ---------------------------------------------------------------------------------------------------------------


def to_screen(ctx: Context) -> Number | None:
    """Items that wait for screening."""
    rows = ITEMS.rows(ctx.actor).filter(state=ItemState.SUBMITTED.value)
    late = rows.filter(due_at__lt=ctx.now).count()
    return Number(rows.count(), unit="", note=T(f"{late} 条逾期", f"{late} late"), url="/intelligence/?state=submitted")  # fmt: skip


figure("marketing", T("待筛选情报", "Items to screen"), to_screen, order=5)


def late_items(ctx: Context) -> list[Warning_]:
    """Items whose step is late, for those who lead them."""
    rows = ITEMS.rows(ctx.actor).filter(due_at__lt=ctx.now).exclude(state=ItemState.ANSWERED.value)
    count = rows.count()
    if not count:
        return []
    why = T(
        "制度 2.4.4：每条信息都有分析、对策和回音",
        "Clause 2.4.4: each item is analysed, decided and answered",
    )
    return [Warning_(T(f"{count} 条情报逾期", f"Late items: {count}"), f"/intelligence/?state=submitted,{OPEN}", "late", why)]  # fmt: skip


for _role in ("marketing", "sales_manager"):
    warnings(_role, late_items)
