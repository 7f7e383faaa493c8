"""Who may do what with privacy, by default: legal is the privacy officer; sellers note consents, and work on no request."""

from __future__ import annotations

from sellwell.kernel.access import ALL_ROLES, grant

SELLERS = {
    "rep": "own",
    "account_manager": "own",
    "regional_manager": "department",
    "sales_manager": "company",
}
FRONT = {**SELLERS, "marketing": "company", "service": "company", "legal": "company"}
READERS = {**FRONT, "executive": "company", "auditor": "company"}
OFFICERS = {"legal": "company"}
WATCHERS = {"legal": "company", "executive": "company", "auditor": "company"}
EVERYBODY = dict.fromkeys(ALL_ROLES, "company")

grant(["privacy.consents", "privacy.persons"], **READERS)
grant("privacy.texts", **EVERYBODY)
grant(["privacy.consents.export", "privacy.persons.export", "privacy.texts.export"], **WATCHERS)
grant(
    ["privacy.record_consent", "privacy.ask_consent", "privacy.grant_consent", "privacy.renew_consent", "privacy.withdraw_consent",
     "privacy.record_refusal", "privacy.describe", "privacy.change_person"],
    **FRONT,
)  # fmt: skip
grant(["privacy.restrict", "privacy.lift"], **OFFICERS)
grant(["privacy.draft_text", "privacy.change_text", "privacy.publish_text"], legal="company")
grant("privacy.draft_text", marketing="company")
grant("privacy.change_text", marketing="company")

grant("privacy.requests", rep="own", account_manager="own", regional_manager="own", sales_manager="own", marketing="own", service="company",
      legal="company", executive="company", auditor="company")  # fmt: skip
grant("privacy.requests.export", **WATCHERS)
grant("privacy.receive_request", rep="own", account_manager="own", regional_manager="own", sales_manager="own", marketing="own", service="company",
      legal="company")  # fmt: skip
grant(["privacy.acknowledge_request", "privacy.verify_identity"], service="company", legal="company")
grant(
    ["privacy.start_request", "privacy.extend_request", "privacy.make_copy", "privacy.fulfil_request", "privacy.fulfil_partly",
     "privacy.refuse_request", "privacy.close_request"],
    **OFFICERS,
)  # fmt: skip
grant("privacy.comment", service="company", legal="company", executive="company")
grant("privacy.urge_request", executive="company")
# what a request corrects, the officer corrects
grant(["customers.change", "customers.change_contact", "customers.change_address"], legal="company")

grant(
    ["privacy.looks", "privacy.alarms", "privacy.home", "privacy.register", "privacy.assessments"], **WATCHERS
)
grant(["privacy.looks.export", "privacy.alarms.export", "privacy.assessments.export"], **WATCHERS)
grant("privacy.settle_alarm", **OFFICERS)
grant("privacy.assess_impact", **OFFICERS)
grant("privacy.ask_export", **dict.fromkeys(ALL_ROLES, "own"))
grant("privacy.passes", **{**dict.fromkeys(ALL_ROLES, "own"), **WATCHERS})
grant("privacy.passes.export", **WATCHERS)
# done by the worker only: the matrix names who answers for it
grant(["privacy.expire_consent", "privacy.escalate_request", "privacy.raise_alarm"], **OFFICERS)
