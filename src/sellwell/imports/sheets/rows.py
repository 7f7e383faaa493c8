"""The rows of a file, done one by one through the door: the profile `rows` of `jobs`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from sellwell.imports import driver, jobs, staging
from sellwell.imports.reasons import showable
from sellwell.imports.sheets import documents, judging, template
from sellwell.imports.sheets.columns import SheetForm, form_of
from sellwell.imports.sheets.documents import Document, Problem, Sheet
from sellwell.imports.sheets.template import Returned
from sellwell.kernel import door, import_memory
from sellwell.kernel.answers import NOT_PERMITTED
from sellwell.kernel.import_rows import NOT_BY_FILE
from sellwell.kernel.models import ImportBatch, StoredFile
from sellwell.kernel.models.imports import ROWS
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Reason, Refusal, T, speaking

# Documents of one transaction, which holds their series of numbers: others wait for these at most.
AT_ONCE = 20
MOST_TOLD_OF_ROW = 5
MOST_TOLD = 500  # of one document; `imports.advance` keeps 10,000 of all documents of a step

NEEDS_APPROVAL = Reason(
    "import.needs_approval",
    T(
        "这一行需要审批。重新导入时勾选“需要审批的行也提交审批”。",
        "This row needs approval. Send it again with “ask for approval where it is needed” ticked.",
    ),
)
EQUAL_IS_IN = Reason(
    "import.equal_is_in",
    T(
        "文件中另有内容完全相同的一行已导入。如仍需再录一条，发送时请勾选“此前已导入的相同行也再导入一次”。",
        "An equal row of the file is in. If this one is wanted too, tick “Bring in again what came in before” as you send it.",
    ),
)
OTHER_ROW = Reason(
    "import.other_row", T("同一单据的第 {rows} 行有问题。", "Row {rows} of the same document is wrong.")
)


@dataclass(frozen=True)
class Said:
    """What a batch's file says, and the flat table that it fills."""

    form: SheetForm
    sheet: Sheet


@dataclass
class Done:
    """What became of some documents."""

    made: list[dict[str, Any]] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    imported: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Names:
    """What a document is known by, and the door's key: what it says; or, where it comes again, its place in the batch."""

    number: str
    key: str


class _NotAsked(Exception):
    """A row is held and nobody asked for approvals: the request that was about to be made is rolled back."""


def ask(
    file: StoredFile, form: SheetForm, chosen: dict[str, str], ctx: Context, *,
    submit_held: bool = False, again: bool = False, language: str = "zh", key: str | None = None,
) -> ImportBatch:  # fmt: skip
    """Open the batch; the worker brings it in, or `jobs.finish_now` at once."""
    options = {"submit_held": "1" if submit_held else "", "again": "1" if again else "", "language": language}
    given = {
        "operation": form.operation.name, "file": file.pk, "mapping": {"options": options, "fields": chosen},
    }  # fmt: skip
    batch: ImportBatch = door.run("imports.begin_rows", ctx, None, given, key=key).result
    return batch


def read(batch: ImportBatch, content: bytes, ctx: Context) -> Said:
    """What the file says, by the columns that were chosen."""
    form = form_of(batch.source)
    if form is None:
        raise Refusal(NOT_BY_FILE.refuse(verb=batch.source))
    if not ctx.actor.may(batch.source):
        raise Refusal(NOT_PERMITTED.refuse(verb=form.operation.title))
    chosen = (batch.mapping or {}).get("fields", {})
    return Said(form, documents.read(documents.open_sheet(content), form, chosen))


def bring_in(batch: ImportBatch, said: Said, ctx: Context) -> dict[str, Any]:
    """The next documents through the door, each by itself: one that is refused keeps no other out."""
    every = said.sheet.documents
    part = every[batch.position : batch.position + AT_ONCE]
    documents.look_up(part, said.form, ctx)
    digests = [one.digest for one in part]
    here = import_memory.here(batch.company_id, batch.source, digests)
    declined = import_memory.declined(batch.company_id, batch.source, digests)
    again = bool(_option(batch, "again"))
    done = Done()
    for document in part:
        digest, here_only = document.digest, f"{batch.pk.hex}.{document.ordinal}"
        if digest not in here:
            # The door remembers its answer to a request that was declined: a new one takes a key of its own.
            names = Names(digest, here_only if digest in declined else digest)
            _do(document, names, batch, said.form, ctx, done)
        elif again:
            _do(document, Names(here_only, here_only), batch, said.form, ctx, done)
    return {
        "position": batch.position + len(part), "of": len(every), "rows": len(said.sheet.rows),
        "imported": done.imported, "waiting": done.waiting, "made": done.made,
        "refused": [
            {"number": str(one.row), "zh": text.zh[:2000], "en": text.en[:2000]}
            for one in done.refused
            for text in [worded(one)]
        ],
    }  # fmt: skip


