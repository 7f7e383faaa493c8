"""Messages where people are: what each person chose, what was sent, and links that decide with one tap."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sellwell.kernel.ids import new_id
from sellwell.kernel.models.base import Row
from sellwell.kernel.values import T

if TYPE_CHECKING:
    from sellwell.kernel.access import Post

PERSON = settings.AUTH_USER_MODEL


class MessageChoice(Row):
    """Where somebody wants messages, when not, and whether what can wait comes once a day. Times as "22:00"."""

    noun = T("消息设置", "Message settings")
    user = models.OneToOneField(PERSON, on_delete=models.PROTECT, related_name="+")
    systems = ArrayField(models.CharField(max_length=20), default=list)
    quiet_from = models.CharField(max_length=5, default="", blank=True)
    quiet_until = models.CharField(max_length=5, default="", blank=True)
    digest_at = models.CharField(max_length=5, default="", blank=True)
    mail = models.JSONField(null=True)  # the address, an envelope

    def subject(self) -> UUID:
        """Whose choice it is."""
        return self.user_id

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        return Q(user_id=user_id) if scope == "own" else super().scope_q(scope, user_id, post)

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        return self.user_id == user_id if scope == "own" else super().in_scope(scope, user_id, post)


class Message(models.Model):
    """A message to one person by one system: identifiers only, its words are made when it is sent.

    `step` and `round` say which decision it asks for; then its card changes once that is settled.
    """

    noun = T("消息", "Message")
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company_id = models.UUIDField()
    user = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    event_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    request_id = models.UUIDField()
    step_id = models.UUIDField(null=True)
    round = models.PositiveSmallIntegerField(default=1)
    system = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default="due")  # due | sent | failed
    reason = models.CharField(max_length=200, default="", blank=True)  # why it failed or could not be changed
    tries = models.PositiveSmallIntegerField(
        default=0
    )  # how often it was put off since a vendor could not take it
    card = models.CharField(max_length=20, default="")  # what the card says now: open, stale, or how it ended
    send_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    external_id = models.CharField(
        max_length=400, default="", blank=True
    )  # WeCom's holds a long code for changes

    digest_id = models.UUIDField(null=True)  # the first message of the digest that it goes or went with

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "user", "system"], name="message_once")]
        indexes = [
            models.Index(fields=["request_id"], name="message_request"),
            models.Index(fields=["user", "send_at"], name="message_due", condition=Q(state="due")),
            models.Index(fields=["company_id", "-send_at"], name="message_wrong", condition=~Q(reason="")),
        ]


class TapLink(models.Model):
    """A link that decides one step once, as one person, until a moment. Its secret is a signature, kept nowhere."""

    noun = T("一键审批链接", "One-tap link")
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company_id = models.UUIDField()
    user = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    request_id = models.UUIDField()
    step_id = models.UUIDField()
    round = models.PositiveSmallIntegerField()
    content_hash = models.CharField(max_length=64)
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
