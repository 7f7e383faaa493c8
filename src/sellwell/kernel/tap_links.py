"""Links that decide with one tap: signed, expiring, good once, for one person, one step and its present terms.

The policy of one-tap decisions says for which acts and amounts there are any. What a tap does passes the door as that
person, so that everything that stands in the way of a decision stands in the way of a tap too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from django.core import signing
from django.db import transaction

from sellwell.kernel import access, approval_lists, clock, door, policies, policy
from sellwell.kernel.models import ApprovalRequest, ApprovalStep, TapLink, User
from sellwell.kernel.operations import context_for
from sellwell.kernel.policy_table import table
from sellwell.kernel.values import Reason, Refusal, T

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context

ONE_TAP = "approvals.one_tap"
GOOD_FOR = timedelta(days=3)
SIGNER = signing.Signer(salt="sellwell.tap-link")

policy.default(
    ONE_TAP,
    table(
        inputs={
            "operation": ("text", T("事项", "Act")),
            "amount": ("number", T("金额", "Amount")),
        },
        outputs={"allowed": ("flag", T("允许一键审批", "One tap is enough"))},
        rows=[["-", "<= 50000", "true"], ["-", "-", "false"]],
        examples=[
            ({"operation": "orders.confirm", "amount": "50000"}, {"allowed": True}),
            ({"operation": "orders.confirm", "amount": "50000.01"}, {"allowed": False}),
        ],
    ),
    T("一键审批", "Decisions with one tap"),
)

NOT_VALID = Reason(
    "tap.not_valid",
    T(
        "链接已失效或已使用过。请登录后在“审批”中办理。",
        "This link has ended or was used. Sign in and decide under Approvals.",
    ),
)


def allowed(request: ApprovalRequest, ctx: Context) -> bool:
    """Whether the policy lets this act be approved with one tap."""
    facts = {"operation": request.operation, "amount": request.amount or Decimal(0)}
    return bool((policies.judge(ONE_TAP, ctx, facts).outputs or {}).get("allowed"))


def make(event_id: UUID, user_id: UUID, request: ApprovalRequest, step: ApprovalStep, ctx: Context) -> str:
    """The secret of the link that a message after an event brings to one person; the same link when it is sent again."""
    values = {
        "company_id": request.company_id, "user_id": user_id, "request_id": request.pk, "step_id": step.pk,
        "round": step.round, "content_hash": request.content_hash, "until": ctx.now + GOOD_FOR,
    }  # fmt: skip
    link, _ = TapLink.objects.get_or_create(id=uuid5(event_id, str(user_id)), defaults=values)
    # No time stamp in it: a card that is sent again must be the same card. When the link ends, its row says.
    return SIGNER.sign_object({"link": str(link.pk), "company": str(link.company_id)})


@dataclass(frozen=True)
class Tap:
    """An opened link: whose it is and what it approves."""

    link: TapLink
    request: ApprovalRequest
    ctx: Context


def opened(token: str) -> Tap:
    """The link behind a secret, if it can still decide; refused otherwise."""
    try:
        named = SIGNER.unsign_object(token)
    except signing.BadSignature:
        raise Refusal(NOT_VALID.refuse()) from None
    company_id = UUID(named["company"])
    door.see_companies([company_id])
    link = TapLink.objects.select_for_update().filter(pk=UUID(named["link"])).first()
    if link is None or link.used_at is not None or link.until <= clock.now():
        raise Refusal(NOT_VALID.refuse())
    user = User.objects.get(pk=link.user_id)
    step = ApprovalStep.objects.select_related("request").get(pk=link.step_id)
    ctx = context_for(access.actor_for(user, clock.business_day(clock.now())), "web", company_id)
    fits = step.is_open and step.round == link.round and step.request.content_hash == link.content_hash
    if not user.is_active or not fits or step.request_id not in approval_lists.waiting_ids(ctx):
        raise Refusal(NOT_VALID.refuse())
    return Tap(link, step.request, ctx)


def look(token: str) -> Tap:
    """What a link would approve, without doing it."""
    with transaction.atomic():
        return opened(token)


def approve(token: str) -> ApprovalRequest:
    """Approve as the person of the link; the link is used up with it, in one transaction.

    A refusal leaves the link as it was; it is raised outside the transaction, so that the security log keeps it.
    """
    refused: Refusal | None = None
    with transaction.atomic():
        tap = opened(token)
        try:
            door.run("approvals.approve", tap.ctx, tap.request.pk, {}, key=f"tap:{tap.link.pk}")
        except Refusal as refusal:
            refused = refusal
        else:
            tap.link.used_at = clock.now()
            tap.link.save(update_fields=["used_at"])
    if refused is not None:
        raise refused
    tap.request.refresh_from_db()
    return tap.request
