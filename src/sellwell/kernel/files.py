"""Stored files: taken in whole or not at all, known by what they are and not by what they are called.

`receive` checks size, kind and content, writes the bytes under the home's `files` folder by their SHA-256, and gives a
`StoredFile` that the caller inserts in its own transaction (`effects.insert`). A file with a subject is sealed under
the subject's key. Bytes without a row, left by a transaction that was rolled back, are removed by `sweep`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote
from uuid import UUID

from sellwell.kernel import clock, home, zips
from sellwell.kernel.values import Reason, Refusal, T

if TYPE_CHECKING:
    from sellwell.kernel.models.files import StoredFile

MOST_BYTES = 25 * 1024 * 1024  # unless settings.SELLWELL_MOST_UPLOAD_BYTES says otherwise

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What may be stored, with the extension that its name gets.
KINDS = {
    "application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp",
    XLSX: ".xlsx", DOCX: ".docx", "text/csv": ".csv", "text/plain": ".txt",
}  # fmt: skip
_SHOWN_INLINE = ("application/pdf", "image/png", "image/jpeg", "image/webp")

TOO_LARGE = Reason(
    "files.too_large",
    T(
        "文件超过 {megabytes} MB，请压缩或拆分后再上传。",
        "The file exceeds {megabytes} MB. Make it smaller or split it.",
    ),
)
EMPTY = Reason("files.empty", T("文件是空的，请重新选择。", "The file is empty. Choose another."))
NOT_ALLOWED = Reason(
    "files.not_allowed",
    T(
        "不支持这种文件。请上传 PDF、PNG、JPG、WebP、XLSX、DOCX、CSV 或 TXT。",
        "This kind of file is not taken. Send PDF, PNG, JPG, WebP, XLSX, DOCX, CSV or TXT.",
    ),
)
DISK_FULL = Reason(
    "files.disk_full",
    T(
        "服务器存储空间不足，文件没有保存。请联系管理员。",
        "The server has no room left; nothing was saved. Tell the administrator.",
    ),
)


def receive(
    chunks: Iterable[bytes], name: str, *, company_id: UUID, uploaded_by: UUID, subject_id: UUID | None = None
) -> StoredFile:
    """Take a file in. Gives its row, not inserted yet; refused (`files.*`, `zip.*`) where it cannot be kept.

    If the sender breaks off or the disk is full, nothing remains.
    """
    from sellwell.kernel.models.files import StoredFile

    with _draft() as path:
        size = _write(path, chunks, most_bytes())
        with path.open("rb") as source:
            media_type = kind_of(source, name)
        if subject_id is not None:
            _seal(path, subject_id)
        digest = _digest(path)
        _place(path, digest)
    return StoredFile(
        company_id=company_id, sha256=digest, size=size, media_type=media_type, name=clean_name(name, media_type),
        subject_id=subject_id, uploaded_by_id=uploaded_by, uploaded_at=clock.now(),
    )  # fmt: skip


def keep(row: StoredFile) -> StoredFile:
    """Write the row of a file that was taken in. No record names it yet: the act that uses it is what the ledger tells."""
    row.save(force_insert=True)
    return row


def most_bytes() -> int:
    """The largest file that is taken."""
    from django.conf import settings

    return int(getattr(settings, "SELLWELL_MOST_UPLOAD_BYTES", MOST_BYTES))


def read(row: StoredFile) -> bytes | None:
    """The content of a stored file; None once its subject was erased. FileNotFoundError if the bytes are lost."""
    stored = path_of(row.sha256).read_bytes()
    if row.subject_id is None:
        return stored
    from sellwell.kernel import personal

    return personal.open_bytes(row.subject_id, stored)


def is_whole(row: StoredFile) -> bool:
    """Whether the stored bytes are there and unaltered."""
    path = path_of(row.sha256)
    return path.is_file() and _digest(path) == row.sha256


def headers(row: StoredFile, *, inline: bool = False) -> dict[str, str]:
    """Response headers that let a browser save the file, or show a PDF or image, and never run it."""
    kind = f"{row.media_type}; charset=utf-8" if row.media_type.startswith("text/") else row.media_type
    how = "inline" if inline and row.media_type in _SHOWN_INLINE else "attachment"
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", row.name) or "file"
    return {
        "Content-Type": kind,
        "Content-Length": str(row.size),
        "Content-Disposition": f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(row.name or 'file', safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cache-Control": "private, no-store",
    }


# --- what it is ------------------------------------------------------------------------------------------------------


def kind_of(source: BinaryIO, name: str) -> str:
    """The media type, by the content. The name decides only between the two kinds of plain text."""
    head = source.read(16)
    source.seek(0)
    if not head:
        raise Refusal(EMPTY.refuse())
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(source)
    extension = Path(name.lower()).suffix
    if extension in (".csv", ".txt") and _is_text(source):
        return "text/csv" if extension == ".csv" else "text/plain"
    raise Refusal(NOT_ALLOWED.refuse())


def _office_kind(source: BinaryIO) -> str:
    import zipfile

    objection = zips.objection_to(source)
    if objection is not None:
        raise Refusal(objection)
    source.seek(0)
    with zipfile.ZipFile(source) as archive:
        names = set(archive.namelist())
    if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
        return XLSX
    if "[Content_Types].xml" in names and "word/document.xml" in names:
        return DOCX
    raise Refusal(NOT_ALLOWED.refuse())


def _is_text(source: BinaryIO) -> bool:
    content = source.read()
    source.seek(0)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decodes(content, "utf-16")
    if b"\0" in content:
        return False
    return any(_decodes(content, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def clean_name(name: str, media_type: str) -> str:
    """A name that is safe on every system, at most 120 characters, with the extension of what the file is."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Control, format (right-to-left marks hide extensions), private and unassigned characters go.
    base = "".join(c for c in base if unicodedata.category(c)[0] != "C")
    base = re.sub(r'[<>:"|?*]', "_", base).strip(" .")
    extension = KINDS[media_type]
    stem, known = os.path.splitext(base)
    if known.lower() not in (extension, ".jpeg" if extension == ".jpg" else extension):
        stem, known = base, extension
    stem = stem[: 120 - len(known)].rstrip(" .") or "file"
    return f"_{stem}{known}" if _RESERVED.fullmatch(stem) else f"{stem}{known}"


