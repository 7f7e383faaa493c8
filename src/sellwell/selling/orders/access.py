"""Who may do what with orders from the start. Who takes an order does not ship it or collect its money (domain 1.3)."""

from __future__ import annotations

from sellwell.kernel.access import grant

SELLERS = {
    "rep": "own",
    "account_manager": "own",
    "regional_manager": "department",
    "sales_manager": "company",
}
READERS = {
    "service": "company",
    "legal": "company",
    "finance": "company",
    "warehouse": "company",
    "quality": "company",
    "executive": "company",
    "auditor": "company",
}
MARGIN = {
    "regional_manager": "department",
    "sales_manager": "company",
    "finance": "company",
    "executive": "company",
    "auditor": "company",
}

grant(["orders.create", "orders.change", "orders.cancel", "orders.cancel_rest"], **SELLERS)
grant("orders.confirm", {"rep": "500000.00", "account_manager": "500000.00"}, **SELLERS)
grant("orders.promise_again", **SELLERS, warehouse="company")
grant("orders.close", **SELLERS, finance="company")
grant("orders.comment", **SELLERS, service="company", finance="company", warehouse="company")
grant(["orders.view", "orders.lines"], **SELLERS, **READERS)
grant(
    ["orders.view.export", "orders.lines.export"],
    sales_manager="company",
    finance="company",
    executive="company",
    auditor="company",
)
grant("orders.lines:margin", **MARGIN)
