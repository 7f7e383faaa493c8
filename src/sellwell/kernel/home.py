"""Where one installation keeps what is its own: files, keys, logs and, as a plain user, its database."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CHECKOUT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Home:
    """The folder of one installation. Its parts are made when first asked for."""

    root: Path

    @property
    def keys(self) -> Path:
        """Secrets of this installation; never part of a backup."""
        return _private_folder(self.root / "keys")

    @property
    def files(self) -> Path:
        """Uploaded and made documents; part of a backup."""
        return _private_folder(self.root / "files")

    @property
    def logs(self) -> Path:
        return _private_folder(self.root / "logs")

    @property
    def key_file(self) -> Path:
        """The master key that wraps the keys of personal data (`SELLWELL_KEY_FILE`)."""
        named = os.environ.get("SELLWELL_KEY_FILE")
        return Path(named).absolute() if named else self.keys / "master.key"

    @property
    def erasures_file(self) -> Path:
        """The append-only record of erasures beside the master key: a restore applies it again."""
        return self.key_file.with_name("erasures.log")

    def secret(self, name: str, size: int = 48) -> str:
        """A random text made once and kept under keys, mode 0600."""
        return secret_file(self.keys / name, lambda: secrets.token_urlsafe(size))


def current() -> Home:
    """The home that this process works with: `SELLWELL_HOME`, else `var/home` in the checkout."""
    named = os.environ.get("SELLWELL_HOME")
    return Home(Path(named).absolute() if named else CHECKOUT / "var" / "home")


def secret_file(path: Path, make: Callable[[], str]) -> str:
    """The content of `path`, made by `make()` and written with mode 0600 if it is not there yet.

    Two processes that make it at once agree on one content: the file appears whole, by a hard link.
    """
    if not path.exists():
        _private_folder(path.parent)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(make())
            handle.flush()
            os.fsync(handle.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first; its content counts
        finally:
            draft.unlink()
    return path.read_text()


def _private_folder(path: Path) -> Path:
    """`path` as a folder; made with mode 0700 when new, left as it is when not."""
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
