"""The master key file: what wraps the keys of personal data and keys the blind indexes. Outside database and backup.

One line per secret, `name:base64`: a number for each version of the master key (the highest is in use), and `blind`
for the index key, which never changes, since every blind index would have to be made again.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sellwell.kernel import home

KEY_SIZE = 32
NONCE_SIZE = 12


@dataclass(frozen=True)
class Masters:
    """The secrets of the key file."""

    versions: Mapping[int, bytes]
    blind: bytes

    @property
    def current(self) -> int:
        """The version that wraps new keys."""
        return max(self.versions)

    def wrap(self, key: bytes, subject: bytes) -> bytes:
        """A subject's key encrypted by the current master key, bound to the subject."""
        nonce = secrets.token_bytes(NONCE_SIZE)
        return nonce + AESGCM(self.versions[self.current]).encrypt(nonce, key, subject)

    def unwrap(self, wrapped: bytes, version: int, subject: bytes) -> bytes:
        """The subject's key again. KeyError if the key file does not hold that version."""
        return AESGCM(self.versions[version]).decrypt(wrapped[:NONCE_SIZE], wrapped[NONCE_SIZE:], subject)


_cached: tuple[tuple[Path, int, int], Masters] | None = None


def masters() -> Masters:
    """The secrets of this installation; the file is made on first use, and read again when it changed."""
    global _cached
    path = home.current().key_file
    if not path.exists():
        home.secret_file(
            path, lambda: _lines({1: secrets.token_bytes(KEY_SIZE)}, secrets.token_bytes(KEY_SIZE))
        )
    stat = path.stat()
    stamp = (path, stat.st_mtime_ns, stat.st_ino)
    if _cached is None or _cached[0] != stamp:
        _cached = (stamp, _read(path))
    return _cached[1]


def _read(path: Path) -> Masters:
    entries = dict(line.split(":", 1) for line in path.read_text().split() if ":" in line)
    found = {name: base64.b64decode(value) for name, value in entries.items()}
    versions = {int(name): key for name, key in found.items() if name.isdigit()}
    if not versions or "blind" not in found or any(len(key) != KEY_SIZE for key in found.values()):
        raise ValueError(f"{path} is no master key file")
    return Masters(versions, found["blind"])


def replace(versions: Mapping[int, bytes]) -> None:
    """Write the key file anew, whole or not at all, with these versions; the index key stays."""
    path, blind = home.current().key_file, masters().blind
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(_lines(versions, blind))
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(path)


def _lines(versions: Mapping[int, bytes], blind: bytes) -> str:
    named = {**{str(number): key for number, key in sorted(versions.items())}, "blind": blind}
    return "".join(f"{name}:{base64.b64encode(key).decode()}\n" for name, key in named.items())