def _do(
    document: Document, names: Names, batch: ImportBatch, form: SheetForm, ctx: Context, done: Done
) -> None:
    """One document: in, waiting for approval, or refused with the reason at its rows."""
    if document.problems:
        done.refused += told(document.problems)
        return
    submit = bool(_option(batch, "submit_held"))
    try:
        with transaction.atomic():
            outcome = door.run(form.operation.name, ctx, None, document.data, key=names.key)
            if outcome.hold is not None and not submit:
                raise _NotAsked
    except _NotAsked:
        done.refused.append(Problem(document.rows[0].number, None, NEEDS_APPROVAL.refuse()))
        return
    except Refusal as refusal:
        done.refused += told(judging.place(one, document, form) for one in refusal.objections)
        return
    except IntegrityError:
        # The database's own words may quote a customer's.
        problem = driver.NOT_WRITTEN.refuse(problem=driver.BY_DATABASE)
        done.refused.append(Problem(document.rows[0].number, None, problem))
        return
    if outcome.replayed:  # another import of the same file was quicker: known, as the memory says
        return
    row = outcome.hold if outcome.hold is not None else outcome.result
    row = row[0] if isinstance(row, list) else row
    if outcome.hold is not None:
        done.waiting += len(document.rows)
    else:
        done.imported += len(document.rows)
    done.made.append(
        {
            "number": names.number, "digest": document.digest[:32], "row_type": row._meta.label_lower,
            "row": row.pk, "ordinal": document.rows[0].number,
        }
    )  # fmt: skip


def _option(batch: ImportBatch, name: str) -> str:
    return str((batch.mapping or {}).get(name, ""))


def told(problems: Iterable[Problem]) -> list[Problem]:
    """The first problems of each row of a document: nobody reads more, and a step keeps a limited number."""
    found: list[Problem] = []
    count: Counter[int] = Counter()
    for one in problems:
        count[one.row] += 1
        if count[one.row] <= MOST_TOLD_OF_ROW:
            found.append(one)
    return found[:MOST_TOLD]


def worded(problem: Problem) -> T:
    """What is wrong, with the column that it is about."""
    text = showable(problem.objection.text)
    if problem.column is None:
        return text
    label = problem.column.label
    return T(f"{label.zh}：{text.zh}", f"{label.en}: {text.en}")


# --- the end -----------------------------------------------------------------------------------------------------------


def reckon(batch: ImportBatch, said: Said, ctx: Context) -> dict[str, Any]:
    """What came of every row, from what is in the database now; refused rows go back in a workbook."""
    every = said.sheet.documents
    documents.look_up(every, said.form, ctx)  # another process may have brought them in
    here = import_memory.here(batch.company_id, batch.source, [one.digest for one in every])
    made = import_memory.made_by(batch)
    rest = [one for one in every if one.rows[0].number not in made]
    again = bool(_option(batch, "again"))
    known = [one for one in rest if one.digest in here and not again]
    refused = [one for one in rest if one.digest not in here or again]
    with speaking(_option(batch, "language") or "zh"):
        table = _errors(batch, said, refused, ctx) if refused else None
    return {
        "rows": len(said.sheet.rows), "rejected": _rows(refused), "known": _rows(known), "errors": table,
    }  # fmt: skip


def _rows(found: Iterable[Document]) -> int:
    return sum(len(one.rows) for one in found)


def _errors(batch: ImportBatch, said: Said, refused: Sequence[Document], ctx: Context) -> UUID:
    reasons = import_memory.refused(batch)
    out = {one.ordinal for one in refused}
    equal = {one.said for one in said.sheet.documents if one.ordinal not in out}
    title = T(f"{said.form.operation.title.zh}-未导入", f"{said.form.operation.title.en} - not imported")
    rows = [row for document in refused for row in _with_reasons(document, reasons, document.said in equal)]
    content = template.errors(said.sheet.headers, sorted(rows, key=lambda row: row.number), title, ctx.now)
    return UUID(str(staging.keep([content], f"{title}.xlsx", ctx).pk))


def _with_reasons(document: Document, reasons: dict[str, list[T]], equal: bool) -> list[Returned]:
    """The rows of a refused document, each with its reasons, or with where the reason is. `equal`: another document that
    says the same is in, so sent alone this one would be taken for it."""
    wrong = [row.number for row in document.rows if str(row.number) in reasons]
    found = []
    for row in document.rows:
        told = [str(text) for text in reasons.get(str(row.number), [])]
        other = OTHER_ROW.refuse(rows=", ".join(map(str, wrong[:10]))).text
        why = list(dict.fromkeys(told)) or [str(other)]
        why += [str(EQUAL_IS_IN.refuse().text)] if equal else []
        found.append(Returned(row.number, row.cells, "；".join(why)))
    return found


jobs.PROFILES[ROWS] = jobs.Profile(read, lambda said: len(said.sheet.documents), bring_in, reckon)
