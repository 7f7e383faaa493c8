"""Batches of imports: begun, filled chunk by chunk by a room's profile, finished, and undone as a whole.

A profile's room registers how its documents are taken back in `undo_batch`; it refuses once others build on them.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sellwell.kernel import access, drafting
from sellwell.kernel.effects import Effects
from sellwell.kernel.extensions import Extension
from sellwell.kernel.inputs import Amount, Code, Input, ShortText, field
from sellwell.kernel.models import BatchState, ImportBatch
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T
from sellwell.kernel.views import Column, view

UNKNOWN_PROFILE = Reason(
    "import.unknown_profile", T("没有“{profile}”这种导入。", "There is no import of “{profile}”.")
)

# profile -> (batch, ctx) -> Effects that reverse all that the batch brought in; raises Refusal if others build on it
undo_batch: Extension[Callable[..., Effects]] = Extension(
    "undo_batch", "how a batch of a profile is taken back"
)

IMPORTS = view(
    "imports.view",
    T("导入批次", "Imports"),
    ImportBatch,
    [
        Column("number", T("批次", "Batch"), "code", path="number", sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", path="state", states=BatchState, filterable=True),
        Column("source", T("来源", "Source"), "code", path="source", filterable=True),
        Column("file_name", T("文件", "File"), path="file_name"),
        Column("rows", T("行数", "Rows"), "quantity", path="rows"),
        Column("imported", T("已导入", "Imported"), "quantity", path="imported"),
        Column("known", T("已存在", "Already here"), "quantity", path="known"),
        Column("rejected", T("未导入", "Rejected"), "quantity", path="rejected"),
        Column("documents", T("单据数", "Documents"), "quantity", path="documents"),
        Column("currency", T("币种", "Currency"), "code", path="currency"),
        Column("total", T("金额", "Total"), "amount", path="total"),
        Column("owner", T("导入人", "By"), "person", path="owner", filterable=True),
        Column(
            "business_date", T("日期", "Date"), "date", path="business_date", sortable=True, filterable=True
        ),
    ],
    url="imports",
    help=T(
        "从其他系统导入的批次，可整批撤销。", "Batches from other systems; each can be undone as a whole."
    ),
    related=("owner",),
    states=BatchState,
)


class Begin(Input):
    """What is imported, from where."""

    profile: Code = field(T("类型", "Kind"))
    source: Code = field(T("来源", "Source"))
    file_name: ShortText = field(T("文件", "File"), "")
    file_hash: Code = field(T("文件指纹", "File hash"), "")
    currency: Code = field(T("币种", "Currency"), "CNY")


def assess_begin(row: Any, given: Begin, ctx: Context) -> Assessment:
    """The profile is one that a room offers."""
    if given.profile not in undo_batch.functions:
        return Assessment(objections=(UNKNOWN_PROFILE.refuse(path="profile", profile=given.profile),))
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
    """Open a batch."""
    effects = Effects()
    effects.result = drafting.document(
        ImportBatch, ctx, "IM", BatchState.RUNNING, profile=given.profile, source=given.source,
        file_name=given.file_name, file_hash=given.file_hash, currency=given.currency, origin="import",
    )  # fmt: skip
    effects.insert(effects.result)
    return effects


class Finish(Input):
    """The counts of the whole file."""

    rows: int = field(T("行数", "Rows"), ge=0, le=10**8)
    rejected: int = field(T("未导入", "Rejected"), ge=0, le=10**8)
    known: int = field(T("已存在", "Already here"), ge=0, le=10**8)
    total: Amount = field(T("金额", "Total"), Decimal("0.00"))


@operation(
    "imports.finish",
    T("完成导入", "Finish import"),
    ImportBatch,
    help=T("记录行数与合计，结束批次。", "Keep the counts and the total, and close the batch."),
    input=Finish,
    from_states=[BatchState.RUNNING],
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
    )
    return effects


@operation(
    "imports.undo",
    T("撤销导入", "Undo import"),
    ImportBatch,
    help=T(
        "整批冲销；已有后续业务时不能撤销。",
        "Reverse the whole batch; refused once other documents build on it.",
    ),
    from_states=[BatchState.DONE, BatchState.RUNNING],
    danger=True,
)
def undo(batch: ImportBatch, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Take a batch back as one reversing batch."""
    effects = undo_batch.functions[batch.profile](batch, ctx)
    effects.result = batch
    effects.update(batch, state=BatchState.UNDONE.value)
    return effects


access.grant(
    ["imports.view", "imports.begin", "imports.finish", "imports.undo"],
    administrator="company",
    sales_manager="company",
)
access.grant(["imports.view"], auditor="company", executive="company")
