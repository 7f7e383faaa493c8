"""Where a planted name may not stand on the disk: whatever was written under the home folder since the test began."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sellwell.kernel import home as homes

MOST_BYTES = 64 * 1024 * 1024


class HomeSince:
    """The home folder as it changed since a moment: uploads, made documents, exports, Parquet, logs, keys."""

    def __init__(self) -> None:
        self.root = homes.current().root
        self.before = {path: path.stat().st_mtime_ns for path in self._files()}

    def _files(self) -> Iterator[Path]:
        """Every file but the database's own: its tables are searched by their rows."""
        for path in self.root.rglob("*"):
            if "postgres" not in path.relative_to(self.root).parts and path.is_file():
                yield path

    def changed(self) -> list[Path]:
        """Files that are new, or were written to."""
        return [path for path in self._files() if self.before.get(path) != path.stat().st_mtime_ns]

    def holding(self, text: str) -> list[str]:
        """The changed files that hold a text in clear, packed or not, in any of the encodings that people have."""
        return [str(path.relative_to(self.root)) for path in self.changed() if holds(path.read_bytes(), text)]


def holds(content: bytes, text: str) -> bool:
    """Whether content says a text: as it is, inside a zip (XLSX, DOCX), or inside packed streams (PDF, Parquet)."""
    wanted = forms(text)
    return any(form in part for part in parts(content[:MOST_BYTES]) for form in wanted)


def forms(text: str) -> tuple[bytes, ...]:
    """A text in every encoding, and as JSON and XML escape it."""
    escaped = json.dumps(text)[1:-1].encode()
    entities = "".join(f"&#{ord(c)};" for c in text).encode()
    encoded = [text.encode(name) for name in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")]
    # A PDF names characters by their code points where it lets them be copied.
    points = "".join(f"{ord(c):04X}" for c in text)
    return (*encoded, escaped, entities, points.encode(), points.lower().encode())


def parts(content: bytes) -> Iterator[bytes]:
    yield content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield archive.read(name)
    if content.startswith(b"%PDF-"):
        for found in re.finditer(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
            try:
                yield zlib.decompressobj().decompress(found[1])
            except zlib.error:
                continue


@pytest.fixture
def home_since() -> HomeSince:
    """The home folder as it stands when the test begins."""
    return HomeSince()
