"""Rules of privacy that people set, in versions: bases per purpose, terms of requests, alarms, exports, retention.

What is customary and not law is called an internal default (内部默认) here and on the pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sellwell.foundation.privacy.rules import NEEDS, Limits, strictest_basis
from sellwell.foundation.privacy.rules.words import Basis, Group, Law, Purpose, Source
from sellwell.kernel import policy
from sellwell.kernel.values import T

BASES = "privacy.bases"
TERMS = "privacy.terms"
ALARMS = "privacy.alarms"
EXPORTS = "privacy.exports"
RETENTION = "privacy.retention"
MARKETING = "in (marketing_email, marketing_sms, marketing_phone)"

policy.default(
    BASES,
    policy.table(
        inputs={
            "law": ("text", T("适用法律", "Law")),
            "purpose": ("text", T("用途", "Purpose")),
            "group": ("text", T("字段类别", "Field group")),
            "source": ("text", T("来源", "Source")),
            "contact": ("flag", T("单位的联系人", "Speaks for an organisation")),
        },
        outputs={"basis": ("text", T("依据", "Basis"))},
        rows=[
            ("-", "legal_duty", "-", "-", "-", "legal_duty"),
            ("-", "-", "sensitive", "-", "-", "separate"),
            ("-", "in (sharing, publication, abroad)", "-", "-", "-", "separate"),
            # whoever's card or address was imported was told nothing yet: ask first
            ("pipl", "contract", "-", "in (card, import)", "yes", "consent"),
            ("-", "contract", "-", "-", "-", "contract"),
            ("-", "in (service, employment)", "-", "-", "-", "contract"),
            ("gdpr", "survey", "-", "-", "-", "interest"),
            ("-", f"{MARKETING}", "-", "-", "-", "consent"),
            ("-", "in (profiling, survey)", "-", "-", "-", "consent"),
            ("-", "-", "-", "-", "-", "none"),
        ],
        examples=[
            (
                {
                    "law": "pipl",
                    "purpose": "marketing_sms",
                    "group": "contact",
                    "source": "order",
                    "contact": False,
                },
                {"basis": "consent"},
            ),
            (
                {"law": "pipl", "purpose": "sharing", "group": "contact", "source": "order", "contact": True},
                {"basis": "separate"},
            ),
            (
                {"law": "pipl", "purpose": "contract", "group": "contact", "source": "card", "contact": True},
                {"basis": "consent"},
            ),
            (
                {"law": "gdpr", "purpose": "survey", "group": "contact", "source": "order", "contact": True},
                {"basis": "interest"},
            ),
        ],
    ),
    T("个人信息处理依据", "Lawful bases of personal data"),
)

policy.default(
    TERMS,
    policy.table(
        inputs={"law": ("text", T("适用法律", "Law")), "kind": ("text", T("请求", "Request"))},
        outputs={
            "acknowledge": ("number", T("回执（工作日）", "Acknowledge (working days)")),
            "fulfil": ("number", T("办结（工作日）", "Fulfil (working days)")),
            "stop_days": ("number", T("最迟（日历日）", "Hard stop (days)")),
            "stop_months": ("number", T("最迟（月）", "Hard stop (months)")),
            "extension": ("number", T("可延长（月）", "Extension (months)")),
        },
        rows=[
            ("-", "withdrawal", "1", "1", "3", "-", "-"),
            ("gdpr", "-", "3", "15", "-", "1", "2"),
            ("-", "-", "3", "15", "30", "-", "-"),
        ],
        examples=[({"law": "pipl", "kind": "copy"}, {"fulfil": "15", "stop_days": "30"})],
    ),
    T("个人信息请求的时限（内部默认）", "Terms of requests (internal default)"),
)

policy.default(
    ALARMS,
    policy.table(
        inputs={"role": ("text", T("角色", "Role"))},
        outputs={
            "looks": ("number", T("每日查看次数", "Looks a day")),
            "rows": ("number", T("每日导出行数", "Rows exported a day")),
            "night": ("number", T("夜间次数", "Looks at night")),
            "leaving": ("number", T("离职前天数", "Days before leaving")),
        },
        rows=[("service", "60", "1000", "10", "30"), ("-", "30", "1000", "5", "30")],
        examples=[({"role": "rep"}, {"looks": "30"})],
    ),
    T("异常查看的警戒数", "Limits for unusual looks"),
)

policy.default(
    EXPORTS,
    policy.table(
        inputs={"rows": ("number", T("行数", "Rows"))},
        outputs={"approvers": ("text", T("审批人", "Approvers"))},
        rows=[("<= 500", "-"), ("-", "legal")],
        examples=[
            ({"rows": "500"}, {"approvers": None}),
            ({"rows": "501"}, {"approvers": "legal"}),
        ],
    ),
    T("含个人信息的导出审批", "Approval of exports with personal data"),
)

CUSTOMERS = ", ".join(
    f"customers.{name}" for name in ("party", "customer", "contact", "address", "taxtitle", "bankaccount")
)
TALKED = "pipeline.opportunity, pipeline.visit, pipeline.quotation, activities.activity, deals.registration"

policy.default(
    RETENTION,
    policy.table(
        inputs={"table": ("text", T("数据", "Data"))},
        outputs={
            "months": ("number", T("保存（月）", "Keep (months)")),
            "then": ("text", T("到期后", "Then")),
        },
        rows=[
            ("in (receivables.invoice, receivables.receipt)", "360", "restrict"),
            ("in (contracts.contract, orders.order, delivery.shipment, delivery.return)", "120", "restrict"),
            ("pipeline.lead", "24", "erase"),
            (f"in ({TALKED})", "60", "erase"),
            ("in (privacy.consent, privacy.request, privacy.impactassessment)", "36", "keep"),
            (f"in ({CUSTOMERS})", "-", "review"),
            ("-", "36", "review"),
        ],
        examples=[({"table": "pipeline.lead"}, {"months": "24", "then": "erase"})],
    ),
    T("个人信息的保存期限（内部默认）", "Retention of personal data (internal default)"),
)


@dataclass(frozen=True, slots=True)
class Terms:
    """The clocks of a request, in days."""

    acknowledge: int
    fulfil: int
    stop_days: int
    stop_months: int
    extension: int


def basis_of(
    company_id: UUID, on: date, law: Law, purpose: Purpose, group: Group, source: Source, *, contact: bool
) -> Basis:
    """What a use of such fields rests on, by the version of the register in force that day."""
    facts = {"law": law, "purpose": purpose, "group": group, "source": source, "contact": contact}
    version = policy.in_force(BASES, company_id, on)
    found = policy.decide(version.table, facts).outputs.get("basis")
    return Basis(str(found)) if found in Basis.values() else Basis.NONE


def basis_for(
    company_id: UUID, on: date, law: Law, purpose: Purpose, source: Source, *, contact: bool
) -> Basis:
    """What a use for a purpose rests on: the strictest over the fields that it needs."""
    return strictest_basis(
        basis_of(company_id, on, law, purpose, group, source, contact=contact) for group in NEEDS[purpose]
    )


def terms_of(company_id: UUID, on: date, law: str, kind: str) -> Terms:
    """The clocks of a request."""
    found = policy.decide(policy.in_force(TERMS, company_id, on).table, {"law": law, "kind": kind}).outputs
    return Terms(**{name: int(found.get(name) or 0) for name in Terms.__dataclass_fields__})


def limits_of(company_id: UUID, on: date, role: str) -> tuple[Limits, int]:
    """The limits for looks of a role, and how many days before leaving count as such."""
    found = policy.decide(policy.in_force(ALARMS, company_id, on).table, {"role": role}).outputs

    def number(name: str) -> int | None:
        value = found.get(name)
        return None if value is None else int(value)

    return Limits(number("looks"), number("rows"), number("night")), number("leaving") or 0


def needs_approval(company_id: UUID, on: date, rows: int) -> bool:
    """Whether an export of so many rows with personal data waits for somebody."""
    version = policy.in_force(EXPORTS, company_id, on)
    return bool(policy.decide(version.table, {"rows": rows}).outputs.get("approvers"))


def kept_for(company_id: UUID, on: date, table: str) -> tuple[int | None, str]:
    """How many months rows of a table are kept (None: as long as there is business), and what then."""
    found = policy.decide(policy.in_force(RETENTION, company_id, on).table, {"table": table}).outputs
    months = found.get("months")
    return (None if months is None else int(months)), str(found.get("then") or "review")
