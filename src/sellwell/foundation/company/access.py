"""The 14 roles (clause 1.1.2), and who may do what with people, rights, rules and approvals (clause 1.3.1)."""

from __future__ import annotations

from sellwell.kernel.access import ALL_ROLES, grant, role
from sellwell.kernel.values import State, T


class RoleCode(State):
    """The roles that ship with the product. The order is that of the rights matrix's columns."""

    REP = "rep", T("销售代表", "Sales representative")
    ACCOUNT_MANAGER = "account_manager", T("客户经理", "Account manager")
    REGIONAL_MANAGER = "regional_manager", T("区域经理", "Regional manager")
    SALES_MANAGER = "sales_manager", T("销售经理", "Sales manager")
    MARKETING = "marketing", T("市场专员", "Marketing")
    SERVICE = "service", T("客服专员", "Customer service")
    LEGAL = "legal", T("法务", "Legal")
    FINANCE = "finance", T("财务", "Finance")
    WAREHOUSE = "warehouse", T("仓储物流", "Warehouse and logistics")
    QUALITY = "quality", T("质量", "Quality")
    HR = "hr", T("人力资源", "Human resources")
    EXECUTIVE = "executive", T("高管", "Executive")
    AUDITOR = "auditor", T("审计", "Auditor")
    ADMINISTRATOR = "administrator", T("系统管理员", "Administrator")


for _code in RoleCode:
    role(_code.value, _code.label)

EVERYBODY_OWN = dict.fromkeys(ALL_ROLES, "own")
EVERYBODY_COMPANY = dict.fromkeys(ALL_ROLES, "company")
EVERYBODY_GROUP = dict.fromkeys(ALL_ROLES, "group")
MANAGERS = {"regional_manager": "department", "sales_manager": "company"}
OVERSEERS = {"executive": "company", "auditor": "company"}
# Rows of no single company (people, rights, duties, policies) are looked after for the whole group.
OVERSEERS_OF_GROUP = {"executive": "group", "auditor": "group"}

# People and departments
grant(
    "company.people",
    **(EVERYBODY_OWN | MANAGERS | OVERSEERS_OF_GROUP | {"hr": "group", "administrator": "group"}),
)
grant("company.people:personal", hr="group")
# What somebody's scorecard says: oneself, those who lead, human resources.
grant("company.people:scorecard", **(EVERYBODY_OWN | MANAGERS | {"executive": "group", "hr": "group"}))
grant("company.departments", **EVERYBODY_COMPANY)
grant("company.companies", **EVERYBODY_GROUP)
grant(
    "company.assignments",
    **(EVERYBODY_OWN | MANAGERS | OVERSEERS | {"hr": "company", "administrator": "company"}),
)
grant(["company.people.export", "company.assignments.export"], hr="company", auditor="company")
grant(
    [
        "company.hire",
        "company.change_person",
        "company.leave",
        "company.issue_password",
        "company.sync_directory",
        "company.propose_leavers",
        "company.link_account",
    ],
    hr="group",
    administrator="group",
)
grant(
    ["company.assign", "company.end_assignment", "company.add_department", "company.change_department"],
    hr="company",
    administrator="company",
)
# Connections to vendors of messages: their keys are the administrator's; their directories are human resources' too
grant("company.connections", administrator="company", hr="company", auditor="company")
grant(["company.connect", "company.disconnect", "company.test_connection"], administrator="company")
grant("company.confirm_connection", administrator="company", hr="company")
grant("company.pull_directory", administrator="company", hr="company")
grant("company.connections.export", auditor="company")
# Reorganisations: drafted by human resources, settled by somebody else
PLANNERS = dict.fromkeys(("hr", "executive", "administrator", "auditor", "sales_manager"), "company")
grant("company.reorganisations", **PLANNERS, regional_manager="company")
grant("company.reorganisations.export", hr="company", auditor="company")
grant(
    [
        "company.draft_reorganisation",
        "company.add_change",
        "company.drop_change",
        "company.withdraw_reorganisation",
    ],
    hr="company",
    executive="company",
)
grant(["company.schedule_reorganisation", "company.apply_reorganisation"], executive="company")
grant("company.reviews", **PLANNERS, regional_manager="company")
grant("company.reviews.export", hr="company", auditor="company")
grant("company.review_department", hr="company", executive="company", sales_manager="company")

