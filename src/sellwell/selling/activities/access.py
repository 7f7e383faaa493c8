"""Who may write down and read activities, by default (clause 1.3.1). Feeds, routes and consent are each person's own."""

from __future__ import annotations

from sellwell.kernel.access import grant

SELLERS = {
    "rep": "own",
    "account_manager": "own",
    "regional_manager": "department",
    "sales_manager": "company",
}
WITH_CUSTOMERS = {**SELLERS, "service": "company", "marketing": "company"}

grant("activities.view", **WITH_CUSTOMERS, finance="company", executive="company", auditor="company")
grant(
    "activities.view.export",
    regional_manager="department",
    sales_manager="company",
    executive="company",
    auditor="company",
)
grant("activities.log", **WITH_CUSTOMERS, finance="company")
grant("activities.finish_step", **WITH_CUSTOMERS, finance="company")
grant("activities.void", **WITH_CUSTOMERS, finance="company")
grant(
    [
        "activities.days",
        "activities.arrange_day",
        "activities.feeds",
        "activities.open_feed",
        "activities.revoke_feed",
        "activities.consents",
        "activities.allow_location",
        "activities.withdraw_location",
    ],
    **dict.fromkeys(WITH_CUSTOMERS, "own"),
)
