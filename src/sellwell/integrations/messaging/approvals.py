"""Messages about approvals: sent as reactions of the outbox, changed once somebody decided.

Each event's identifier is the key of what is sent after it, so a repeated call brings no second card. Words are made at
the moment of sending, from numbers and names of acts: no customer and no amount of personal data stands in a message.
What a vendor declines stands as failed with its reason; what it could not take just now is tried again by itself, apart from
all others: a card that was brought or changed is not brought or changed once more because the next one failed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

from sellwell.integrations import messaging
from sellwell.integrations.messaging import Card, Declined, Failure, Messenger, Unreachable, words
from sellwell.integrations.messaging.quiet import URGENT, after_quiet, send_at
from sellwell.integrations.messaging.vendor import was_lost
from sellwell.kernel import approval, outbox, system, tap_links
from sellwell.kernel import approval_course as course
from sellwell.kernel.deadlines import deadline
from sellwell.kernel.history import title_of
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import (
    ApprovalRequest,
    ApprovalStep,
    Deadline,
    Event,
    Message,
    MessageChoice,
    NoteKind,
    RequestState,
    User,
)
from sellwell.kernel.values import T

if TYPE_CHECKING:
    from sellwell.kernel.operations import Context

SEND, AGAIN, DIGEST_AGAIN = "messages.send", "messages.again", "messages.digest_again"
WAITS = (1, 5, 15, 60, 240)  # minutes before each further attempt
REASON_LENGTH = 200
DEFAULT = ["wecom"]
ENDS = {
    "approvals.approved": T("已批准并办理", "Approved and done"),
    "approvals.rejected": T("已驳回", "Rejected"),
    "approvals.failed": T("已批准，但未能办理", "Approved, but it could not be done"),
    "approvals.withdrawn": T("申请人已撤回", "Withdrawn by its requester"),
}
TITLES = {
    "asked_to_decide": T("待审批：{act}", "To approve: {act}"),
    "reminder": T("催办：{act}", "Reminder: {act}"),
    "question": T("审批提问：{act}", "A question about: {act}"),
    "answer": T("审批答复：{act}", "An answer about: {act}"),
    "copy": T("抄送：{act}", "Copied to you: {act}"),
    "result": T("审批结果：{act}", "Outcome of: {act}"),
}
DIGEST = T("审批动态汇总（{count} 条）", "What happened to approvals ({count})")
LOOK, APPROVE = T("查看", "Open"), T("批准", "Approve")
DONE = T("已处理", "Dealt with")


# --- who is told of what ----------------------------------------------------------------------------------------------------


def _request(event: Event) -> ApprovalRequest:
    return ApprovalRequest.objects.get(pk=UUID(event.payload["request"]))


ASKED = ["approvals.opened", "approvals.reminded", "approvals.escalated", "approvals.signer_added"]


@outbox.reaction("messages.decide", on=ASKED)
def ask_to_decide(event: Event) -> None:
    """Who is asked to decide a step gets a card, and their deputies."""
    step = ApprovalStep.objects.select_related("request").get(pk=UUID(event.payload["step"]))
    if not step.is_open or step.request.state != RequestState.OPEN.value:
        return
    ctx = system.context(step.company_id)
    tasks = approval.tasks_for(step, step.request, ctx, but=course.spoken(step))
    people = [task.owner_id for task in tasks if task.owner_id]
    kind = "reminder" if event.name == "approvals.reminded" else "asked_to_decide"
    if event.name in ("approvals.escalated", "approvals.signer_added"):
        told = Message.objects.filter(step_id=step.pk, round=step.round, kind="asked_to_decide")
        known = set(told.values_list("user_id", flat=True))
        people = [user for user in people if user not in known]
    tell(event, step.request, people, kind, ctx, step)


@outbox.reaction("messages.question", on=["approvals.asked"])
def tell_question(event: Event) -> None:
    """Who is asked something is told."""
    request = _request(event)
    tell(event, request, [UUID(event.payload["to"])], "question", system.context(request.company_id))


@outbox.reaction("messages.answer", on=["approvals.answered"])
def tell_answer(event: Event) -> None:
    """Who asked is told of the answer."""
    request = _request(event)
    tell(event, request, [UUID(event.payload["to"])], "answer", system.context(request.company_id))


@outbox.reaction("messages.copy", on=["approvals.copied"])
def tell_copy(event: Event) -> None:
    """Who got a copy is told, once."""
    request = _request(event)
    told = set(Message.objects.filter(request_id=request.pk, kind="copy").values_list("user_id", flat=True))
    people = request.notes.filter(kind=NoteKind.COPIED.value).values_list("to_id", flat=True)
    tell(event, request, [u for u in people if u not in told], "copy", system.context(request.company_id))


@outbox.reaction("messages.result", on=list(ENDS))
def tell_result(event: Event) -> None:
    """The requester is told how it ended."""
    request = _request(event)
    if event.name != "approvals.withdrawn":
        tell(event, request, [request.owner_id], "result", system.context(request.company_id))


@outbox.reaction("messages.settle", on=["approvals.opened", "approvals.returned", *ENDS])
def settle_cards(event: Event) -> None:
    """Cards whose step is decided say so, on every system that can change what it showed."""
    request = _request(event)
    waiting = {
        (s.pk, s.round) for s in request.steps.all() if s.is_open and request.state == RequestState.OPEN.value
    }
    sent = Message.objects.filter(request_id=request.pk, state="sent", card="open", step_id__isnull=False)
    ctx = system.context(request.company_id)
    for message in sent.select_related("user"):
        if (message.step_id, message.round) not in waiting:
            change(message, request, event.name, str(event.id), ctx)


def change(message: Message, request: ApprovalRequest, ended: str, key: str, ctx: Context) -> None:
    """Say on a sent card how it ended. One that the vendor does not change any more stops no other; it says why."""
    card = card_of(message, request, ctx, ended=ENDS.get(ended, DONE))
    by = _messenger_of(message)
    before = message.reason
    try:
        by.update(message.external_id, card, key)
    except Unreachable as failure:
        _again(message, failure, ctx)
        return
    except Declined as failure:
        message.card, message.reason = "stale", failure.code[:REASON_LENGTH]
        # The attempt whose answer got lost has done it.
        if was_lost(before) and getattr(by, "changes_once", False):
            message.card, message.reason = ended.removeprefix("approvals."), ""
    else:
        message.card, message.reason = ended.removeprefix("approvals."), ""
    message.save(update_fields=["card", "reason"])


# --- sending -----------------------------------------------------------------------------------------------------------------


def tell(
    event: Event, request: ApprovalRequest, people: Iterable[UUID], kind: str, ctx: Context,
    step: ApprovalStep | None = None,
) -> None:  # fmt: skip
    """A message for each person on each system they chose: now, or when their quiet hours or the day's wait are over."""
    wanted = list(dict.fromkeys(people))
    choices = {c.user_id: c for c in MessageChoice.objects.filter(user_id__in=wanted)}
    for user in User.objects.filter(pk__in=wanted, is_active=True, is_system=False):
        choice = choices.get(user.pk)
        at = send_at(choice, kind, ctx.now)
        reached = messaging.addresses(user.pk, request.company_id)
        for name in choice.systems if choice is not None else DEFAULT:
            if name not in messaging.MESSENGERS or name not in reached:
                continue
            message, is_new = Message.objects.get_or_create(
                event_id=event.id, user=user, system=name,
                defaults={
                    "id": new_id(), "company_id": request.company_id, "kind": kind, "request_id": request.pk,
                    "step_id": step.pk if step else None, "round": step.round if step else 1, "send_at": at,
                },
            )  # fmt: skip
            if at <= ctx.now:
                deliver(message, request, ctx, reached[name])
            elif is_new:
                Deadline.objects.create(company_id=request.company_id, what=SEND, row_id=user.pk, due_at=at)