# Strategic goals
grant("company.goals", **EVERYBODY_COMPANY)
grant("company.goals.export", executive="company", auditor="company")
grant(
    ["company.add_goal", "company.serve_goal", "company.end_goal"],
    executive="company",
    sales_manager="company",
)

# Positions, the duty matrix and its proof; absences
SEEING_DUTIES = OVERSEERS_OF_GROUP | dict.fromkeys(
    ("hr", "administrator", "regional_manager", "sales_manager"), "group"
)
grant(["company.positions", "company.scorecards", "company.duties"], **EVERYBODY_GROUP)
grant("company.duty_matrix", **SEEING_DUTIES)
grant(
    [
        "company.positions.export",
        "company.scorecards.export",
        "company.duties.export",
        "company.duty_matrix.export",
    ],
    hr="group",
    auditor="group",
)
grant(["company.define_position", "company.define_duty", "company.set_duty", "company.end_duty"], hr="group")
grant(["company.write_scorecard", "company.withdraw_scorecard"], hr="group")
grant("company.approve_scorecard", hr="group", sales_manager="group", executive="group")
grant(
    "company.waivers",
    **dict.fromkeys(("executive", "auditor", "hr", "administrator", "sales_manager"), "company"),
)
grant(["company.waive_conflict", "company.end_waiver"], executive="company", auditor="company")
grant("company.waivers.export", auditor="company")
grant(
    "company.absences",
    **(EVERYBODY_OWN | MANAGERS | OVERSEERS | {"hr": "company", "administrator": "company"}),
)
# Of the person who will be away; whose absence it is, is looked at again by the operation itself.
grant(["company.plan_absence", "company.cancel_absence"], **(EVERYBODY_OWN | MANAGERS | {"hr": "company"}))
grant("company.absences.export", hr="company", auditor="company")

grant("company.hand_over", **MANAGERS, hr="group", administrator="group")
grant("company.transfer", **MANAGERS, account_manager="own")
grant("users.view", **EVERYBODY_GROUP)

# Approvals, tasks: one's own are those that wait for one, too
grant(["approvals.view", "approvals.delegations", "tasks.view"], **(EVERYBODY_OWN | MANAGERS | OVERSEERS))
grant(["approvals.approve", "approvals.reject", "approvals.withdraw", "approvals.retry"], **EVERYBODY_OWN)
grant(
    ["approvals.return", "approvals.add_signer", "approvals.drop_signer", "approvals.amend"], **EVERYBODY_OWN
)
grant(["approvals.comment", "approvals.question", "approvals.answer", "approvals.copy"], **EVERYBODY_OWN)
grant(["approvals.remind", "messages.choose", "messages.choice"], **EVERYBODY_OWN)
grant("approvals.escalate", **MANAGERS)
grant(["approvals.delegate", "approvals.revoke"], **EVERYBODY_OWN)
grant(["approvals.view.export", "tasks.view.export"], **MANAGERS, **OVERSEERS)

# Rules and records
grant(
    ["rights.view", "duties.view"],
    **OVERSEERS_OF_GROUP,
    administrator="group",
    hr="group",
    regional_manager="group",
    sales_manager="group",
)
grant("policies.view", **EVERYBODY_GROUP)
grant(
    ["rights.view.export", "duties.view.export", "policies.view.export"],
    administrator="group",
    auditor="group",
)
grant(["company.set_grant", "company.end_grant", "company.set_duty_pair"], administrator="group")
grant("company.draft_policy", administrator="group", sales_manager="group", finance="group", legal="group")
grant("company.publish_policy", administrator="group", sales_manager="group")
grant("ledger.view", **(EVERYBODY_OWN | OVERSEERS | {"administrator": "company"}))
grant("security.view", auditor="company", administrator="company")
grant(["ledger.view.export", "security.view.export"], auditor="company")
