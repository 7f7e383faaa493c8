"""Who may read and set prices. Price maintenance and quoting are not for one person (see the duty pairs)."""

from sellwell.kernel.access import grant

SELLERS = {
    "rep": "company", "account_manager": "company", "regional_manager": "company", "sales_manager": "company",
    "service": "company", "warehouse": "company",
}  # fmt: skip
STAFF = {
    "marketing": "company", "legal": "company", "finance": "company", "executive": "company", "auditor": "company",
    "administrator": "company",
}  # fmt: skip
MANAGERS = {"regional_manager": "company", "sales_manager": "company"}

grant(["pricing.view", "pricing.lists"], **SELLERS, **STAFF)
# Whom a special price is for: not for colleagues who do not serve that customer.
grant("pricing.view:customer", **MANAGERS, **STAFF)
grant("pricing.floors", **MANAGERS, **STAFF)
grant(
    ["pricing.view.export", "pricing.lists.export", "pricing.floors.export"],
    marketing="company", finance="company", sales_manager="company", executive="company", auditor="company",
)  # fmt: skip

grant(["pricing.add_list", "pricing.set_rule", "pricing.end_rule"], marketing="company")
grant("pricing.set_floor", finance="company")