def _messenger_of(message: Message) -> Messenger:
    """What brings it. Its system was known when it was written down."""
    by = messaging.messenger(message.system, message.company_id)
    if by is None:
        raise LookupError(message.system)
    return by


def deliver(message: Message, request: ApprovalRequest, ctx: Context, address: str) -> None:
    """Send one message; its key is the event's, so a repetition brings no second card."""
    if message.state in ("sent", "failed") or message.digest_id is not None:
        return
    card = card_of(message, request, ctx)
    key = f"{message.event_id}:{message.user_id}"
    by = _messenger_of(message)
    try:
        card_id = by.send(address, card, key)
    except Unreachable as failure:
        _again(message, failure, ctx)
        return
    except Declined as failure:
        _fail(message, failure)
        return
    _mark(message, card_id, ctx, "open" if message.step_id else "told")


def _fail(message: Message, failure: Failure) -> None:
    """It is not tried again by itself: somebody must change a setting first. The page of channels shows it."""
    message.state, message.reason = "failed", failure.code[:REASON_LENGTH]
    message.save(update_fields=["state", "reason"])


def _again(message: Message, failure: Unreachable, ctx: Context) -> None:
    """This one is tried again, further apart each time. After the last attempt it stands as failed, or its card as it was."""
    message.reason = failure.code[:REASON_LENGTH]
    if message.tries < len(WAITS):
        if message.digest_id in (None, message.pk):  # a digest goes again as a whole, for its first message
            _set_again(message, ctx)
        message.tries += 1
    elif message.state == "sent":
        message.card = "stale"
    else:
        message.state = "failed"
    message.save(update_fields=["reason", "tries", "state", "card"])


