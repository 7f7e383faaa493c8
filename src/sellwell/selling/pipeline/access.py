"""Who may do what in the pipeline, by default (clause 1.3.1)."""

from __future__ import annotations

from sellwell.kernel.access import grant

SELLERS = {
    "rep": "own",
    "account_manager": "own",
    "regional_manager": "department",
    "sales_manager": "company",
}
READERS = {**SELLERS, "executive": "company", "auditor": "company"}

grant("pipeline.leads", **READERS, marketing="company")
grant(
    "pipeline.leads:personal",
    rep="own",
    account_manager="own",
    regional_manager="department",
    marketing="own",
)
grant(
    ["pipeline.view", "pipeline.products", "pipeline.visits"],
    **READERS,
    marketing="company",
    service="company",
)
grant(["pipeline.quotations", "pipeline.quotation_lines"], **READERS, legal="company", finance="company")
grant(
    [
        "pipeline.leads.export",
        "pipeline.view.export",
        "pipeline.products.export",
        "pipeline.visits.export",
        "pipeline.quotations.export",
        "pipeline.quotation_lines.export",
    ],
    regional_manager="department",
    sales_manager="company",
    executive="company",
    auditor="company",
)
grant(["pipeline.add_lead", "pipeline.contact_lead", "pipeline.discard_lead"], **SELLERS, marketing="company")
grant(
    ["pipeline.assign_lead", "pipeline.hand_over_lead"],
    regional_manager="department",
    sales_manager="company",
    marketing="company",
)
grant("pipeline.qualify_lead", **SELLERS)
grant(
    [
        "pipeline.add_opportunity",
        "pipeline.change_opportunity",
        "pipeline.analyse_needs",
        "pipeline.match_products",
        "pipeline.begin_trial",
        "pipeline.offer",
        "pipeline.win",
        "pipeline.lose",
        "pipeline.comment",
        "pipeline.plan_visit",
        "pipeline.start_visit",
        "pipeline.check_in",
        "pipeline.write_minutes",
        "pipeline.follow_up",
        "pipeline.cancel_visit",
    ],
    **SELLERS,
)
grant(
    [
        "pipeline.add_quotation",
        "pipeline.change_quotation",
        "pipeline.revise_quotation",
        "pipeline.decline_quotation",
    ],
    **SELLERS,
)
grant("pipeline.expire_quotation", **SELLERS)
# Over one's limit a quotation goes by the route `pipeline.amount_approval` before it is sent.
grant(
    "pipeline.send_quotation",
    {"rep": "500000.00", "account_manager": "1000000.00", "regional_manager": "5000000.00"},
    **SELLERS,
)
grant("pipeline.accept_quotation", **SELLERS)
