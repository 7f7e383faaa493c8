"""Everybody reads what the company deals in; administrator and executive set it."""

from sellwell.kernel.access import ALL_ROLES, grant

grant(["profiles.view", "profiles.spans"], **dict.fromkeys(ALL_ROLES, "company"))
grant(
    ["profiles.view.export", "profiles.spans.export"],
    administrator="company", executive="company", auditor="company",
)  # fmt: skip
grant(
    ["profiles.make", "profiles.change", "profiles.switch_on", "profiles.switch_off"],
    administrator="company", executive="company",
)  # fmt: skip
