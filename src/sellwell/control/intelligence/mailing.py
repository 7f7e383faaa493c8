"""Mail of employees becomes items: from the address that somebody chose for messages, in that person's name (clause 2.4.1).

The address proves little: a mail only ever becomes an item that is sent in, its source undeclared until its sender signs in and
declares it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from uuid import UUID

from django.db import transaction

from sellwell.control.intelligence import rules
from sellwell.integrations.mail import inbox
from sellwell.integrations.mail.inbox import Letter, Taken, Unreadable
from sellwell.kernel import access, clock, files, personal
from sellwell.kernel.door import run
from sellwell.kernel.models import MessageChoice, User
from sellwell.kernel.operations import Context, context_for
from sellwell.kernel.personal_values import read_email
from sellwell.kernel.values import Refusal, T

log = logging.getLogger(__name__)

NOBODY = T("发件人不是登记了邮箱的员工", "the sender is no employee who gave this address")
SHORT = T("邮件没有正文", "the mail has no text")
TAKEN = T("已收为情报 {number}", "taken in as {number}")
FAILED = T("系统出错，邮件保留待重试", "an error of the system; the mail waits for another try")
AGAIN = T("以前已收过", "was taken in before")
NOTED = T("（另有 {count} 个附件未收）", "({count} attachments were left out)")


def senders() -> dict[str, User]:
    """Everybody's chosen mail address in small letters, of active accounts."""
    choices = [c for c in MessageChoice.objects.select_related("user") if c.mail and c.user.is_active]
    texts = personal.open_many([c.mail for c in choices])
    found: dict[str, User] = {}
    for choice, text in zip(choices, texts, strict=True):
        address = read_email(text) if text else None
        if isinstance(address, str):
            found.setdefault(address, choice.user)
    return found


@inbox.takers.register("intelligence")
def take_waiting(company_id: UUID) -> list[Taken]:
    """Every mail that waits: those of people of this company become items, those of nobody are put aside."""
    paths = inbox.waiting()
    known = senders() if paths else {}
    found = []
    for path in paths:
        try:
            told = _take(path, company_id, known)
        except Unreadable as error:
            inbox.refuse(path, error.why)
            told = Taken(path.name, False, error.why)
        except Exception as error:
            # It stays where it is and the others go on. The text of the error may hold what people wrote.
            log.error("a mail could not be taken in: %s", type(error).__name__)
            told = Taken(path.name, False, FAILED)
        if told is not None:
            found.append(told)
    return found


def _take(path: Path, company_id: UUID, known: dict[str, User]) -> Taken | None:
    """One mail; None where its sender belongs to another company."""
    letter = inbox.read(inbox.content_of(path))
    address = read_email(letter.sender)
    user = known.get(address) if isinstance(address, str) else None
    if user is None:
        raise Unreadable(NOBODY)
    actor = access.actor_for(user, clock.business_day(clock.now()))
    if not actor.companies:
        raise Unreadable(NOBODY)
    if actor.companies[0] != company_id:
        return None
    words = _item_of(letter, context_for(actor, "job", company_id))
    # Removed only once the item is there for good; a mail that is found again is known by its fingerprint.
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return Taken(path.name, True, words)


def _item_of(letter: Letter, ctx: Context) -> T:
    """The item of a letter; what was taken in before is not taken again."""
    kept, left_out = [], letter.left_out
    for name, content in letter.files:
        try:
            stored = files.receive([content], name, company_id=ctx.company_id, uploaded_by=ctx.user_id)
        except Refusal:
            left_out += 1  # a kind that nobody may store
            continue
        kept.append(stored)
    text = letter.text if len(letter.text) >= 4 else f"{letter.subject}\n{letter.text}".strip()
    if len(text) < 4:
        raise Unreadable(SHORT)
    if left_out:
        text = f"{text[:3900]}\n{NOTED.format(count=left_out).zh}"
    with transaction.atomic():
        for stored in kept:
            files.keep(stored)
        data = {
            "kind": rules.kind_of_subject(letter.subject), "topic": letter.subject, "text": text,
            "message_key": letter.key, "files": [str(stored.pk) for stored in kept],
        }  # fmt: skip
        try:
            made = run("intelligence.take_mail", ctx, None, data).result
        except Refusal as refusal:
            if refusal.code == "intelligence.mail_once":
                transaction.set_rollback(True)
                return AGAIN
            log.warning("a mail was refused: %s", refusal.code)
            raise Unreadable(refusal.objections[0].text) from None
    return TAKEN.format(number=made.number)
