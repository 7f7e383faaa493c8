"""The keys of personal data: one per subject, wrapped by a master key that lies outside the database."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sellwell.kernel.values import T


class SubjectKey(models.Model):
    """The key under which everything personal to one subject is sealed. Erasure destroys it.

    `wrapped` is the key encrypted by the master key of version `key_version`; empty once erased.
    """

    noun = T("个人数据密钥", "Key of personal data")
    subject_id = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField(max_length=80, null=True)
    key_version = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wrapped__isnull=True, erased_at__isnull=False)
                | Q(wrapped__isnull=False, erased_at__isnull=True),
                name="subjectkey_erased_or_usable",
            ),
        ]

    def __str__(self) -> str:
        return str(self.subject_id)
