"""Paper of the simulation: a blank page, uploaded by whoever needs one."""

from __future__ import annotations

import struct
import zlib

from sellwell.kernel import clock, files
from sellwell.kernel.models import StoredFile, User
from sellwell.simulation.people import Stage


def scanned_paper(stage: Stage, person: User) -> StoredFile:
    """A blank page that stands for scanned paper: signed contracts and receipts of the simulation show it."""
    with clock.at(stage.now):
        row = files.receive(
            [_blank_png(420, 594)], "scan.png", company_id=stage.company_id, uploaded_by=person.pk
        )
    files.keep(row)
    return row


def _blank_png(width: int, height: int) -> bytes:
    """A white page as PNG."""
    raw = (b"\x00" + b"\xf7" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(raw)), (b"IEND", b""))
    chunks = (struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
