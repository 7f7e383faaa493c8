"""Who sends in, screens, decides and answers; who reads what; who runs meetings (clauses 2.4.1, 2.4.3-2.4.5)."""

from __future__ import annotations

from sellwell.kernel.access import ALL_ROLES, grant

EVERYBODY_OWN = dict.fromkeys(ALL_ROLES, "own")
EVERYBODY_COMPANY = dict.fromkeys(ALL_ROLES, "company")
MANAGERS = {"regional_manager": "department", "sales_manager": "company", "executive": "company"}
DESK = {"marketing": "company", "sales_manager": "company"}
READERS = MANAGERS | DESK | {"auditor": "company", "legal": "company"}
SELLERS = {
    "rep": "own",
    "account_manager": "own",
    "regional_manager": "department",
    "sales_manager": "company",
}

# --- items: everybody sends in and follows what became of it -------------------------------------------------------------
grant("intelligence.items", **EVERYBODY_OWN)
grant("intelligence.items", **READERS)
grant("intelligence.items.export", **DESK, executive="company", auditor="company")
grant(
    ["intelligence.submit", "intelligence.take_mail", "intelligence.declare_source", "intelligence.close"],
    **EVERYBODY_OWN,
)
grant("intelligence.close", **DESK)
grant(
    "intelligence.record_feedback",
    **dict.fromkeys(("rep", "account_manager", "regional_manager", "sales_manager", "marketing", "service"), "own"),
)  # fmt: skip
grant(["intelligence.screen", "intelligence.analyse", "intelligence.answer"], **DESK)
grant("intelligence.decide", **MANAGERS)
grant("intelligence.confirm", **MANAGERS | DESK, service="company")
grant("intelligence.items", service="company")
grant("intelligence.award", **DESK)
grant("intelligence.comment", **EVERYBODY_OWN)
grant("intelligence.comment", **READERS)
# What happens by itself may be done by hand too; whoever keeps the system running need not read intelligence for that.
grant(
    ["intelligence.escalate", "intelligence.chase_action", "intelligence.expire_card"],
    sales_manager="company",
)

# --- actions --------------------------------------------------------------------------------------------------------------
grant(
    ["intelligence.actions", "intelligence.complete_action", "intelligence.comment_action"], **EVERYBODY_OWN
)
grant("intelligence.actions", **MANAGERS | DESK, auditor="company")
grant("intelligence.actions.export", **MANAGERS | DESK, auditor="company")
grant("intelligence.comment_action", **MANAGERS | DESK)
grant("intelligence.complete_action", regional_manager="department", sales_manager="company")
grant(["intelligence.reassign_action", "intelligence.cancel_action"], **MANAGERS | DESK)

# --- points: one's own, and a ranking that everybody sees ------------------------------------------------------------------
grant("intelligence.points", **EVERYBODY_OWN)
grant("intelligence.points", **MANAGERS | DESK, hr="company", auditor="company")
grant("intelligence.points.export", sales_manager="company", hr="company", auditor="company")
grant("intelligence.ranking", **EVERYBODY_COMPANY)
grant("intelligence.reverse_award", sales_manager="company", executive="company")

# --- competitors, prices, cards ----------------------------------------------------------------------------------------------
FRONT = dict.fromkeys(
    ("rep", "account_manager", "regional_manager", "sales_manager", "marketing", "service", "executive", "auditor", "legal"),
    "company",
)  # fmt: skip
grant(["intelligence.competitors", "intelligence.prices", "intelligence.cards"], **FRONT)
grant(
    ["intelligence.competitors.export", "intelligence.prices.export", "intelligence.cards.export"],
    **DESK, executive="company", auditor="company",
)  # fmt: skip
grant(
    [
        "intelligence.add_competitor", "intelligence.change_competitor", "intelligence.retire_competitor",
        "intelligence.watch_again", "intelligence.void_price", "intelligence.draft_card", "intelligence.change_card",
        "intelligence.put_card_in_force", "intelligence.revise_card", "intelligence.cancel_card",
    ],
    **DESK,
)  # fmt: skip
grant(
    "intelligence.comment_card", **DESK, rep="company", account_manager="company", regional_manager="company"
)
grant(
    "intelligence.see_price",
    **dict.fromkeys(("rep", "account_manager", "regional_manager", "sales_manager", "marketing"), "company"),
)
grant("intelligence.rivals", **SELLERS, marketing="company", executive="company", auditor="company")
grant("intelligence.rivals.export", sales_manager="company", auditor="company")
grant(["intelligence.name_rival", "intelligence.drop_rival"], **SELLERS)

# --- meetings ----------------------------------------------------------------------------------------------------------------
OVERSEERS = MANAGERS | {"auditor": "company"}
grant("intelligence.series", **EVERYBODY_COMPANY)
grant("intelligence.series.export", sales_manager="company", auditor="company")
grant(
    ["intelligence.plan_series", "intelligence.change_series", "intelligence.end_series", "intelligence.plan_meetings"],
    **MANAGERS, marketing="company",
)  # fmt: skip
grant("intelligence.plan_meetings", administrator="company")
grant(["intelligence.meetings", "intelligence.attendance"], **EVERYBODY_OWN)
grant(["intelligence.meetings", "intelligence.attendance"], **OVERSEERS)
grant(["intelligence.meetings.export", "intelligence.attendance.export"], **OVERSEERS)
grant(
    [
        "intelligence.call_meeting", "intelligence.start_meeting", "intelligence.note_attendance", "intelligence.raise_point",
        "intelligence.note_point", "intelligence.note_decision", "intelligence.agree_action", "intelligence.finish_meeting",
        "intelligence.send_minutes", "intelligence.cancel_meeting", "intelligence.comment_meeting",
        "intelligence.read_minutes",
    ],
    **EVERYBODY_OWN,
)  # fmt: skip
grant(
    ["intelligence.start_meeting", "intelligence.cancel_meeting", "intelligence.comment_meeting"],
    regional_manager="department", sales_manager="company",
)  # fmt: skip
