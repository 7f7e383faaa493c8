"""Who may do what with customers, by default (clause 1.3.1)."""

from __future__ import annotations

from sellwell.kernel.access import grant

SELLERS = {
    "rep": "own",
    "account_manager": "own",
    "regional_manager": "department",
    "sales_manager": "company",
}
READERS = {
    **SELLERS,
    "marketing": "company",
    "service": "company",
    "legal": "company",
    "finance": "company",
    "warehouse": "company",
    "quality": "company",
    "executive": "company",
    "auditor": "company",
}

grant(["customers.view", "customers.contacts", "customers.addresses"], **READERS)
grant(
    ["customers.view:personal", "customers.contacts:personal", "customers.addresses:personal"],
    rep="own",
    account_manager="own",
    regional_manager="department",
    service="company",
)
grant(
    ["customers.view.export", "customers.contacts.export", "customers.addresses.export"],
    regional_manager="department",
    sales_manager="company",
    executive="company",
    auditor="company",
)
grant(
    [
        "customers.add",
        "customers.change",
        "customers.add_contact",
        "customers.change_contact",
        "customers.add_address",
        "customers.change_address",
    ],
    **SELLERS,
    marketing="company",
)
grant("customers.set_terms", **SELLERS, finance="company")
grant(
    ["customers.block", "customers.unblock"],
    regional_manager="department",
    sales_manager="company",
    finance="company",
    legal="company",
)
grant(
    "customers.comment",
    **SELLERS,
    marketing="company",
    service="company",
    finance="company",
    legal="company",
    quality="company",
    warehouse="company",
)
grant(
    "customers.reveal",
    **SELLERS,
    marketing="company",
    service="company",
    finance="company",
    legal="company",
    warehouse="company",
)
grant(["customers.erase", "customers.erase_contact"], legal="company")

# Data stewards: who may judge two customers to be one, and make them one (clause 4.3.5).
STEWARDS = {"marketing": "company", "sales_manager": "company"}
grant(["customers.merge", "customers.unmerge", "customers.bring_along"], **STEWARDS)
grant(
    "customers.merges", **STEWARDS, executive="company", auditor="company", finance="company", legal="company"
)
grant("customers.merges.export", sales_manager="company", auditor="company")
grant(
    ["customers.find_duplicates", "customers.match", "customers.decide_pair", "customers.propose_pair"],
    **STEWARDS,
)
grant(["customers.pairs", "customers.match_runs"], **STEWARDS, executive="company", auditor="company")
grant("customers.pairs.export", sales_manager="company", auditor="company")

# Groups, teams, tax titles and bank accounts.
grant(
    [
        "customers.set_parent",
        "customers.leave_group",
        "customers.add_tax_title",
        "customers.change_tax_title",
        "customers.retire_tax_title",
        "customers.add_bank_account",
        "customers.retire_bank_account",
    ],
    **SELLERS,
    marketing="company",
    finance="company",
)
grant(
    ["customers.add_member", "customers.end_member"], regional_manager="department", sales_manager="company"
)
grant(["customers.team", "customers.tax_titles"], **READERS)
grant(
    "customers.bank_accounts",
    **SELLERS,
    finance="company",
    legal="company",
    executive="company",
    auditor="company",
)
grant(
    ["customers.team.export", "customers.tax_titles.export", "customers.bank_accounts.export"],
    sales_manager="company",
    auditor="company",
)
grant(
    ["customers.tax_titles:bank", "customers.bank_accounts:bank"],
    rep="own",
    account_manager="own",
    finance="company",
)