# --- where it is -----------------------------------------------------------------------------------------------------


def path_of(sha256: str) -> Path:
    """Where the bytes with this hash lie."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError("no SHA-256")
    return home.current().files / sha256[:2] / sha256[2:]


@contextmanager
def _draft() -> Iterator[Path]:
    """A file to write to, gone afterwards whatever happens; on the same file system as its final place."""
    folder = home.current().files / "drafts"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{os.getpid()}-{secrets.token_hex(8)}"
    try:
        yield path
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise Refusal(DISK_FULL.refuse()) from error
        raise
    finally:
        path.unlink(missing_ok=True)


def _write(path: Path, chunks: Iterable[bytes], most: int) -> int:
    size = 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise Refusal(TOO_LARGE.refuse(megabytes=most // (1024 * 1024)))
            handle.write(chunk)
        handle.flush()
        os.fsync(handle.fileno())
    return size


def _seal(path: Path, subject: UUID) -> None:
    from sellwell.kernel import personal

    with path.open("r+b") as handle:
        sealed = personal.seal_bytes(subject, handle.read())
        handle.seek(0)
        handle.truncate()
        handle.write(sealed)
        handle.flush()
        os.fsync(handle.fileno())


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _place(draft: Path, digest: str) -> None:
    """Give the bytes their final name; they are on the disk before the name is."""
    place = path_of(digest)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    draft.replace(place)
    descriptor = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(older_than: timedelta = timedelta(days=1)) -> int:
    """Remove bytes that no row names, left by transactions that were rolled back. Gives how many files went."""
    from sellwell.kernel.models.files import StoredFile

    named = set(StoredFile.objects.values_list("sha256", flat=True))
    latest = clock.now().timestamp() - older_than.total_seconds()
    gone = 0
    for path in home.current().files.glob("*/*"):
        is_draft = path.parent.name == "drafts"
        if (is_draft or path.parent.name + path.name not in named) and path.stat().st_mtime < latest:
            path.unlink()
            gone += 1
    return gone
