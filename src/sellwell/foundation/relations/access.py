"""Who may do what with relations, by default (clause 1.3.1)."""

from __future__ import annotations

from sellwell.kernel.access import grant

SELLERS = {
    "rep": "own",
    "account_manager": "own",
    "regional_manager": "department",
    "sales_manager": "company",
}
STAFF = dict.fromkeys(
    ("marketing", "service", "legal", "finance", "quality", "executive", "auditor"), "company"
)
READERS = {**SELLERS, **STAFF}
EVERYBODY = dict.fromkeys(READERS, "company")
# A pool is a region's: its people see it and claim from it.
OF_THE_REGION = {"rep": "region", "account_manager": "region", "regional_manager": "region"}

grant(["relations.view", "relations.grades", "relations.moves"], **READERS)
grant(
    ["relations.view.export", "relations.grades.export", "relations.moves.export"],
    regional_manager="department", sales_manager="company", executive="company", auditor="company",
)  # fmt: skip
grant(["relations.plans", "relations.tags", "relations.segments", "relations.clusters"], **EVERYBODY)
grant(
    ["relations.plans.export", "relations.tags.export", "relations.segments.export", "relations.clusters.export"],
    sales_manager="company", marketing="company", executive="company", auditor="company",
)  # fmt: skip
grant(
    "relations.runs", sales_manager="company", executive="company", auditor="company", administrator="company"
)
grant("relations.runs.export", executive="company", auditor="company")
grant(
    "relations.pools", **OF_THE_REGION,
    sales_manager="company", marketing="company", executive="company", auditor="company",
)  # fmt: skip
grant("relations.pools.export", sales_manager="company", executive="company", auditor="company")
grant("relations.pool_moves", **SELLERS, executive="company", auditor="company")
grant("relations.pool_moves.export", sales_manager="company", executive="company", auditor="company")

grant("relations.compute", sales_manager="company", executive="company", administrator="company")
grant(["relations.apply_grades", "relations.recycle"], administrator="company")
grant(
    "relations.override_grade", account_manager="own", regional_manager="department", sales_manager="company"
)
grant(
    ["relations.end_override", "relations.decline_grade"],
    regional_manager="department",
    sales_manager="company",
)
grant("relations.set_plan", sales_manager="company", marketing="company")

grant(["relations.add_pool", "relations.change_pool", "relations.close_pool"], sales_manager="company")
grant("relations.release", **SELLERS)
grant("relations.claim", **OF_THE_REGION)
grant("relations.assign", regional_manager="region", sales_manager="company")

grant(
    ["relations.add_tag", "relations.change_tag", "relations.retire_tag",
     "relations.add_segment", "relations.change_segment", "relations.retire_segment"],
    marketing="company", sales_manager="company",
)  # fmt: skip
grant(
    ["relations.mark", "relations.unmark", "relations.mark_many"],
    **SELLERS,
    marketing="company",
    service="company",
)
grant("relations.ask_clusters", marketing="company", sales_manager="company", executive="company")
grant("relations.find_clusters", administrator="company")
grant("relations.clusters", administrator="company")