def _set_again(message: Message, ctx: Context) -> None:
    """When the next attempt is due."""
    due_at = ctx.now + timedelta(minutes=WAITS[message.tries])
    if message.state == "due":  # changing a card disturbs nobody
        choice = MessageChoice.objects.filter(user_id=message.user_id).first()
        due_at = after_quiet(choice, due_at)
    what = AGAIN if message.digest_id is None else DIGEST_AGAIN
    Deadline.objects.create(company_id=message.company_id, what=what, row_id=message.pk, due_at=due_at)


@deadline(AGAIN, T("重发消息", "Sending messages again"))
def try_again(due: Deadline, ctx: Context) -> None:
    """Send or change what the vendor could not take; what is no longer worth it is left."""
    message = Message.objects.select_related("user").get(pk=due.row_id)
    request = ApprovalRequest.objects.get(pk=message.request_id)
    if message.state == "sent" and message.card == "open":
        # Sent meanwhile by another way: the decision still waits behind its buttons.
        if _still_worth(message, request):
            message.reason, message.tries = "", 0
            message.save(update_fields=["reason", "tries"])
            return
        change(message, request, f"approvals.{request.state}", str(due.pk), ctx)
    elif message.state == "due":
        address = messaging.addresses(message.user_id, message.company_id).get(message.system)
        if address is not None and message.user.is_active and _still_worth(message, request):
            deliver(message, request, ctx, address)
        else:
            _mark(message, "", ctx)


def card_of(message: Message, request: ApprovalRequest, ctx: Context, ended: T | None = None) -> Card:
    """What a message says in its reader's language."""
    reader = message.user
    act = title_of(request.operation)
    lines = [f"{request.number} {request.row_number}".strip()]
    if message.kind == "result":
        said = ENDS.get(f"approvals.{request.state}")
        lines += [words(said, reader)] if said is not None else []
    url = f"{settings.SITE_URL}/approvals/{request.pk}/"
    buttons: list[tuple[str, str]] = []
    if message.step_id is not None and ended is None:
        step = ApprovalStep.objects.get(pk=message.step_id)
        buttons = [(words(LOOK, reader), url)]
        if tap_links.allowed(request, ctx):
            secret = tap_links.make(message.event_id, message.user_id, request, step, ctx)
            buttons.insert(0, (words(APPROVE, reader), f"{settings.SITE_URL}/tap/{secret}"))
    title = words(TITLES[message.kind].format(act=act), reader)
    state = words(ended, reader) if ended is not None else ""
    return Card(title, tuple(lines), url, tuple(buttons), state)


