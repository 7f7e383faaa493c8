"""Campaigns: the list, the record with whom it reaches, how far sending is, and what it brought."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from sellwell.control.voice import campaigning
from sellwell.control.voice.models import Campaign, CampaignState, Recipient, RecipientState, Side
from sellwell.control.voice.pages.results import Shown
from sellwell.control.voice.rules import campaigns as rules
from sellwell.control.voice.rules.figures import SMALL
from sellwell.control.voice.rules.sampling import Left
from sellwell.control.voice.views import CAMPAIGNS, RECIPIENTS
from sellwell.foundation.relations import queries as relations
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.registry import choices, family, form, list_page, new_button, panel, record_page, related

family("/campaigns/", "/campaign-recipients/")
list_page(
    CAMPAIGNS, section="voice", icon="mail", order=25, new=["voice.add_campaign"],
    columns=["title", "segment", "state", "channel", "members", "started_on", "owner"], card=["title", "segment", "state"],
    saved=[
        ("draft", T("待批准", "To approve"), {"state": "draft"}),
        ("running", T("发送中", "Sending"), {"state": "sending"}),
        ("sent", T("待评估", "To evaluate"), {"state": "sent"}),
    ],
    empty=T("还没有营销活动。先在“客群”里存一个客群，再起草活动。", "No campaigns yet. Save a segment first, then write a campaign to it."),
)  # fmt: skip
record_page(
    CAMPAIGNS, path=[CampaignState.DRAFT, CampaignState.APPROVED, CampaignState.SENDING, CampaignState.SENT, CampaignState.EVALUATED],
    facts=[
        "segment", "goal", "channel", "language", "holdout", "unsegmented", "result_days", "started_on", "finished_on", "approved_by",
        "approved_at", "conclusion", "seed",
    ],
)  # fmt: skip
list_page(
    RECIPIENTS, section="voice", icon="list", order=26, columns=["customer", "contact", "campaign", "side", "state", "left", "sent_at"],
    card=["customer", "campaign", "side", "state"],
    saved=[
        ("left-out", T("未发送", "Left out"), {"state": "left_out"}),
        ("opted-out", T("已退订", "Opted out"), {"state": "opted_out"}),
    ],
    empty=T("还没有名单。活动开始发送时由系统抽取。", "Nobody yet. Recipients are drawn when a campaign starts."),
)  # fmt: skip
record_page(
    RECIPIENTS, path=[RecipientState.PLANNED, RecipientState.SENT],
    facts=["campaign", "customer", "contact", "side", "left", "sent_at", "counted_from", "problem"],
)  # fmt: skip
related(
    CAMPAIGNS.row_type, RECIPIENTS, by="campaign_id", place="main", order=40,
    columns=["customer", "contact", "side", "state", "left", "sent_at"],
)  # fmt: skip
related("customers.customer", RECIPIENTS, by="customer_id", title=T("营销活动", "Campaigns"), order=74,
        columns=["campaign", "side", "state", "left", "sent_at"])  # fmt: skip


def segments(row: Any, ctx: Context) -> list[tuple[str, T | str]]:
    """The segments in use."""
    return [(str(pk), name) for pk, name in relations.segments(ctx.company_id)]


for _verb in ("voice.add_campaign", "voice.change_campaign"):
    choices(_verb, "segment", segments)
form("voice.add_campaign", wide=True, after=lambda outcome, ctx: f"/campaigns/{outcome.result.pk}/")
form("voice.change_campaign", wide=True)
new_button("voice.add_campaign")

BEFORE = (CampaignState.DRAFT.value, CampaignState.APPROVED.value)


def words(row: Campaign, ctx: Context) -> dict[str, Any]:
    """The message as it stands, language by language."""
    codes = ("zh", "en") if row.language == "both" else (row.language,)
    parts = [(code, getattr(row, f"subject_{code}"), getattr(row, f"text_{code}")) for code in codes]
    return {"parts": parts, "is_sms": row.channel == "sms"}


def reach(row: Campaign, ctx: Context) -> dict[str, Any] | None:
    """Before sending: whom it would reach now, and whom not and why. Later: what was done with everybody."""
    if row.state in BEFORE:
        members, chosen = campaigning.choose(row, ctx)
        sides = Counter(one.side for one in chosen if one.left is None)
        barred = Counter(one.left.value for one in chosen if one.left is not None)
        counts = [(side.label, sides[side]) for side in Side if sides[side]]
        too_many = campaigning.MOST if members > campaigning.MOST else 0
        return {"is_ahead": True, "members": members, "counts": counts, "left": _reasons(barred), "too_many": too_many,
                "unasked": barred[Left.NO_CONSENT.value]}  # fmt: skip
    found = campaigning.progress(row)
    states = Counter[str]()
    for (_, state), n in found.items():
        states[state] += n
    done = sum(n for state, n in states.items() if state not in ("planned", "held_out"))
    total = done + states["planned"]
    left = campaigning.left_because(row)
    counts = [(state.label, states[state.value]) for state in RecipientState if states[state.value]]
    return {"is_ahead": False, "members": row.members, "counts": counts, "left": _reasons(left), "done": done, "total": total,
            "share": int(100 * done / total) if total else 100, "unasked": left.get(Left.NO_CONSENT.value, 0)}  # fmt: skip


def _reasons(left: Any) -> list[tuple[T, int]]:
    return [(Left(code).label, n) for code, n in left.items()]


def brought(row: Campaign, ctx: Context) -> dict[str, Any] | None:
    """Orders of each group, and how much more the segment that was written to ordered than the others."""
    found = campaigning.results(row)
    if not found:
        return None
    groups = [
        (side.label, found[side.value], Shown("", found[side.value].rate, "%"))
        for side in Side
        if side.value in found
    ]
    reached = found.get(Side.SEGMENT.value)
    gains = []
    for side in (Side.HOLDOUT, Side.UNSEGMENTED):
        other = found.get(side.value)
        if reached is not None and other is not None:
            one = rules.gain(reached, other)
            gains.append({"side": side.label, "figure": one, "verdict": rules.verdict(one)})
    until = (row.finished_on or ctx.today) + timedelta(days=row.result_days)
    return {"groups": groups, "gains": gains, "small": SMALL, "until": until, "is_open": not campaigning.is_over(row, ctx.today),
            "days": row.result_days}  # fmt: skip


panel(CAMPAIGNS.row_type, "brought", T("效果（订单）", "What it brought (orders)"), "voice/_brought.html", context=brought,
      place="main", right="voice.results", order=10)  # fmt: skip
panel(CAMPAIGNS.row_type, "reach", T("名单与进度", "Recipients and progress"), "voice/_reach.html", context=reach,
      place="main", right=RECIPIENTS.name, order=20)  # fmt: skip
panel(
    CAMPAIGNS.row_type,
    "words",
    T("消息内容", "The message"),
    "voice/_message.html",
    context=words,
    place="main",
    order=30,
)


def message_to(row: Recipient, ctx: Context) -> dict[str, Any]:
    """What the recipient's campaign says."""
    return words(row.campaign, ctx)


panel(
    RECIPIENTS.row_type,
    "words",
    T("消息内容", "The message"),
    "voice/_message.html",
    context=message_to,
    place="main",
    order=20,
)
