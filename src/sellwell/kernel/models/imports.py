"""Batches of documents that came from elsewhere, and the memory of which source rows are here already."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sellwell.kernel.ids import new_id
from sellwell.kernel.models.base import Document, document_constraints, document_indexes
from sellwell.kernel.values import State, T

ROWS = "rows"  # the profile of rows of a list, which are entered one by one with their owner's rights


class BatchState(State):
    """An import runs in chunks, may be stopped between two of them, is done, and may be undone as a whole."""

    RUNNING = "running", T("导入中", "Running")
    STOPPED = "stopped", T("已停止", "Stopped")
    DONE = "done", T("已完成", "Done")
    UNDONE = "undone", T("已撤销", "Undone")


class ImportBatch(Document):
    """One import of one file: its counts and its totals in the source's currency."""

    noun = T("导入批次", "Import batch")
    profile = models.CharField(max_length=20)  # what is imported: orders, or rows of a list
    source = models.CharField(max_length=40)  # the source's name, from the mapping; for rows the operation
    file_name = models.CharField(max_length=200, default="", blank=True)
    file_hash = models.CharField(max_length=64, default="", blank=True)
    rows = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)  # here already, unchanged
    rejected = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)  # rows that somebody has to approve first
    documents = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3, default="CNY")
    total = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    # What the source says, and where the rest of it is: total + known + rejected = source.
    source_total = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    known_total = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    rejected_total = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    # An import that the worker does: its file, what its columns mean, how many of its documents are through. Empty
    # where somebody waits for the import.
    file = models.ForeignKey(
        "kernel.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    mapping = models.JSONField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0)
    problem = models.JSONField(null=True, blank=True)  # why the worker stopped: code, zh, en
    errors = models.ForeignKey(
        "kernel.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = document_constraints("importbatch", BatchState)
        indexes = list(document_indexes("importbatch"))

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """A batch is worked on by whoever runs it, not from a list."""
        return Q(pk__in=[])


class RefusedRow(models.Model):
    """Why a document of a batch, or a row of its file, did not come in: kept until the error file is written, sealed as
    the file is."""

    noun = T("未导入的行", "Refused row")
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company_id = models.UUIDField()
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=60)  # the document's number, or the row's in the file
    words = models.JSONField()  # an envelope: the reason in both languages

    class Meta:
        indexes = [models.Index(fields=["batch", "number"], name="refusedrow_batch")]


class ImportedDocument(models.Model):
    """A source document that is here: its rows' hashes by ordinal tell a repeated row from a changed one."""

    noun = T("已导入的单据", "Imported document")
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company_id = models.UUIDField()
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+")
    row_type = models.CharField(max_length=60)
    row_id = models.UUIDField()
    ordinals = ArrayField(models.PositiveIntegerField())
    hashes = ArrayField(models.CharField(max_length=32))
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company_id", "source", "number"],
                condition=models.Q(undone_at__isnull=True),
                name="importeddocument_once",
            )
        ]
        indexes = [models.Index(fields=["batch"], name="importeddocument_batch")]
