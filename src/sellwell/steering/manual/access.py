"""Who may read, change and vouch for the manual. Reading is for everybody whom it binds (clause 1.1.2)."""

from __future__ import annotations

from sellwell.kernel.access import ALL_ROLES, grant

EVERYBODY_GROUP = dict.fromkeys(ALL_ROLES, "group")
EVERYBODY_COMPANY = dict.fromkeys(ALL_ROLES, "company")
EVERYBODY_OWN = dict.fromkeys(ALL_ROLES, "own")
EDITORS = {"administrator": "group", "legal": "group", "executive": "group"}

grant(["manual.editions", "manual.passages", "manual.bases"], **EVERYBODY_GROUP)
grant(["manual.editions.export", "manual.passages.export", "manual.bases.export"], **EVERYBODY_GROUP)
grant(["manual.figures", "manual.runs", "manual.variations"], **EVERYBODY_COMPANY)
grant(
    ["manual.figures.export", "manual.runs.export", "manual.variations.export"],
    executive="company",
    auditor="company",
    administrator="company",
    legal="company",
)

grant(
    [
        "manual.draft_edition",
        "manual.change_passage",
        "manual.add_clause",
        "manual.publish_edition",
        "manual.discard_edition",
        "manual.add_basis",
        "manual.change_basis",
        "manual.repeal_basis",
    ],
    **EDITORS,
)

# One's own reading is confirmed by oneself; managers and those who look after people see who has not.
grant(
    "manual.readings",
    **(
        EVERYBODY_OWN
        | {"regional_manager": "department", "sales_manager": "company", "hr": "company"}
        | {"executive": "company", "auditor": "company", "administrator": "company", "legal": "company"}
    ),
)
grant("manual.readings.export", hr="company", auditor="company", administrator="company")
grant("manual.acknowledge", **EVERYBODY_OWN)
grant(["manual.ask_readers", "manual.remind_readers"], hr="group", administrator="group", legal="group")

grant(
    [
        "manual.propose_variation",
        "manual.approve_variation",
        "manual.cancel_variation",
        "manual.end_variation",
    ],
    regional_manager="department",
    sales_manager="company",
    administrator="company",
)
grant("manual.measure", executive="company", auditor="company", administrator="company", legal="company")
