"""Guards for zip containers (XLSX, DOCX) from outside: bombs, entries that climb out, entities. Pure."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO

from sellwell.kernel.values import Objection, Reason, T

MOST_ENTRIES = 2000
MOST_BYTES = 200 * 1024 * 1024
# Sheets of text shrink some fifty-fold; only made-up content of this size shrinks more.
SUSPICIOUS_BYTES = 10 * 1024 * 1024
SUSPICIOUS_RATIO = 200
_CHUNK = 256 * 1024

DAMAGED = Reason(
    "zip.damaged", T("文件已损坏或不完整，请重新导出后再试。", "The file is damaged. Export it again.")
)
BOMB = Reason(
    "zip.bomb",
    T(
        "文件解压后过大，请拆分后再上传。",
        "The file unpacks to far more than it should. Split it and try again.",
    ),
)
UNSAFE = Reason(
    "zip.unsafe",
    T(
        "文件含有不安全的内容（{what}），请另存为普通文件后再试。",
        "The file holds unsafe content ({what}). Save it as an ordinary file and try again.",
    ),
)


def objection_to(source: BinaryIO) -> Objection | None:
    """What speaks against reading a zip container; None if nothing does. Nothing is written to disk.

    Sizes are counted while unpacking, so a directory that lies about them does not help.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            return _in_directory(archive) or _in_content(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError, RuntimeError):
        return DAMAGED.refuse()


def _in_directory(archive: zipfile.ZipFile) -> Objection | None:
    entries = archive.infolist()
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > MOST_ENTRIES or total > MOST_BYTES:
        return BOMB.refuse()
    if total > SUSPICIOUS_BYTES and total / packed > SUSPICIOUS_RATIO:
        return BOMB.refuse()
    if len({entry.filename for entry in entries}) != len(entries):
        return UNSAFE.refuse(what=T("重名条目", "two entries of one name"))
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in entry.filename:
            return UNSAFE.refuse(what=T("越出目录的路径", "a path that leaves the folder"))
        if entry.flag_bits & 1:
            return UNSAFE.refuse(what=T("密码保护", "a password"))
        if path.name.lower() in ("vbaproject.bin", "vbadata.xml"):
            return UNSAFE.refuse(what=T("宏", "macros"))
    return None


def _in_content(archive: zipfile.ZipFile) -> Objection | None:
    read = 0
    for entry in archive.infolist():
        with archive.open(entry) as part:
            first = True
            while chunk := part.read(_CHUNK):
                read += len(chunk)
                if read > MOST_BYTES:
                    return BOMB.refuse()
                if first and _declares_entities(entry.filename, chunk):
                    return UNSAFE.refuse(what=T("XML 实体声明", "XML entity declarations"))
                first = False
    return None


def _declares_entities(name: str, chunk: bytes) -> bool:
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return False
    # Also as UTF-16 writes it; office programs never declare a document type.
    return b"<!DOCTYPE" in chunk.replace(b"\0", b"").upper()
