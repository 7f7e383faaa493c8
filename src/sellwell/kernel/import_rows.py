"""A file of rows for a list: begun by whoever may enter such a row, done row by row through the door.

How the rows are read, judged and entered is `imports.sheets`.
"""

from __future__ import annotations

from typing import Any

from sellwell.kernel.answers import NOT_PERMITTED
from sellwell.kernel.effects import Effects
from sellwell.kernel.import_operations import NO_FILE, ColumnMapping, opened, own_upload
from sellwell.kernel.inputs import Code, Input, Ref, field
from sellwell.kernel.models import ImportBatch
from sellwell.kernel.models.imports import ROWS
from sellwell.kernel.operations import REGISTRY, Assessment, Context, operation
from sellwell.kernel.values import Reason, T

NOT_BY_FILE = Reason(
    "import.not_by_file", T("“{verb}”不能通过文件办理。", "“{verb}” cannot be done by a file.")
)


class BeginRows(Input):
    """Which verb is done with each row of which file, and what the columns mean."""

    operation: Code = field(T("操作", "Operation"), max_length=40)
    file: Ref("kernel.storedfile") = field(T("上传的文件", "Uploaded file"))  # type: ignore[valid-type]
    mapping: ColumnMapping = field(T("对应关系", "Mapping"))


def assess_begin(row: Any, given: BeginRows, ctx: Context) -> Assessment:
    """The verb makes rows, may be done by file and by this person; the file is the person's own."""
    wanted = REGISTRY.get(given.operation)
    if wanted is None or not wanted.creates or "import" not in wanted.channels:
        title = wanted.title if wanted is not None else T(given.operation, given.operation)
        return Assessment(objections=(NOT_BY_FILE.refuse(path="operation", verb=title),))
    if not ctx.actor.may(wanted.name):
        return Assessment(objections=(NOT_PERMITTED.refuse(path="operation", verb=wanted.title),))
    if own_upload(given.file, ctx) is None:
        return Assessment(objections=(NO_FILE.refuse(path="file"),))
    return Assessment()


@operation(
    "imports.begin_rows",
    T("Excel 导入", "Import from Excel"),
    ImportBatch,
    help=T(
        "把文件中的每一行逐条办理，与手工填写相同。", "Do each row of a file as if it were entered by hand."
    ),
    input=BeginRows,
    creates=True,
    assess=assess_begin,
    menu=False,
)
def begin_rows(row: Any, given: BeginRows, ctx: Context, assessment: Assessment) -> Effects:
    """Open a batch for the rows of a list; the worker brings them in."""
    return opened(ctx, given.mapping, profile=ROWS, source=given.operation, file_id=given.file)
