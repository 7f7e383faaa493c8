"""What falls due by itself: moments that the worker reads with `ctx.now`."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sellwell.kernel.ids import new_id


class Deadline(models.Model):
    """At `due_at` the registered function `what` looks at a row and does what is due, once (`kernel.deadlines`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company_id = models.UUIDField()
    what = models.CharField(max_length=60)
    row_id = models.UUIDField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="due")  # due | done | failed
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, default="", blank=True)  # the kind of error, never its text

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["due", "done", "failed"]), name="deadline_state")
        ]
        indexes = [models.Index(fields=["due_at"], name="deadline_due", condition=Q(state="due"))]
