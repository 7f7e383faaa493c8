"""What people keep of their own lists: saved views."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from sellwell.kernel.ids import new_id
from sellwell.kernel.values import T


class SavedView(models.Model):
    """A named query of a list. It is a preference, not a record: kept outside the ledger, deleted when no longer wanted.

    Texts that were searched for are never part of it, since they may be names of people.
    """

    noun = T("已存视图", "Saved view")
    deletable = True
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company_id = models.UUIDField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    view = models.CharField(max_length=80)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=2000)
    shared = models.BooleanField(default=False)
    pinned = models.BooleanField(default=False)  # stands in the owner's menu
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "view", "name"], name="savedview_once")]
        indexes = [models.Index(fields=["company_id", "view"], name="savedview_view")]

    def __str__(self) -> str:
        return self.name
