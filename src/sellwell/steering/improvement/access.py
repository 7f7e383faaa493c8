"""Who keeps courses and records, and who reads whose results."""

from sellwell.kernel.access import ALL_ROLES, grant

EVERYBODY_OWN = dict.fromkeys(ALL_ROLES, "own")
EVERYBODY_COMPANY = dict.fromkeys(ALL_ROLES, "company")
MANAGERS = {"regional_manager": "department", "sales_manager": "company"}
OVERSEERS = {"hr": "company", "executive": "company", "auditor": "company"}

grant(["improvement.courses", "improvement.rules"], **EVERYBODY_COMPANY)
grant(["improvement.trainings", "improvement.assessments"], **(EVERYBODY_OWN | MANAGERS | OVERSEERS))
grant(
    ["improvement.courses.export", "improvement.rules.export", "improvement.trainings.export", "improvement.assessments.export"],
    hr="company", auditor="company",
)  # fmt: skip
grant("improvement.due", **(EVERYBODY_OWN | MANAGERS | OVERSEERS))

grant(
    [
        "improvement.add_course", "improvement.change_course", "improvement.retire_course", "improvement.require_course",
        "improvement.end_rule", "improvement.record_training", "improvement.void_training", "improvement.void_assessment",
    ],
    hr="company",
)  # fmt: skip
grant("improvement.record_assessment", **MANAGERS, hr="company")
