"""Batches of imports: begun, filled chunk by chunk by a room's profile, finished, and undone as a whole.

A profile's room registers how its documents are taken back in `undo_batch`; it refuses once others build on them.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from sellwell.kernel import access, drafting, import_memory
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.extensions import Extension
from sellwell.kernel.inputs import Amount, Code, Input, Ref, ShortText, Text, field
from sellwell.kernel.models import BatchState, ImportBatch, StoredFile
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T
from sellwell.kernel.views import Column, view

UNKNOWN_PROFILE = Reason(
    "import.unknown_profile", T("没有“{profile}”这种导入。", "There is no import of “{profile}”.")
)
NO_FILE = Reason(
    "import.no_file",
    T("文件不在了，或不是您上传的。请重新上传。", "The file is gone or not yours. Upload it again."),
)
NO_MAPPING = Reason("import.no_mapping", T("请说明各列的含义。", "Say what the columns mean."))
NOT_A_JOB = Reason(
    "import.not_a_job",
    T(
        "这批数据不是在后台导入的。请用同一文件再导入一次，已导入的不会重复。",
        "The worker did not do this import. Import the same file again; nothing is doubled.",
    ),
)
ONE_BY_ONE = Reason(
    "import.one_by_one",
    T(
        "这批记录是逐条办理的，不能整批撤销。请打开各条记录，分别取消或更正。",
        "These records were entered one by one; they cannot be undone as a whole. Open each and cancel or correct it.",
    ),
)
NOT_YOUR_ROWS = Reason(
    "import.not_your_rows",
    T(
        "这批数据按导入人的权限逐行办理，只能由导入人自己继续。",
        "These rows are entered with the rights of who sent them; only that person goes on with them.",
    ),
)
ROWS = "rows"  # the profile of rows of a list, which are entered one by one with their owner's rights
# What the worker hears: the next documents of a batch are due.
DUE = "imports.due"
# Steps that the worker takes for whoever asked for the import. By hand they would pass documents over, so people cannot.
STEPS = ("job", "import")

# profile -> (batch, ctx) -> Effects that reverse all that the batch brought in; raises Refusal if others build on it
undo_batch: Extension[Callable[..., Effects]] = Extension(
    "undo_batch", "how a batch of a profile is taken back"
)


def _name_of_file(batch: ImportBatch) -> str:
    """What its file is called: an upload's own name, which is forgotten with it, or what the command was told."""
    return batch.file.name if batch.file is not None else batch.file_name


