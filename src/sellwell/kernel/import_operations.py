"""Batches of imports: begun, and undone as a whole. Between the two the worker fills them (`import_steps`).

A profile's room registers how its documents are taken back in `undo_batch`; it refuses once others build on them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from sellwell.kernel import access, drafting
from sellwell.kernel.effects import Effects
from sellwell.kernel.extensions import Extension
from sellwell.kernel.import_steps import due
from sellwell.kernel.inputs import Code, Input, Ref, ShortText, field
from sellwell.kernel.models import BatchState, ImportBatch, StoredFile
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T

UNKNOWN_PROFILE = Reason(
    "import.unknown_profile", T("没有“{profile}”这种导入。", "There is no import of “{profile}”.")
)
NO_FILE = Reason(
    "import.no_file",
    T("文件不在了，或不是您上传的。请重新上传。", "The file is gone or not yours. Upload it again."),
)
NO_MAPPING = Reason("import.no_mapping", T("请说明各列的含义。", "Say what the columns mean."))
ONE_BY_ONE = Reason(
    "import.one_by_one",
    T(
        "这批记录是逐条办理的，不能整批撤销。请打开各条记录，分别取消或更正。",
        "These records were entered one by one; they cannot be undone as a whole. Open each and cancel or correct it.",
    ),
)
# profile -> (batch, ctx) -> Effects that reverse all that the batch brought in; raises Refusal if others build on it
undo_batch: Extension[Callable[..., Effects]] = Extension(
    "undo_batch", "how a batch of a profile is taken back"
)

ColumnName = Annotated[Code, StringConstraints(min_length=1, max_length=80)]


class ColumnMapping(Input):
    """What the file's columns mean, and how its texts are read."""

    options: dict[Code, Code] = field(T("选项", "Options"))
    fields: dict[Code, ColumnName] = field(T("列", "Columns"))


class Begin(Input):
    """What is imported, from where."""

    profile: Code = field(T("类型", "Kind"), max_length=20)
    source: Code = field(T("来源", "Source"), max_length=40)
    file_name: ShortText = field(T("文件", "File"), "")
    file_hash: Code = field(T("文件指纹", "File hash"), "")
    currency: Code = field(T("币种", "Currency"), "CNY", max_length=3)
    file: Ref("kernel.storedfile") | None = field(  # type: ignore[valid-type]
        T("上传的文件", "Uploaded file"), None, help=T("由后台导入时填写", "For an import in the background")
    )
    mapping: ColumnMapping | None = field(T("对应关系", "Mapping"), None)


def own_upload(file_id: UUID, ctx: Context) -> StoredFile | None:
    """The file, if this person sent it to be imported: such a file is sealed as its own subject, and forgotten in time."""
    return StoredFile.objects.filter(pk=file_id, subject_id=file_id, uploaded_by_id=ctx.user_id).first()


def opened(ctx: Context, mapping: ColumnMapping | None, **given: Any) -> Effects:
    """A new batch; one that keeps its file is the worker's from its first document on."""
    effects = Effects()
    effects.result = batch = drafting.document(
        ImportBatch, ctx, "IM", BatchState.RUNNING, origin="import",
        mapping={**mapping.options, "fields": mapping.fields} if mapping else None, **given,
    )  # fmt: skip
    effects.insert(batch)
    if batch.file_id is not None:
        effects.events.append(due(batch, 0))
    return effects


def assess_begin(row: Any, given: Begin, ctx: Context) -> Assessment:
    """The profile is one that a room offers; the file is the actor's own."""
    if given.profile not in undo_batch.functions:
        return Assessment(objections=(UNKNOWN_PROFILE.refuse(path="profile", profile=given.profile),))
    if given.file is not None and own_upload(given.file, ctx) is None:
        return Assessment(objections=(NO_FILE.refuse(path="file"),))
    if given.file is not None and given.mapping is None:
        return Assessment(objections=(NO_MAPPING.refuse(path="mapping"),))
    return Assessment()


@operation(
    "imports.begin",
    T("开始导入", "Begin import"),
    ImportBatch,
    help=T("建立导入批次。", "Open a batch for rows from a file."),
    input=Begin,
    creates=True,
    assess=assess_begin,
    menu=False,
)
def begin(row: Any, given: Begin, ctx: Context, assessment: Assessment) -> Effects:
    """Open a batch; with a file, the worker brings it in."""
    return opened(
        ctx, given.mapping, profile=given.profile, source=given.source, file_name=given.file_name,
        file_hash=given.file_hash, currency=given.currency, file_id=given.file,
    )  # fmt: skip


def assess_undo(batch: ImportBatch, given: Any, ctx: Context) -> Assessment:
    """Only what a room can take back as a whole."""
    if batch.profile not in undo_batch.functions:
        return Assessment(objections=(ONE_BY_ONE.refuse(),))
    return Assessment()


@operation(
    "imports.undo",
    T("撤销导入", "Undo import"),
    ImportBatch,
    help=T(
        "整批冲销；已有后续业务时不能撤销。",
        "Reverse the whole batch; refused once other documents build on it.",
    ),
    from_states=[BatchState.DONE, BatchState.RUNNING, BatchState.STOPPED],
    assess=assess_undo,
    danger=True,
)
def undo(batch: ImportBatch, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Take a batch back as one reversing batch."""
    effects = undo_batch.functions[batch.profile](batch, ctx)
    effects.result = batch
    effects.update(batch, state=BatchState.UNDONE.value)
    return effects


STEPS_OF_ALL = ["imports.advance", "imports.finish", "imports.stop", "imports.resume"]
access.grant(
    ["imports.view", "imports.begin", "imports.undo", *STEPS_OF_ALL],
    administrator="company",
    sales_manager="company",
)
access.grant(["imports.view"], auditor="company", executive="company")
# Whoever may enter a row may bring rows by file: their own batches are theirs to see, to stop and to go on with.
access.grant(["imports.view", "imports.begin_rows", *STEPS_OF_ALL], **dict.fromkeys(access.ALL_ROLES, "own"))
