"""Who does what in delivery, by default. Shipping lies with the warehouse, acceptance with whoever sold."""

from __future__ import annotations

from sellwell.kernel.access import grant

READERS = {
    "rep": "own",
    "account_manager": "own",
    "regional_manager": "department",
    "sales_manager": "company",
    "service": "company",
    "legal": "company",
    "finance": "company",
    "warehouse": "company",
    "quality": "company",
    "executive": "company",
    "auditor": "company",
}
SELLERS = {
    "rep": "own",
    "account_manager": "own",
    "regional_manager": "department",
    "sales_manager": "company",
}

grant(["delivery.view", "delivery.lines", "delivery.returns", "delivery.return_lines"], **READERS)
grant(
    ["delivery.view.export", "delivery.lines.export", "delivery.returns.export"],
    warehouse="company",
    finance="company",
)
grant(["delivery.view.export", "delivery.lines.export"], sales_manager="company", auditor="company")

grant(
    ["delivery.plan_shipment", "delivery.pick", "delivery.ship", "delivery.cancel_shipment"],
    warehouse="company",
)
grant(["delivery.confirm_delivery", "delivery.accept"], **SELLERS, service="company", quality="company")
grant(["delivery.request_return", "delivery.cancel_return"], **SELLERS, service="company", quality="company")
grant("delivery.receive_return", warehouse="company", quality="company")
grant("delivery.comment", **SELLERS, service="company", warehouse="company", quality="company")

# Sales of the past, from files
grant("delivery.import_orders", administrator="company", sales_manager="company")
