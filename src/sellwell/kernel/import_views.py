"""The batches of imports as people see them: one list for every kind, whoever may see a batch by its right."""

from __future__ import annotations

from sellwell.kernel.models import BatchState, ImportBatch
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view


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
