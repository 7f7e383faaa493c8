"""Who sees scores, who sets playbooks, who works on cases (clause 4.2.5)."""

from sellwell.kernel.access import grant

SELLERS = {
    "rep": "own", "account_manager": "own", "regional_manager": "department", "sales_manager": "company",
}  # fmt: skip
OVERSEERS = {"marketing": "company", "service": "company", "executive": "company", "auditor": "company"}

grant(["retention.scores", "retention.cases"], **SELLERS, **OVERSEERS)
grant(
    ["retention.runs", "retention.playbooks"],
    **(dict.fromkeys(SELLERS, "company") | OVERSEERS | {"administrator": "company"}),
)
grant(
    ["retention.scores.export", "retention.cases.export", "retention.runs.export", "retention.playbooks.export"],
    sales_manager="company", executive="company", auditor="company",
)  # fmt: skip
# Done by themselves; a sales manager or the administrator may hurry them.
grant(
    ["retention.score", "retention.apply", "retention.measure"],
    sales_manager="company",
    administrator="company",
)
grant(
    ["retention.add_playbook", "retention.change_playbook", "retention.start_playbook", "retention.end_playbook"],
    sales_manager="company", marketing="company",
)  # fmt: skip
grant(
    ["retention.contact", "retention.offer", "retention.retain", "retention.lose"],
    **SELLERS,
    service="company",
)
