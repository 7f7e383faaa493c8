"""The steps of an import that the worker does: on to the next chunk, stopped, gone on with, finished."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from sellwell.kernel import import_memory
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.inputs import Amount, Code, Input, Ref, ShortText, Text, field
from sellwell.kernel.models import BatchState, ImportBatch
from sellwell.kernel.models.imports import ROWS
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T

NOT_A_JOB = Reason(
    "import.not_a_job",
    T(
        "这批数据不是在后台导入的。请用同一文件再导入一次，已导入的不会重复。",
        "The worker did not do this import. Import the same file again; nothing is doubled.",
    ),
)
NOT_YOUR_ROWS = Reason(
    "import.not_your_rows",
    T(
        "这批数据按导入人的权限逐行办理，只能由导入人自己继续。",
        "These rows are entered with the rights of who sent them; only that person goes on with them.",
    ),
)
# What the worker hears: the next documents of a batch are due.
DUE = "imports.due"
# Steps that the worker takes for whoever asked for the import. By hand they would pass documents over, so people cannot.
STEPS = ("job", "import")

ProblemText = Annotated[Code, StringConstraints(max_length=400)]


def due(batch: ImportBatch, position: int) -> NewEvent:
    """The worker goes on at this document. Said twice, the second finds the batch further on and does nothing."""
    return NewEvent(DUE, {"batch": str(batch.pk), "position": str(position)})


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
