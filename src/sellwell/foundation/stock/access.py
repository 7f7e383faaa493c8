"""Who may read and move stock."""

from sellwell.kernel.access import grant

EVERYBODY = dict.fromkeys(
    (
        "rep", "account_manager", "regional_manager", "sales_manager", "marketing", "service", "finance", "warehouse",
        "quality", "executive", "auditor", "administrator",
    ),
    "company",
)  # fmt: skip
KEEPERS = {
    "warehouse": "company",
    "finance": "company",
    "quality": "company",
    "executive": "company",
    "auditor": "company",
}

grant(["stock.view", "stock.warehouses", "stock.supply"], **EVERYBODY)
grant(["stock.movements", "stock.reservations"], sales_manager="company", **KEEPERS)
grant(
    [f"stock.{name}.export" for name in ("view", "warehouses", "supply", "movements", "reservations")],
    warehouse="company", finance="company", auditor="company", executive="company",
)  # fmt: skip

grant("stock.add_warehouse", administrator="company", warehouse="company")
grant(
    ["stock.receive", "stock.adjust", "stock.expect_supply", "stock.change_supply", "stock.set_safety"],
    warehouse="company",
)
