"""Who may read and change products. Products belong to the whole group, costs to a company."""

from sellwell.kernel.access import grant

EVERYBODY = dict.fromkeys(
    (
        "rep", "account_manager", "regional_manager", "sales_manager", "marketing", "service", "legal", "finance",
        "warehouse", "quality", "executive", "auditor", "administrator",
    ),
    "group",
)  # fmt: skip

grant(["catalog.view", "catalog.tax_classes", "catalog.tax_rates"], **EVERYBODY)
grant(
    "catalog.view.export",
    marketing="group",
    finance="group",
    sales_manager="group",
    executive="group",
    auditor="group",
)
grant("catalog.view:cost", finance="group", sales_manager="group", executive="group", auditor="group")
grant("catalog.costs", finance="company", executive="company", auditor="company")
grant(["catalog.costs.export", "catalog.tax_rates.export"], finance="company", auditor="company")

grant(["catalog.add_product", "catalog.change_product"], marketing="group", administrator="group")
grant(["catalog.retire_product", "catalog.resume_product"], marketing="group", sales_manager="group")
grant(["catalog.set_cost", "catalog.add_tax_class", "catalog.set_tax_rate"], finance="group")