# --- when the quiet hours or the day's wait are over -----------------------------------------------------------------------------


@deadline(SEND, T("发送消息", "Sending of messages"))
def send_waiting(due: Deadline, ctx: Context) -> None:
    """What waited for one person goes now: one by itself as its card, several that can wait as one digest."""
    waiting = list(
        Message.objects.filter(user_id=due.row_id, state="due", send_at__lte=ctx.now, company_id=due.company_id, digest_id=None)
        .select_related("user").order_by("send_at", "id")
    )  # fmt: skip
    requests = ApprovalRequest.objects.in_bulk([m.request_id for m in waiting])
    reached = messaging.addresses(due.row_id, due.company_id)
    for name in dict.fromkeys(m.system for m in waiting):
        of_system = [m for m in waiting if m.system == name]
        address = reached.get(name) if name in messaging.MESSENGERS and waiting[0].user.is_active else None
        if address is None:  # given up meanwhile: the other systems' messages go all the same
            for message in of_system:
                _mark(message, "", ctx)
            continue
        calm = [m for m in of_system if m.kind not in URGENT]
        single = [m for m in of_system if m.kind in URGENT] + (calm if len(calm) == 1 else [])
        for message in single:
            if _still_worth(message, requests[message.request_id]):
                deliver(message, requests[message.request_id], ctx, address)
            else:
                _mark(message, "", ctx)
        if len(calm) > 1:
            _send_digest(calm, requests, ctx, address)


def _still_worth(message: Message, request: ApprovalRequest) -> bool:
    """A decision that was made meanwhile need not be asked for."""
    if message.step_id is None:
        return True
    step = ApprovalStep.objects.get(pk=message.step_id)
    return request.state == RequestState.OPEN.value and step.is_open and step.round == message.round


def _send_digest(
    messages: list[Message], requests: dict[UUID, ApprovalRequest], ctx: Context, address: str
) -> None:
    cards = [card_of(m, requests[m.request_id], ctx) for m in messages]
    title = words(DIGEST.format(count=len(cards)), messages[0].user)
    lines = tuple(f"{card.title} {' '.join(card.lines)}" for card in cards)
    card = Card(title, lines, f"{settings.SITE_URL}/approvals/")
    by = _messenger_of(messages[0])
    Message.objects.filter(pk__in=[m.pk for m in messages]).update(digest_id=messages[0].pk)
    for message in messages:
        message.digest_id = messages[0].pk
    try:
        card_id = by.send(address, card, f"digest:{messages[0].pk}")
    except Unreachable as failure:
        for message in messages:
            _again(message, failure, ctx)
    except Declined as failure:
        for message in messages:
            _fail(message, failure)
    else:
        for message in messages:
            _mark(message, card_id, ctx)


@deadline(DIGEST_AGAIN, T("重发汇总", "Sending digests again"))
def send_digest_again(due: Deadline, ctx: Context) -> None:
    """The whole digest under its own key: a vendor that has it already brings no second one."""
    messages = list(
        Message.objects.filter(digest_id=due.row_id, state="due")
        .select_related("user")
        .order_by("send_at", "id")
    )
    if not messages:
        return
    address = messaging.addresses(messages[0].user_id, due.company_id).get(messages[0].system)
    if address is None or not messages[0].user.is_active:
        for message in messages:
            _mark(message, "", ctx)
        return
    requests = ApprovalRequest.objects.in_bulk([m.request_id for m in messages])
    _send_digest(messages, requests, ctx, address)


def _mark(message: Message, card_id: str, ctx: Context, card: str = "told") -> None:
    message.state, message.sent_at, message.external_id, message.card = "sent", ctx.now, card_id, card
    message.reason, message.tries = "", 0
    message.save(update_fields=["state", "sent_at", "external_id", "card", "reason", "tries"])