IMPORTS = view(
    "imports.view",
    T("导入批次", "Imports"),
    ImportBatch,
    [
        Column("number", T("批次", "Batch"), "code", path="number", sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", path="state", states=BatchState, filterable=True),
        Column("source", T("来源", "Source"), "code", path="source", filterable=True),
        Column("file_name", T("文件", "File"), value=_name_of_file),
        Column("rows", T("行数", "Rows"), "quantity", path="rows"),
        Column("imported", T("已导入", "Imported"), "quantity", path="imported"),
        Column("known", T("已存在", "Already here"), "quantity", path="known"),
        Column("rejected", T("未导入", "Rejected"), "quantity", path="rejected"),
        Column("waiting", T("待审批", "Waiting for approval"), "quantity", path="waiting", in_list=False),
        Column("documents", T("单据数", "Documents"), "quantity", path="documents"),
        Column("currency", T("币种", "Currency"), "code", path="currency"),
        Column("total", T("金额", "Total"), "amount", path="total"),
        Column(
            "source_total", T("文件合计", "Total of the file"), "amount", path="source_total", in_list=False
        ),
        Column(
            "known_total",
            T("已存在金额", "Already here, amount"),
            "amount",
            path="known_total",
            in_list=False,
        ),
        Column(
            "rejected_total",
            T("未导入金额", "Rejected, amount"),
            "amount",
            path="rejected_total",
            in_list=False,
        ),
        Column("errors", T("未导入的行", "Rejected rows"), "file", path="errors", in_list=False),
        Column("owner", T("导入人", "By"), "person", path="owner", filterable=True),
        Column(
            "business_date", T("日期", "Date"), "date", path="business_date", sortable=True, filterable=True
        ),
    ],
    url="imports",
    help=T(
        "从其他系统导入的批次，可整批撤销。", "Batches from other systems; each can be undone as a whole."
    ),
    related=("owner", "errors", "file"),
    states=BatchState,
)


ColumnName = Annotated[Code, StringConstraints(min_length=1, max_length=80)]
ProblemText = Annotated[Code, StringConstraints(max_length=400)]


class ColumnMapping(Input):
    """What the file's columns mean, and how its texts are read."""

    options: dict[Code, Code] = field(T("选项", "Options"))
    fields: dict[Code, ColumnName] = field(T("列", "Columns"))


def due(batch: ImportBatch, position: int) -> NewEvent:
    """The worker goes on at this document. Said twice, the second finds the batch further on and does nothing."""
    return NewEvent(DUE, {"batch": str(batch.pk), "position": str(position)})


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


def is_own_upload(file_id: UUID, ctx: Context) -> bool:
    """Whether a file is one that this person sent to be imported: sealed as its own subject, and forgotten in time."""
    return StoredFile.objects.filter(pk=file_id, subject_id=file_id, uploaded_by_id=ctx.user_id).exists()


def assess_begin(row: Any, given: Begin, ctx: Context) -> Assessment:
    """The profile is one that a room offers; the file is the actor's own."""
    if given.profile not in undo_batch.functions:
        return Assessment(objections=(UNKNOWN_PROFILE.refuse(path="profile", profile=given.profile),))
    if given.file is not None and not is_own_upload(given.file, ctx):
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
    effects = Effects()
    mapping = {**given.mapping.options, "fields": given.mapping.fields} if given.mapping else None
    effects.result = drafting.document(
        ImportBatch, ctx, "IM", BatchState.RUNNING, profile=given.profile, source=given.source,
        file_name=given.file_name, file_hash=given.file_hash, currency=given.currency, origin="import",
        file_id=given.file, mapping=mapping,
    )  # fmt: skip
    effects.insert(effects.result)
    if given.file is not None:
        effects.events.append(due(effects.result, 0))
    return effects


class RefusedDocument(Input):
    """A document, or a row of the file, that did not come in, and why in both languages."""

    number: Code = field(T("单据或行号", "Document or row"))
    zh: Text = field(T("原因", "Reason"))
    en: Text = field(T("原因（英文）", "Reason in English"), "")


class MadeDocument(Input):
    """A row that came in: what it was known by, and what it became."""

    number: Code = field(T("标识", "Known by"))
    digest: Code = field(T("指纹", "Digest"), max_length=32)
    row_type: Code = field(T("记录类型", "Type of record"))
    row: UUID = field(T("记录", "Record"))
    ordinal: int = field(T("行号", "Row"), ge=0, le=10**8)


class Advance(Input):
    """How many documents of the file are through, of how many; what became of them where the batch itself counts."""

    position: int = field(T("已处理单据", "Documents done"), ge=0, le=10**8)
    of: int = field(T("文件中的单据", "Documents in the file"), ge=0, le=10**8)
    rows: int = field(T("行数", "Rows"), ge=0, le=10**8)
    imported: int = field(T("已导入", "Imported"), 0, ge=0, le=10**6)
    waiting: int = field(T("待审批", "Waiting for approval"), 0, ge=0, le=10**6)
    refused: list[RefusedDocument] = field(T("未写入的单据", "Documents not written"), [], max_length=10_000)
    made: list[MadeDocument] = field(T("已写入的单据", "Documents written"), [], max_length=10_000)

    def kept(self) -> Input:
        """The counts only: each document's own entry tells what it is, and reasons may quote what people wrote."""
        return AdvanceKept(
            position=self.position, of=self.of, rows=self.rows, refused=len(self.refused), made=len(self.made)
        )


class AdvanceKept(Input):
    """What the ledger keeps of a step."""

    position: int
    of: int
    rows: int
    refused: int
    made: int


def assess_job(batch: ImportBatch, given: Any, ctx: Context) -> Assessment:
    """The worker does this import: the batch keeps its file."""
    if batch.file_id is None:
        return Assessment(objections=(NOT_A_JOB.refuse(),))
    return Assessment()


@operation(
    "imports.advance",
    T("导入下一批", "Next chunk of an import"),
    ImportBatch,
    help=T("记下已处理到哪里，并安排下一批。", "Keep how far the file is through; the next chunk is due."),
    input=Advance,
    from_states=[BatchState.RUNNING],
    assess=assess_job,
    channels=STEPS,
    menu=False,
)
def advance(batch: ImportBatch, given: Advance, ctx: Context, assessment: Assessment) -> Effects:
    """Go on with a batch."""
    effects = Effects(result=batch, events=[due(batch, given.position)])
    import_memory.keep_refused(batch, [(one.number, T(one.zh, one.en)) for one in given.refused])
    import_memory.keep_made(batch, given.made)
    effects.update(
        batch,
        position=given.position,
        of=given.of,
        rows=given.rows,
        imported=batch.imported + given.imported,
        waiting=batch.waiting + given.waiting,
        documents=batch.documents + len(given.made),
    )
    return effects


class Stop(Input):
    """Why an import stops: people's own words, or what stood in the worker's way."""

    reason: ShortText = field(T("原因", "Reason"), "")
    problem: dict[Code, ProblemText] | None = field(
        T("问题", "Problem"), None, help=T("由系统填写", "Filled in by the system")
    )


@operation(
    "imports.stop",
    T("停止导入", "Stop import"),
    ImportBatch,
    help=T(
        "写完手上这一批后停下；已导入的保留，可继续或撤销。",
        "It ends after the chunk at hand. What is in stays; go on later, or undo.",
    ),
    input=Stop,
    from_states=[BatchState.RUNNING],
    assess=assess_job,
)
def stop(batch: ImportBatch, given: Stop, ctx: Context, assessment: Assessment) -> Effects:
    """Stop a batch between two chunks."""
    effects = Effects(result=batch)
    effects.update(batch, state=BatchState.STOPPED.value, problem=given.problem)
    return effects


def assess_resume(batch: ImportBatch, given: Any, ctx: Context) -> Assessment:
    """The worker does this import; rows of a list go on with their owner's rights, so nobody else sets them going."""
    if batch.profile == ROWS and batch.owner_id != ctx.user_id:
        return Assessment(objections=(NOT_YOUR_ROWS.refuse(),))
    return assess_job(batch, given, ctx)


@operation(
    "imports.resume",
    T("继续导入", "Go on importing"),
    ImportBatch,
    help=T("从停下的地方继续，不会重复。", "Go on where it ended; nothing is doubled."),
    from_states=[BatchState.STOPPED],
    assess=assess_resume,
)
def resume(batch: ImportBatch, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Go on with a batch that was stopped."""
    effects = Effects(result=batch, events=[due(batch, batch.position)])
    effects.update(batch, state=BatchState.RUNNING.value, problem=None)
    return effects


class Finish(Input):
    """The counts of the whole file."""

    rows: int = field(T("行数", "Rows"), ge=0, le=10**8)
    rejected: int = field(T("未导入", "Rejected"), ge=0, le=10**8)
    known: int = field(T("已存在", "Already here"), ge=0, le=10**8)
    total: Amount = field(T("金额", "Total"), Decimal("0.00"))
    source_total: Amount = field(T("文件合计", "Total of the file"), Decimal("0.00"))
    known_total: Amount = field(T("已存在金额", "Already here, amount"), Decimal("0.00"))
    rejected_total: Amount = field(T("未导入金额", "Rejected, amount"), Decimal("0.00"))
    errors: Ref("kernel.storedfile") | None = field(T("未导入的行", "Rejected rows"), None)  # type: ignore[valid-type]


@operation(
    "imports.finish",
    T("完成导入", "Finish import"),
    ImportBatch,
    help=T("记录行数与合计，结束批次。", "Keep the counts and the total, and close the batch."),
    input=Finish,
    from_states=[BatchState.RUNNING],
    channels=STEPS,
    menu=False,
)
def finish(batch: ImportBatch, given: Finish, ctx: Context, assessment: Assessment) -> Effects:
    """Close a batch with its counts."""
    effects = Effects(result=batch)
    effects.update(
        batch,
        state=BatchState.DONE.value,
        rows=given.rows,
        rejected=given.rejected,
        known=given.known,
        total=given.total,
        source_total=given.source_total,
        known_total=given.known_total,
        rejected_total=given.rejected_total,
        errors_id=given.errors,
    )
    return effects


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
