"""Stored files: what people uploaded and what the house made, found by the hash of the stored bytes."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from sellwell.kernel.models.base import CompanyRow
from sellwell.kernel.values import T


class StoredFile(CompanyRow):
    """One file. `sha256` is over the bytes as they are stored: those of a file with a subject are sealed under the
    subject's key, so that neither bytes nor hash tell anything once the key is gone.
    """

    scope_columns = {"own": "uploaded_by_id"}
    noun = T("文件", "File")
    personal: ClassVar[tuple[str, ...]] = ("name",)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()  # bytes of the content, before sealing
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    subject_id = models.UUIDField(null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="storedfile_hash"),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="storedfile_sha256"),
            models.Index(fields=["subject_id"], name="storedfile_subject"),
        ]

    def subject(self) -> UUID | None:
        """Whose file it is, where it is somebody's."""
        return self.subject_id

    def __str__(self) -> str:
        return self.name
