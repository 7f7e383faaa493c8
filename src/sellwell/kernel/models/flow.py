"""What follows from an act: tasks for people, events for reactions, links for the trace, rows for the search."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from sellwell.kernel.ids import new_id
from sellwell.kernel.models.base import Owned
from sellwell.kernel.values import State, T

if TYPE_CHECKING:
    from sellwell.kernel.access import Post

PERSON = settings.AUTH_USER_MODEL


class TaskState(State):
    """Open until the verb it asks for was done, or until it no longer applies."""

    OPEN = "open", T("待办", "Open")
    DONE = "done", T("已办", "Done")
    DROPPED = "dropped", T("已取消", "Dropped")


class Task(Owned):
    """Something that somebody must do next: the verb `operation` on a row, by `due_at` (clause 1.3.3).

    Either `owner` is the one person, or `role` names the pool in the owner's place and anyone of it may do it; then
    `owner` is who was accountable when it was made. Texts come from the operation, so no name stands here.
    """

    noun = T("待办", "Task")
    state = models.CharField(max_length=10, default="open")
    operation = models.CharField(max_length=80)
    role = models.CharField(max_length=40, default="", blank=True)
    row_type = models.CharField(max_length=60)
    row_id = models.UUIDField()
    row_number = models.CharField(max_length=60, default="")
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", null=True)
    entry_seq = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TaskState.values()), name="task_state_known")
        ]
        indexes = [
            models.Index(fields=["owner", "due_at"], name="task_owner_open", condition=Q(state="open")),
            models.Index(
                fields=["company_id", "role", "due_at"], name="task_role_open", condition=Q(state="open")
            ),
            models.Index(fields=["row_id", "operation"], name="task_row_open", condition=Q(state="open")),
            models.Index(fields=["row_id", "created_at"], name="task_row"),
        ]

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        """One's own are those one answers for, and those of the pool of one's role."""
        if scope != "own":
            return super().scope_q(scope, user_id, post)
        return Q(company_id=post.company_id) & (Q(owner_id=user_id, role="") | Q(role=post.role))

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        if scope != "own":
            return super().in_scope(scope, user_id, post)
        is_mine = self.role == post.role if self.role else self.owner_id == user_id
        return is_mine and self.company_id == post.company_id


class Event(models.Model):
    """A frozen fact that rooms may react to; the payload holds identifiers only."""

    append_only = True
    seq = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=new_id, unique=True, editable=False)
    company_id = models.UUIDField(null=True)
    name = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    request_id = models.UUIDField()
    actor_id = models.UUIDField()
    at = models.DateTimeField()


class ReactionDone(models.Model):
    """A reaction's memory: one row per event and reaction, so that its effect happens once."""

    id = models.BigAutoField(primary_key=True)
    event_seq = models.BigIntegerField()
    reaction = models.CharField(max_length=80)
    state = models.CharField(max_length=10)  # due | done | failed
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    error = models.CharField(
        max_length=200, default=""
    )  # the kind of error, never its text (it may hold names)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_seq", "reaction"], name="reaction_once")]
        indexes = [models.Index(fields=["next_try_at"], name="reaction_due", condition=Q(state="due"))]


class Deadline(models.Model):
    """At `due_at` the system does the verb `what` to a row, or the function registered as `what` looks at it, once."""

    id = models.BigAutoField(primary_key=True)
    company_id = models.UUIDField()
    what = models.CharField(max_length=80)
    row_id = models.UUIDField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="due")  # due | done | past | failed
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=80, default="")  # a code or the kind of error, never its text

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], name="deadline_due", condition=Q(state="due")),
            models.Index(fields=["row_id", "what"], name="deadline_row", condition=Q(state="due")),
        ]


class Link(models.Model):
    """One document came from another: the trace (clause 1.1.5) walks these both ways. Append-only."""

    append_only = True
    id = models.BigAutoField(primary_key=True)
    company_id = models.UUIDField()
    from_type = models.CharField(max_length=60)
    from_id = models.UUIDField()
    to_type = models.CharField(max_length=60)
    to_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["from_id", "to_id"], name="link_once")]
        indexes = [models.Index(fields=["to_id"], name="link_back")]


class SearchRow(models.Model):
    """What the search finds: tokens of a row's number and names. Blanked at erasure like the row itself."""

    id = models.UUIDField(primary_key=True)  # the row's own identifier
    company_id = models.UUIDField(null=True)
    row_type = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    tokens = ArrayField(models.CharField(max_length=80))
    subject_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            GinIndex(fields=["tokens"], name="searchrow_tokens"),
            models.Index(fields=["subject_id"], name="searchrow_subject"),
        ]
