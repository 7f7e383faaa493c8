"""Who writes, sends and reads. Surveys are run by people who do not sell: sellers only read of their own customers."""

from sellwell.kernel.access import ALL_ROLES, grant

# Independent of sales (domain 4.2): whom to ask is not theirs to pick.
RUNNERS = {"marketing": "company", "service": "company"}
READERS = {
    **RUNNERS, "rep": "own", "account_manager": "own", "regional_manager": "department", "sales_manager": "company",
    "quality": "company", "executive": "company", "auditor": "company",
}  # fmt: skip
OVERSEERS = {
    **RUNNERS,
    "sales_manager": "company",
    "quality": "company",
    "executive": "company",
    "auditor": "company",
}
EXPORTERS = {"marketing": "company", "service": "company", "executive": "company", "auditor": "company"}

# A questionnaire holds nothing of anybody: whoever works here may read what customers are asked.
grant("voice.questionnaires", **dict.fromkeys(ALL_ROLES, "company"))
grant("voice.questionnaires.export", **EXPORTERS)
grant(
    [
        "voice.add_questionnaire", "voice.change_questionnaire", "voice.add_question", "voice.change_question",
        "voice.move_question", "voice.drop_question", "voice.publish", "voice.retire", "voice.revise",
    ],
    **RUNNERS,
)  # fmt: skip

# Common links: whoever runs surveys hangs them up; their answers are nobody's customers'.
grant("voice.links", **OVERSEERS)
grant("voice.links.export", **EXPORTERS)
grant(["voice.add_link", "voice.close_link"], **RUNNERS)

grant(["voice.programmes", "voice.rounds"], **OVERSEERS)
grant(["voice.programmes.export", "voice.rounds.export"], **EXPORTERS)
grant(
    [
        "voice.add_programme", "voice.pause_programme", "voice.resume_programme", "voice.end_programme", "voice.hold_round",
        "voice.leave_round_out",
    ],
    **RUNNERS,
)  # fmt: skip

grant(["voice.invitations", "voice.responses", "voice.answers", "voice.follow_ups"], **READERS)
# Who answered without a name has no seller: links' answers are read by those who see the company.
grant(
    ["voice.invitations.export", "voice.responses.export", "voice.answers.export", "voice.follow_ups.export"],
    **EXPORTERS,
)  # fmt: skip
grant(
    [
        "voice.invite", "voice.invite_after", "voice.send", "voice.remind", "voice.expire", "voice.not_delivered",
        "voice.begin", "voice.answer", "voice.submit",
    ],
    **RUNNERS,
)  # fmt: skip
# Whoever hears from a customer that they want no more surveys may note it.
grant("voice.opt_out", **{role: scope for role, scope in READERS.items() if role != "auditor"})
grant(
    ["voice.contact", "voice.resolve", "voice.pass_follow_up"],
    service="company", marketing="own", sales_manager="company", executive="company", administrator="own",
)  # fmt: skip
grant("voice.follow_ups", administrator="own")
grant("voice.comment", **{role: scope for role, scope in READERS.items() if role != "auditor"})

grant("voice.guides", **OVERSEERS)
grant(["voice.interviews", "voice.passages"], **READERS)
grant(["voice.studies", "voice.findings"], **OVERSEERS)
grant(
    [
        "voice.guides.export", "voice.interviews.export", "voice.passages.export", "voice.studies.export", "voice.findings.export",
    ],
    **EXPORTERS,
)  # fmt: skip
grant(
    [
        "voice.add_guide", "voice.change_guide", "voice.retire_guide", "voice.plan_interview", "voice.record_interview",
        "voice.cancel_interview", "voice.quote", "voice.recode", "voice.open_study", "voice.add_finding", "voice.drop_finding",
        "voice.conclude",
    ],
    **RUNNERS,
)  # fmt: skip
grant(["voice.results", "voice.evidence_9_1_2"], **OVERSEERS)

# Campaigns: marketing writes and sends, somebody else approves; sellers read of their own customers.
grant("voice.campaigns", **OVERSEERS)
grant("voice.recipients", **READERS)
grant(["voice.campaigns.export", "voice.recipients.export"], **EXPORTERS)
grant(
    [
        "voice.add_campaign", "voice.change_campaign", "voice.start_campaign", "voice.send_campaign", "voice.evaluate_campaign",
        "voice.not_reached",
    ],
    marketing="company",
)  # fmt: skip
grant(
    ["voice.approve_campaign", "voice.return_campaign"],
    marketing="company",
    sales_manager="company",
    executive="company",
)
grant(
    "voice.stop_campaign",
    marketing="company",
    sales_manager="company",
    executive="company",
    service="company",
)
grant("voice.unsubscribe", **{role: scope for role, scope in READERS.items() if role != "auditor"})
