"""Papers and data of others that tests read: `SELLWELL_SHARED`, by default `shared` beside the checkout."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from sellwell.kernel.home import CHECKOUT


def shared_path(name: str) -> Path:
    """A shared file. Where it is missing the test is reported as not run; in CI (`CI=true`) it fails."""
    root = Path(os.environ.get("SELLWELL_SHARED") or CHECKOUT.parent / "shared")
    path = root / name
    if not path.exists():
        reason = f"not run: {name} is not under {root} (SELLWELL_SHARED)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def shared_rows(name: str) -> list[dict[str, str]]:
    """The rows of a shared CSV file."""
    with shared_path(name).open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))
