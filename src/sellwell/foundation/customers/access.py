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
