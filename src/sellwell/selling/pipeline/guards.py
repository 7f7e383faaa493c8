"""What the pipeline demands of its own verbs: a margin that pays (2.2.4), steps of leads done by whose they are (1.3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from sellwell.foundation.catalog.queries import products
from sellwell.kernel import policies as judges
from sellwell.kernel.operations import Assessment, Context, guard
from sellwell.kernel.values import Objection, Reason, T
from sellwell.selling.pipeline import policies, rules, splitting
from sellwell.selling.pipeline.splitting import LeadStep

LOW_MARGIN = Reason(
    "pipeline.low_margin",
    T(
        "毛利率低于制度下限，发出前需要审批。",
        "The margin is below what the policy asks for: approval is needed before it is sent.",
    ),
)


@guard(
    "pipeline.margin",
    T("毛利下限", "Lowest margin"),
    on=["pipeline.send_quotation"],
    clauses=["2.2.4"],
)
def margin(assessments: list[Assessment], ctx: Context) -> Mapping[int, Objection | list[Objection]]:
    """A margin that the policy does not let through holds. The text tells no cost; products without a cost are left out."""
    ids = {UUID(str(line["product"])) for a in assessments for line in a.content.get("lines", [])}
    costs = {p.id: p.cost for p in products(ids, ctx.company_id, ctx.today).values()} if ids else {}
    found = {}
    for index, assessment in enumerate(assessments):
        known = rules.margin_of(
            Decimal(assessment.content.get("net", 0)),
            Decimal(assessment.content.get("amount", 0)),
            [
                (line["quantity"], line["total"], costs.get(UUID(str(line["product"]))))
                for line in assessment.content.get("lines", [])
            ],
        )
        if known is None:
            continue
        approvers = judges.judge(policies.MARGIN_APPROVAL, ctx, {"measure": -known}).outputs.get("approvers")
        if approvers:
            found[index] = LOW_MARGIN.hold(policies.MARGIN_APPROVAL, measure=-known)
    return found


NOT_THEIRS = Reason(
    "pipeline.not_their_step",
    T(
        "按线索分工（第 {version} 版），此线索的“{step}”由{roles}办理。请交给他们，或由部门申请变通分工。",
        "By the split of leads (version {version}), “{step}” of this lead is done by: {roles}. Leave it to them, or have a"
        " variation approved for the department.",
    ),
)


@guard(
    "pipeline.lead_split",
    T("线索分工", "Split of leads"),
    on=splitting.VERBS,
    clauses=["1.3.2"],
)
def lead_split(assessments: list[Assessment], ctx: Context) -> Mapping[int, Objection]:
    """A step of a lead is done by the roles that the split names for its department. The web form is nobody's step."""
    held = {post.role for post in ctx.actor.posts if post.company_id == ctx.company_id}
    if ctx.actor.is_system or not held:  # whoever has no post here is stopped by the scope of the right
        return {}
    found = {}
    for index, one in enumerate(assessments):
        if "lead_step" not in one.context:
            continue
        step = LeadStep(one.context["lead_step"])
        party = splitting.party_of(step, one.context["department_path"], one.context["source"], ctx)
        if party.roles and not held & set(party.roles):
            found[index] = NOT_THEIRS.refuse(version=party.version, step=step.label, roles=party.words)
    return found
