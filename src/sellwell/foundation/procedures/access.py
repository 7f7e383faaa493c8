"""Everybody reads how things are done; human resources write it, the heads of sales publish."""

from sellwell.kernel.access import ALL_ROLES, grant

EVERYBODY = dict.fromkeys(ALL_ROLES, "company")

grant(["procedures.view", "procedures.reviews"], **EVERYBODY)
grant(
    ["procedures.view.export", "procedures.reviews.export"],
    hr="company", sales_manager="company", executive="company", auditor="company",
)  # fmt: skip
grant(
    ["procedures.write", "procedures.change"],
    hr="company",
    regional_manager="company",
    sales_manager="company",
)
grant(["procedures.publish", "procedures.retire"], sales_manager="company", executive="company")
grant("procedures.review", hr="company", sales_manager="company")
