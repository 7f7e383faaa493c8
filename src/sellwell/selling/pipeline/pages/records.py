"""Lists, records and the board of leads and opportunities; their forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import Q
from django.http import HttpResponse

from sellwell.foundation.profiles.queries import offered
from sellwell.kernel import access, personal, policy
from sellwell.kernel.operations import Context
from sellwell.kernel.personal_values import mask_email, mask_phone
from sellwell.kernel.values import T
from sellwell.selling.pipeline import queries, rules, splitting
from sellwell.selling.pipeline.extensions import STAGE, later_documents, later_stages
from sellwell.selling.pipeline.models import LaterStage, Lead, LeadState, Opportunity, Stage
from sellwell.selling.pipeline.splitting import LeadStep
from sellwell.selling.pipeline.views import LEADS, OPPORTUNITIES, PRODUCTS, QUOTATIONS, VISITS
from sellwell.web.registry import (
    LaterPile,
    board_page,
    form,
    list_page,
    new_button,
    page,
    panel,
    record_page,
    related,
    section,
)
from sellwell.web.shortcuts import render, require

section("sales", T("销售", "Sales"), order=20)
OPEN = ",".join(s.value for s in queries.OPEN_STAGES)

# --- leads -------------------------------------------------------------------------------------------------------------

list_page(
    LEADS,
    section="sales",
    icon="flag",
    order=20,
    new=["pipeline.add_lead"],
    columns=["name", "number", "contact_name", "state", "source", "owner", "business_date"],
    card=["name", "state", "source", "owner"],
    saved=[
        ("mine", T("我的", "Mine"), {"owner": "me"}),
        ("new", T("新线索", "New"), {"state": "new"}),
        ("web", T("网站来的", "From the web"), {"source": "web"}),
    ],
    links=[
        (T("公开表单", "Public form"), "/form/lead", "pipeline.add_lead"),
        (T("线索分工", "Split of leads"), "/lead-split", LEADS.name),
    ],
    empty=T(
        "还没有线索。手工登记，或把公开表单放到网站上。",
        "No leads yet. Enter one, or put the public form on your site.",
    ),
)
board_page(
    LEADS,
    moves={
        "contacted": "pipeline.contact_lead",
        "qualified": "pipeline.qualify_lead",
        "discarded": "pipeline.discard_lead",
    },
    card=["source", "owner", "business_date"],
    states=list(LeadState),
)
record_page(
    LEADS,
    path=[LeadState.NEW, LeadState.CONTACTED, LeadState.QUALIFIED],
    facts=[
        "source",
        "need",
        "outcome",
        "customer",
        "owner",
        "business_date",
    ],
)
new_button("pipeline.add_lead")


def _qualify_initial(row: Lead, ctx: Context) -> Mapping[str, Any]:
    return {"name": row.name, "title": (row.need.splitlines() or [row.name])[0][:60] or row.name}


form("pipeline.qualify_lead", wide=True, initial=_qualify_initial)
form("pipeline.contact_lead", initial=lambda row, ctx: {"outcome": row.outcome})


def reach(row: Lead, ctx: Context) -> dict[str, Any]:
    """How to reach the lead: to call at once for those with the right, masked for others."""
    phone, email = personal.open_many([row.phone, row.email])
    if access.cell_for(ctx.actor, "pipeline.leads:personal", row) is None:
        return {"phone": mask_phone(phone or ""), "email": mask_email(email) if email else "", "call": ""}
    return {
        "phone": phone or "",
        "email": email or "",
        "call": "".join(c for c in phone or "" if c.isdigit() or c == "+"),
    }


panel(
    LEADS.row_type,
    "reach",
    T("联系方式", "How to reach them"),
    "pipeline/_reach.html",
    context=reach,
    place="main",
    order=5,
)


def who_does_what(row: Lead, ctx: Context) -> dict[str, Any]:
    """By the split: who collects, qualifies and hands over a lead of this department and source."""
    version = policy.in_force(splitting.SPLIT, ctx.company_id, ctx.today)
    found = [
        (step.label, splitting.party(step, row.department_path, row.source, version)) for step in LeadStep
    ]
    return {"parties": found, "version": version}


panel(
    LEADS.row_type, "split", T("线索分工", "Who does what"), "pipeline/_split.html", context=who_does_what, place="side",
    order=40,
)  # fmt: skip


def split_page(request: Any) -> HttpResponse:
    """The split in force: the default, and the variations of departments with the versions that brought them."""
    require(request, LEADS.name)
    ctx: Context = request.ctx
    context = {"split": splitting.shown(ctx.company_id, ctx.today), "name": splitting.SPLIT}
    crumbs: list[tuple[T | str, str]] = [(LEADS.title, f"/{LEADS.url}/")]
    return render(
        request, "pipeline/split.html", context, title=T("线索分工", "Split of leads"), crumbs=crumbs
    )


page("lead-split", split_page, "pipeline.lead_split", right=LEADS.name)


# --- opportunities -----------------------------------------------------------------------------------------------------


def reached(stage: LaterStage, ctx: Context) -> Q:
    """The won opportunities that rooms above have brought to a later stage; none where no room tells."""
    asked = later_stages.functions.get(stage.value)
    return asked(ctx) if asked is not None else Q(pk__in=[])


def documents_of(rows: Sequence[Any], ctx: Context) -> dict[Any, list[tuple[str, str]]]:
    """What follows from won opportunities, for their cards."""
    won = [row.pk for row in rows if row.state == Stage.WON.value]
    found: dict[Any, list[tuple[str, str]]] = {}
    for _, asked in later_documents if won else ():
        for pk, links in asked(won, ctx).items():
            found.setdefault(pk, []).extend(links)
    return found


list_page(
    OPPORTUNITIES,
    section="sales",
    icon="target",
    order=30,
    new=["pipeline.add_opportunity"],
    columns=[
        "title",
        "number",
        "customer",
        "state",
        "expected_amount",
        "probability",
        "expected_close",
        "owner",
    ],
    card=["title", "customer", "state", "expected_amount"],
    saved=[
        ("mine", T("我的", "Mine"), {"owner": "me"}),
        ("offer", T("报价谈判", "At offer"), {"state": "offer"}),
        ("won", T("赢单", "Won"), {"state": "won"}),
    ],
    empty=T(
        "还没有商机。从客户或线索建立第一个。", "No opportunities yet. Start one from a customer or a lead."
    ),
)
record_page(
    OPPORTUNITIES,
    amount="expected_amount",
    path=[Stage.DEVELOP, Stage.NEEDS, Stage.MATCH, Stage.OFFER, Stage.WON],
    facts=[
        "customer",
        "probability",
        "expected_close",
        "stage_since",
        "needs",
        "trial",
        "trial_until",
        "lost_reason",
        "owner",
        "business_date",
    ],
)
board_page(
    OPPORTUNITIES,
    amount="expected_amount",
    weight="probability",
    moves={
        "needs": "pipeline.analyse_needs",
        "match": "pipeline.match_products",
        "trial": "pipeline.begin_trial",
        "offer": "pipeline.offer",
        "won": "pipeline.win",
        "lost": "pipeline.lose",
    },
    card=["customer", "owner", "expected_close"],
    since="stage_since",
    states=list(Stage),
    shown=lambda stage, ctx: stage != Stage.TRIAL or bool(offered(ctx.company_id, STAGE, ctx.today)),
    later=[LaterPile(stage, Stage.WON, partial(reached, stage), "/orders/") for stage in LaterStage],
    links=documents_of,
)
new_button("pipeline.add_opportunity")


def _change_initial(row: Opportunity, ctx: Context) -> Mapping[str, Any]:
    return {
        name: getattr(row, name) for name in ("title", "expected_amount", "probability", "expected_close")
    }


def _match_initial(row: Opportunity, ctx: Context) -> Mapping[str, Any]:
    found = queries.products_of(row.pk)
    return {
        "products": [
            {"product": m.product_id, "quantity": m.quantity, "fit": m.fit, "why": m.why} for m in found
        ]
    }


form("pipeline.change_opportunity", initial=_change_initial)
form("pipeline.analyse_needs", wide=True, initial=lambda row, ctx: {"needs": row.needs})
form("pipeline.match_products", wide=True, initial=_match_initial)


def stage_conditions(row: Opportunity, ctx: Context) -> dict[str, Any] | None:
    """What the next stage asks for, told before anybody presses a button (clause 1.4.3)."""
    if row.state not in [s.value for s in queries.OPEN_STAGES]:
        return None
    following = rules.ORDER[rules.ORDER.index(row.state) + 1]
    missing = rules.entry_objections(following, queries.standing(row))
    return {"stage": Stage(following), "missing": missing, "days": (ctx.now - row.stage_since).days}


def matches(row: Opportunity, ctx: Context) -> dict[str, Any] | None:
    """The products that match the needs."""
    found = queries.products_of(row.pk)
    return {"matches": found} if found else None


TYPE = OPPORTUNITIES.row_type
panel(
    TYPE,
    "stage",
    T("下一阶段", "Next stage"),
    "pipeline/_stage.html",
    context=stage_conditions,
    place="now",
    order=10,
)
panel(
    TYPE,
    "matches",
    T("匹配产品", "Matched products"),
    "pipeline/_matches.html",
    context=matches,
    place="main",
    right=PRODUCTS.name,
    order=20,
)
related(
    TYPE,
    QUOTATIONS,
    by="opportunity_id",
    title=T("报价", "Quotations"),
    place="main",
    order=30,
    columns=["number", "revision", "state", "total", "valid_until"],
)
related(
    TYPE,
    VISITS,
    by="opportunity_id",
    title=T("拜访", "Visits"),
    order=40,
    columns=["number", "state", "planned_at", "lateness", "next_step"],
)

# --- on the customer's record ------------------------------------------------------------------------------------------

CUSTOMER = "customers.customer"
related(
    CUSTOMER,
    OPPORTUNITIES,
    by="customer_id",
    title=T("商机", "Opportunities"),
    order=10,
    columns=["title", "state", "expected_amount", "probability", "expected_close", "owner"],
)
related(
    CUSTOMER,
    QUOTATIONS,
    by="customer_id",
    title=T("报价", "Quotations"),
    order=20,
    columns=["number", "revision", "state", "total", "valid_until", "owner"],
)
related(
    CUSTOMER,
    VISITS,
    by="customer_id",
    title=T("拜访", "Visits"),
    order=60,
    columns=["number", "state", "planned_at", "purpose", "lateness", "owner"],
)
related(
    CUSTOMER,
    LEADS,
    by="customer_id",
    title=T("线索", "Leads"),
    order=90,
    columns=["number", "name", "state", "source", "business_date"],
)
