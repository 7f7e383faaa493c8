"""Who runs the cycle of a department, and who drafts what several sides sign."""

from sellwell.kernel.access import ALL_ROLES, grant

EVERYBODY_OWN = dict.fromkeys(ALL_ROLES, "own")
EVERYBODY_DEPARTMENT = dict.fromkeys(ALL_ROLES, "department")
OVERSEERS = dict.fromkeys(("sales_manager", "executive", "auditor", "finance", "hr"), "company")

# One's own department's cycle is for everybody in it; the head (whose own it is) may sit in another department.
grant("plans.cycles", **(EVERYBODY_DEPARTMENT | OVERSEERS))
grant("plans.cycles", **EVERYBODY_OWN)
grant("plans.cycles.export", sales_manager="company", executive="company", auditor="company")
# Whoever heads a department accounts for its steps, whatever the role.
grant(["plans.complete_step", "plans.comment_cycle"], **EVERYBODY_OWN)
grant("plans.take_back_step", **(EVERYBODY_OWN | {"sales_manager": "company", "executive": "company"}))
grant("plans.stop_cycle", sales_manager="company", executive="company")
grant("plans.open_cycles", sales_manager="company", executive="company", administrator="company")
# Done by itself; the administrator may hurry it.
grant(["plans.prove_step", "plans.follow_head", "plans.follow_deputy"], administrator="company")
grant("plans.cycles", administrator="company")

DRAFTERS = {
    "regional_manager": "department", "sales_manager": "company", "marketing": "company", "finance": "company",
    "executive": "company",
}  # fmt: skip
READERS = DRAFTERS | {"auditor": "company", "legal": "company"}

grant("plans.sign_offs", **(EVERYBODY_DEPARTMENT | READERS))
grant(
    "plans.sign_offs.export",
    sales_manager="company",
    finance="company",
    executive="company",
    auditor="company",
)
grant(
    [
        "plans.draft_sign_off", "plans.change_sign_off", "plans.put_in_force", "plans.cancel_sign_off",
        "plans.revise_sign_off",
    ],
    **DRAFTERS,
)  # fmt: skip
grant("plans.comment_sign_off", **READERS)
