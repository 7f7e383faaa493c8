"""Who may register deals and rule on them, by default (clauses 1.3.1, 1.3.2)."""

from __future__ import annotations

from sellwell.kernel.access import grant

SELLERS = {
    "rep": "own",
    "account_manager": "own",
    "regional_manager": "department",
    "sales_manager": "company",
}
READERS = {**SELLERS, "executive": "company", "auditor": "company"}

grant("deals.view", **READERS)
grant(
    "deals.view.export",
    regional_manager="department",
    sales_manager="company",
    executive="company",
    auditor="company",
)
grant(
    [
        "deals.register",
        "deals.link_customer",
        "deals.renew",
        "deals.settle",
        "deals.withdraw",
        "deals.comment",
    ],
    **SELLERS,
)
grant("deals.rule", regional_manager="department", sales_manager="company")
grant(["deals.remind", "deals.expire"], sales_manager="company")
