"""Who may do what with contracts from the start. Signing is the seller's; agreeing is by the approval tiers."""

from __future__ import annotations

from sellwell.kernel.access import grant

SELLERS = {
    "rep": "own",
    "account_manager": "own",
    "regional_manager": "department",
    "sales_manager": "company",
}
READERS = {"legal": "company", "finance": "company", "executive": "company", "auditor": "company"}

grant(
    [
        "contracts.create",
        "contracts.change",
        "contracts.approve",
        "contracts.sign",
        "contracts.close",
        "contracts.cancel",
    ],
    **SELLERS,
)
grant(["contracts.change_terms", "contracts.comment"], **SELLERS, legal="company")
grant(["contracts.view", "contracts.lines"], **SELLERS, **READERS, service="company", warehouse="company")
grant(["contracts.view.export", "contracts.lines.export"], sales_manager="company", **READERS)
